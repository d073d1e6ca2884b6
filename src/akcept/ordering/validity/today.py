"""What happened to an order while it waited: what is in its way, and what it would cost today.

Told before anybody decides. Looked at again, under lock, when somebody does; here nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from akcept.approvals.current import current_step
from akcept.approvals.models import Case
from akcept.kernel.amounts import Amounts
from akcept.kernel.errors import OutOfBounds, OverBudget, Refused, RefusedByRule
from akcept.ordering import shop_terms
from akcept.ordering.changes import revisions
from akcept.ordering.changes.revisions import Difference
from akcept.ordering.models import Placement, ShopTerms
from akcept.ordering.money import credit, order_budgets
from akcept.ordering.ports import LineObstacle, Obstacles, OrderDocument, Quote, order_book
from akcept.ordering.routing.new_value import Repriced, repriced
from akcept.ordering.shop_terms import prices_end, require_value
from akcept.ordering.validity import agreed_since, obstacles


class TodayOutcome(StrEnum):
    """What accepting does to an order whose prices' term has passed."""

    #: They are the same today: the acceptance counts.
    SAME = "same"
    #: It is accepted at the lower price.
    FALLS = "falls"
    #: The prices are brought up to date first; what others accepted stands.
    RISES = "rises"
    #: ... and everybody is asked anew.
    ANEW = "anew"
    #: Neither: a budget or a rule does not let it cost that much.
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """An order whose prices' term has passed: what it would cost today, and what accepting it leads to."""

    ended_at: datetime
    quote: Quote
    difference: Difference
    outcome: TodayOutcome
    #: Who is asked too, or why it is refused, in words.
    because: str = ""

    @property
    def seen_first(self) -> bool:
        """Whether nothing is accepted before the new prices are there."""
        return self.outcome in (TodayOutcome.RISES, TodayOutcome.ANEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """Whether a waiting order still is what was placed, for whoever placed or decides it."""

    obstacles: Obstacles = field(default_factory=Obstacles)
    #: The shop's smallest or largest order is in the way, in words.
    bounds: str = ""
    #: The shop's credit does not cover an order on account, in words.
    credit: str = ""
    today: Today | None = None
    #: What was agreed and no longer is, with what accepting does, in words.
    agreed_since: tuple[str, ...] = ()

    @property
    def problems(self) -> list[str]:
        """Everything that is in the way of the order going to the shop, each in a sentence."""
        refused = [self.today.because] if self.today and self.today.outcome is TodayOutcome.REFUSED else []
        return [*obstacles.in_words(self.obstacles), *filter(None, [self.bounds, self.credit]), *refused]

    @property
    def says_something(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.problems or self.today or self.agreed_since)

    @property
    def lines(self) -> Mapping[int, LineObstacle]:
        """The lines that cannot be had, by their id."""
        return {line.line_id: line for line in self.obstacles.lines}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the statement that read an order found out beside it, to save one each; True where it did not ask.

    Whether the merchant set terms for what waits, a limit for the organisation, or agreed something with the unit.
    """

    shop_has_terms: bool = True
    has_credit_limit: bool = True
    is_agreed: bool = True
    #: Whether the order was placed under an agreement.
    was_agreed: bool = True


def validity_of(case: Case, placement: Placement, document: OrderDocument, *, known: Known, now: datetime) -> Validity:
    """Return what happened to an order meanwhile; two statements, about a dozen more once its prices' term has passed.

    Six more for one that was placed under an agreement.

    The case comes as `queries.loaded` reads it. Whoever calls has found that the order may be seen.
    """
    agreed = shop_terms.agreed_with(case.unit_id) if known.is_agreed else None
    bound = known.shop_has_terms or agreed is not None
    terms = shop_terms.in_force(agreed=agreed) if bound else ShopTerms()
    today = _today(case, placement, document, terms, now=now)
    amounts = today.quote.amounts if today else placement.amounts
    return Validity(
        obstacles=order_book().obstacles(placement.order_id, document.delivery_code),
        bounds=_bounds(terms, amounts),
        credit=_credit(placement, amounts) if known.has_credit_limit else "",
        today=today,
        agreed_since=tuple(agreed_since.told(placement, prices_end=prices_end(terms, placement), now=now))
        if known.was_agreed
        else (),
    )


def _credit(placement: Placement, amounts: Amounts) -> str:
    if not credit.on_account(placement):
        return ""
    assert placement.organization_id is not None  # noqa: S101  it is on account
    found = credit.credit_of(placement.organization_id, unit_id=placement.unit_id)
    return "" if found is None or found.covers(amounts) else found.refusal(amounts)


def _bounds(terms: ShopTerms, amounts: Amounts) -> str:
    try:
        require_value(terms, amounts)
    except OutOfBounds as refusal:
        return str(refusal)
    return ""


def _today(
    case: Case, placement: Placement, document: OrderDocument, terms: ShopTerms, *, now: datetime
) -> Today | None:
    ended_at = prices_end(terms, placement)
    if ended_at is None or now < ended_at:
        return None
    quote = order_book().would_cost(placement.order_id, {}, today=True)
    difference = revisions.preview(placement, before=document, after=quote, at=now)
    found: Repriced | Refused
    try:
        budgets = order_budgets.of_order(placement.order_id, quote.amounts)
        order_budgets.require_room(budgets, placed=True)
        found = repriced(
            case, placement, current_step(case), before=document, after=quote, budgets=budgets, terms=terms
        )
    except (OverBudget, RefusedByRule) as refusal:
        found = refusal
    outcome, because = _outcome(difference, found)
    return Today(ended_at=ended_at, quote=quote, difference=difference, outcome=outcome, because=because)


def _outcome(difference: Difference, found: Repriced | Refused) -> tuple[TodayOutcome, str]:
    if not difference.changes_anything:
        return TodayOutcome.SAME, ""
    if isinstance(found, Refused):
        return TodayOutcome.REFUSED, str(found)
    if found.again is not None:
        return TodayOutcome.ANEW, found.again.in_words()
    return (TodayOutcome.RISES if difference.is_dearer else TodayOutcome.FALLS), ""
