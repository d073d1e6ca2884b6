"""Issue 12, point 8: the connector of `examples/` loses and doubles no order, wherever it is killed."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import F
from django.test import override_settings
from django.utils import timezone

from akcept.api import actions as access
from akcept.api.scopes import OF_MERCHANT
from akcept.handover import actions as handover
from akcept.handover.models import Handover
from akcept.ordering import actions as ordering
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.support.api import System, system_of
from tests.support.live_shop import LiveShop
from tests.support.processes import ROOT

PROGRAM = ROOT / "examples" / "erp_sync.py"


def _module() -> Any:
    spec = importlib.util.spec_from_file_location("erp_sync", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


erp_sync = _module()


class _Shop:
    """The shop without a network: what the connector calls, a test client is asked."""

    def __init__(self, system: System) -> None:
        self.system = system

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.system.get(path) if method == "GET" else self.system.post(path, body)
        if answer.status_code >= 400:
            raise erp_sync.Refused(answer.json())
        return answer.json()


def _booked(path: Path) -> dict[str, str]:
    books = erp_sync.Books(path)
    rows = books.file.execute("SELECT number, id, state FROM orders ORDER BY id").fetchall()
    assert {state for _number, _key, state in rows} <= {"answered"}
    return {number: f"ZK/{key}" for number, key, _state in rows}


def _answered() -> dict[str, str]:
    rows = Handover.objects.filter(state="taken").values_list("order__number", "external_number")
    return dict(rows)


def _leases_are_over() -> None:
    Handover.objects.update(leased_until=timezone.now())


def test_it_books_what_is_accepted_and_nothing_that_waits(cast: Cast, tmp_path: Path) -> None:
    numbers = [orders.place(cast.ben, lines=1).order_number for _each in range(2)]
    held = orders.place(cast.anna, lines=1).order_number
    shop = _Shop(system_of(cast.mia))
    for _again in range(2):
        erp_sync.run(shop, erp_sync.Books(tmp_path / "books"))
        assert _booked(tmp_path / "books") == _answered() == dict(zip(numbers, ("ZK/1", "ZK/2"), strict=True))
    ordering.accept(held, actor=cast.ben.actor, version=1)
    erp_sync.run(shop, erp_sync.Books(tmp_path / "books"))
    assert _booked(tmp_path / "books")[held] == "ZK/3"


def test_what_its_customer_took_back_is_stopped_and_booked_once_when_it_comes_again(cast: Cast, tmp_path: Path) -> None:
    number = orders.place(cast.anna, lines=1).order_number
    ordering.accept(number, actor=cast.ben.actor, version=1)
    shop, books = _Shop(system_of(cast.mia)), erp_sync.Books(tmp_path / "books")
    erp_sync.fetch(shop, books)
    ordering.revoke(number, actor=cast.ben.actor, version=2, reason="no")
    erp_sync.answer(shop, books)
    assert books.file.execute("SELECT state FROM orders").fetchall() == [("stopped",)]
    ordering.accept(number, actor=cast.ben.actor, version=3)
    _leases_are_over()
    erp_sync.run(shop, books)
    assert _booked(tmp_path / "books") == _answered() == {number: "ZK/1"}


def test_what_the_erp_does_not_take_is_told(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number = orders.place(cast.ben, lines=1).order_number

    def book(_books: Any, _order: Any, _lease: str) -> None:
        raise erp_sync.CannotBook("brak kontrahenta")

    monkeypatch.setattr(erp_sync.Books, "book", book)
    erp_sync.run(_Shop(system_of(cast.mia)), erp_sync.Books(tmp_path / "books"))
    told = Handover.objects.get(order__number=number)
    assert (told.state, told.failure) == ("failed", "brak kontrahenta")


class Killed(BaseException):
    """The process ends here."""


def _killed_at(step: int, shop: _Shop, path: Path) -> bool:
    """Run the connector and end it at the n-th of its lines; False where it was done before."""
    seen = 0

    def trace(frame: Any, event: str, _argument: Any) -> Any:
        nonlocal seen
        if frame.f_code.co_filename != str(PROGRAM):
            return None
        if event == "line":
            seen += 1
            if seen == step:
                raise Killed
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        erp_sync.run(shop, erp_sync.Books(path))
    except Killed:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.slow
@override_settings(AKCEPT_API_BURST=10**6)
def test_killed_at_any_line_it_loses_and_doubles_nothing(cast: Cast, tmp_path: Path) -> None:
    numbers = {orders.place(cast.ben, lines=1).order_number for _each in range(2)}
    shop, step = _Shop(system_of(cast.mia)), 1
    while _killed_at(step, shop, tmp_path / str(step)):
        _leases_are_over()
        erp_sync.run(shop, erp_sync.Books(tmp_path / str(step)))
        booked = _booked(tmp_path / str(step))
        assert booked == _answered(), step
        assert booked.keys() == numbers, step
        Handover.objects.all().delete()
        apps.get_model("order.Order").objects.update(status="unhandled")
        step += 1
    assert step > 30


def _run(url: str, client: access.Given, books: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "AKCEPT": url,
        "CLIENT_ID": client.credential.key,
        "CLIENT_SECRET": client.secret,
    }
    command = [sys.executable, str(PROGRAM), str(books)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@contextmanager
def _killing(
    monkeypatch: pytest.MonkeyPatch, act: str, process: Callable[[], subprocess.Popen[str]], *, after: bool
) -> Iterator[None]:
    """Kill the process the moment the shop does what it was asked: before it is done, or before it is answered."""
    real = getattr(handover, act)

    def done(*given: Any, **more: Any) -> Any:
        if not after:
            process().send_signal(signal.SIGKILL)
        led = real(*given, **more)
        process().send_signal(signal.SIGKILL)
        return led

    with monkeypatch.context() as patched:
        patched.setattr(handover, act, done)
        yield


@pytest.mark.slow
@pytest.mark.parametrize(("act", "after"), [("claim", True), ("acknowledge", False), ("acknowledge", True)])
def test_a_process_that_is_killed_for_real_loses_and_doubles_nothing(
    cast: Cast, live_shop: LiveShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str, after: bool
) -> None:
    numbers = {orders.place(cast.ben, lines=1).order_number for _each in range(2)}
    client = access.give_client(actor=cast.mia.actor, name="ERP", scopes=sorted(OF_MERCHANT))
    started: list[subprocess.Popen[str]] = []
    with _killing(monkeypatch, act, lambda: started[0], after=after):
        started.append(_run(live_shop.url, client, tmp_path / "books"))
        started[0].communicate(timeout=60)
    assert started[0].returncode == -signal.SIGKILL
    Handover.objects.update(leased_until=F("leased_until") - timedelta(hours=1))
    again = _run(live_shop.url, client, tmp_path / "books")
    _told, trouble = again.communicate(timeout=60)
    assert again.returncode == 0, trouble
    booked = _booked(tmp_path / "books")
    assert booked == _answered()
    assert booked.keys() == numbers
    live_shop.errors.clear()  # an answer nobody waited for


@pytest.mark.parametrize("given", [{}, {"AKCEPT": "http://127.0.0.1:1", "CLIENT_ID": "x"}])
def test_what_was_not_given_is_said_in_one_line(given: dict[str, str], tmp_path: Path) -> None:
    for books in ([], [str(tmp_path / "books")]):
        done = subprocess.run(
            [sys.executable, ROOT / "examples" / "erp_sync.py", *books],
            env={"PATH": os.environ["PATH"], **given},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("Name the shop, the system and the books: AKCEPT=https://")
        assert done.stderr.count("\n") == 1


def test_a_secret_that_is_wrong_is_said_in_one_line(live_shop: LiveShop, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "erp_sync.py", tmp_path / "books"],
        env={**os.environ, "AKCEPT": live_shop.url, "CLIENT_ID": "x", "CLIENT_SECRET": "y"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The shop refuses (invalid_client): ")
    assert done.stderr.count("\n") == 1
