"""The cast.

Anna orders for the Kraków branch, Ben accepts there, Cora accepts for head office, Dora administers Acme;
Ewa is Anna's colleague, Jan orders for Tarnów, Otto belongs to Umbra and must see nothing, Paul is private; Mia sells
and manages the customers' organisations.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import Permission as StaffPermission

from akcept.kernel.actor import Actor
from akcept.organizations import accounts
from akcept.organizations.actions.rows import new_user, stored_grant
from akcept.organizations.models import Member, Organization, Unit, UnitAddress
from akcept.organizations.permissions import Permission
from akcept.organizations.policies import MANAGE_ORGANIZATIONS
from akcept.organizations.queries import seat_of
from akcept.organizations.seats import Seat

PASSWORD = "correct-horse-battery"  # noqa: S105  for tests only
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the cast; `member` is None for staff and private customers."""

    user: Any
    member: Member | None
    staff: bool = False

    @property
    def name(self) -> str:
        """The person's full name."""
        return str(self.user.get_full_name())

    @property
    def actor(self) -> Actor:
        """Who this person is to the core: staff in the panel, everybody else at the shop's front."""
        make = Actor.staff if self.staff else Actor.person
        return make(self.user.pk, self.name)

    @property
    def seat(self) -> Seat | None:
        """The person's seat as it is now."""
        return seat_of(self.actor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everybody, their organisations and units."""

    acme: Organization
    umbra: Organization
    head_office: Unit
    krakow: Unit
    skawina: Unit
    tarnow: Unit
    terminal: Unit
    anna: Person
    ben: Person
    cora: Person
    dora: Person
    ewa: Person
    piotr: Person
    jan: Person
    otto: Person
    mia: Person
    paul: Person


def organization(name: str, nip: str, *, status: str = "active") -> Organization:
    """Create an organisation."""
    return Organization.objects.create(
        name=name,
        nip=nip,
        status=status,
        line1="ul. Prosta 18",
        postcode="00-850",
        city="Warszawa",
        created_at=LONG_AGO,
    )


def unit(of: Organization, name: str, *, under: Unit | None = None) -> Unit:
    """Create a unit with a default delivery address."""
    made = Unit.objects.create(organization=of, parent=under, name=name, path="")
    made.path = f"{under.path if under else ''}{made.pk}/"
    made.save(update_fields=["path"])
    UnitAddress.objects.create(
        unit=made,
        recipient=f"{of.name}, {name}",
        line1="ul. Wadowicka 6",
        postcode="30-415",
        city="Kraków",
        is_default=True,
    )
    return made


def person(
    first_name: str,
    last_name: str,
    *,
    seat: Unit | None = None,
    rights: str = "",
    language: str = "pl",
    staff: bool = False,
) -> Person:
    """Create somebody; `rights` are permission codes separated by blanks."""
    user = new_user(
        f"{first_name.lower()}@{'shop' if staff else 'customer'}.example",
        first_name=first_name,
        last_name=last_name,
        password=PASSWORD,
        language=language,
    )
    accounts.of_login().claim(user)
    if staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    if seat is None:
        return Person(user=user, member=None, staff=staff)
    return Person(user=user, member=seated(user, seat, rights=rights))


def seated(user: Any, seat: Unit, *, rights: str = "") -> Member:
    """Give an account a seat in a unit; one that has a seat elsewhere gets another one."""
    member = Member(organization_id=seat.organization_id, unit=seat, user=user, joined_at=LONG_AGO)
    member.granted = stored_grant({Permission(code) for code in rights.split()}, None)
    member.save()
    member.recompute()
    member.save()
    return member


def _manager(staff: Person) -> Person:
    """Let one of the shop's people manage organisations."""
    app, _dot, codename = MANAGE_ORGANIZATIONS.partition(".")
    staff.user.user_permissions.add(StaffPermission.objects.get(content_type__app_label=app, codename=codename))
    return staff


def make() -> Cast:
    """Create the whole cast."""
    acme, umbra = organization("Acme", "6762435805"), organization("Umbra", "9452187303")
    head_office = unit(acme, "Centrala")
    krakow = unit(acme, "Oddział Kraków", under=head_office)
    terminal = unit(umbra, "Terminal")
    skawina = unit(acme, "Magazyn Skawina", under=krakow)
    tarnow = unit(acme, "Serwis Tarnów", under=head_office)
    return Cast(
        acme=acme,
        umbra=umbra,
        head_office=head_office,
        krakow=krakow,
        skawina=skawina,
        tarnow=tarnow,
        terminal=terminal,
        anna=person("Anna", "Kowalska", seat=krakow, rights="place_orders"),
        ben=person("Ben", "Nowak", seat=krakow, rights="place_orders accept_orders"),
        cora=person("Cora", "Wiśniewska", seat=head_office, rights="accept_orders", language="en"),
        dora=person(
            "Dora",
            "Zielińska",
            seat=head_office,
            rights="manage_members manage_units manage_budgets manage_policies",
        ),
        ewa=person("Ewa", "Dąbrowska", seat=krakow, rights="place_orders"),
        piotr=person("Piotr", "Zieliński", seat=skawina, rights="place_orders"),
        jan=person("Jan", "Mazur", seat=tarnow, rights="place_orders"),
        otto=person(
            "Otto",
            "Lis",
            seat=terminal,
            rights="place_orders accept_orders manage_members manage_units manage_policies",
        ),
        mia=_manager(person("Mia", "Sikora", staff=True)),
        paul=person("Paul", "Wrona"),
    )
