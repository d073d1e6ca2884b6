"""What the organisation's own pages show. Reads start from what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, When
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotFound
from akcept.kernel.paging import PAGE_SIZE, Page, key_of, page_of
from akcept.organizations import policies
from akcept.organizations.grants import effective, exceeds
from akcept.organizations.models import (
    Invitation,
    Member,
    Organization,
    Role,
    Substitution,
    Unit,
    UnitAddress,
)
from akcept.organizations.permissions import Permission
from akcept.organizations.queries.people import name_of, seat_of
from akcept.organizations.searching import mentions
from akcept.organizations.seats import Seat, ancestors_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """An organisation as its members see it: `me` is the actor's own row, with its roles."""

    organization: Organization
    me: Member
    seat: Seat


def structure(actor: Actor) -> Structure:
    """Return the actor's organisation and his own place in it. Constant number of statements.

    Raises NotAllowed while the module is off or for somebody without an organisation.
    """
    seat = policies.require_seat(seat_of(actor))
    return Structure(
        organization=Organization.objects.get(pk=seat.organization_id),
        me=Member.objects.select_related("unit").prefetch_related("roles").get(pk=seat.member_id),
        seat=seat,
    )


def depth_first(units: Sequence[Unit]) -> list[Unit]:
    """Order units so that each follows its parent, siblings by name; a unit whose parent is missing begins a tree."""
    present = {unit.pk for unit in units}
    children: dict[int | None, list[Unit]] = {}
    for unit in units:
        children.setdefault(unit.parent_id if unit.parent_id in present else None, []).append(unit)
    ordered: list[Unit] = []

    def walk(parent_id: int | None) -> None:
        for unit in sorted(children.get(parent_id, []), key=lambda u: u.name.casefold()):
            ordered.append(unit)
            walk(unit.pk)

    walk(None)
    return ordered


def organization_to_manage(actor: Actor) -> Organization:
    """Return the actor's organisation for its data's page. Raises NotAllowed (head office only)."""
    seat = policies.require_head_office(_manager(actor, Permission.MANAGE_UNITS))
    return Organization.objects.get(pk=seat.organization_id)


# --- people ---


def _manager(actor: Actor, permission: Permission) -> Seat:
    return policies.require_sight(seat_of(actor), permission)


def _members_of(seat: Seat) -> QuerySet[Member]:
    """Return the members a manager may look after: those of his unit and below, without those who were removed."""
    return Member.objects.filter(
        organization_id=seat.organization_id, unit__path__startswith=seat.unit_path, removed_at=None
    ).select_related("user", "unit")


def members(
    actor: Actor, *, text: str = "", unit_id: int | None = None, after: str = "", size: int = PAGE_SIZE
) -> Page[Member]:
    """Return the members the actor looks after, by name. A constant number of statements. Raises NotAllowed."""
    seat = _manager(actor, Permission.MANAGE_MEMBERS)
    return listed(_members_of(seat), seat.organization_id, text=text, unit_id=unit_id, after=after, size=size)


def listed(
    found: QuerySet[Member], organization_id: int, *, text: str, unit_id: int | None, after: str, size: int
) -> Page[Member]:
    """Return a page of an organisation's members by name, narrowed to words of name, e-mail or unit and to one unit.

    Three statements. A unit's name is compared once, not for each of its members.
    """
    units = Unit.objects.filter(organization_id=organization_id)
    for word in _words(text):
        named = mentions(word, *_PERSON)
        found = found.filter(named | Q(unit__in=units.filter(mentions(word, "name", "code"))))
    if unit_id is not None:
        found = found.filter(unit_id=unit_id)
    key = key_of(after)
    if key is not None:
        found = found.filter(_following(Member.objects.select_related("user").filter(pk=key).first()))
    rows = list(found.prefetch_related("roles").order_by("user__last_name", "user__first_name", "id")[: size + 1])
    return page_of(rows, [str(row.pk) for row in rows], size=size, is_first=key is None)


def _following(last: Member | None) -> Q:
    if last is None:
        return Q(pk__gt=0)  # the row a link named is gone: begin anew rather than show nothing
    family, first = last.user.last_name, last.user.first_name
    return (
        Q(user__last_name__gt=family)
        | Q(user__last_name=family, user__first_name__gt=first)
        | Q(user__last_name=family, user__first_name=first, pk__gt=last.pk)
    )


