"""F3: after acceptance the customer reads their own words, and the history goes on past the shop's door."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from akcept.ordering import actions
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.support.statements import statements

_WORDS = {"pl": ("przyjęte do realizacji", "nieobsłużone"), "en": ("accepted for processing", "unhandled")}


def _accepted(cast: Cast) -> str:
    number = orders.place(cast.anna).order_number
    actions.accept(number, actor=cast.ben.actor, version=1)
    return number


@pytest.mark.parametrize("language", ["pl", "en"])
def test_f3_an_accepted_order_is_accepted_for_processing(cast: Cast, visit: Visit, language: str) -> None:
    number = _accepted(cast)
    theirs, shops = _WORDS[language]
    for person in (cast.anna, cast.ben, cast.cora):
        client = visit(person, language=language)
        for page in ("/orders/?scope=all", f"/orders/{number}/"):
            told = client.get(page).content.decode()
            assert theirs in told
            assert f">{shops}<" not in told
            assert f" {shops}<" not in told
    panel = visit(cast.mia, superuser=True, language=language).get(f"/dashboard/orders/{number}/").content.decode()
    assert shops in panel, "the shop keeps its own words"


def _move(number: str, *statuses: str) -> Any:
    order = apps.get_model("order.Order").objects.get(number=number)
    for wanted in statuses:
        order.set_status(wanted)
    return order


@pytest.mark.parametrize("language", ["pl", "en"])
def test_f3_the_shops_steps_are_in_the_history_in_their_order(cast: Cast, visit: Visit, language: str) -> None:
    number = _accepted(cast)
    _move(number, "in_progress", "packed", "shipped")
    told = visit(cast.anna, language=language).get(f"/orders/{number}/").content.decode()
    timeline = told[told.index('class="timeline"') :]
    words = {"pl": ["w realizacji", "spakowane", "wysłane"], "en": ["in progress", "packed", "shipped"]}[language]
    found = [timeline.index(word) for word in words]
    assert found == sorted(found)
    assert timeline.count("Sklep:" if language == "pl" else "The shop:") == 3


def test_f3_the_shops_steps_cost_one_statement_and_only_where_there_are_any(cast: Cast, visit: Visit) -> None:
    number = _accepted(cast)
    client = visit(cast.anna)
    path = f"/orders/{number}/"
    client.get(path)
    assert [sql for sql in statements(lambda: client.get(path)) if "orderstatuschange" in sql] == []
    _move(number, "in_progress")
    assert len([sql for sql in statements(lambda: client.get(path)) if "orderstatuschange" in sql]) == 1
    _move(number, "packed", "shipped")
    assert len([sql for sql in statements(lambda: client.get(path)) if "orderstatuschange" in sql]) == 1


def test_f3_neither_otto_nor_another_branch_sees_them(cast: Cast, visit: Visit) -> None:
    number = _accepted(cast)
    _move(number, "in_progress")
    for person in (cast.otto, cast.jan):
        assert visit(person).get(f"/orders/{number}/").status_code == 404
