"""Brings the demo's people and organisations to life, through the same actions the shop's pages call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation

from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Basis, Limit
from akcept.organizations import accounts, actions
from akcept.organizations.labels import READY_ROLES
from akcept.organizations.models import Member, Role, Unit
from akcept.organizations.permissions import Permission
from akcept.organizations.tokens import token_for
from shop.accounts.models import User
from shop.demo import people
from shop.demo.people import DemoOrganization, DemoPerson, DemoUnit


def build_people(*, now: datetime, say: Callable[[str], None] = lambda _text: None) -> None:
    """Create staff, the private customer and the organisations as of a good month ago."""
    begun = now - timedelta(days=45)
    with translation.override("pl"):
        staff = _user(people.STAFF, is_staff=True)
        _user(people.PRIVATE)
        mia = Actor.staff(staff.pk, staff.get_full_name())
        User.objects.update(date_joined=begun)
        for wanted in people.ORGANIZATIONS:
            signed_up = begun if wanted.confirmed else now - timedelta(hours=5)
            _organization(wanted, staff=mia, at=signed_up)
            User.objects.filter(email__in=[each.email for each in wanted.people]).update(date_joined=signed_up)
            say(wanted.name)


def _user(person: DemoPerson, *, is_staff: bool = False) -> User:
    user: User = User.objects.create_user(
        email=person.email,
        password=people.PASSWORD,
        first_name=person.first_name,
        last_name=person.last_name,
    )
    if is_staff:
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
    accounts.of_login().claim(user)
    actions.choose_language(user.pk, language=person.language)
    return user


def _organization(wanted: DemoOrganization, *, staff: Actor, at: datetime) -> None:
    head, founder = wanted.units[0], wanted.people[0]
    organization = actions.sign_up(
        name=wanted.name,
        nip=wanted.nip,
        address=_address(wanted, head),
        first_name=founder.first_name,
        last_name=founder.last_name,
        email=founder.email,
        password=people.PASSWORD,
        language=founder.language,
        now=at,
    )
    accounts.of_login().claim(User.objects.get(email=founder.email))
    if not wanted.confirmed:
        return
    actions.confirm(organization.pk, actor=staff, now=at + timedelta(hours=2))
    administrator = Member.objects.select_related("user", "unit").get(organization=organization)
    actor = Actor.person(administrator.user_id, administrator.user.get_full_name())
    units = {head.name: administrator.unit}
    for branch in wanted.units[1:]:
        units[branch.name] = actions.add_unit(
            actor=actor,
            parent_id=units[branch.under or head.name].pk,
            name=branch.name,
            address=_address(wanted, branch),
            now=at + timedelta(hours=3),
        )
    roles = dict(zip((ready.code for ready in READY_ROLES), organization.roles.order_by("pk"), strict=True))
    for number, person in enumerate(wanted.people[1:], start=1):
        joins = at + timedelta(hours=3, minutes=7 * number)
        _join(person, units[person.unit], given=_given(person, roles), actor=actor, at=joins)
    actions.change_member(
        administrator.pk,
        actor=actor,
        unit_id=units[founder.unit].pk,
        **_given(founder, roles),
        active=True,
        version=administrator.version,
        now=at + timedelta(hours=6),
    )


def _address(organization: DemoOrganization, unit: DemoUnit) -> actions.AddressInput:
    recipient = organization.name if unit.under is None else f"{organization.name}, {unit.name}"
    return actions.AddressInput(
        recipient=recipient, line1=unit.line1, postcode=unit.postcode, city=unit.city, phone=unit.phone
    )


def _given(person: DemoPerson, roles: dict[str, Role]) -> dict[str, Any]:
    up_to = person.accepts_up_to
    return {
        "role_ids": [roles[code].pk for code in person.roles],
        "permissions": frozenset(Permission(right) for right in person.rights),
        "limit": None if up_to is None else Limit(amount=up_to, currency="PLN", basis=Basis.GOODS_NET),
    }


def _join(person: DemoPerson, unit: Unit, *, given: dict[str, Any], actor: Actor, at: datetime) -> None:
    invitation = actions.invite(
        actor=actor,
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        unit_id=unit.pk,
        **given,
        language=person.language,
        now=at,
    )
    actions.accept_invitation(
        token_for(invitation),
        first_name=person.first_name,
        last_name=person.last_name,
        password=people.PASSWORD,
        now=at + timedelta(minutes=40),
    )
