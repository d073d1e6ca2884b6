"""C10: what an operator reads of refusals and of failed log-ins."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import RequestFactory

from akcept.testing.cast import Cast
from shop.accounts.logs import LOGGERS, OneLine
from tests.conftest import Visit


def _lines(caplog: pytest.LogCaptureFixture, name: str) -> list[str]:
    return [line for line in caplog.text.splitlines() if name in line]


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Any:
    """What is written where the operator looks, formatted as there."""
    caplog.handler.setFormatter(logging.Formatter("{levelname} {name}: {message}", style="{"))
    return caplog


def test_c10_a_refusal_is_one_line_with_who_and_where_and_no_traceback(cast: Cast, visit: Visit, told: Any) -> None:
    assert visit(cast.anna).get("/dashboard/").status_code == 403
    assert told.text.splitlines() == [
        f"WARNING django.request: 403 GET /dashboard/ user={cast.anna.user.pk} from=127.0.0.1"
    ]


def test_c10_a_suspicious_request_is_one_line_too(db: None, visit: Visit, told: Any, settings: Any) -> None:
    """Each of them was fifteen lines of traceback, as often as anybody liked to send one."""
    settings.ALLOWED_HOSTS = ["testserver"]
    assert visit().get("/", headers={"host": "evil.example"}).status_code == 400
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2
    assert visit().post("/accounts/login/", {"a": 1, "b": 2, "c": 3}).status_code == 400
    lines = told.text.splitlines()
    assert [line.partition(": Invalid")[0] for line in lines if "DisallowedHost" in line] == [
        "WARNING django.security.DisallowedHost: 400 GET / user=- from=127.0.0.1"
    ]
    assert "evil.example" in told.text
    assert "Traceback" not in told.text
    assert "TooManyFieldsSent: 400 POST /accounts/login/ user=- from=127.0.0.1" in told.text
    assert len(lines) == 2


def test_c10_every_kind_of_suspicious_request_has_its_line() -> None:
    kinds, found = [SuspiciousOperation], set()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind.__module__.startswith("django."):
            found.add(f"django.security.{kind.__name__}")
    assert found <= set(LOGGERS)


def test_c10_no_secret_and_no_second_line_gets_into_the_log(cast: Cast, visit: Visit, told: Any) -> None:
    visit().get("/organization/join/a-secret-token/")
    visit().get("/no-such%0AERROR%20shop:%20forged/")
    assert "a-secret-token" not in told.text
    assert "/organization/join/***/" in told.text
    assert len(told.text.splitlines()) == 2


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/acceptance/by-mail/MQ:1xXmLV:1UGxfypOO4CRH6ymLZQE78jssi91i7kLZlUq/x/", "/acceptance/by-mail/***/x/"),
        (
            "/accounts/no-such/c5-cwqvlf-0123456789abcdef0123456789abcdef/x/",
            "/accounts/no-such/***/x/",
        ),
        (
            "/catalogue/papier-ksero-a4-80g-ryza-500-arkuszy_12/x/",
            "/catalogue/papier-ksero-a4-80g-ryza-500-arkuszy_12/x/",
        ),
        ("/no/supercalifragilisticexpialidocious/", "/no/supercalifragilisticexpialidocious/"),
    ],
)
def test_c10_an_address_that_no_page_has_keeps_no_secret_in_the_log(
    visit: Visit, told: Any, path: str, logged: str, db: None
) -> None:
    visit().get(path)
    assert told.text.splitlines() == [f"WARNING django.request: 404 GET {logged} user=- from=127.0.0.1"]


def test_c10_an_error_of_the_shop_itself_keeps_its_traceback() -> None:
    record = logging.LogRecord("django.request", logging.ERROR, "x", 1, "Internal Server Error: %s", ("/x/",), None)
    record.request, record.status_code = RequestFactory().get("/x/"), 500
    record.exc_info = (ValueError, ValueError("x"), None)
    assert OneLine().filter(record)
    assert record.exc_info
    assert record.getMessage() == "Internal Server Error: /x/"


def test_c10_the_reason_of_a_refusal_is_in_its_line() -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "x", 1, "Forbidden: %s", ("/x/",), None)
    record.request, record.status_code = RequestFactory().get("/x/"), 403
    record.exc_info = (PermissionDenied, PermissionDenied("two\nlines"), None)
    OneLine().filter(record)
    assert record.getMessage() == "403 GET /x/ user=- from=127.0.0.1: two\\nlines"
    assert record.exc_info is None


def test_c10_a_failed_login_names_whom_and_where_from_and_never_the_password(
    cast: Cast, visit: Visit, told: Any
) -> None:
    visit().post("/accounts/login/", {"login": "Anna@customer.example", "password": "wr0ng-one"})
    [line] = _lines(told, "axes")
    assert "anna@customer.example" in line
    assert "127.0.0.1" in line
    assert "wr0ng-one" not in told.text
