"""What waits in a branch: for whoever closes a unit, or helps where nobody may decide."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol, cast

from django.db.models import Exists, OuterRef, QuerySet

from akcept.approvals.models import Case
from akcept.approvals.states import OPEN, State
from akcept.ordering.models import Placement
from akcept.ordering.visibility import visible_cases
from akcept.organizations import queries as organizations
from akcept.organizations.models import Unit
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat

STUCK_SHOWN: Final = 50


def number_waiting() -> int:
    """Return how many orders of all organisations wait for an acceptance; one statement. For the shop's operator."""
    return Case.objects.filter(state=State.AWAITING.value).count()


def waiting_in(unit: Unit) -> organizations.Several:
    """Return which orders of a unit and the units below it wait, by number, the oldest first; two statements."""
    waiting = Case.objects.filter(
        organization_id=unit.organization_id,
        state__in=[state.value for state in OPEN],
        unit__path__startswith=unit.path,
    )
    return organizations.several(waiting.order_by("order_id").values_list("order__number", flat=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckRow:
    """An order that waits although nobody may decide it. `may_see`: whether the order's page opens for the actor."""

    number: str
    requester: str
    unit: str
    stuck_since: datetime
    currency: str
    total_net: Decimal
    may_see: bool


def stuck_orders(seat: Seat) -> list[StuckRow]:
    """Return orders nobody may decide, of the units whose members the seat manages, oldest first; one statement.

    Empty for whoever manages no members: giving somebody the right is what helps. At most `STUCK_SHOWN`.
    """
    if not seat.holds(Permission.MANAGE_MEMBERS):
        return []
    found = _stuck(seat.organization_id).filter(unit__path__startswith=seat.unit_path)
    found = found.annotate(may_see=Exists(visible_cases(seat).filter(pk=OuterRef("pk"))))
    return [_stuck_row(case, may_see=cast("_Beside", case).may_see) for case in found[:STUCK_SHOWN]]


def stuck_among(organization_id: int, numbers: Collection[str]) -> list[StuckRow]:
    """Return those of these orders that nobody may decide at this moment, oldest first; one statement."""
    return [_stuck_row(case) for case in _stuck(organization_id).filter(order__number__in=numbers)]


def left_among(organization_id: int, numbers: Collection[str]) -> list[StuckRow]:
    """Return those of these open orders whose requester is no active member, oldest first; one statement.

    `stuck_since` is since when.
    """
    found = Case.objects.filter(
        organization_id=organization_id,
        state__in=[state.value for state in OPEN],
        requester_left_at__isnull=False,
        order__number__in=numbers,
    )
    rows = found.select_related("order__akcept_placement", "requester__user", "unit").order_by("order_id")
    return [_stuck_row(case, since=case.requester_left_at) for case in rows]


def open_orders_of(member_id: int) -> organizations.Several:
    """Return which orders a member has placed that are still open, by number, the oldest first; two statements.

    For whoever looks after that member.
    """
    found = Case.objects.filter(requester_id=member_id, state__in=[state.value for state in OPEN])
    return organizations.several(found.order_by("order_id").values_list("order__number", flat=True))


def _stuck(organization_id: int) -> QuerySet[Case]:
    waiting = Case.objects.filter(organization_id=organization_id, state=State.AWAITING.value)
    stuck = waiting.filter(stuck_since__isnull=False).order_by("order_id")
    return stuck.select_related("order__akcept_placement", "requester__user", "unit")


class _Beside(Protocol):
    """What the statement that reads a case finds out beside it: whether the order's page opens for the actor."""

    may_see: bool


def _stuck_row(case: Case, *, since: datetime | None = None, may_see: bool = False) -> StuckRow:
    placement: Placement = case.order.akcept_placement
    since = since or case.stuck_since
    assert since is not None  # noqa: S101  the filter's
    return StuckRow(
        number=placement.number,
        requester=organizations.name_of(case.requester.user),
        unit=case.unit.name,
        stuck_since=since,
        currency=placement.currency,
        total_net=placement.total_net,
        may_see=may_see,
    )
