"""Rows the actions write in common; all inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Limit
from akcept.kernel.errors import Invalid
from akcept.organizations import checks, policies, queries
from akcept.organizations.addresses import AddressInput
from akcept.organizations.grants import Effective, effective
from akcept.organizations.labels import READY_ROLES
from akcept.organizations.models import Invitation, Member, Organization, Profile, Role, Unit, UnitAddress, known
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat
from akcept.transactions.locking import lock

PATH_LIMIT = 255


def new_user(email: str, *, first_name: str, last_name: str, password: str, language: str) -> Any:
    """Create a login with its profile. Raises Invalid: the address is none or is taken, a name is missing."""
    users = get_user_model()
    address = checks.email(email)
    names = _names(first_name, last_name)
    spoken = checks.language(language)
    taken = Invalid(
        _("There is already an account with the e-mail address %(email)s.") % {"email": address}, field="email"
    )
    if users.objects.filter(email__iexact=address).exists():
        raise taken
    try:
        with transaction.atomic():
            user = users.objects.create_user(email=address, password=password, **names, **nobodys_username(users))
    except IntegrityError:
        raise taken from None
    Profile.objects.create(user=user, language=spoken)
    return user


def taken_over(user: Any, *, first_name: str, last_name: str, password: str, language: str) -> Any:
    """Give an unproved account the names and password of its address's owner. Raises Invalid: a name is missing.

    A deactivated login stays deactivated.
    """
    locked = lock(get_user_model().objects.all()).get(pk=user.pk)
    locked.first_name, locked.last_name = _names(first_name, last_name).values()
    locked.set_password(password)
    locked.save(update_fields=["first_name", "last_name", "password"])
    spoken = checks.language(language)
    if not Profile.objects.filter(user=locked).update(language=spoken):  # by now nobody else writes its first one
        Profile.objects.create(user=locked, language=spoken)
    return locked


def _names(first_name: str, last_name: str) -> dict[str, str]:
    return {
        "first_name": checks.required(first_name, field="first_name", text=_("Enter the first name."), limit=150),
        "last_name": checks.required(last_name, field="last_name", text=_("Enter the last name."), limit=150),
    }


def nobodys_username(users: Any) -> dict[str, str]:
    """Return a user name where the shop's model wants one: nobody types it, people log in by e-mail."""
    return {} if users.get_email_field_name() == users.USERNAME_FIELD else {users.USERNAME_FIELD: uuid4().hex[:30]}


def insert_unit(organization_id: int, *, name: str, parent: Unit | None, cost_centre: str = "", code: str = "") -> Unit:
    """Create a unit below another.

    Raises Invalid when the place has one of that name, the organisation one of that code, or it lies too deep.
    """
    unit = Unit(organization_id=organization_id, parent=parent, name=name, cost_centre=cost_centre, code=code, path="")
    save_unit(unit)
    unit.path = f"{parent.path if parent else ''}{unit.pk}/"
    require_depth(len(unit.path))
    unit.save(update_fields=["path"])
    return unit


def require_depth(length: int) -> None:
    """Raise Invalid when a path of so many characters does not fit its column."""
    if length > PATH_LIMIT:
        raise Invalid(_("The tree of units cannot be that deep: choose a unit further up."), field="parent")


def save_unit(unit: Unit) -> None:
    """Save a unit. Raises Invalid when its place has another one of that name, or the organisation one of that code."""
    try:
        with transaction.atomic():
            unit.save()
    except IntegrityError:
        others = Unit.objects.filter(organization_id=unit.organization_id, closed_at=None).exclude(pk=unit.pk)
        same = others.filter(code=unit.code).first() if unit.code else None
        if same is not None:
            raise Invalid(_("%(unit)s already has this code.") % {"unit": same.name}, field="code") from None
        raise Invalid(
            _("There is already a unit named %(name)s in the same place.") % {"name": unit.name}, field="name"
        ) from None


def new_organization(
    *, name: str, nip: str, address: AddressInput, status: str, now: datetime
) -> tuple[Organization, Unit, dict[str, Role]]:
    """Create an organisation with its head office at the address and its ready-made roles (by code).

    Raises Invalid with the field: a missing name, a wrong or known NIP, the address.
    """
    columns = address.cleaned()
    organization = Organization(
        name=checks.required(name, field="name", text=_("Enter the organisation's name."), limit=200),
        nip=checks.tax_number(nip, country=columns["country"]),
        line1=columns["line1"],
        postcode=columns["postcode"],
        city=columns["city"],
        country=columns["country"],
        status=status,
        created_at=now,
        confirmed_at=now if status == Organization.Status.ACTIVE else None,
    )
    _save_organization(organization)
    root = insert_unit(organization.pk, name=_("Head office"), parent=None)
    UnitAddress.objects.create(unit=root, is_default=True, **columns)
    return organization, root, add_ready_roles(organization)


