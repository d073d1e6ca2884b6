"""A waiting order whose sums do not follow from what it was priced by, computed anew."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from akcept.approvals import cases
from akcept.approvals.models import Case
from akcept.approvals.states import OPEN
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed
from akcept.ordering import topics
from akcept.ordering.actions.parts.locked import order_ref
from akcept.ordering.actions.parts.sums import record_new_prices
from akcept.ordering.changes.revisions import Difference
from akcept.ordering.money import order_budgets
from akcept.ordering.ports import order_book, order_reader
from akcept.transactions.acting import action
from akcept.transactions.locking import lock


@action
def correct_sums(order_number: str, *, actor: Actor, now: datetime | None = None) -> Difference | None:
    """Compute a waiting order's values and VAT anew from what it was priced by; None for one that waits no more.

    For `manage.py check_money`. Quantities, prices and rates stay; what others accepted stands, and whoever has its
    page open looks again. Journal: `order.repriced`. Raises NotAllowed for anybody but the system, OverBudget.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(_("Amounts are corrected by the people who run the shop."))
    at = now or utc_now()
    waiting = Case.objects.filter(order__number=order_number, state__in=[state.value for state in OPEN])
    case = lock(waiting.select_related("order__akcept_placement"), of=("self", "order")).first()
    if case is None:
        return None
    budgets = order_budgets.lock_of_order(case.order_id)
    placement = case.order.akcept_placement
    order = order_ref(case)
    before = order_reader().document(order.id)
    quote = order_book().revise(order, {})
    difference, _standings = record_new_prices(case, before, quote, budgets=budgets, actor=actor, at=at)
    cases.note_other_sums(case)
    told = {"order_id": order.id, "buyer_id": placement.buyer_id, "revision": case.revision}
    told |= {"anew": False, "others_too": False}
    event = Event(topics.REPRICED, ("order", placement.number), {**told, **difference.as_json()})
    journal.write(event, actor=actor, organization_id=case.organization_id, now=at)
    return difference
