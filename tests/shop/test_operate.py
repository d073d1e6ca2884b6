"""The shop as a service: probes, figures, one line a request, its id on the way to the mail."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor
from django.test import Client, override_settings

from akcept.journal import relay
from akcept.journal.models import Delivery
from akcept.kernel import tracing
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from akcept.ui import database_trouble
from shop.operate import metrics, probes
from shop.operate.logs import Structured, WithRequest
from tests.conftest import Visit
from tests.support.processes import ROOT
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


class _Gone(Exception):
    sqlstate = None


@pytest.fixture
def down(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let the test say when the database goes: `down.setattr(*GONE)`."""
    monkeypatch.setattr(database_trouble, "_lines", database_trouble._Lines())
    return monkeypatch


def _execute(*_args: object, **_kwargs: object) -> None:
    raise OperationalError("connection refused") from _Gone()


GONE = (CursorWrapper, "execute", _execute)


# --- probes ---


def test_a_process_lives_without_its_database_but_is_not_ready(client: Client, down: pytest.MonkeyPatch) -> None:
    assert client.get("/readyz").json() == {"status": "ready", "database": "ok", "migrations": "ok"}
    down.setattr(*GONE)
    assert client.get("/livez").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "not reachable")


def test_probes_ask_little_keep_nothing_and_answer_any_host(client: Client) -> None:
    client.get("/readyz")
    assert len(statements(lambda: client.get("/livez", headers={"host": "10.0.0.7"}))) == 0
    assert len(statements(lambda: client.get("/readyz", headers={"host": "10.0.0.7"}))) == 1
    answer = client.get("/readyz")
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]


def test_tables_of_an_older_version_are_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "_known_migrated", set())
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_args: [("0004", False)])
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "not applied")


# --- figures ---


@pytest.mark.parametrize(("token", "given"), [("", ""), ("", "Bearer "), ("secret", ""), ("secret", "Bearer secreT")])
def test_figures_are_for_whoever_brings_the_token(client: Client, token: str, given: str) -> None:
    with override_settings(METRICS_TOKEN=token):
        assert client.get("/metrics", headers={"authorization": given}).status_code == 404


def _figures() -> dict[str, float]:
    with override_settings(METRICS_TOKEN="secret"):
        text = Client().get("/metrics", headers={"authorization": "Bearer secret"}).content.decode()
    lines = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines}