def _save_organization(organization: Organization) -> None:
    known = Invalid(
        _("An organisation with NIP %(nip)s already has an account here. Ask its administrator for an invitation.")
        % {"nip": organization.nip},
        field="nip",
    )
    if Organization.objects.filter(nip=organization.nip).exists():
        raise known
    try:
        with transaction.atomic():
            organization.save(force_insert=True)
    except IntegrityError:
        raise known from None


def enter(actor: Actor, permission: Permission) -> Seat:
    """Return the seat of whoever changes the organisation, which nobody else does until this transaction ends.

    One lock for the whole organisation: its structure changes rarely, and two administrators who remove each other,
    or a role that changes while it is given, must not meet. Journal: nothing. Raises NotAllowed, also when the right
    was lost meanwhile.
    """
    seat = policies.require_permission(queries.seat_of(actor), permission)
    lock(Organization.objects.all()).get(pk=seat.organization_id)
    return policies.require_permission(queries.seat_of(actor), permission)


def own_unit(seat: Seat, unit_id: int) -> Unit:
    """Return an open unit that the seat reaches. Raises Invalid."""
    found = Unit.objects.filter(
        organization_id=seat.organization_id, path__startswith=seat.unit_path, closed_at=None, pk=unit_id
    ).first()
    if found is None:
        raise Invalid(_("Choose a unit of your organisation."), field="unit")
    return found


def own_roles(seat: Seat, role_ids: Collection[int]) -> list[Role]:
    """Return the organisation's roles of these ids. Raises Invalid when one is not (any more) among them."""
    found = list(Role.objects.filter(organization_id=seat.organization_id, pk__in=role_ids))
    if len(found) != len(set(role_ids)):
        raise Invalid(_("One of the roles is gone. Please choose again."), field="roles")
    return found


def stored_grant(permissions: Collection[Permission], limit: Limit | None) -> dict[str, Any]:
    """Return direct permissions as they are stored. Raises Invalid: the limit is none, or without the right."""
    checked = checks.limit(limit)
    if checked is not None and Permission.ACCEPT_ORDERS not in permissions:
        raise Invalid(_("A limit binds acceptance: give the permission “accepting orders” too."), field="amount")
    return {
        "permissions": sorted(permission.value for permission in permissions),
        "limit": checked.as_json() if checked else None,
    }


def sum_of(roles: Collection[Role], granted: dict[str, Any]) -> Effective:
    """Return what roles and direct permissions add up to."""
    probe = Member(granted=granted)
    return effective([*(role.grant for role in roles), probe.direct])


def require_administrator_left(organization_id: int) -> None:
    """Raise Invalid when the change just written would leave the organisation without an administrator."""
    if not queries.administrators_of(organization_id).exists():
        raise Invalid(
            _("This would leave nobody at head office who manages members: give somebody else the right first."),
            field="permissions",
        )


def add_ready_roles(organization: Organization) -> dict[str, Role]:
    """Give a new organisation the roles everybody starts with, named in the active language; by their code."""
    made = Role.objects.bulk_create(
        Role(organization=organization, name=str(ready.name), permissions=sorted(ready.permissions))
        for ready in READY_ROLES
    )
    return {ready.code: role for ready, role in zip(READY_ROLES, made, strict=True)}


def member_facts(member: Member, roles: Collection[Role] | None = None) -> dict[str, Any]:
    """Return what the journal keeps of a member before and after a change; `roles` where they are not stored yet."""
    return {
        "user_id": member.user_id,
        "unit_id": member.unit_id,
        "unit": member.unit.name,
        "active": member.active,
        "roles": sorted(role.name for role in (member.roles.all() if roles is None else roles)),
        "direct": member.granted.get("permissions", []),
        "permissions": sorted(permission.value for permission in member.permissions),
        "limits": member.accept_limits,
    }


def invitation_facts(invitation: Invitation, roles: Collection[Role] | None = None) -> dict[str, Any]:
    """Return what the journal keeps of an invitation; `roles` where they are not stored yet."""
    return {
        "email": invitation.email,
        "unit_id": invitation.unit_id,
        "unit": invitation.unit.name,
        "roles": sorted(role.name for role in (invitation.roles.all() if roles is None else roles)),
        "direct": sorted(p.value for p in known(invitation.granted.get("permissions", []))),
    }
