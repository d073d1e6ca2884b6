"""What the shop may do about an order that waits for its customer: remind, and write. It never decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from akcept.approvals import clocks
from akcept.approvals.current import current_step, matter_of
from akcept.approvals.deadlines import Due
from akcept.approvals.models import Case
from akcept.approvals.states import OPEN, State
from akcept.budgets.calendars import calendar_of
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.journal.queries import how_many
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import IllegalMove, NobodyCanDecide, NotAllowed, NotFound, TooOften
from akcept.ordering import topics
from akcept.ordering.actions.parts.texts import checked_remark
from akcept.ordering.actions.parts.turn import turn
from akcept.ordering.models import Placement
from akcept.organizations import module, policies
from akcept.organizations import queries as organizations
from akcept.organizations.models import Organization
from akcept.organizations.seats import Person
from akcept.transactions.acting import action
from akcept.transactions.locking import lock

#: Since somebody was asked, or reminded by anybody, before the shop may remind them.
REMIND_AFTER: Final = timedelta(hours=4)
#: Of one order, by the clock and by the shop together.
REMINDERS_A_DAY: Final = 2
#: Of the shop on one order.
WRITTEN_A_DAY: Final = 10


@action
def remind(order_number: str, *, actor: Actor, now: datetime | None = None) -> tuple[str, ...]:
    """Remind those whose turn it is that an order waits; returns their names.

    It counts as the clock's own reminder: the next one comes that much later. Nobody is pressed: not sooner than
    `REMIND_AFTER`, nor more often than `REMINDERS_A_DAY`. Journal: `order.reminded` with `by_shop`; they are mailed,
    unless they switched reminders off. Raises NotAllowed (no staff; the organisation is blocked), NotFound, IllegalMove
    (it waits no more), NobodyCanDecide (there is nobody to remind), TooOften (with what is possible when).
    """
    at = now or utc_now()
    case = _locked(order_number, actor=actor)
    placement: Placement = case.order.akcept_placement
    _require_late(case, placement.number, at)
    people = _asked(case)
    if people is not None and not people:
        raise NobodyCanDecide(
            _("Nobody there may decide on this order at the moment: its administrators have been told.")
        )
    clocks.note(case, frozenset({Due.REMIND}), zone=calendar_of(case.organization_id).time_zone, now=at)
    payload = {"order_id": case.order_id, "by_shop": True, **turn(case, people)}
    event = Event(topics.REMINDED, ("order", placement.number), payload)
    journal.write(event, actor=actor, organization_id=case.organization_id, now=at)
    if people is None:
        return (organizations.name_of(case.requester.user),)
    return tuple(person.name for person in people)


@action
def write_to_customer(order_number: str, *, actor: Actor, text: str, now: datetime | None = None) -> None:
    """Write to the people of an order that waits: its requester and those who are asked, who find it in the history.

    Journal: `order.shop_wrote`; they are mailed. Changes nothing about the order: pages stay up to date. Raises
    NotAllowed (no staff), NotFound, IllegalMove (it waits no more), Invalid (field `text`: none, too long), TooOften
    (`WRITTEN_A_DAY`).
    """
    at = now or utc_now()
    case = _locked(order_number, actor=actor, blocked_too=True)
    placement: Placement = case.order.akcept_placement
    said = checked_remark(text, required=_("Write something first."), field="text")
    since = at - timedelta(days=1)
    if how_many("order", placement.number, topics.SHOP_WROTE, limit=WRITTEN_A_DAY, since=since) >= WRITTEN_A_DAY:
        refusal = _("The shop has written about this order %(limit)d times within a day. Call the customer instead.")
        raise TooOften(refusal % {"limit": WRITTEN_A_DAY}, field="text")
    payload = {"order_id": case.order_id, "text": said, **turn(case, _asked(case))}
    event = Event(topics.SHOP_WROTE, ("order", placement.number), payload)
    journal.write(event, actor=actor, organization_id=case.organization_id, now=at)


def _locked(order_number: str, *, actor: Actor, blocked_too: bool = False) -> Case:
    policies.require_staff(actor)
    module.require_available()
    found = Case.objects.filter(order__number=order_number).select_related(
        "order__akcept_placement", "unit", "organization__acceptance_terms", "requester__user"
    )
    case = lock(found, of=("self", "order")).first()
    if case is None:
        raise NotFound(_("There is no such order."))
    if State(case.state) not in OPEN:
        raise IllegalMove(_("This order is no longer waiting for its customer."))
    if case.organization.status == Organization.Status.BLOCKED and not blocked_too:
        text = _("%(organization)s is blocked: nobody there can decide until the shop unblocks it.")
        raise NotAllowed(text % {"organization": case.organization.name})
    return case


def _asked(case: Case) -> Sequence[Person] | None:
    """Return who is asked now, None where the requester has the order back."""
    if case.state == State.RETURNED:
        return None
    found = current_step(case)
    placement: Placement = case.order.akcept_placement
    matter = matter_of(case, found, amounts=placement.amounts, unit_path=case.unit.path)
    return organizations.who_may_accept(matter)


def _require_late(case: Case, number: str, at: datetime) -> None:
    last = max(filter(None, (case.step_opened_at, case.reminded_at)))
    if at - last < REMIND_AFTER:
        hours = REMIND_AFTER // timedelta(hours=1)
        raise TooOften(_("They were asked or reminded less than %(hours)d hours ago.") % {"hours": hours})
    since = at - timedelta(days=1)
    if how_many("order", number, topics.REMINDED, limit=REMINDERS_A_DAY, since=since) >= REMINDERS_A_DAY:
        text = _("They have been reminded %(limit)d times within a day. Call the customer instead.")
        raise TooOften(text % {"limit": REMINDERS_A_DAY})
