"""Leases: an order is one system's at a time, until it answers. A public function here is a whole transaction."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext as _

from akcept.handover import topics
from akcept.handover.models import Handover
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel import typed
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import IllegalMove, Invalid, NotFound, Refused
from akcept.ordering import status
from akcept.ordering.queries.work import HeldByCustomer
from akcept.organizations import policies
from akcept.transactions.acting import action
from akcept.transactions.locking import lock

CLAIM_LIMIT: Final = 50
LONGEST_MINUTES: Final = 60
NUMBER_LIMIT: Final = 60
TEXT_LIMIT: Final = 500
#: The shop's word for an order that somebody works on, where its pipeline has it: the customer cannot take an
#: acceptance back any more.
_BEGUN: Final = "in_progress"


class LeaseLost(Refused):
    """The lease is none of this order, or another system has fetched the order since."""

    code = "lease_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """An order a system has for itself until then; `lease` is what it answers with."""

    number: str
    lease: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """What was answered to an order, and its status in the shop."""

    number: str
    state: str
    external_number: str
    status: str


@action
def claim(
    *, actor: Actor, most: int = 10, minutes: int = 10, failed_too: bool = False, now: datetime | None = None
) -> tuple[Leased, ...]:
    """Give a system the oldest unhandled orders that no other has, for so many minutes.

    What is not answered in time comes back. `failed_too` asks for those again that a system could not take. Two at
    once never get the same: what the other is about to get is left out. Four statements, whatever the number.
    Journal: nothing. Raises NotAllowed, Invalid (field `most`, `minutes`).
    """
    policies.require_staff(actor)
    at = now or utc_now()
    if not 1 <= most <= CLAIM_LIMIT:
        raise Invalid(_("Claim 1 to %(limit)d orders at a time.") % {"limit": CLAIM_LIMIT}, field="most")
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise Invalid(_("A lease lasts 1 to %(limit)d minutes.") % {"limit": LONGEST_MINUTES}, field="minutes")
    taken = Handover.objects.filter(_gone(at, failed_too=failed_too)).values("order_id")
    open_ = _orders().filter(status=status.UNHANDLED, akcept_placement__isnull=False).exclude(pk__in=taken)
    orders = list(lock(open_.order_by("pk"), skip_locked=True)[:most])
    # Whoever committed while this statement began is not in what it saw: under the locks, look once more.
    keys = [order.pk for order in orders]
    gone = set(Handover.objects.filter(_gone(at, failed_too=failed_too), pk__in=keys).values_list("pk", flat=True))
    until = at + timedelta(minutes=minutes)
    rows = [
        Handover(order=order, state=Handover.State.LEASED, lease=secrets.token_hex(16), leased_until=until)
        for order in orders
        if order.pk not in gone
    ]
    Handover.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["order"], update_fields=["state", "lease", "leased_until"]
    )
    return tuple(Leased(number=row.order.number, lease=row.lease, until=until) for row in rows)


def _gone(at: datetime, *, failed_too: bool) -> Q:
    """Return what is not given out: taken, in somebody's hands, or refused by a system."""
    found = Q(state=Handover.State.TAKEN) | Q(state=Handover.State.LEASED, leased_until__gt=at)
    return found if failed_too else found | Q(state=Handover.State.FAILED)


@action
def acknowledge(
    number: str, *, actor: Actor, lease: str, external_number: str, now: datetime | None = None
) -> Acknowledged:
    """Say that a system has an order in its own books, under a number of its own; the shop has begun with it then.

    The same said again changes nothing. A lease that has run out counts as long as nobody else has fetched the order.
    Journal: `handover.taken`.
    Raises NotAllowed, NotFound, HeldByCustomer, Invalid (field `external_number`), LeaseLost, IllegalMove.
    """
    called = _line(external_number, NUMBER_LIMIT, field="external_number")
    order, row = _held_by(number, actor=actor, lease=lease)
    if row.state == Handover.State.TAKEN:
        if row.external_number != called:
            text = _("Order %(number)s was taken as %(there)s already.")
            raise IllegalMove(text % {"number": number, "there": row.external_number})
        return _answer(order, row)
    if order.status == status.UNHANDLED:
        _begin(order)
    elif order.status == status.CANCELLED:
        raise IllegalMove(_("The shop has cancelled order %(number)s.") % {"number": number})
    _keep(row, Handover.State.TAKEN, at=now or utc_now(), external_number=called, failure="")
    _tell(topics.TAKEN, order, {"external_number": called}, actor=actor, now=row.answered_at)
    return _answer(order, row)


@action
def report_failure(number: str, *, actor: Actor, lease: str, text: str, now: datetime | None = None) -> Acknowledged:
    """Say that a system could not take an order, and why; it is given out again only to whoever asks for those.

    The same said again changes nothing. Journal: `handover.failed`.
    Raises NotAllowed, NotFound, HeldByCustomer, Invalid (field `text`), LeaseLost, IllegalMove (taken already).
    """
    said = _line(text, TEXT_LIMIT, field="text")
    order, row = _held_by(number, actor=actor, lease=lease)
    if row.state == Handover.State.TAKEN:
        raise IllegalMove(
            _("Order %(number)s was taken as %(there)s already.") % {"number": number, "there": row.external_number}
        )
    if row.state == Handover.State.FAILED and row.failure == said:
        return _answer(order, row)
    _keep(row, Handover.State.FAILED, at=now or utc_now(), failure=said)
    _tell(topics.FAILED, order, {"text": said}, actor=actor, now=row.answered_at)
    return _answer(order, row)


def _begin(order: Any) -> None:
    """Move an order to where the shop's pipeline says work begins; one that knows no step after leaves it there."""
    steps = [step for step in order.available_statuses() if step != status.CANCELLED]
    if steps:
        order.set_status(_BEGUN if _BEGUN in steps else steps[0])


def _orders() -> Any:
    return apps.get_model("order", "Order").objects.all()


def _line(text: str, limit: int, *, field: str) -> str:
    found = typed.line(text)
    if not found or len(found) > limit:
        raise Invalid(_("Use up to %(limit)d characters.") % {"limit": limit}, field=field)
    return found


def _held_by(number: str, *, actor: Actor, lease: str) -> tuple[Any, Handover]:
    """Return an order, locked, with the hand-over that a lease names."""
    policies.require_staff(actor)
    order = lock(_orders().filter(number=number, akcept_placement__isnull=False)).first()
    if order is None:
        raise NotFound(_("There is no such order."))
    if order.status in status.NOT_WORK:
        raise HeldByCustomer(
            _("Order %(number)s is not the shop's work: its customer has not accepted it.") % {"number": number}
        )
    row = Handover.objects.filter(pk=order.pk).first()
    if row is None or row.lease != lease:
        raise LeaseLost(_("This lease of order %(number)s is no longer valid.") % {"number": number})
    return order, row


def _keep(row: Handover, state: Handover.State, *, at: datetime, **fields: str) -> None:
    row.state, row.answered_at = state, at
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "answered_at", *fields])


def _answer(order: Any, row: Handover) -> Acknowledged:
    return Acknowledged(number=order.number, state=row.state, external_number=row.external_number, status=order.status)


def _tell(topic: str, order: Any, payload: dict[str, str], *, actor: Actor, now: datetime | None) -> None:
    organization_id = order.akcept_placement.organization_id
    journal.write(Event(topic, ("order", order.number), payload), actor=actor, organization_id=organization_id, now=now)
