"""What calls leave behind goes at the clock's rounds, bounded; what still counts stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from akcept.api import surface, sweeping
from akcept.api.answers import KEPT
from akcept.api.models import AccessToken, Answer, Call, Credential
from akcept.kernel.clock import utc_now
from akcept.ordering.reactions.ticking import tick
from akcept.testing.cast import Cast
from tests.support.api import system_of
from tests.support.statements import statements


def _leave(number: int, *, ago: timedelta) -> None:
    now = utc_now()
    credential = Credential.objects.get()
    for row in range(number):
        common: dict[str, Any] = {"credential": credential}
        Answer.objects.create(
            **common, key=f"{ago}-{row}", fingerprint="", turn="", turn_since=now - ago, created_at=now - ago
        )
        AccessToken.objects.create(**common, key=f"{ago.days}-{row}", digest="", expires_at=now - ago, scopes=[])
        Call.objects.create(**common, at=now - ago, method="GET", path="/", status=200)


def _left() -> tuple[int, int, int]:
    return Answer.objects.count(), AccessToken.objects.count(), Call.objects.count()


def test_the_clock_s_round_drops_what_is_old_and_nothing_else(cast: Cast) -> None:
    system_of(cast.anna)
    _leave(2, ago=timedelta(days=91))
    _leave(1, ago=-timedelta(minutes=1))
    assert _left() == (3, 3, 3)
    tick()
    assert _left() == (1, 1, 1)
    Answer.objects.update(created_at=utc_now() - KEPT + timedelta(minutes=1))
    tick()
    assert Answer.objects.count() == 1, "an answer has its whole day"


def test_a_round_drops_so_many_and_the_next_one_the_rest(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    system_of(cast.anna)
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    _leave(3, ago=timedelta(days=91))
    chores = (sweeping.drop_answers, sweeping.drop_tokens, sweeping.drop_calls)
    for chore in chores:
        assert len(statements(lambda chore=chore: chore(now=utc_now(), stopped=lambda: False))) == 1  # type: ignore[misc]
    assert _left() == (1, 1, 1)
    tick()
    assert _left() == (0, 0, 0)


def test_the_log_of_each_caller_is_bounded_also_where_two_call_in_turn(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surface, "CALLS_KEPT", 2)
    monkeypatch.setattr("akcept.api.surface.secrets.randbelow", lambda _most: 0)
    both = [system_of(cast.anna), system_of(cast.ben)]
    for system in both * 4:
        system.get("/me")
    assert sorted(row.calls.count() for row in Credential.objects.all()) == [2, 2]
