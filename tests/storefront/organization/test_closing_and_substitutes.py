"""F13: whom the page of substitutes is for, and what is told when a unit is closed."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from akcept.organizations import actions
from akcept.organizations.models import Member, Profile, Unit
from akcept.testing import budgets
from akcept.testing.cast import Cast, person
from akcept.testing.relays import deliver
from tests.conftest import Visit

pytestmark = pytest.mark.django_db


def _close(cast: Cast) -> None:
    version = Unit.objects.get(pk=cast.krakow.pk).version
    actions.close_unit(cast.krakow.pk, actor=cast.dora.actor, members_to=cast.tarnow.pk, version=version)


def _told() -> list[tuple[str, str]]:
    deliver()
    return sorted((m.to[0].partition("@")[0], m.extra_headers["Message-ID"].split(".")[2]) for m in mail.outbox)


@pytest.mark.parametrize(("who", "offered"), [("anna", False), ("ben", True), ("dora", True), ("otto", True)])
def test_f13_the_tab_is_for_those_who_may_name_somebody(cast: Cast, visit: Visit, who: str, offered: bool) -> None:
    page = visit(getattr(cast, who)).get("/organization/").content.decode()
    assert ('href="/organization/substitutes/"' in page) is offered


def test_f13_nobody_is_suggested_as_their_own_substitute(cast: Cast, visit: Visit) -> None:
    page = visit(cast.ben).get("/organization/substitutes/").content.decode()
    suggested = page.partition("<datalist")[2]
    assert "anna@customer.example" in suggested
    assert "ben@customer.example" not in suggested
    assert "otto@customer.example" not in page


@pytest.mark.parametrize(("language", "said"), [("en", "unit closed"), ("pl", "oddział zamknięty")])
def test_f13_the_budget_of_a_closed_unit_is_marked(cast: Cast, visit: Visit, language: str, said: str) -> None:
    budget = budgets.make(cast.krakow, "500.00", name="Kraków")
    budgets.make(cast.tarnow, "500.00", name="Tarnów")
    _close(cast)
    dora = visit(cast.dora)
    dora.cookies["django_language"] = language
    for url in ("/organization/budgets/", f"/organization/budgets/{budget.pk}/"):
        assert dora.get(url).content.decode().count(f'<span class="status status-plain">{said}</span>') == 1


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "Oddział Kraków was closed; you now belong to Serwis Tarnów"),
        ("pl", "Zamknięto: Oddział Kraków; należysz teraz do: Serwis Tarnów"),
    ],
)
def test_f13_people_moved_by_a_closing_are_told_and_nobody_else(
    cast: Cast, mailoutbox: list[Any], language: str, subject: str
) -> None:
    assert cast.ewa.member is not None
    Member.objects.filter(pk=cast.ewa.member.pk).update(active=False)
    Profile.objects.filter(user=cast.anna.user).update(language=language)
    _close(cast)
    assert _told() == [(name, "unit_closed") for name in ("anna", "ben", "piotr")]
    (message,) = [m for m in mail.outbox if m.to == [cast.anna.user.email]]
    assert message.subject == subject


def _move_anna(cast: Cast, **changes: Any) -> None:
    anna = Member.objects.get(pk=cast.anna.member.pk)
    terms = {"unit_id": cast.tarnow.pk, "permissions": anna.permissions, "active": True, **changes}
    actions.change_member(anna.pk, actor=cast.dora.actor, version=anna.version, **terms)


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        ("en", "You now belong to Serwis Tarnów", "Dora Zielińska moved you from Oddział Kraków to Serwis Tarnów."),
        (
            "pl",
            "Należysz teraz do: Serwis Tarnów",
            "Zmiana oddziału: z „Oddział Kraków” na „Serwis Tarnów” (Dora Zielińska).",
        ),
    ],
)
def test_d4_somebody_moved_alone_is_told_and_nobody_else(
    cast: Cast, mailoutbox: list[Any], language: str, subject: str, said: str
) -> None:
    Profile.objects.filter(user=cast.anna.user).update(language=language)
    _move_anna(cast)
    assert _told() == [("anna", "member_moved")]
    message: Any = mail.outbox[0]
    assert message.subject == subject
    assert said in message.body
    assert said in str(message.alternatives[0][0])


def test_d4_only_a_move_is_mailed_as_one(cast: Cast, mailoutbox: list[Any]) -> None:
    _move_anna(cast, unit_id=cast.krakow.pk, permissions=frozenset())
    _move_anna(cast, active=False)  # gone for the time being
    assert _told() == []
    _move_anna(cast, unit_id=cast.skawina.pk)  # back, somewhere else
    _move_anna(cast, unit_id=cast.tarnow.pk)
    assert _told() == [("anna", "member_moved")], "only where they belong by now"


def test_d4_nobody_writes_to_themselves(cast: Cast, mailoutbox: list[Any]) -> None:
    dora = Member.objects.get(pk=cast.dora.member.pk)
    person("Ola", "Druga", seat=cast.head_office, rights="manage_members")
    actions.change_member(
        dora.pk,
        actor=cast.dora.actor,
        unit_id=cast.krakow.pk,
        permissions=frozenset(),
        active=True,
        version=dora.version,
    )
    assert _told() == []
