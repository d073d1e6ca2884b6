"""The token bucket in Redis: never more than the limit, and never none: where Redis is away the database counts."""

from __future__ import annotations

import threading
import time

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from akcept.api import configured, limits, redis_bucket
from akcept.api.limits import Allowance, RateLimited
from akcept.api.models import Bucket, Credential
from akcept.kernel.clock import utc_now
from akcept.testing.cast import Cast
from tests.support.api import system_of
from tests.support.redis_server import RedisServer
from tests.support.threads import together


def _take() -> Allowance:
    return limits.take(7, now=utc_now())


def _taken(results: list[object]) -> int:
    assert all(isinstance(result, (Allowance, RateLimited)) for result in results), results
    return sum(1 for result in results if isinstance(result, Allowance))


# At one call a second: however slow the machine, no call comes back before all have been made.
@override_settings(AKCEPT_API_BURST=20, AKCEPT_API_RATE=1)
def test_never_more_than_the_limit_under_50_parallel_calls(sqlite_file: None, redis: RedisServer) -> None:
    began = time.monotonic()
    results = together(*[_take] * 50)
    assert 20 <= _taken(results) <= 20 + int(time.monotonic() - began)
    assert not Bucket.objects.exists(), "the database was not asked"


@override_settings(AKCEPT_API_BURST=20, AKCEPT_API_RATE=1)
def test_reading_then_writing_would_give_more_than_the_limit(sqlite_file: None, redis: RedisServer) -> None:
    """The control: the same bucket without the script, which the race above must be able to tell from ours."""
    client, all_have_read = redis.client(), threading.Barrier(50)

    def naive() -> bool:
        left = int(client.get("naive") or 20)
        all_have_read.wait(30)
        if left:
            client.set("naive", left - 1)
        return bool(left)

    assert together(*[naive] * 50).count(True) > 20


@override_settings(AKCEPT_API_BURST=3, AKCEPT_API_RATE=2)
def test_what_is_used_up_comes_back_by_the_clock_of_redis_and_leaves_no_key(db: None, redis: RedisServer) -> None:
    assert [_take().left for _ in range(3)] == [2, 1, 0]
    with pytest.raises(RateLimited) as refused:
        _take()
    assert (refused.value.allowance.left, refused.value.allowance.wait) == (0, 1)
    (key,) = redis.client().keys("*")
    assert 0 < redis.client().pttl(key) <= 1500, "the key ends when the bucket is full again"
    deadline = time.monotonic() + 10
    while redis.client().exists(key):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert _take().left == 2


def test_shops_that_share_a_redis_do_not_share_limits(db: None, redis: RedisServer) -> None:
    _take()
    redis_bucket._shop.cache_clear()
    with override_settings(SECRET_KEY="of another shop" * 5):
        _take()
    redis_bucket._shop.cache_clear()
    assert len(redis.client().keys("*")) == 2


@override_settings(AKCEPT_API_BURST=4, AKCEPT_API_RATE=1)
def test_with_redis_away_the_database_counts_and_the_log_says_so_once(
    cast: Cast, redis: RedisServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben = system_of(cast.ben)
    assert ben.get("/orders").status_code == 200
    redis.stop()
    caplog.clear()
    answers = [ben.get("/orders") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429], "never unlimited"
    assert answers[0]["RateLimit"] == '"default";r=3;t=1'
    assert Bucket.objects.get().pk == Credential.objects.get().pk
    (line,) = [each.getMessage() for each in caplog.records if each.name == "akcept.api"]
    assert line.startswith("Redis counts no calls (")

    redis.start()
    assert ben.get("/orders").status_code == 429, "it is not asked again at once"
    monkeypatch.setattr(redis_bucket, "AGAIN_AFTER", 0.0)
    redis_bucket.absence._until = time.monotonic()
    caplog.clear()
    assert ben.get("/orders")["RateLimit"] == '"default";r=3;t=1'
    assert [each.getMessage() for each in caplog.records] == ["Redis counts calls again"]


def test_a_redis_that_was_started_again_is_no_absence(
    db: None, redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    _take()
    redis.stop()
    redis.start()
    _take()
    assert not caplog.records, "neither the closed connection nor the forgotten script is told"
    assert not Bucket.objects.exists()


@pytest.mark.parametrize("wrong", ["redis://127.0.0.1:1/0", "no-address", "redis://:p@127.0.0.1:notaport/0"])
@override_settings(AKCEPT_API_BURST=1, AKCEPT_API_RATE=1)
def test_an_address_that_leads_nowhere_lets_nobody_through(
    cast: Cast, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    ben = system_of(cast.ben)
    with override_settings(AKCEPT_API_LIMITS_REDIS=wrong):
        assert [ben.get("/orders").status_code for _ in range(2)] == [200, 429]
    assert "notaport" not in caplog.text, "a part of an address may be a password"
    redis_bucket.absence.end()


def test_a_redis_that_is_silent_keeps_one_call_waiting_and_no_other(cast: Cast, redis: RedisServer) -> None:
    ben = system_of(cast.ben)
    ben.get("/orders")
    asleep = redis.client()
    asleep.execute_command("CLIENT", "PAUSE", "20000", "ALL")
    began = time.monotonic()
    assert ben.get("/orders").status_code == 200
    assert redis_bucket.PATIENCE <= time.monotonic() - began < 10, "answered, long before Redis is"
    assert redis_bucket.absence.lasts()
    redis.stop()


@pytest.mark.parametrize(
    "address",
    [
        *("redis://10.0.0.5", "redis://10.0.0.5:6379/2", "rediss://user:p%40ss@redis.example:6380"),
        *("unix:///run/redis/redis.sock", "unix:///run/redis/redis.sock?db=3", "redis://[::1]:6379/0", ""),
    ],
)
def test_an_address_of_a_redis_is_taken(address: str) -> None:
    from redis import Redis

    with override_settings(AKCEPT_API_LIMITS_REDIS=address):
        assert configured.check() == []
    if address:
        Redis.from_url(address)  # the library agrees


@pytest.mark.parametrize(
    "address",
    [
        *("localhost:6379", "http://10.0.0.5:6379", "redis://", "redis:///1", "unix://", "redis://h:99999"),
        *("redis://h:x/0", "redis://h/orders", "redis://[::1", 6379, ["redis://h"]),
    ],
)
def test_what_is_no_address_of_a_redis_is_refused_at_start(address: object) -> None:
    with override_settings(AKCEPT_API_LIMITS_REDIS=address):
        (found,) = configured.check()
    assert found.id == "akcept.E047"
    assert "redis://10.0.0.5:6379/0" in str(found.hint)


def test_a_redis_without_the_library_is_refused_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configured, "find_spec", lambda _name: None)
    with override_settings(AKCEPT_API_LIMITS_REDIS="redis://10.0.0.5"):
        with pytest.raises(CommandError, match=r"pip install 'akcept\[redis\]'"):
            call_command("check")
        (found,) = configured.check()
    assert found.id == "akcept.E048"
