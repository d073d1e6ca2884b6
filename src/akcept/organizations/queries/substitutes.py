"""Substitutions, and whom one may be named for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.organizations import policies
from akcept.organizations.models import (
    Member,
    Substitution,
)
from akcept.organizations.permissions import Permission
from akcept.organizations.queries.colleagues import SUGGESTED, colleagues
from akcept.organizations.queries.seats import seat_of
from akcept.organizations.seats import Seat


def substitutions(actor: Actor) -> list[Substitution]:
    """Return substitutions that run or are planned: the actor's own on either side; a manager's people's too.

    Raises NotAllowed for somebody without an organisation.
    """
    seat = policies.require_seat(seat_of(actor))
    wanted = Q(absent_id=seat.member_id) | Q(substitute_id=seat.member_id)
    if seat.holds(Permission.MANAGE_MEMBERS):
        wanted |= Q(absent__unit__path__startswith=seat.unit_path)
    return list(
        Substitution.objects.filter(wanted, organization_id=seat.organization_id, ends_at__gt=utc_now(), ended_at=None)
        .select_related("absent__user", "absent__unit", "substitute__user", "substitute__unit")
        .order_by("starts_at", "id")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstituteChoices:
    """Whom the actor may name a substitute for, and who may be one: the nearest of each, whoever is not here too."""

    seat: Seat
    #: Whether the actor may name somebody for others than themselves.
    manages: bool
    absent: list[Member]
    substitutes: list[Member]


def substitutes_to_choose(actor: Actor) -> SubstituteChoices:
    """Return what the form suggests: the actor if an approver, and approvers they manage; colleagues. Three statements.

    Raises NotAllowed for somebody without an organisation.
    """
    seat = policies.require_seat(seat_of(actor))
    manages = seat.holds(Permission.MANAGE_MEMBERS)
    reach = Q(pk=seat.member_id) | (Q(unit__path__startswith=seat.unit_path) if manages else Q(pk__in=[]))
    absent = list(colleagues(seat).filter(reach, accept_orders=True)[:SUGGESTED])
    return SubstituteChoices(
        seat=seat,
        manages=manages,
        absent=absent,
        substitutes=_others(seat, absent),
    )


def _others(seat: Seat, absent: Sequence[Member]) -> list[Member]:
    """Return who may stand in: nobody for themselves, so whoever can name only their own is not among them."""
    if not absent:
        return []
    found = colleagues(seat)
    if [member.pk for member in absent] == [seat.member_id]:
        found = found.exclude(pk=seat.member_id)
    return list(found[:SUGGESTED])
