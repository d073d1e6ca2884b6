"""Conditions of a rule (pure): each asks one thing of an order's facts.

`holds` answers yes, no, or None where it cannot be told: a value in a currency that no rule in effect names, an
expression that fails on this order. What None leads to is the rule's to say (see `routing`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Final

from akcept.approvals import expressions
from akcept.approvals.facts import Facts, Scope, Window
from akcept.kernel.amounts import Basis


class Compare(StrEnum):
    """How a figure is compared. The boundary itself: above and below leave it out, from and up to take it in."""

    ABOVE = "above"
    FROM = "from"
    UP_TO = "up_to"
    BELOW = "below"

    def of(self, figure: Decimal | int, bound: Decimal | int) -> bool:
        """Whether the figure stands so to the bound."""
        if self is Compare.ABOVE:
            return figure > bound
        if self is Compare.FROM:
            return figure >= bound
        return figure <= bound if self is Compare.UP_TO else figure < bound


@dataclass(frozen=True, slots=True)
class Named:
    """Something of the shop or the organisation by its id, with its name as it stood when the rule was saved."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """The order's value, on one of its four sums."""

    kind: ClassVar[str] = "value"
    compare: Compare
    amount: Decimal
    currency: str
    basis: Basis = Basis.GOODS_NET

    def holds(self, facts: Facts, known: frozenset[str]) -> bool | None:
        """See the module."""
        if facts.amounts.currency != self.currency:
            return False if facts.amounts.currency in known else None
        return self.compare.of(facts.amounts.on(self.basis), self.amount)

    def seen(self, facts: Facts) -> dict[str, str]:
        """Return what the order had to show."""
        return _money(facts.amounts.on(self.basis), facts.amounts.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """The order's value added to that of earlier ones: several small orders that pass a limit together."""

    kind: ClassVar[str] = "together"
    scope: Scope
    hours: int
    compare: Compare
    amount: Decimal
    currency: str
    basis: Basis = Basis.GOODS_NET

    @property
    def window(self) -> Window:
        """The earlier orders that count."""
        return Window(self.scope, self.hours)

    def holds(self, facts: Facts, known: frozenset[str]) -> bool | None:
        """See the module."""
        if facts.amounts.currency != self.currency:
            return False if facts.amounts.currency in known else None
        return self.compare.of(facts.with_recent(self.window).on(self.basis), self.amount)

    def seen(self, facts: Facts) -> dict[str, str]:
        """Return what the orders add up to."""
        return _money(facts.with_recent(self.window).on(self.basis), facts.amounts.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What delivery costs."""

    kind: ClassVar[str] = "delivery"
    compare: Compare
    amount: Decimal
    currency: str
    gross: bool = False

    def holds(self, facts: Facts, known: frozenset[str]) -> bool | None:
        """See the module."""
        if facts.amounts.currency != self.currency:
            return False if facts.amounts.currency in known else None
        return self.compare.of(self._figure(facts), self.amount)

    def seen(self, facts: Facts) -> dict[str, str]:
        """Return what delivery costs."""
        return _money(self._figure(facts), facts.amounts.currency)

    def _figure(self, facts: Facts) -> Decimal:
        return facts.delivery_gross if self.gross else facts.delivery_net


class Counted(StrEnum):
    """What is counted."""

    PRODUCTS = "products"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many different products, or how many pieces of all of them, are ordered."""

    kind: Counted
    compare: Compare
    number: int

    def holds(self, facts: Facts, known: frozenset[str]) -> bool:
        """See the module."""
        return self.compare.of(self._figure(facts), self.number)

    def seen(self, facts: Facts) -> dict[str, int]:
        """Return how many there are."""
        return {"number": self._figure(facts)}

    def _figure(self, facts: Facts) -> int:
        return facts.products if self.kind is Counted.PRODUCTS else facts.quantity


class Group(StrEnum):
    """What an order is, contains, or comes from. A category and a unit count with what is below them."""

    CATEGORY = "category"
    PRODUCT = "product"
    REQUESTER = "requester"
    ROLE = "role"
    UNIT = "unit"

    def ids(self, facts: Facts) -> Collection[int]:
        """Return the order's own."""
        if self is Group.CATEGORY:
            return facts.category_ids
        if self is Group.PRODUCT:
            return facts.product_ids
        if self is Group.ROLE:
            return facts.role_ids
        return facts.unit_ids if self is Group.UNIT else (facts.requester_id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """One of those named is among the order's own; `inside` False: none of them is."""

    kind: Group
    of: tuple[Named, ...]
    inside: bool = True

    def holds(self, facts: Facts, known: frozenset[str]) -> bool:
        """See the module."""
        own = self.kind.ids(facts)
        return any(each.id in own for each in self.of) is self.inside

    def seen(self, facts: Facts) -> dict[str, list[str]]:
        """Return which of them are."""
        own = self.kind.ids(facts)
        return {"names": [each.name for each in self.of if each.id in own]}


class Flag(StrEnum):
    """What an order is or is not."""

    OVER_BUDGET = "over_budget"
    FIRST_BOUGHT = "first_bought"


@dataclass(frozen=True, slots=True, kw_only=True)
class Is:
    """The order exceeds a budget that binds it, or contains what its unit has not bought before; or not."""

    kind: Flag
    inside: bool = True

    def holds(self, facts: Facts, known: frozenset[str]) -> bool:
        """See the module."""
        found = facts.over_budgets if self.kind is Flag.OVER_BUDGET else facts.first_bought
        return bool(found) is self.inside

    def seen(self, facts: Facts) -> dict[str, Any]:
        """Return which budgets, or how many products."""
        if self.kind is Flag.OVER_BUDGET:
            return {"names": list(facts.over_budgets)}
        return {"number": len(facts.first_bought)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """An expression in CEL over the documented facts (see `expressions`)."""

    kind: ClassVar[str] = "expression"
    text: str

    def holds(self, facts: Facts, known: frozenset[str]) -> bool | None:
        """See the module."""
        return expressions.holds(self.text, facts)

    def seen(self, facts: Facts) -> dict[str, str]:
        """Return nothing: the expression says what it looks at."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread(Expression):
    """One of more expressions than are worked out for one order: it cannot be told."""

    def holds(self, facts: Facts, known: frozenset[str]) -> None:
        """See the module."""
        return


def work_of(condition: Condition) -> int:
    """Return what looking at a condition costs, in looks at one thing; an expression's steps are much smaller ones."""
    if isinstance(condition, Among | Together):
        return 5
    return 20 + expressions.steps(condition.text) // 50 if isinstance(condition, Expression) else 1


Condition = Value | Together | Delivery | Count | Among | Is | Expression
OfMoney = Value | Together | Delivery

KINDS: Final[dict[str, type[Condition]]] = {
    **{each.kind: each for each in (Value, Together, Delivery, Expression)},
    **{str(kind.value): Count for kind in Counted},
    **{str(kind.value): Among for kind in Group},
    **{str(kind.value): Is for kind in Flag},
}


def _money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": str(amount), "currency": currency}


_READ: Final[Mapping[str, Any]] = {
    "compare": Compare,
    "amount": Decimal,
    "basis": Basis,
    "scope": Scope,
    "of": lambda rows: tuple(Named(row["id"], row["name"]) for row in rows),
}
_OWN_KIND: Final[Mapping[type[Any], type[StrEnum]]] = {Count: Counted, Among: Group, Is: Flag}


def as_json(condition: Condition) -> dict[str, Any]:
    """Return a condition as it is stored."""
    return {"kind": str(condition.kind)} | {
        each.name: _stored(getattr(condition, each.name)) for each in fields(condition) if each.name != "kind"
    }


def _stored(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [{"id": each.id, "name": each.name} for each in value]
    return str(value) if isinstance(value, StrEnum) else value


def meaning(condition: Condition) -> tuple[Any, ...]:
    """Return what two conditions are equal by: amounts by their value, whoever and whatever is named in no order.

    600 and 600.00 are one, and of whole numbers above five and from six on; names may have changed meanwhile.
    """
    if isinstance(condition, Among):
        return condition.kind, condition.inside, frozenset(each.id for each in condition.of)
    if isinstance(condition, Count):
        return condition.kind, *_of_whole_numbers(condition.compare, condition.number)
    if isinstance(condition, Expression):
        return condition.kind, condition.text.strip()
    return condition.kind, *(getattr(condition, each.name) for each in fields(condition) if each.name != "kind")


def _of_whole_numbers(compare: Compare, number: int) -> tuple[Compare, int]:
    if compare is Compare.ABOVE:
        return Compare.FROM, number + 1
    return (Compare.UP_TO, number - 1) if compare is Compare.BELOW else (compare, number)


def condition_from(stored: Mapping[str, Any]) -> Condition:
    """Return a stored condition."""
    made = KINDS[stored["kind"]]
    read = {name: _READ[name](value) if name in _READ else value for name, value in stored.items() if name != "kind"}
    if made in _OWN_KIND:
        read["kind"] = _OWN_KIND[made](stored["kind"])
    return made(**read)
