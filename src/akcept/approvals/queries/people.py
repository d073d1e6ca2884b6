"""Who could be asked, and where they sit."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Q

from akcept.approvals.deadends import Place
from akcept.approvals.facts import Acceptor
from akcept.organizations import queries as organizations
from akcept.organizations.models import Member, Unit
from akcept.organizations.paths import ancestors_of


def acceptors_of(
    organization_id: int, *, unit_path: str | None = None, member_ids: Collection[int] = ()
) -> list[Acceptor]:
    """Return who may accept orders: of one unit (and those named beside), or with None of any; one statement."""
    found = Member.objects.filter(
        organization_id=organization_id, active=True, accept_orders=True, user__is_active=True
    ).select_related("user", "unit")
    if unit_path is not None:
        found = found.filter(Q(unit__path__in=ancestors_of(unit_path)) | Q(pk__in=member_ids))
    return [acceptor_of(member) for member in found.order_by("pk")]


def acceptor_of(member: Member) -> Acceptor:
    """Return a member who may accept, read with user and unit, as rules look at one."""
    return Acceptor(
        member_id=member.pk,
        name=organizations.name_of(member.user),
        unit_id=member.unit_id,
        unit_name=member.unit.name,
        unit_path=member.unit.path,
        role_ids=frozenset(member.role_ids),
        limits=member.limits,
        places_orders=member.place_orders,
    )


def places_of(organization_id: int, *, below: str) -> list[Place]:
    """Return the open units at and below a path, for the search for dead ends; one statement."""
    rows = Unit.objects.filter(organization_id=organization_id, path__startswith=below, closed_at=None)
    return [Place(name=name, path=path) for name, path in rows.order_by("path").values_list("name", "path")]


def members_by_email(organization_id: int, emails: Sequence[str]) -> dict[str, Member]:
    """Return the active members with these addresses, by address in lower case; one statement."""
    wanted = {email.strip().lower() for email in emails}
    found = Member.objects.filter(
        organization_id=organization_id, active=True, user__is_active=True, user__email__in=wanted
    ).select_related("user")
    return {str(member.user.email).lower(): member for member in found}


def emails_of(organization_id: int, member_ids: Collection[int]) -> dict[int, str]:
    """Return the addresses of active members; one statement."""
    own = Member.objects.filter(organization_id=organization_id, active=True, user__is_active=True, pk__in=member_ids)
    return dict(own.values_list("pk", "user__email"))
