"""The organisation's own pages: who gets in, what bad input is told, and that they do not grow with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from akcept.kernel.clock import utc_now
from akcept.organizations import actions
from akcept.organizations.models import Invitation, Member, Role, Substitution, Unit, UnitAddress
from akcept.organizations.permissions import Permission
from akcept.testing import orders
from akcept.testing.cast import Cast, person
from tests.conftest import Visit
from tests.storefront.organization.things import ADDRESS, Things
from tests.support.statements import statements

#: Three days one after another, as somebody types them: near enough for a substitution.
DAYS = [(utc_now().date() + timedelta(days=days)).isoformat() for days in (30, 31, 32)]


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _stands(cast: Cast) -> tuple[object, ...]:
    """Return everything these pages could have changed."""
    return (
        list(Unit.objects.order_by("pk").values_list("name", "path", "closed_at", "version")),
        list(Member.objects.order_by("pk").values_list("unit_id", "active", "version", "removed_at")),
        list(Role.objects.values_list("name", "version")),
        list(Invitation.objects.values_list("expires_at", "revoked_at")),
        list(UnitAddress.objects.order_by("pk").values_list("line1", "is_default")),
        list(Substitution.objects.values_list("ended_at", flat=True)),
    )


def _outsiders(cast: Cast) -> dict[str, Any]:
    return {
        "Otto": cast.otto,
        "wrong branch": person("Teresa", "Tar", seat=cast.tarnow, rights="manage_members manage_units"),
    }


@pytest.mark.parametrize("who", ["Otto", "wrong branch"])
def test_outsider_with_all_rights_of_their_own_finds_nothing_and_changes_nothing(
    cast: Cast, things: Things, visit: Visit, who: str
) -> None:
    client = visit(_outsiders(cast)[who])
    before = _stands(cast)
    refused = (404, 403) if who == "wrong branch" else (404,)
    for name, path in things.pages.items():
        assert client.get(path).status_code in refused, name
        assert client.post(path, {"version": "1", "name": "X", **ADDRESS}).status_code in refused, name
    for name, path in things.posts.items():
        assert client.post(path, {"version": "1"}).status_code in refused, name
    assert _stands(cast) == before
    for path in (
        "/organization/members/",
        "/organization/substitutes/",
        f"/organization/members/?unit={cast.krakow.pk}",
    ):
        page = _text(client.get(path)).partition("<main")[2]
        for secret in ("Ewa Dąbrowska", "ewa@customer.example", "new@customer.example", "Ben Nowak"):
            assert secret not in page, (path, secret)


@pytest.mark.parametrize("who", ["anna", "cora", "paul", "mia"])
def test_who_manages_nothing_is_told_whom_to_ask(cast: Cast, things: Things, visit: Visit, who: str) -> None:
    client = visit(getattr(cast, who))
    before = _stands(cast)
    for path in (*things.pages.values(), "/organization/members/", "/organization/roles/", "/organization/roles/add/"):
        answer = client.get(path)
        assert answer.status_code == 403, path
        assert "class=" in _text(answer)
    for path in things.posts.values():
        assert client.post(path, {"version": "1"}).status_code in (403, 404)
    assert _stands(cast) == before


def test_nobody_is_sent_to_log_in(things: Things, visit: Visit) -> None:
    for path in (*things.pages.values(), "/organization/", "/organization/members/", "/organization/substitutes/"):
        answer = visit().get(path)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")


def test_looking_changes_nothing(cast: Cast, things: Things, visit: Visit) -> None:
    client = visit(cast.dora)
    before = _stands(cast)
    for path in things.posts.values():
        assert client.get(path).status_code == 405
    for path in things.pages.values():
        assert client.get(path).status_code == 200
    assert _stands(cast) == before


def test_administrator_does_it_all_by_pages(cast: Cast, things: Things, visit: Visit) -> None:
    client = visit(cast.dora)
    role = things.role.pk

    def post(path: str, **data: Any) -> None:
        answer = client.post(path, {"currency": "PLN", "basis": "goods_net", **data})
        assert answer.status_code == 302, _text(answer)

    post(things.pages["role"], name="Boss", permissions=["place_orders", "accept_orders"], amount="1000.50", version=1)
    post(things.pages["member"], unit=cast.tarnow.pk, roles=[role], active="on", version=1)
    ewa = Member.objects.get(pk=cast.ewa.member.pk)  # type: ignore[union-attr]
    assert (ewa.unit, ewa.place_orders, [str(limit.amount) for limit in ewa.limits]) == (
        cast.tarnow,
        True,
        ["1000.50"],
    )
    post(things.pages["unit"], name="Kraków", cost_centre="KR-01", version=1)
    post(things.pages["move"], parent=cast.tarnow.pk, seen=cast.tarnow.pk, version=2)
    post(things.pages["address"], **ADDRESS, is_default="on")
    post(things.pages["close"], members_to=cast.head_office.pk, seen=cast.head_office.pk, version=3)
    assert Unit.objects.get(pk=cast.krakow.pk).closed_at is not None
    assert Member.objects.get(pk=cast.anna.member.pk).unit == cast.head_office  # type: ignore[union-attr]
    reopen = f"/organization/units/{cast.krakow.pk}/reopen/"
    home = cast.head_office.pk
    post(reopen, parent=home, name="Kraków Nowy", code="kr-2", seen=home, version=4)
    krakow = Unit.objects.get(pk=cast.krakow.pk)
    assert (krakow.closed_at, krakow.parent, krakow.name, krakow.code) == (
        None,
        cast.head_office,
        "Kraków Nowy",
        "KR-2",
    )
    post(things.posts["end"])
    post(
        "/organization/substitutes/",
        absent="cora@customer.example",
        substitute="Ewa@customer.example",
        starts=DAYS[0],
        ends=DAYS[1],
    )
    made = Substitution.objects.get(ended_at=None)
    assert (made.absent, made.substitute) == (cast.cora.member, cast.ewa.member)
    midnights = [datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/Warsaw")) for day in (DAYS[0], DAYS[2])]
    assert [made.starts_at, made.ends_at] == midnights, "the last day is whole"


def test_approver_names_only_their_own_substitute(cast: Cast, visit: Visit) -> None:
    client = visit(cast.ben)
    page = _text(client.get("/organization/substitutes/"))
    assert 'name="substitute"' in page
    assert 'name="absent"' not in page
    typed = {"absent": "cora@customer.example", "substitute": "ewa@customer.example"}
    days = {"starts": DAYS[0], "ends": DAYS[1]}
    assert client.post("/organization/substitutes/", typed | days).status_code == 302
    assert Substitution.objects.get().absent == cast.ben.member


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("dąbrowska", "Ewa"),
        ("EWA dabr", "Ewa"),
        ("ewa@customer", "Ewa"),
        ("Ewa@customer.example", "Ewa"),
        ("Nina", "Several people match, such as Nina Lis (nina@customer.example), Nina Nowa ("),
        ("Zenon", "Nobody in your organisation has this name."),
        ("Otto", "Nobody in your organisation has this name."),
        ("otto@customer.example", "Nobody in your organisation has this name."),
    ],
)
def test_substitute_is_found_by_name_among_any_number_of_people(
    cast: Cast, visit: Visit, typed: str, finds: str
) -> None:
    person("Nina", "Lis", seat=cast.tarnow)
    second = person("Ninka", "Nowa", seat=cast.tarnow)
    second.user.first_name = "Nina"
    second.user.save()
    days = {"starts": DAYS[0], "ends": DAYS[1]}
    answer = visit(cast.ben, language="en").post("/organization/substitutes/", {"substitute": typed} | days)
    if finds == "Ewa":
        assert Substitution.objects.get().substitute == cast.ewa.member
    else:
        assert answer.status_code == 422
        assert finds in _text(answer)
        assert f'value="{typed}"' in _text(answer)


def test_refusal_of_a_button_leads_back_to_the_page_it_was_on(cast: Cast, visit: Visit) -> None:
    page = f"/organization/members/{cast.dora.member.pk}/"  # type: ignore[union-attr]
    client = visit(cast.dora)
    for referer, leads in ((f"http://testserver{page}", True), ("https://elsewhere.example/x", False)):
        answer = client.post(f"{page}remove/", {"version": "1"}, headers={"referer": referer})
        assert answer.status_code == 422
        assert (f'href="{page}"' in _text(answer), "elsewhere.example" in _text(answer)) == (leads, False)


@pytest.mark.parametrize(
    "path",
    [
        "/organization/",
        "/organization/members/",
        "/organization/members/invite/",
        "/organization/roles/",
        "/organization/substitutes/",
    ],
)
def test_pages_take_the_same_statements_for_one_and_three(cast: Cast, visit: Visit, path: str) -> None:
    client = visit(cast.dora)
    client.get(path)
    taken = []
    for names in (["A"], ["B", "C"]):
        for name in names:
            _grow(cast, name)
        taken.append(len(statements(lambda: client.get(path))))
    assert taken[0] == taken[1], path


def _grow(cast: Cast, name: str) -> None:
    dora = cast.dora.actor
    unit = actions.add_unit(actor=dora, parent_id=cast.krakow.pk, name=name, address=actions.AddressInput(**ADDRESS))
    role = actions.add_role(actor=dora, name=name, permissions={Permission.ACCEPT_ORDERS})
    made = person(name, "Nowy", seat=unit, rights="place_orders")
    assert made.member is not None
    actions.change_member(
        made.member.pk, actor=dora, unit_id=unit.pk, permissions=frozenset(), role_ids=[role.pk], active=True, version=1
    )
    actions.invite(
        actor=dora,
        email=f"{name}@new.example",
        first_name="",
        last_name="",
        unit_id=unit.pk,
        permissions=frozenset(),
        role_ids=[role.pk],
        language="pl",
    )
    now = utc_now()
    actions.name_substitute(
        actor=dora,
        absent_id=made.member.pk,
        substitute_id=cast.ewa.member.pk,  # type: ignore[union-attr]
        starts_at=now,
        ends_at=now.replace(year=now.year + 1, day=1),
    )
    orders.place(cast.anna)


def test_members_page_finds_and_pages(cast: Cast, visit: Visit) -> None:
    for number in range(30):
        person(f"Worker{number:02}", "Aaa", seat=cast.krakow, rights="place_orders")
    client: Client = visit(cast.dora)
    first = _text(client.get("/organization/members/"))
    assert "Worker00" in first
    assert "Worker24" in first
    assert "Worker25" not in first
    assert "Jan Mazur" in _text(client.get("/organization/members/?text=mazur"))
    assert "Worker00" not in _text(client.get("/organization/members/?text=mazur"))
    assert "Worker" not in _text(client.get(f"/organization/members/?unit={cast.tarnow.pk}")).partition("<main")[2]
    for mangled in ("?after=x", "?after=999999", "?unit=x", "?unit=99999999999999999999", "?text=%00"):
        assert client.get(f"/organization/members/{mangled}").status_code == 200, mangled
