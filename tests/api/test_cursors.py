"""Every list that is read in pages refuses a cursor no page gave: beginning anew would show a caller the same twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from akcept.agreements import actions as agreeing
from akcept.agreements.inputs import ListInput
from akcept.testing import budgets
from akcept.testing.cast import Cast
from tests.support.api import system_of
from tests.support.processes import ROOT

SCHEMA: Any = json.loads((ROOT / "docs" / "api" / "openapi.json").read_text())
#: The lists that name a cursor among what narrows them.
PAGED = sorted(
    path.removeprefix("/api/v1")
    for path, operations in SCHEMA["paths"].items()
    if any(each["name"] == "cursor" for each in operations.get("get", {}).get("parameters", ()))
)
#: Who reads a list; an administrator reads the others.
READERS = {
    **{"/inbox": "ben", "/orders": "anna", "/products": "anna"},
    **dict.fromkeys(("/customer", "/price-lists", "/work"), "mia"),
}


@pytest.mark.parametrize("path", PAGED)
def test_a_cursor_no_page_gave_is_refused_by_its_name(cast: Cast, path: str) -> None:
    assert len(PAGED) > 10
    budget = budgets.make(cast.krakow, "100.00").pk
    prices = agreeing.add_list(ListInput(name="Zima", currency="PLN"), actor=cast.mia.actor).pk
    address = path.format(budget_id=budget, organization_id=cast.acme.pk, list_id=prices)
    reader = next((who for begin, who in READERS.items() if path.startswith(begin)), "dora")
    system = system_of(getattr(cast, reader))
    assert system.get(address).status_code == 200
    for mangled in ("abc", "-1", "٣", "1" * 19):
        answer = system.get(address, cursor=mangled)
        told = answer.json()
        assert (answer.status_code, told["field"]) == (422, "cursor"), (path, mangled, told)


@pytest.mark.parametrize(("sort", "mangled"), [("oldest", "1~9.00"), ("value", "1"), ("value", "1~NaN"), ("unit", "1")])
def test_a_cursor_of_the_inbox_belongs_to_the_sort_it_came_with(cast: Cast, sort: str, mangled: str) -> None:
    answer = system_of(cast.ben).get("/inbox", sort=sort, cursor=mangled)
    assert (answer.status_code, answer.json()["field"]) == (422, "cursor")
