"""What the shop says when it says no or has failed: to people a page with a way on, to programs a problem document."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from akcept.testing.cast import Cast
from tests.conftest import Visit

pytestmark = pytest.mark.django_db

PAGE = {"Accept": "text/html"}
TOO_MANY = {f"a{number}": "1" for number in range(10_001)}


def _text(answer: Any) -> str:
    page = answer.content.decode().partition("<main")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


@pytest.mark.parametrize(
    ("who", "path", "way"),
    [
        ("dora", "/organization/roles/1/remove/", "/orders/"),
        ("dora", "/basket/order-again/1/", "/orders/"),
        ("mia", "/dashboard/organizations/1/confirm/", "/dashboard/"),
        ("mia", "/dashboard/ranges/1/reorder/", "/dashboard/"),
        ("mia", "/i18n/setlang/", "/dashboard/"),
    ],
)
def test_an_address_that_only_a_form_sends_to_is_no_blank_page(
    cast: Cast, visit: Visit, who: str, path: str, way: str
) -> None:
    client = visit(getattr(cast, who), superuser=who == "mia", language="en")
    answer = client.get(path, headers=PAGE)
    assert answer.status_code == 405
    assert "Nothing was done: this address only takes what a form on a page sends to it." in _text(answer)
    assert f'href="{way}"' in answer.content.decode()
    assert "POST" in answer["Allow"]
    assert client.get(path).content == b""  # who asks for no page gets none


@pytest.mark.parametrize(
    ("path", "came_from", "lands"),
    [
        ("/dashboard/organizations/1/confirm/", "/dashboard/organizations/1/", "/dashboard/organizations/1/"),
        ("/dashboard/organizations/1/confirm/", "", "/dashboard/"),
        ("/dashboard/organizations/1/confirm/", "https://evil.example/", "/dashboard/"),
        ("/account/access/1/end/", "/account/tokens/", "/account/tokens/"),
    ],
)
def test_a_form_sent_after_the_login_ended_leads_back_to_its_page_never_to_its_address(
    db: None, path: str, came_from: str, lands: str
) -> None:
    referer = f"http://testserver{came_from}" if came_from.startswith("/") else came_from
    answer = Client().post(path, headers={"Referer": referer} if referer else {})
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={lands}")


def test_too_many_fields_name_the_limit_and_lead_back(cast: Cast, visit: Visit) -> None:
    answer = visit(cast.anna, language="en").post("/basket/", TOO_MANY)
    assert answer.status_code == 400
    assert "at most 10,000 fields. Nothing was done" in _text(answer)
    assert re.search(r'<a class="btn[^"]*" href="/"', answer.content.decode())


def test_too_many_bytes_name_the_limit(cast: Cast, visit: Visit) -> None:
    answer = visit(cast.anna, language="pl").post("/basket/", {"a": "x" * 3_000_000})
    big = visit(cast.anna, language="pl").post(
        "/basket/", "a=" + "x" * 3_000_000, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code != 500
    assert big.status_code == 400
    assert "najwyżej 2,5" in _text(big).replace("\xa0", " ")


def test_a_foreign_host_leads_to_the_shops_own(visit: Visit, settings: Any) -> None:
    settings.AKCEPT_BASE_URL = "https://shop.example"
    answer = visit().get("/", headers={"host": "evil.example"})
    assert 'href="https://shop.example"' in answer.content.decode()


@pytest.mark.parametrize(("language", "says"), [("pl", "Coś poszło nie tak"), ("en", "Something went wrong")])
def test_a_failure_is_told_in_the_readers_language_with_the_number_of_the_log(
    cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch, language: str, says: str
) -> None:
    client = visit(cast.anna, language=language)
    client.raise_request_exception = False
    monkeypatch.setattr("akcept.ordering.queries.orders_of", _breaks, raising=False)
    monkeypatch.setattr("django.template.response.TemplateResponse.render", _breaks)
    monkeypatch.setattr("akcept.oscar_edge.basket.views.BasketView.get", _breaks, raising=False)
    answer = client.get("/basket/", headers={"X-Request-ID": "walk-7f3a"})
    assert answer.status_code == 500
    assert says in _text(answer)
    assert "walk-7f3a" in _text(answer)
    assert f'<html lang="{language}"' in answer.content.decode()
    assert 'href="/"' in answer.content.decode()


def _breaks(*_args: object, **_kwargs: object) -> None:
    raise RuntimeError("nobody foresaw this")


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"host": "evil.example"}, 400, "malformed"),
        ({}, 404, "not_found"),
    ],
)
def test_a_program_never_gets_a_page(db: None, sent: dict[str, str], status: int, code: str) -> None:
    answer = Client().get("/api/v1/nothing-here", headers=sent)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code


def test_a_program_that_sends_too_many_fields_gets_no_page(db: None) -> None:
    answer = Client().post("/api/v1/orders", TOO_MANY)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_failure_in_front_of_the_api_is_no_page(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("akcept.ui.middleware.NoNul.process_view", _breaks)
    answer = Client(raise_request_exception=False).get("/api/v1/me", headers={"Accept-Language": "pl"})
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["code"] == "failed"
    assert answer["Content-Language"] == "pl"


def test_part_of_a_page_whose_token_is_gone_reopens_the_page_it_is_in(cast: Cast, db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.anna.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    headers = {"HX-Request": "true", "Referer": "http://testserver/catalogue/?q=papier"}
    answer = client.post("/basket/add/1/", headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/catalogue/?q=papier")
    stranger = Client(enforce_csrf_checks=True).post("/basket/add/1/", headers={"HX-Request": "true"})
    assert (stranger.status_code, stranger["HX-Redirect"]) == (204, "/")
