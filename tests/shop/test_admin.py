"""Django's admin keeps to what the organisations need: one login at least that can change each of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from akcept.kernel.clock import utc_now
from akcept.organizations.models import Invitation, Member, Unit
from akcept.organizations.queries import administered_only_by
from akcept.testing.cast import Cast, Person, person, seated
from tests.conftest import Visit


def _deactivate(visit: Visit, cast: Cast, who: Person) -> tuple[int, str, bool]:
    path = f"/admin/accounts/user/{who.user.pk}/change/"
    typed = {"email": who.user.email, "first_name": who.user.first_name, "last_name": who.user.last_name}
    answer = visit(cast.mia, superuser=True, language="en").post(path, typed)
    who.user.refresh_from_db()
    return answer.status_code, answer.content.decode(), who.user.is_active


def test_only_administrator_keeps_their_login_and_the_refusal_names_the_customer(cast: Cast, visit: Visit) -> None:
    status, page, active = _deactivate(visit, cast, cast.dora)
    assert (status, active) == (200, True)
    assert "Nobody else administers Acme: invite another administrator in the panel first." in page


@pytest.mark.parametrize("who", ["anna", "second"])
def test_anybody_else_loses_it(cast: Cast, visit: Visit, who: str) -> None:
    nina = person("Nina", "Nowa", seat=cast.head_office, rights="manage_members")
    status, _page, active = _deactivate(visit, cast, cast.anna if who == "anna" else nina)
    assert (status, active) == (302, False)


def test_who_counts_as_another_administrator(cast: Cast) -> None:
    dora = cast.dora.user
    assert administered_only_by(cast.anna.user.pk) == []
    other = person("Nina", "Nowa", seat=cast.krakow, rights="manage_members")  # not at head office
    assert administered_only_by(dora.pk) == ["Acme"]
    Member.objects.filter(pk=other.member.pk).update(unit=cast.head_office)  # type: ignore[union-attr]
    assert administered_only_by(dora.pk) == []
    other.user.is_active = False
    other.user.save()
    Member.objects.filter(user=cast.otto.user).update(manage_members=False)
    seated(dora, cast.terminal, rights="manage_members")
    assert administered_only_by(dora.pk) == ["Acme", "Umbra"]


def _invite(email: str, unit: Unit, right: str) -> None:
    now = utc_now()
    Invitation.objects.create(
        organization=unit.organization,
        unit=unit,
        email=email,
        granted={"permissions": [right], "limit": None},
        created_at=now,
        expires_at=now + timedelta(days=1),
    )


def test_merchant_is_shown_a_customer_nobody_administers(cast: Cast, visit: Visit) -> None:
    client = visit(cast.mia, language="en")
    path = f"/dashboard/organizations/{cast.acme.pk}/"

    def pages() -> tuple[Any, ...]:
        own = client.get(path).content.decode()
        every = client.get("/dashboard/organizations/?q=Acme").content.decode()
        return "Nobody administers this organisation:" in own, "nobody administers it" in every

    assert pages() == (False, False)
    cast.dora.user.is_active = False
    cast.dora.user.save()
    assert pages() == (True, True)
    for email, unit, right in (
        ("a@x.example", cast.krakow, "manage_members"),
        ("b@x.example", cast.head_office, "place_orders"),
    ):
        _invite(email, unit, right)
    assert pages() == (True, True)
    _invite("nina@x.example", cast.head_office, "manage_members")
    assert pages() == (False, True)
    assert "yet. Invited: nina@x.example" in client.get(path).content.decode()
    assert "The shop can invite somebody." in visit(cast.anna, language="en").get("/organization/").content.decode()
