"""`manage.py relay`: works off what is due, says what it did, stops when told."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import CommandError as Refusal
from django.db import OperationalError

from akcept.console.management.commands import relay as command
from akcept.journal import relay
from akcept.journal.models import Delivery
from akcept.journal.relay import Count
from akcept.testing import orders
from akcept.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _run(**options: Any) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("relay", "--language=en", stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_once_works_everything_off_and_ends(cast: Cast, mailoutbox: list[Any]) -> None:
    orders.place(cast.anna)
    said, _ = _run(once=True)
    assert not Delivery.objects.filter(state="due").exists()
    assert {mail.to[0].split("@")[0] for mail in mailoutbox} == {"anna", "ben", "cora"}
    assert "relay: ready" in said
    assert "relay: done 5, no longer needed 0" in said


def test_nothing_due_is_said_in_no_words(cast: Cast) -> None:
    assert _run(once=True)[0].splitlines() == ["relay: ready"]


@pytest.mark.parametrize("interval", ["0", "-1", "nan", "soon", "4000"])
def test_pause_that_would_spin_or_sleep_for_ever_is_refused(interval: str) -> None:
    with pytest.raises(Refusal, match="is not a number of seconds greater than 0"):
        call_command("relay", "--language=en", "--once", "--interval", interval)


def test_unreachable_database_fails_once_but_not_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_options: Any) -> Count:
        raise OperationalError("the database restarts")

    monkeypatch.setattr(relay, "run_once", broken)
    with pytest.raises(CommandError, match="nothing is lost: the database restarts"):
        call_command("relay", "--language=en", "--once")


def test_service_goes_on_when_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = io.StringIO(), io.StringIO()
    running = command.Command(stdout=out, stderr=err)
    rounds: list[int] = []

    def now_and_then(**_options: Any) -> Count:
        rounds.append(1)
        if len(rounds) == 1:
            raise OperationalError("the database restarts")
        running.stop.set()
        return Count()

    monkeypatch.setattr(relay, "run_once", now_and_then)
    monkeypatch.setattr(threading.Event, "wait", lambda *_: False)
    running.handle(once=False, interval="0.01")
    assert len(rounds) == 2
    assert "trying again" in err.getvalue()
    assert out.getvalue().splitlines()[-1] == "relay: stopped"
