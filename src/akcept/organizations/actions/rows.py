"""Rows the actions write in common; all inside the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from akcept.kernel.errors import Invalid
from akcept.organizations import checks
from akcept.organizations.models import Member, Profile, Unit
from akcept.organizations.seats import Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressInput:
    """A postal address as typed; checked by the action."""

    recipient: str
    line1: str
    postcode: str
    city: str
    country: str = "PL"
    phone: str = ""

    def cleaned(self) -> dict[str, str]:
        """Return the columns of an address. Raises Invalid naming the field."""
        country = self.country.upper() or "PL"
        return {
            "recipient": checks.required(
                self.recipient, field="recipient", text=_("Enter who receives the goods."), limit=200
            ),
            "line1": checks.required(self.line1, field="line1", text=_("Enter street and number."), limit=255),
            "postcode": checks.postcode(self.postcode, country=country),
            "city": checks.required(self.city, field="city", text=_("Enter the town."), limit=120),
            "country": country,
            "phone": checks.optional(self.phone, field="phone", limit=30),
        }


def new_user(email: str, *, first_name: str, last_name: str, password: str, language: str) -> Any:
    """Create a login with its profile. Raises Invalid: the address is none or is taken, a name is missing."""
    users = get_user_model()
    address = checks.email(email)
    names = {
        "first_name": checks.required(first_name, field="first_name", text=_("Enter the first name."), limit=150),
        "last_name": checks.required(last_name, field="last_name", text=_("Enter the last name."), limit=150),
    }
    spoken = checks.language(language)
    taken = Invalid(
        _("There already is an account with the e-mail address %(email)s.") % {"email": address}, field="email"
    )
    if users.objects.filter(email__iexact=address).exists():
        raise taken
    try:
        with transaction.atomic():
            user = users.objects.create_user(email=address, password=password, **names, **_username(users))
    except IntegrityError:
        raise taken from None
    Profile.objects.create(user=user, language=spoken)
    return user


def _username(users: Any) -> dict[str, str]:
    """Return a user name where the shop's model wants one: nobody types it, people log in by e-mail."""
    return {} if users.get_email_field_name() == users.USERNAME_FIELD else {users.USERNAME_FIELD: uuid4().hex[:30]}


def unit_name(typed: str) -> str:
    """Return the name without outer blanks. Raises Invalid when it is empty."""
    return checks.required(typed, field="name", text=_("Enter the unit's name."), limit=120)


def insert_unit(organization_id: int, *, name: str, parent: Unit | None) -> Unit:
    """Create a unit below another. Raises Invalid when the place has one of that name or lies too deep."""
    unit = Unit(organization_id=organization_id, parent=parent, name=name, path="")
    save_unit(unit)
    unit.path = f"{parent.path if parent else ''}{unit.pk}/"
    if len(unit.path) > 255:
        raise Invalid(_("The tree of units cannot be that deep: choose a unit further up."), field="parent")
    unit.save(update_fields=["path"])
    return unit


def save_unit(unit: Unit) -> None:
    """Save a unit. Raises Invalid when its place has another one of that name."""
    try:
        with transaction.atomic():
            unit.save()
    except IntegrityError:
        raise Invalid(
            _("There already is a unit named %(name)s in the same place.") % {"name": unit.name}, field="name"
        ) from None


def require_own_unit(seat: Seat, unit_id: int) -> None:
    """Raise Invalid unless the unit belongs to the seat's organisation."""
    if not Unit.objects.filter(organization_id=seat.organization_id, pk=unit_id).exists():
        raise Invalid(_("Choose a unit of your organisation."), field="unit")


def member_facts(member: Member) -> dict[str, Any]:
    """Return what the journal keeps of a member before and after a change."""
    return {
        "user_id": member.user_id,
        "unit_id": member.unit_id,
        "active": member.active,
        "permissions": sorted(permission.value for permission in member.permissions),
    }
