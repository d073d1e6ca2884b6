"""Moving, closing and reopening a unit by pages: what it does is seen before it is done."""

from __future__ import annotations

from akcept.approvals.actions import save_rule
from akcept.approvals.rules import Outcome, Rule
from akcept.organizations import actions
from akcept.testing import budgets, orders
from akcept.testing.cast import Cast, person
from tests.conftest import Visit
from tests.storefront.organization.test_organization import _outsiders, _stands, _text
from tests.storefront.organization.things import Things


def test_nothing_moves_or_closes_before_its_consequences_were_seen(cast: Cast, things: Things, visit: Visit) -> None:
    number = orders.place(cast.anna).order_number
    client = visit(cast.dora, language="en")
    for name, field in (("move", "parent"), ("close", "members_to")):
        before = _stands(cast)
        for seen in ("", str(cast.head_office.pk)):  # what was seen was about another choice
            answer = client.post(things.pages[name], {field: cast.tarnow.pk, "version": "1", "seen": seen})
            assert answer.status_code == 200
            page = _text(answer)
            assert "What will happen to pending orders" in page
            assert f'name="seen" value="{cast.tarnow.pk}"' in page
            assert _stands(cast) == before
        assert ("No longer asked: Ben Nowak" in page, f"<b>{number}</b>" in page) == (name == "close", name == "close")


def test_reopening_is_shown_before_it_is_done_and_stands_in_the_list(cast: Cast, things: Things, visit: Visit) -> None:
    number = orders.place(cast.anna).order_number
    budgets.make(cast.krakow, "100000", name="Kraków 2031")
    rule = Rule(id=0, name="Cheap things", unit_id=cast.skawina.pk, outcome=Outcome.ALLOW)
    save_rule(rule, actor=cast.dora.actor, version=0)
    actions.close_unit(cast.krakow.pk, actor=cast.dora.actor, members_to=cast.tarnow.pk, version=1)
    for person_, named in (
        (cast.dora, True),
        (person("Kora", "Kier", seat=cast.head_office, rights="manage_units"), False),
    ):
        client = visit(person_, language="en")
        assert "Oddział Kraków" in _text(client.get("/organization/units/closed/"))
        path = f"/organization/units/{cast.krakow.pk}/reopen/"
        page = _text(client.get(path))
        for said in ("closed together with it: Magazyn Skawina", "Closed before, and staying closed: Sklep Wieliczka"):
            assert said in page
        for detail, count in (("Kraków 2031", "1 budget,"), ("Cheap things", "1 acceptance rule,")):
            assert (detail in page, count in page) == (named, True)
        before = _stands(cast)
        typed = {"parent": cast.tarnow.pk, "name": "Kraków", "code": "", "version": "2", "seen": cast.head_office.pk}
        answer = client.post(path, typed)
        assert answer.status_code == 200
        assert "Open the unit again" in _text(answer)
        # Ben sits in Tarnów since his branch was closed, and so above it again.
        assert f"<b>{number}</b>: Now asked: Ben Nowak" in _text(answer)
        assert _stands(cast) == before


def test_closed_units_have_nothing_to_show_for_whoever_is_elsewhere(cast: Cast, things: Things, visit: Visit) -> None:
    for who in _outsiders(cast).values():
        page = visit(who).get("/organization/units/closed/")
        assert (page.status_code, "Wieliczka" in _text(page)) == (200, False)
    assert visit(cast.anna).get("/organization/units/closed/").status_code == 403


def test_what_a_move_or_closing_affects_is_named(cast: Cast, things: Things, visit: Visit) -> None:
    numbers = [orders.place(cast.anna, lines=1).order_number for _ in range(12)]
    budgets.make(cast.krakow, "100000", name="Kraków 2031")
    rule = Rule(id=0, name="Cheap things", unit_id=cast.skawina.pk, outcome=Outcome.ALLOW)
    save_rule(rule, actor=cast.dora.actor, version=0)
    for name in ("move", "close"):
        page = _text(visit(cast.dora).get(things.pages[name]))
        assert f"{', '.join(numbers[:10])} and 2 more" in page
        assert numbers[10] not in page
        for named in ("Magazyn Skawina", "Kraków 2031", "Cheap things"):
            assert named in page, (name, named)


def test_names_are_for_who_may_read_them(cast: Cast, things: Things, visit: Visit) -> None:
    budgets.make(cast.krakow, "100000", name="Kraków 2031")
    assert "Ewa Dąbrowska" in _text(visit(cast.dora).get(things.pages["close"]))
    manager = visit(person("Kora", "Kier", seat=cast.head_office, rights="manage_units"), language="en")
    page = _text(manager.get(things.pages["close"]))
    assert ("Ewa Dąbrowska" in page, "5 members" in page or "4 members" in page) == (False, True)
    assert ("Kraków 2031" in page, "1 budget" in page) == (False, True)