def member_to_manage(actor: Actor, member_id: int) -> Member:
    """Return a member of the actor's own organisation, unit or below. Raises NotAllowed, NotFound."""
    seat = _manager(actor, Permission.MANAGE_MEMBERS)
    found = _members_of(seat).filter(pk=member_id).prefetch_related("roles").first()
    if found is None:
        raise NotFound(_("There is no such member in your organisation."))
    return found


def invitations(
    actor: Actor, *, text: str = "", unit_id: int | None = None, after: str = "", size: int = PAGE_SIZE
) -> Page[Invitation]:
    """Return open invitations into the actor's unit and below, newest first. Three statements. Raises NotAllowed."""
    seat = _manager(actor, Permission.MANAGE_MEMBERS)
    found = Invitation.objects.filter(
        organization_id=seat.organization_id,
        unit__path__startswith=seat.unit_path,
        accepted_at=None,
        revoked_at=None,
    )
    for word in _words(text):
        found = found.filter(mentions(word, "email", "first_name", "last_name", *_UNIT))
    if unit_id is not None:
        found = found.filter(unit_id=unit_id)
    if (key := key_of(after)) is not None:
        found = found.filter(pk__lt=key)
    rows = list(found.select_related("unit", "invited_by__user").prefetch_related("roles").order_by("-pk")[: size + 1])
    return page_of(rows, [str(row.pk) for row in rows], size=size, is_first=key is None)


def _words(text: str) -> list[str]:
    return text.replace("\0", " ").split()[:4]


_UNIT = ("unit__name", "unit__code")
_PERSON = ("user__first_name", "user__last_name", "user__email")


# --- roles ---


def roles(actor: Actor) -> list[Role]:
    """Return the organisation's roles with how many hold each. Raises NotAllowed."""
    seat = _manager(actor, Permission.MANAGE_MEMBERS)
    held = Count("members", filter=Q(members__removed_at=None))
    return list(Role.objects.filter(organization_id=seat.organization_id).annotate(n_members=held).order_by("name"))


def roles_to_give(actor: Actor) -> list[Role]:
    """Return the roles the actor may give: at head office all of them, elsewhere what he holds himself."""
    seat = _manager(actor, Permission.MANAGE_MEMBERS)
    every = Role.objects.filter(organization_id=seat.organization_id).order_by("name")
    return [role for role in every if seat.at_head_office or not exceeds(effective([role.grant]), seat.effective)]


def role_to_manage(actor: Actor, role_id: int) -> Role:
    """Return one role for its page. Raises NotAllowed (head office only), NotFound."""
    seat = require_role_editor(actor)
    found = Role.objects.filter(organization_id=seat.organization_id, pk=role_id).first()
    if found is None:
        raise NotFound(_("There is no such role in your organisation."))
    return found


def require_role_editor(actor: Actor) -> Seat:
    """Return the seat of somebody who may define roles. Raises NotAllowed."""
    return policies.require_head_office(_manager(actor, Permission.MANAGE_MEMBERS))


# --- units ---


def units_to_manage(actor: Actor, permission: Permission = Permission.MANAGE_MEMBERS) -> list[Unit]:
    """Return the open units the actor manages people (or units) in, in tree order. Raises NotAllowed."""
    seat = _manager(actor, permission)
    own = Unit.objects.filter(organization_id=seat.organization_id, path__startswith=seat.unit_path, closed_at=None)
    return depth_first(list(own))


#: Up to so many units are offered to choose from in a filter; among more one searches.
UNITS_OFFERED = 50


def units_to_choose(actor: Actor, *, chosen: int | None = None) -> tuple[list[Unit], Unit | None]:
    """Return what a list of members can be narrowed to: all units when they are few, and the chosen one.

    Raises NotAllowed.
    """
    seat = _manager(actor, Permission.MANAGE_MEMBERS)
    own = Unit.objects.filter(organization_id=seat.organization_id, path__startswith=seat.unit_path, closed_at=None)
    units = list(own.order_by("pk")[: UNITS_OFFERED + 1])
    if len(units) > UNITS_OFFERED:
        return [], own.filter(pk=chosen).first() if chosen is not None else None
    return depth_first(units), next((unit for unit in units if unit.pk == chosen), None)


