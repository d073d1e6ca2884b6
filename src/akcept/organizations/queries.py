"""Every read of organisations, units and members. Reads start from what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.errors import NotFound
from akcept.organizations import module, policies
from akcept.organizations.models import Invitation, Member, Module, Organization, Profile, Unit, UnitAddress
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Person, Seat, ancestors_of


def seat_of(actor: Actor) -> Seat | None:
    """Return the actor's seat as it is now, or None for somebody who belongs to no organisation. One statement.

    An active membership wins over a deactivated one; a person with none but deactivated memberships still has a
    (powerless) seat, so that losing it does not turn an employee into a private customer.
    """
    if actor.kind is not ActorKind.PERSON or actor.user_id is None:
        return None
    members = Member.objects.filter(user_id=actor.user_id)
    if actor.organization_id is not None:
        members = members.filter(organization_id=actor.organization_id)
    member = (
        members.select_related("user", "unit", "organization")
        .annotate(switched_off=Exists(Module.objects.filter(enabled=False)))
        .order_by("-active", "id")
        .first()
    )
    return None if member is None else _seat(member)


def _seat(member: Member) -> Seat:
    return Seat(
        member_id=member.pk,
        user_id=member.user_id,
        name=name_of(member.user),
        email=member.user.email,
        active=member.active and member.user.is_active,
        permissions=member.permissions,
        organization_id=member.organization_id,
        organization_name=member.organization.name,
        organization_status=member.organization.status,
        unit_id=member.unit_id,
        unit_name=member.unit.name,
        unit_path=member.unit.path,
        module_enabled=module.is_available() and not getattr(member, "switched_off", False),
    )


def name_of(user: object) -> str:
    """Return a person's name as shown to colleagues; the e-mail address where no name was given."""
    full = f"{getattr(user, 'first_name', '')} {getattr(user, 'last_name', '')}".strip()
    return full or str(getattr(user, "email", ""))


def _acceptors(organization_id: int) -> QuerySet[Member]:
    return Member.objects.filter(
        organization_id=organization_id, active=True, accept_orders=True, user__is_active=True
    ).select_related("user", "unit")


def _person(member: Member) -> Person:
    return Person(
        member_id=member.pk,
        user_id=member.user_id,
        name=name_of(member.user),
        email=member.user.email,
        unit_name=member.unit.name,
    )


def who_may_accept(organization_id: int, unit_path: str, *, except_member_id: int | None) -> list[Person]:
    """Return who may accept an order of that unit now, nearest unit first, never its requester. One statement."""
    members = _acceptors(organization_id).filter(unit__path__in=ancestors_of(unit_path))
    found = [member for member in members if member.pk != except_member_id]
    found.sort(key=lambda member: (-len(member.unit.path), member.pk))
    return [_person(member) for member in found]


def who_may_accept_in(units: dict[int, set[str]]) -> dict[str, list[Person]]:
    """Return who may accept orders of each of many units, by unit path, requesters included; one statement.

    `units` maps an organisation to paths of its units; a path is unique across organisations, being made of ids.
    """
    wanted = {path: ancestors_of(path) for paths in units.values() for path in paths}
    if not wanted:
        return {}
    every = {ancestor for above in wanted.values() for ancestor in above}
    acceptors = Member.objects.filter(
        organization_id__in=units,
        active=True,
        accept_orders=True,
        user__is_active=True,
        unit__path__in=every,
    ).select_related("user", "unit")
    nearest_first = sorted(acceptors, key=lambda m: (-len(m.unit.path), m.pk))
    return {path: [_person(m) for m in nearest_first if m.unit.path in above] for path, above in wanted.items()}


def administrators(organization_id: int) -> list[Person]:
    """Return the active members who manage members: the people to ask. One statement."""
    members = Member.objects.filter(
        organization_id=organization_id, active=True, manage_members=True, user__is_active=True
    ).select_related("user", "unit")
    return [_person(member) for member in members.order_by("id")]


def language_of(user_id: int | None) -> str:
    """Return the language mails to that person are written in; the shop's default where none was chosen."""
    chosen = ""
    if user_id is not None:
        chosen = Profile.objects.filter(user_id=user_id).values_list("language", flat=True).first() or ""
    return chosen or str(settings.LANGUAGE_CODE).split("-")[0]


# --- the organisation's own pages ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """An organisation as its members see it."""

    organization: Organization
    units: list[Unit]
    members: list[Member]
    invitations: list[Invitation]
    may_manage: bool


