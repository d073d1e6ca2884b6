"""The number in the menu, and what changes once more orders wait than are counted."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import pytest

from akcept.ordering import actions
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.support.statements import statements


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


# --- the number in the menu ---


def test_count_answers_once_and_304_while_it_stays(cast: Cast, visit: Visit) -> None:
    placed = orders.place(cast.anna, lines=1)
    client = visit(cast.ben)
    first = client.get("/acceptance/count/")
    assert (first.status_code, _text(first)) == (200, "1")
    assert "private" in first["Cache-Control"]
    same = client.get("/acceptance/count/", headers={"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    actions.accept(placed.order_number, actor=cast.cora.actor, version=1)
    other = client.get("/acceptance/count/", headers={"If-None-Match": first["ETag"]})
    assert (other.status_code, _text(other)) == (200, "0")


def test_count_takes_the_session_the_seat_and_one_statement(cast: Cast, visit: Visit) -> None:
    client = visit(cast.ben)
    taken = []
    for _ in (1, 3):
        orders.place(cast.anna, lines=1)
        taken.append(len(statements(lambda: client.get("/acceptance/count/"))))
    assert taken == [4, 4], "session, user, seat, count"


@pytest.mark.parametrize("who", ["anna", "dora", "paul", "mia", None])
def test_count_is_nothing_for_whoever_decides_nothing(cast: Cast, visit: Visit, who: str | None) -> None:
    orders.place(cast.anna, lines=1)
    answer = visit(getattr(cast, who) if who else None).get("/acceptance/count/")
    assert (answer.status_code, answer.content) == (204, b"")


def test_count_of_another_organisation_is_its_own(cast: Cast, visit: Visit) -> None:
    orders.place(cast.anna, lines=1)
    assert _text(visit(cast.otto).get("/acceptance/count/")) == "0"


def test_manifest_names_the_shop_and_its_icons(visit: Visit) -> None:
    from django.contrib.staticfiles import finders

    answer = visit().get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    content = json.loads(answer.content)
    assert (content["start_url"], content["display"]) == ("/acceptance/", "standalone")
    assert {icon["sizes"] for icon in content["icons"]} == {"192x192", "512x512", "any"}
    for icon in content["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon
    assert 'rel="manifest"' in _text(visit().get("/accounts/login/"))


# --- many orders wait ---


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two orders be many: for a number that is counted, and for choices that are offered."""
    for module in ("akcept.ordering.queries.inbox", "akcept.ordering.queries.merchant", "akcept.ui.formats"):
        monkeypatch.setattr(sys.modules[module], "COUNTED", 1)
    for module in ("akcept.ordering.queries.narrowing", "akcept.ordering.queries.merchant"):
        monkeypatch.setattr(sys.modules[module], "LOOKED_AT", 1)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(("language", "heard"), [("en", "more than 1"), ("pl", "ponad 1")])
def test_more_than_is_counted_is_said_to_the_eye_and_to_the_ear(
    cast: Cast, visit: Visit, language: str, heard: str
) -> None:
    """Issue 11: the menu's number is exact up to 99, then 99+, whatever waits."""
    client = visit(cast.ben, language=language)
    orders.place(cast.anna, lines=1)
    assert _text(client.get("/acceptance/count/")) == "1"
    orders.place(cast.anna, lines=1)
    assert _text(client.get("/acceptance/count/")) == f"1+\n{heard}"
    shown = f'<span aria-hidden="true">1+</span><span class="visually-hidden">{heard}</span>'
    assert _text(client.get("/orders/")).count(shown) == 2  # the wide menu and the narrow one


@pytest.mark.usefixtures("many")
def test_among_many_units_and_people_are_typed_without_script_and_the_address_keeps_it(
    cast: Cast, visit: Visit
) -> None:
    placed = [orders.place(person, lines=1).order_number for person in (cast.anna, cast.piotr, cast.jan)]
    client = visit(cast.cora, language="en")
    page = _text(client.get("/acceptance/"))
    assert re.search(r'<input type="text" name="unit"[^>]*list="id_unit-list"', page)
    assert re.search(r'<input type="text" name="requester"[^>]*list="id_requester-list"', page)
    narrowed = _text(client.get("/acceptance/?unit=krakow&requester=kowalska&sort=value"))
    assert [number for number in placed if f"/orders/{number}/" in narrowed] == [placed[0]]
    assert 'name="unit" value="krakow"' in narrowed
    assert re.search(r'<option value="value" selected', narrowed)
    by_key = _text(client.get(f"/acceptance/?unit={cast.krakow.pk}"))
    assert 'name="unit" value="Oddział Kraków"' in by_key
    assert [number for number in placed if f"/orders/{number}/" in by_key] == [placed[0]]
    nothing = _text(client.get("/acceptance/?unit=terminal"))
    assert "No matching orders" in nothing


def test_a_name_that_was_typed_among_many_still_narrows_when_few_are_left(cast: Cast, visit: Visit) -> None:
    numbers = [orders.place(person, lines=1).order_number for person in (cast.anna, cast.jan)]
    page = _text(visit(cast.cora, language="en").get("/acceptance/?unit=oddzia%C5%82+krak%C3%B3w"))
    assert [number for number in numbers if f"/orders/{number}/" in page] == [numbers[0]]
    assert re.search(rf'<option value="{cast.krakow.pk}" selected', page)
