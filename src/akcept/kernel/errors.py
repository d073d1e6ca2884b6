"""Refusals: the one family of errors a person may meet, mapped once per surface (page, API, command)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class Refused(Exception):
    """Something was asked that is not done; says what, and who or what would help.

    `text` is shown to the person as it stands (already translated, or lazily translatable);
    `field` names the form field it belongs to, where there is one.
    """

    code: ClassVar[str] = "refused"
    #: HTTP status the surfaces answer with.
    status: ClassVar[int] = 409

    def __init__(self, text: object, *, field: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.field = field
        #: The same text by language code, where it is kept for readers of every language.
        self.said: dict[str, str] = {}

    def __str__(self) -> str:
        return str(self.text)


class NotFound(Refused):
    """There is no such thing, as far as this actor may see."""

    code = "not_found"
    status = 404


class NotAllowed(Refused):
    """The actor lacks the permission, or the organisation, its member or the module does not allow it now."""

    code = "not_allowed"
    status = 403


class IllegalMove(Refused):
    """The state machine has no such transition from the state the row is in."""

    code = "illegal_move"


class Stale(Refused):
    """Somebody was faster: the row is no longer as the actor saw it."""

    code = "stale"


class Invalid(Refused):
    """What was typed cannot be taken; `field` names where."""

    code = "invalid"
    status = 422


class TooOften(Refused):
    """The same was asked too many times in a short while."""

    code = "too_often"
    status = 429


class InvalidLines(Invalid):
    """Lines of a list cannot be ordered; `problems` says of each, counted from 0, why."""

    code = "invalid_lines"

    def __init__(self, text: object, *, problems: Sequence[tuple[int, str]] = ()) -> None:
        super().__init__(text, field="lines")
        self.problems = tuple(problems)


class EmptyCart(Invalid):
    """There is nothing in the cart to order."""

    code = "empty_cart"


class TwoCurrencies(Invalid):
    """The cart has prices in several currencies; the text names the lines of each."""

    code = "two_currencies"


class OutOfStock(Refused):
    """A product named in the text is not available in the wanted quantity."""

    code = "out_of_stock"


class Unavailable(Refused):
    """What was ordered cannot be had as it was any more; the text names product or delivery, and the way on."""

    code = "unavailable"


class OutOfBounds(Refused):
    """The shop takes no orders this small or this large; the text says from or up to what."""

    code = "out_of_bounds"


class CreditExceeded(Refused):
    """The shop gives no credit for this order on account; the text says how much is left, and how else to pay."""

    code = "credit_exceeded"


class Changed(Refused):
    """Prices, products or totals are not those the actor was shown; nothing was done."""

    code = "changed"


class NobodyCanDecide(Refused):
    """The order would wait for ever: nobody may accept it."""

    code = "nobody_can_decide"


class RefusedByRule(Refused):
    """A rule of the organisation does not let this order be placed; the text holds the rule's own."""

    code = "refused_by_rule"


class AlreadyPlaced(Refused):
    """This cart is an order already (double click, second tab); `order_number` says which."""

    code = "already_placed"

    def __init__(self, text: object, *, order_number: str) -> None:
        super().__init__(text)
        self.order_number = order_number


class OverBudget(Refused):
    """The order would exceed a budget that lets nothing pass; the text names it, what is left and whom to ask."""

    code = "over_budget"
