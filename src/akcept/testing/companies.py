"""A company as large as they come: 300 branches on five levels, 2,000 people."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import get_user_model

from akcept.organizations.actions.rows import stored_grant
from akcept.organizations.models import Member, Organization, Unit, UnitAddress
from akcept.organizations.permissions import Permission
from akcept.testing.cast import LONG_AGO, Person

#: Units directly below each unit: 1 + 4 + 16 + 64 + 215 make 300 on five levels.
_FAN = 4
_FAMILIES = ("Kowalska", "Nowak", "Wiśniewska", "Wójcik", "Lewandowska", "Zielińska", "Mazur", "Król", "Łuczak", "Żak")


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Its units from the head office down, and its members; the first administers it at head office."""

    organization: Organization
    units: list[Unit]
    people: list[Person]

    @property
    def administrator(self) -> Person:
        """Somebody at head office who manages members and units."""
        return self.people[0]

    @property
    def deepest(self) -> Unit:
        """A unit of the lowest level."""
        return self.units[-1]


def grow(organization: Organization, *, units: int = 300, members: int = 2000) -> Company:
    """Fill an organisation that has no unit yet; a handful of statements a level.

    Of the people one in seven accepts orders, also the second one at head office; all but the first place them.
    """
    tree = _units(organization, units)
    return Company(organization=organization, units=tree, people=_people(organization, tree, members))


def _units(organization: Organization, count: int) -> list[Unit]:
    made: list[Unit] = []
    while len(made) < count:
        size = 1 if not made else min(count - len(made), _FAN * (len(made) - _above(len(made))))
        level = Unit.objects.bulk_create(
            Unit(
                organization=organization,
                parent=made[(n - 1) // _FAN] if n else None,
                name=f"Oddział {n:04}" if n else "Centrala",
                code=f"OD-{n:04}",
                cost_centre=f"MPK {n:04}",
                path="",
            )
            for n in range(len(made), len(made) + size)
        )
        for unit in level:
            unit.path = f"{unit.parent.path if unit.parent else ''}{unit.pk}/"
        Unit.objects.bulk_update(level, ["path"], batch_size=500)
        made += level
    UnitAddress.objects.bulk_create(
        UnitAddress(
            unit=unit, recipient=unit.name, line1="ul. Długa 1", postcode="30-415", city="Kraków", is_default=True
        )
        for unit in made
    )
    return made


def _above(made: int) -> int:
    """Return how many units the levels above the last whole one have."""
    above, level = 0, 1
    while above + level < made:
        above, level = above + level, level * _FAN
    return above


def _people(organization: Organization, units: list[Unit], count: int) -> list[Person]:
    users = get_user_model().objects.bulk_create(
        get_user_model()(
            email=f"osoba{n}@{organization.pk}.customer.example", first_name=f"Osoba{n}", last_name=_FAMILIES[n % 10]
        )
        for n in range(count)
    )
    members = []
    for n, user in enumerate(users):
        rights = {Permission.MANAGE_MEMBERS, Permission.MANAGE_UNITS} if n == 0 else {Permission.PLACE_ORDERS}
        if n % 7 == 1 or n == len(units):
            rights.add(Permission.ACCEPT_ORDERS)
        member = Member(organization=organization, unit=units[n % len(units)], user=user, joined_at=LONG_AGO)
        member.granted = stored_grant(rights, None)
        member.recompute(())
        members.append(member)
    stored = Member.objects.bulk_create(members)
    return [Person(user=user, member=member) for user, member in zip(users, stored, strict=True)]
