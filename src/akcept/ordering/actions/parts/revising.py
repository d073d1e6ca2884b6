"""Writing a changed order: quantities, delivery, what it costs, how that differs, what budgets hold of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid
from akcept.ordering.actions.parts.locked import LockedOrder
from akcept.ordering.actions.parts.sums import keep_sums
from akcept.ordering.changes import revisions
from akcept.ordering.changes.revisions import Difference, Text
from akcept.ordering.models import Revision
from akcept.ordering.money import bookings
from akcept.ordering.money.order_budgets import Locked, Standings
from akcept.ordering.ports import OrderDocument, Quote, order_book


@dataclass(frozen=True, slots=True, kw_only=True)
class Revise:
    """What is wanted of an order: quantities by line id, another way of delivery and to pay, None for the same."""

    kind: Revision.Kind
    quantities: Mapping[int, int]
    delivery_code: str | None
    reason: str
    payment_code: str | None = None
    #: Where its texts are the new ones already.
    texts_before: Mapping[Text, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """A changed order: what it costs now, how that differs, and what it takes of its budgets."""

    quote: Quote
    difference: Difference
    budgets: Standings


def changed_quantities(before: OrderDocument, quantities: Mapping[int, int], *, may_raise: bool) -> dict[int, int]:
    """Return the wanted quantities that differ. Raises Invalid: no such line, no quantity, higher than before.

    How much an order holds is asked by the shop's order book.
    """
    lines = {line.line_id: line for line in before.lines}
    for line_id, wanted in quantities.items():
        line = lines.get(line_id)
        if line is None:
            raise Invalid(_("An item of this order is no longer there. Please review it again."))
        field = f"quantity-{line_id}"
        if wanted < 0:
            raise Invalid(_("%(product)s: enter 0 or a higher quantity.") % {"product": line.title}, field=field)
        if wanted > line.quantity and not may_raise:
            words = {"product": line.title, "quantity": line.quantity}
            raise Invalid(_("%(product)s: you can lower the %(quantity)d, not raise them.") % words, field=field)
    return {line_id: wanted for line_id, wanted in quantities.items() if wanted != lines[line_id].quantity}


def what_is_left(before: OrderDocument, changed: Mapping[int, int]) -> int:
    """Return how many pieces an order would have after a change; 0: nothing is left of it."""
    return sum(changed.get(line.line_id or 0, line.quantity) for line in before.lines)


def revise(
    held: LockedOrder, before: OrderDocument, wanted: Revise, *, budgets: Locked, actor: Actor, at: datetime
) -> Revised:
    """Write other quantities and delivery of a locked order, with all that follows. Raises OutOfStock, OverBudget."""
    quote = order_book().revise(held.order, wanted.quantities, delivery_code=wanted.delivery_code)
    return write_revision(held, before, quote, wanted, budgets=budgets, actor=actor, at=at)


def write_revision(
    held: LockedOrder,
    before: OrderDocument,
    quote: Quote,
    wanted: Revise,
    *,
    budgets: Locked,
    actor: Actor,
    at: datetime,
) -> Revised:
    """Keep what an order was before, and let its placement and budgets follow what it costs now. Raises OverBudget."""
    difference = record(held, before, quote, wanted, actor=actor, at=at)
    keep_sums(held.placement, quote)
    found = bookings.revised(held.placement, revision=difference.number, budgets=budgets, actor=actor, now=at)
    return Revised(quote=quote, difference=difference, budgets=found)


def record(
    held: LockedOrder,
    before: OrderDocument,
    after: Quote | OrderDocument,
    wanted: Revise,
    *,
    actor: Actor,
    at: datetime,
) -> Difference:
    """Keep what an order was before as a revision that is shown with the case's next version."""
    return revisions.record(
        held.placement,
        before=before,
        after=after,
        kind=wanted.kind,
        by_name=actor.doer.name,
        reason=wanted.reason,
        case_version=held.case.version + 1,
        at=at,
        texts_before=wanted.texts_before,
    )