def unit_to_manage(actor: Actor, unit_id: int) -> Unit:
    """Return an open unit, the actor's own or one below. Raises NotAllowed, NotFound."""
    seat = _manager(actor, Permission.MANAGE_UNITS)
    found = (
        Unit.objects.filter(organization_id=seat.organization_id, path__startswith=seat.unit_path, closed_at=None)
        .filter(pk=unit_id)
        .select_related("parent")
        .prefetch_related("addresses")
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such unit in your organisation."))
    return found


def delivery_addresses(seat: Seat) -> list[UnitAddress]:
    """Return where a member may have goods delivered: the addresses of the own unit, its default first."""
    return list(UnitAddress.objects.filter(unit_id=seat.unit_id).order_by("-is_default", "id"))


#: Of what a change affects, so many are named before the rest is only counted.
NAMES_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """How many there are, and the first ones by name."""

    count: int
    names: tuple[str, ...] = ()

    @property
    def unnamed(self) -> int:
        """How many are counted only."""
        return self.count - len(self.names)


def several(names: QuerySet[Any, str]) -> Several:
    """Return the first of these names and how many there are; two statements."""
    return Several(count=names.count(), names=tuple(names[:NAMES_SHOWN]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """What moving or closing a unit takes along: units below it, members and invitations of all of them."""

    units: list[str]
    members: Several
    invitations: int


def affected_by(unit: Unit) -> Affected:
    """Return what belongs to a unit and those below it; four statements."""
    within = Unit.objects.filter(path__startswith=unit.path, closed_at=None).exclude(pk=unit.pk).order_by("path")
    members = Member.objects.filter(unit__path__startswith=unit.path, removed_at=None)
    first = members.select_related("user").order_by("user__last_name", "user__first_name", "pk")[:NAMES_SHOWN]
    return Affected(
        units=list(within.values_list("name", flat=True)),
        members=Several(count=members.count(), names=tuple(name_of(member.user) for member in first)),
        invitations=Invitation.objects.filter(
            unit__path__startswith=unit.path, accepted_at=None, revoked_at=None
        ).count(),
    )


# --- substitutes ---


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


#: How many people a form suggests; anybody else is named by his e-mail address.
SUGGESTED = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstituteChoices:
    """Whom the actor may name a substitute for, and who may be one: the nearest of each, whoever is not here too."""

    seat: Seat
    #: Whether the actor may name somebody for others than himself.
    manages: bool
    absent: list[Member]
    substitutes: list[Member]


def substitutes_to_choose(actor: Actor) -> SubstituteChoices:
    """Return what the form suggests: himself when he accepts, and approvers he manages; colleagues. Three statements.

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
    """Return who may stand in: nobody for himself, so whoever can name one for himself only is not among them."""
    if not absent:
        return []
    found = colleagues(seat)
    if [member.pk for member in absent] == [seat.member_id]:
        found = found.exclude(pk=seat.member_id)
    return list(found[:SUGGESTED])


def colleagues(seat: Seat) -> QuerySet[Member]:
    """Return active colleagues: of the own unit and those around it first, then by name."""
    near = Q(unit__path__startswith=seat.unit_path) | Q(unit__path__in=ancestors_of(seat.unit_path))
    return (
        Member.objects.filter(organization_id=seat.organization_id, active=True, user__is_active=True)
        .select_related("user", "unit")
        .annotate(far=Case(When(near, then=0), default=1))
        .order_by("far", "user__last_name", "user__first_name", "id")
    )


def colleague(actor: Actor, email: str) -> int | None:
    """Return the active member of the actor's organisation with that address, None for nobody. Raises NotAllowed."""
    seat = policies.require_seat(seat_of(actor))
    found = Member.objects.filter(organization_id=seat.organization_id, active=True, user__email__iexact=email.strip())
    return found.values_list("pk", flat=True).first()


#: How many people are named when several are called what was typed.
_NAMED = 3


def colleague_called(actor: Actor, typed: str, *, field: str) -> int:
    """Return the active colleague of that e-mail address, or the only one with every word in his name or address.

    Three statements. Raises NotAllowed, Invalid (`field`: nobody, or several, of whom some are named).
    """
    seat = policies.require_seat(seat_of(actor))
    found = colleagues(seat)
    people = list(found.filter(user__email__iexact=typed.strip()))
    if not people and (words := _words(typed)):
        for word in words:
            found = found.filter(mentions(word, *_PERSON))
        people = list(found[: _NAMED + 1])
    if not people:
        raise Invalid(_("Nobody in your organisation has this name."), field=field)
    if len(people) > 1:
        names = ", ".join(f"{name_of(member.user)} ({member.user.email})" for member in people[:_NAMED])
        raise Invalid(
            _("Several people match, such as %(names)s: type more, or the e-mail address.") % {"names": names},
            field=field,
        )
    return people[0].pk
