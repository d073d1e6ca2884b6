"""Who looks after an organisation."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from akcept.organizations.models import (
    Member,
)
from akcept.organizations.queries.names import person_of
from akcept.organizations.seats import Person


def administrators(organization_id: int) -> list[Person]:
    """Return the active members who manage members at head office: the people to ask. One statement."""
    return [person_of(member) for member in administrators_of(organization_id).order_by("id")]


def administrators_of(organization_id: int | OuterRef) -> QuerySet[Member]:
    """Return the rows of an organisation's administrators; none only before the first one joined."""
    return Member.objects.filter(
        organization_id=organization_id,
        active=True,
        manage_members=True,
        unit__parent=None,
        user__is_active=True,
    ).select_related("user", "unit")


def administered_only_by(user_id: int) -> list[str]:
    """Return the names of the organisations that would have no administrator without this login; one statement."""
    others = administrators_of(OuterRef("organization_id")).exclude(user_id=user_id)
    alone = Member.objects.filter(
        user_id=user_id, active=True, manage_members=True, unit__parent=None, user__is_active=True
    ).exclude(Exists(others))
    return list(alone.order_by("organization__name").values_list("organization__name", flat=True))
