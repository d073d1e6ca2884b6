"""The shop's main menu: what is offered, and where the visitor is."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.conftest import Visit

_ENTRY = re.compile(r'<a href="(/[^"]*)" aria-current="(page|true)">')


def _here(client: Client, path: str) -> set[tuple[str, str]]:
    page = client.get(path)
    assert page.status_code == 200
    menu = page.content.decode().partition("<header")[2].partition("</header>")[0]
    return set(_ENTRY.findall(menu))


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/orders/", {("/orders/", "page")}),
        ("/acceptance/", {("/acceptance/", "page")}),
        ("/organization/", {("/organization/", "page")}),
        ("/organization/substitutes/", {("/organization/", "true")}),
        ("/notifications/", set()),
    ],
)
def test_the_menu_says_where_one_is(cast: Cast, visit: Visit, path: str, here: set[tuple[str, str]]) -> None:
    assert _here(visit(cast.ben), path) == here


def test_an_order_is_among_those_to_accept_or_among_ones_own(cast: Cast, visit: Visit) -> None:
    page = f"/orders/{orders.place(cast.anna).order_number}/"
    assert _here(visit(cast.ben), page) == {("/acceptance/", "true")}
    assert _here(visit(cast.anna), page) == {("/orders/", "true")}
