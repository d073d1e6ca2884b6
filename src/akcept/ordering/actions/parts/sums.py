"""What a placement repeats of its order, for lists; writing it when an order costs something else."""

from __future__ import annotations

from datetime import datetime

from akcept.approvals.models import Case
from akcept.kernel.actor import Actor
from akcept.ordering.changes import revisions
from akcept.ordering.changes.revisions import Difference
from akcept.ordering.models import Placement, Revision
from akcept.ordering.money import bookings
from akcept.ordering.money.order_budgets import Locked, Standings
from akcept.ordering.ports import OrderDocument, Quote


def summary_of(quote: Quote) -> str:
    """Return the first goods of an order in a line, for lists."""
    text = ", ".join(line.title for line in quote.lines[:3])
    more = len(quote.lines) > 3 or len(text) > 190
    return f"{text[:190]}…" if more else text


def keep_sums(placement: Placement, quote: Quote) -> None:
    """Write what an order costs now beside it; one statement."""
    placement.goods_net, placement.goods_gross = quote.goods_net, quote.amounts.goods_gross
    placement.total_net, placement.total_gross = quote.total_net, quote.total_gross
    placement.line_count, placement.summary = len(quote.lines), summary_of(quote)
    placement.save(update_fields=["goods_net", "goods_gross", "total_net", "total_gross", "line_count", "summary"])


def record_new_prices(
    case: Case, before: OrderDocument, quote: Quote, *, budgets: Locked, actor: Actor, at: datetime
) -> tuple[Difference, Standings]:
    """Keep what a locked order was at its former prices; let its sums and budgets follow the new ones.

    Return the difference, and what the order takes of its budgets now. Raises OverBudget.
    """
    placement: Placement = case.order.akcept_placement
    difference = revisions.record(
        placement,
        before=before,
        after=quote,
        kind=Revision.Kind.REPRICED,
        by_name="",
        reason="",
        case_version=case.version + 1,
        at=at,
    )
    keep_sums(placement, quote)
    found = bookings.revised(placement, revision=difference.number, budgets=budgets, actor=actor, now=at)
    return difference, found