def test_figures_tell_what_waits_and_what_was_decided_and_refused(
    cast: Cast, visit: Visit, django_capture_on_commit_callbacks: Any
) -> None:
    before = _figures()
    with django_capture_on_commit_callbacks(execute=True):
        placed = orders.place(cast.anna)
    found = _figures()
    assert found["akcept_database_up"] == 1
    assert found["akcept_orders_waiting"] == 1
    assert found["akcept_deliveries_due"] == 5
    assert 0 <= found["akcept_delivery_oldest_seconds"] < 60
    assert found["akcept_deliveries_given_up"] == 0
    relay.run_once()
    Delivery.objects.filter(subscriber="ordering.reroute").update(state="dead")
    page = f"/orders/{placed.order_number}/"
    assert visit(cast.otto).get(page).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert visit(cast.ben).post(f"{page}accept/", {"version": "1"}).status_code == 302
    after = _figures()
    assert after["akcept_orders_waiting"] == 0
    assert after["akcept_deliveries_given_up"] == 1

    def more(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert more('akcept_events_total{topic="order.accepted"}') == 1
    assert more('akcept_events_total{topic="order.placed"}') == 1
    assert more('akcept_refusals_total{status="404",view="akcept:order"}') == 1
    assert more('akcept_request_seconds_count{method="POST",status="302",view="akcept:accept"}') == 1
    assert not any(str(placed.order_number) in name or "anna" in name for name in after), "nobody is named"


def test_what_was_taken_back_is_not_counted(cast: Cast) -> None:
    before = _figures()
    orders.place(cast.anna)  # the test's transaction never commits
    name = 'akcept_events_total{topic="order.placed"}'
    assert _figures().get(name, 0) == before.get(name, 0)


def test_addresses_nobody_has_make_no_figures(client: Client) -> None:
    client.get("/made-up-by-somebody/")
    assert not any("made-up" in name for name in _figures())


def test_figures_say_that_the_database_is_away(client: Client, down: pytest.MonkeyPatch) -> None:
    down.setattr(*GONE)
    found = _figures()
    assert found["akcept_database_up"] == 0
    assert "akcept_orders_waiting" not in found


# --- one line a request ---


def test_a_request_is_one_line_with_its_id_and_nobody_in_it(
    cast: Cast, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    placed = orders.place(cast.anna)
    caplog.set_level(logging.INFO, "akcept.request")
    answer = visit(cast.ben).get(f"/orders/{placed.order_number}/?note=anna", headers={"x-request-id": "abc-12345"})
    assert answer["X-Request-ID"] == "abc-12345"
    (record,) = [record for record in caplog.records if record.name == "akcept.request"]
    with tracing.traced("abc-12345"):
        WithRequest().filter(record)
    told = json.loads(Structured().format(record))
    assert {name: told[name] for name in ("view", "method", "status", "signed_in", "request_id")} == {
        "view": "akcept:order",
        "method": "GET",
        "status": 200,
        "signed_in": True,
        "request_id": "abc-12345",
    }
    for private in (placed.order_number, "anna", "ben", "127.0.0.1", cast.ben.user.email):
        assert str(private).lower() not in json.dumps(told).lower()


def test_what_django_says_after_a_request_has_its_id_too(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/no/such/page/")
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    WithRequest().filter(record)
    assert record.request_id == answer["X-Request-ID"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("given", ["", "x", "a" * 37, "abc */ DROP TABLE", "abc\ndef12345", "łłłłłłłłłł"])
def test_an_id_that_is_none_is_exchanged(client: Client, given: str) -> None:
    assert tracing.accepted(given) != given
    assert tracing.accepted(given).isalnum()
    assert tracing.accepted("0123-abcd") == "0123-abcd"


def test_a_database_that_is_away_leaves_one_line_a_second(
    client: Client, down: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    down.setattr(database_trouble, "_now", lambda: 1.0)
    down.setattr(*GONE)
    client.raise_request_exception = False  # a middleware asks the database first
    answers = [client.get("/catalogue/") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {503}
    lines = [record for record in caplog.records if record.name.startswith("akcept.")]
    assert [record.name for record in lines] == ["akcept.database"]


# --- the id goes on ---


def test_the_id_goes_with_the_order_through_the_relay_into_every_statement(
    cast: Cast, visit: Visit, mailoutbox: list[Any]
) -> None:
    placed = orders.place(cast.anna)
    relay.run_once()
    accept = {"path": f"/orders/{placed.order_number}/accept/", "data": {"version": "1"}}
    browser = visit(cast.ben)
    sent = _sent(lambda: browser.post(**accept, headers={"x-request-id": "from-nginx-1"}))
    written = [sql for sql in sent if sql.startswith(("SELECT", "UPDATE", "INSERT"))]
    assert written
    assert [sql for sql in written if not sql.endswith("/* request=from-nginx-1 */")] == []
    assert set(Delivery.objects.filter(state="due").values_list("request_id", flat=True)) == {"from-nginx-1"}
    mailoutbox.clear()
    sent = _sent(relay.run_once)
    assert len(mailoutbox) == 1
    assert any("order_line" in sql and sql.endswith("/* request=from-nginx-1 */") for sql in sent)
    assert not any("request=" in sql for sql in _sent(Delivery.objects.count)), "what no request asked names none"


def _sent(call: Callable[[], Any]) -> list[str]:
    """Return the statements as the database gets them."""
    found: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        call()
    return found


def test_other_requests_have_other_ids(client: Client) -> None:
    carts.country()
    seen = {client.get("/catalogue/")["X-Request-ID"] for _ in range(3)}
    assert len(seen) == 3


def test_rules_for_alerts_name_figures_that_there_are(cast: Cast, visit: Visit) -> None:
    visit(cast.ben).get("/no/such/page/")
    metrics._EVENTS.labels("order.accepted")
    known = {re.sub(r"\{.*", "", name) for name in _figures()}
    rules = (ROOT / "docs" / "operate" / "alerts.yaml").read_text()
    expressions = re.findall(r"expr: (.+)", rules)
    assert len(expressions) == rules.count("- alert: ") == 6
    named = {name for expression in expressions for name in re.findall(r"\bakcept_\w+", expression)}
    assert named - known == set()