def structure(actor: Actor) -> Structure:
    """Return the actor's organisation. Members and invitations are told only to those who manage them.

    Raises NotAllowed while the module is off or for somebody without an organisation. Constant number of statements.
    """
    seat = policies.require_seat(seat_of(actor))
    organization = Organization.objects.get(pk=seat.organization_id)
    manages = seat.holds(Permission.MANAGE_MEMBERS)
    units = list(
        Unit.objects.filter(organization=organization)
        .annotate(n_members=Count("members", filter=Q(members__active=True)))
        .prefetch_related("addresses")
        .order_by("path")
    )
    return Structure(
        organization=organization,
        units=_depth_first(units),
        members=_members(organization.pk) if manages else [],
        invitations=_open_invitations(organization.pk) if manages else [],
        may_manage=manages,
    )


def _members(organization_id: int) -> list[Member]:
    return list(
        Member.objects.filter(organization_id=organization_id)
        .select_related("user", "unit")
        .order_by("-active", "user__last_name", "user__first_name", "id")
    )


def _open_invitations(organization_id: int) -> list[Invitation]:
    return list(
        Invitation.objects.filter(organization_id=organization_id, accepted_at=None, revoked_at=None)
        .select_related("unit", "invited_by__user")
        .order_by("-created_at")
    )


def _depth_first(units: Sequence[Unit]) -> list[Unit]:
    """Order units so that each follows its parent, siblings by name."""
    children: dict[int | None, list[Unit]] = {}
    for unit in units:
        children.setdefault(unit.parent_id, []).append(unit)
    ordered: list[Unit] = []

    def walk(parent_id: int | None) -> None:
        for unit in sorted(children.get(parent_id, []), key=lambda u: u.name.casefold()):
            ordered.append(unit)
            walk(unit.pk)

    walk(None)
    return ordered


def units_to_manage(actor: Actor) -> list[Unit]:
    """Return the units the actor may put members into, in tree order. Raises NotAllowed."""
    seat = policies.require_permission(seat_of(actor), Permission.MANAGE_MEMBERS)
    return _depth_first(list(Unit.objects.filter(organization_id=seat.organization_id)))


def member_to_manage(actor: Actor, member_id: int) -> Member:
    """Return a member of the actor's own organisation. Raises NotAllowed, NotFound."""
    seat = policies.require_permission(seat_of(actor), Permission.MANAGE_MEMBERS)
    found = (
        Member.objects.filter(organization_id=seat.organization_id, pk=member_id).select_related("user", "unit").first()
    )
    if found is None:
        raise NotFound(_("There is no such member in your organisation."))
    return found


def unit_to_manage(actor: Actor, unit_id: int) -> Unit:
    """Return a unit of the actor's own organisation. Raises NotAllowed, NotFound."""
    seat = policies.require_permission(seat_of(actor), Permission.MANAGE_MEMBERS)
    found = Unit.objects.filter(organization_id=seat.organization_id, pk=unit_id).prefetch_related("addresses").first()
    if found is None:
        raise NotFound(_("There is no such unit in your organisation."))
    return found


def delivery_addresses(seat: Seat) -> list[UnitAddress]:
    """Return where a member may have goods delivered: the addresses of the own unit, its default first."""
    return list(UnitAddress.objects.filter(unit_id=seat.unit_id).order_by("-is_default", "id"))


# --- the merchant's side ---


def organizations(actor: Actor, *, text: str = "", status: str = "") -> QuerySet[Organization]:
    """Return the organisations for the merchant's list, those awaiting confirmation first. Raises NotAllowed."""
    policies.require_staff(actor)
    found = Organization.objects.annotate(
        n_members=_how_many(Member.objects.filter(active=True)), n_units=_how_many(Unit.objects.all())
    )
    if words := text.replace("\0", "").strip():
        wanted = Q(name__icontains=words)
        digits = words.upper().removeprefix("PL").replace("-", "").replace(" ", "")
        if digits.isdigit():
            wanted |= Q(nip__startswith=digits)
        found = found.filter(wanted)
    if status in Organization.Status.values:
        found = found.filter(status=status)
    return found.order_by("-status", "name", "id")


def _how_many(rows: QuerySet[Any]) -> Coalesce:
    """Count the organisation's rows by themselves: two joins would multiply members by units."""
    own = rows.filter(organization=OuterRef("pk")).order_by().values("organization").annotate(n=Count("pk"))
    return Coalesce(Subquery(own.values("n")), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """An organisation as the merchant sees it."""

    organization: Organization
    units: list[Unit]
    members: list[Member]


def organization_for_staff(actor: Actor, organization_id: int) -> Overview:
    """Return one organisation with its structure. Raises NotAllowed, NotFound."""
    policies.require_staff(actor)
    organization = Organization.objects.filter(pk=organization_id).first()
    if organization is None:
        raise NotFound(_("There is no such organisation."))
    units = list(
        Unit.objects.filter(organization=organization)
        .annotate(n_members=Count("members", filter=Q(members__active=True)))
        .prefetch_related("addresses")
    )
    return Overview(organization=organization, units=_depth_first(units), members=_members(organization.pk))
