"""How often a client may call: never more than there is, whatever calls at once; the answer says what is left.

Each bucket is asked the same; what only Redis's can do stands in `test_redis_bucket.py`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from akcept.api import configured, limits
from akcept.api.limits import RateLimited
from akcept.api.models import Bucket, Credential
from akcept.kernel.clock import utc_now
from akcept.testing.cast import Cast
from tests.support.api import ROOT, system_of
from tests.support.statements import statements
from tests.support.threads import together


@pytest.fixture(params=["database", "redis"])
def bucket(request: pytest.FixtureRequest) -> str:
    """Run the test with the bucket in the database and with the one in Redis."""
    if request.param == "redis":
        request.getfixturevalue("redis")
    return str(request.param)


@override_settings(AKCEPT_API_BURST=3, AKCEPT_API_RATE=1)
def test_what_is_used_up_is_refused_until_it_comes_back(cast: Cast) -> None:
    system_of(cast.ben)
    key, now = Credential.objects.get().pk, utc_now()
    assert [limits.take(key, now=now).left for _ in range(3)] == [2, 1, 0]
    with pytest.raises(RateLimited) as refused:
        limits.take(key, now=now)
    assert (refused.value.allowance.left, refused.value.allowance.wait) == (0, 1)
    assert limits.take(key, now=now + timedelta(seconds=1)).left == 0
    assert limits.take(key, now=now + timedelta(hours=1)).left == 2, "never more than a whole bucket"


def test_taking_is_one_statement_and_none_where_redis_counts(cast: Cast, bucket: str) -> None:
    system_of(cast.ben)
    key, now = Credential.objects.get().pk, utc_now()
    assert len(statements(lambda: limits.take(key, now=now))) == (1 if bucket == "database" else 0)


@override_settings(AKCEPT_API_BURST=2, AKCEPT_API_RATE=1)
def test_a_caller_is_told_what_is_left_and_when_to_come_again(cast: Cast, bucket: str) -> None:
    ben = system_of(cast.ben)
    first = ben.get("/orders")
    assert (first["RateLimit-Policy"], first["RateLimit"]) == ('"default";q=2;w=2', '"default";r=1;t=1')
    ben.get("/orders")
    answer = ben.get("/orders")
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert (answer["Retry-After"], answer["RateLimit"]) == ("1", '"default";r=0;t=1')
    assert system_of(cast.anna).get("/orders").status_code == 200, "others have their own"
    assert Bucket.objects.exists() == (bucket == "database")


def test_bodies_are_bounded_and_read_as_json(cast: Cast) -> None:
    ben = system_of(cast.ben)
    sent = {"headers": {"Authorization": f"Bearer {ben.token}"}, "content_type": "application/json"}
    large = ben.client.post(f"{ROOT}/orders", "x" * 300_000, **sent)  # type: ignore[arg-type]
    assert (large.status_code, large.json()["code"]) == (413, "too_large")
    for broken in (
        *("{", "\u0000", '{"a": "\\u0000"}', b"\xff\xfe", '{"a": 1, "a": 2}', '{"a": [{"b": 1, "b": 1}]}'),
        *('{"a": NaN}', '{"a": -Infinity}', '{"a": ' + "9" * 5_000 + "}", "[" * 100_000),
        '{"lines": []}'.encode("utf-16"),
    ):
        for kind in ("application/json", "text/plain"):
            answer: Any = ben.client.post(f"{ROOT}/orders", broken, **sent | {"content_type": kind})  # type: ignore[arg-type]
            assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), broken[:20]
    for odd in ('{"note": "\\ud800"}', '{"note": 1e400}', "null", '"x"', "[]", "", '{"lines": [{"quantity": 1.0}]}'):
        answer = ben.client.post(f"{ROOT}/orders", odd, **sent)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), odd
    for query in ("changed_since=0001-01-01T00:00:00Z", "changed_since=9999-12-31T23:59:59-23:59", "limit=1e3"):
        answer = ben.get(f"/orders?{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), query
    wrong = ben.client.put(f"{ROOT}/orders", "{}", **sent)  # type: ignore[arg-type]
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.postgres
@override_settings(AKCEPT_API_BURST=20, AKCEPT_API_RATE=1)
def test_never_more_than_the_limit_however_many_call_at_once(cast: Cast) -> None:
    assert system_of(cast.ben).get("/orders").status_code == 200
    key, now = Credential.objects.get().pk, utc_now()
    results = together(*[lambda: limits.take(key, now=now)] * 50)
    assert sum(1 for result in results if isinstance(result, limits.Allowance)) == 19


@pytest.mark.parametrize("name", ["AKCEPT_API_BURST", "AKCEPT_API_RATE"])
@pytest.mark.parametrize(("typed", "right"), [(1, True), (10**6, True), (0, False), (-5, False), ("10", False)])
def test_a_limit_that_means_nothing_is_refused_at_start(name: str, typed: object, right: bool) -> None:
    with override_settings(**{name: typed}):
        assert [found.id for found in configured.check()] == ([] if right else ["akcept.E046"])
