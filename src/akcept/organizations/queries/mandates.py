"""Whose right to accept somebody uses as a substitute: mandates, now or until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from akcept.kernel.clock import utc_now
from akcept.organizations.models import (
    Member,
    Substitution,
)
from akcept.organizations.queries.names import name_of
from akcept.organizations.seats import Mandate


def begun(now: datetime) -> QuerySet[Substitution]:
    """Return the substitutions begun and not over, whoever is absent: enough to know whether to look closer."""
    return Substitution.objects.filter(starts_at__lte=now, ends_at__gt=now, ended_at=None)


def running_substitutions(now: datetime) -> QuerySet[Substitution]:
    """Return the substitutions in force: begun, not over, of an absent member who still has something to hand on."""
    return begun(now).filter(
        absent__active=True,
        absent__accept_orders=True,
        absent__user__is_active=True,
    )


def mandates_of(member: Member) -> tuple[Mandate, ...]:
    """Return whose acceptance a member uses now, as their substitute; one statement."""
    running = running_substitutions(utc_now()).filter(substitute=member).select_related("absent__user", "absent__unit")
    return tuple(
        Mandate(
            member_id=row.absent_id,
            name=name_of(row.absent.user),
            unit_id=row.absent.unit_id,
            unit_path=row.absent.unit.path,
            role_ids=frozenset(row.absent.role_ids),
            limits=row.absent.limits,
        )
        for row in running.order_by("id")
    )


def substitutes_of(member_ids: Sequence[int]) -> dict[int, list[Member]]:
    """Return who stands in for each of these members now; one statement, none for nobody."""
    found: dict[int, list[Member]] = {}
    if not member_ids:
        return found
    running = (
        running_substitutions(utc_now())
        .filter(absent__in=member_ids, substitute__active=True, substitute__user__is_active=True)
        .select_related("substitute__user", "substitute__unit")
    )
    for row in running.order_by("id"):
        found.setdefault(row.absent_id, []).append(row.substitute)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstitutionEnded:
    """Whom somebody was the substitute of, and until when."""

    name: str
    at: datetime


def substitution_ended(member_id: int, *, running_at: datetime, now: datetime) -> SubstitutionEnded | None:
    """Return the member's substitution that ran at one moment and is over by now, None without one; one statement."""
    return _latest(_over(member_id, now).filter(starts_at__lte=running_at, ends_at__gt=running_at))


def last_substitution(member_id: int, *, since: datetime, now: datetime) -> SubstitutionEnded | None:
    """Return the member's substitution that began and is over, not before `since`; None without one; one statement."""
    begun = Q(ended_at=None) | Q(ended_at__gt=F("starts_at"))
    return _latest(_over(member_id, now).filter(begun, ends_at__gte=since))


def _over(member_id: int, now: datetime) -> QuerySet[Substitution]:
    return Substitution.objects.filter(Q(ends_at__lte=now) | Q(ended_at__lte=now), substitute_id=member_id)


def _latest(over: QuerySet[Substitution]) -> SubstitutionEnded | None:
    found = over.select_related("absent__user").order_by("-ends_at", "-id").first()
    if found is None:
        return None
    at = found.ends_at if found.ended_at is None else min(found.ends_at, found.ended_at)
    return SubstitutionEnded(name=name_of(found.absent.user), at=at)
