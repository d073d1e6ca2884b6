"""A database that is away, or ended a call, means the same to a program as to a reader: gone, or too busy."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from akcept.testing.cast import Cast
from akcept.ui import database_trouble
from tests.support.api import system_of
from tests.ui.test_database_trouble import ENDED, GONE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _said_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_trouble, "_lines", database_trouble._Lines())


@pytest.mark.parametrize(
    ("trouble", "code", "wait", "said"),
    [
        (GONE, "shop_unavailable", "10", "Sklep jest chwilowo niedostępny"),
        (ENDED, "busy", "1", "Sklep jest przeciążony"),
    ],
)
@pytest.mark.parametrize("path", ["/orders", "/inbox"])
def test_b8_api_says_what_the_page_says(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, path: str, trouble: Any, code: str, wait: str, said: str
) -> None:
    ben = system_of(cast.ben, language="pl")
    with monkeypatch.context() as patched:
        patched.setattr(*trouble)
        answer = ben.get(path)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    told = answer.json()
    assert (answer.status_code, told["code"], answer["Retry-After"]) == (503, code, wait)
    assert told["detail"].startswith(said)


@pytest.mark.parametrize(("trouble", "code"), [(GONE, "shop_unavailable"), (ENDED, "busy")])
def test_b8_what_fails_before_the_call_is_read_is_told_alike(
    monkeypatch: pytest.MonkeyPatch, trouble: Any, code: str
) -> None:
    """A cookie of a login: the database is asked by middleware, in front of the API."""
    browser = Client(raise_request_exception=False)
    browser.cookies["sessionid"] = "x" * 32
    with monkeypatch.context() as patched:
        patched.setattr(*trouble)
        answer = browser.get("/api/v1/orders", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["code"]) == (503, code)
