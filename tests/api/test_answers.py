"""A key is done once and answered the same; it survives whatever dies between the commit and the answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from akcept.api import answers, operations
from akcept.api.models import Answer
from akcept.kernel.clock import utc_now
from akcept.ordering.models import Placement
from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.api.test_orders import address, placed
from tests.support.api import System, order_of, system_of
from tests.support.threads import together


def test_the_same_key_is_answered_the_same_byte_for_byte(cast: Cast) -> None:
    anna = system_of(cast.anna)
    first, second = placed(cast, anna, key="abc"), placed(cast, anna, key="abc")
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert (first["ETag"], first["Location"]) == (second["ETag"], second["Location"])
    assert ("Idempotency-Replayed" in first, second["Idempotency-Replayed"]) == (False, "true")
    assert Placement.objects.count() == 1


def test_the_same_key_with_another_call_is_refused(cast: Cast) -> None:
    anna = system_of(cast.anna)
    placed(cast, anna, key="abc")
    other = placed(cast, anna, key="abc", po_number="other")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert Placement.objects.count() == 1
    assert placed(cast, system_of(cast.ewa), key="abc").status_code == 201, "keys of others are others"


def test_a_refusal_is_kept_too_and_a_refused_action_leaves_nothing(cast: Cast) -> None:
    anna = system_of(cast.anna)
    carts.stock("P1", number=1)
    body = order_of("P1", quantity=5, address_id=address(cast))
    first = anna.post("/orders", body, key="r")
    carts.stock("P1").__class__.objects.update(num_in_stock=50)
    second = anna.post("/orders", body, key="r")
    assert first.status_code == second.status_code == 422
    assert first.content == second.content
    assert anna.post("/orders", body, key="new").status_code == 201


def test_placing_needs_a_key_and_trying_does_not(cast: Cast) -> None:
    anna = system_of(cast.anna)
    without = placed(cast, anna, key="")
    assert (without.status_code, without.json()["code"]) == (400, "key_missing")
    assert placed(cast, anna, key="", dry_run=True).status_code == 200
    assert placed(cast, anna, key="dry", dry_run=True).status_code == 200
    assert not Answer.objects.exists()
    assert not Placement.objects.exists()


def test_what_dies_after_the_commit_is_answered_when_it_is_sent_again(cast: Cast, monkeypatch: Any) -> None:
    anna = system_of(cast.anna)

    def die(*_args: Any, **_kwargs: Any) -> HttpResponse:
        raise SystemExit  # the worker is killed: the order is committed, nobody was answered

    kept = operations._kept
    monkeypatch.setattr(operations, "_kept", lambda *args: (kept(*args), die())[1])
    monkeypatch.setattr(answers, "let_go", lambda _claim: None)
    with pytest.raises(SystemExit):
        placed(cast, anna, key="abc")
    assert Placement.objects.count() == 1
    monkeypatch.undo()
    again = placed(cast, anna, key="abc")
    assert (again.status_code, again.json()["number"]) == (201, Placement.objects.get().number)
    assert Placement.objects.count() == 1


def test_a_failure_lets_the_key_go(cast: Cast, monkeypatch: Any) -> None:
    anna = system_of(cast.anna)

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr("akcept.ordering.actions.placing.bookings.placed", fail)
    broken = placed(cast, anna, key="abc")
    assert (broken.status_code, broken.json()["code"]) == (500, "failed")
    assert not Placement.objects.exists()
    monkeypatch.undo()
    assert placed(cast, anna, key="abc").status_code == 201


def test_a_claim_nobody_came_back_to_is_taken_over_and_its_owner_cannot_commit(cast: Cast, monkeypatch: Any) -> None:
    anna = system_of(cast.anna)
    claim = answers.claim

    def taken_over(*args: Any, **kwargs: Any) -> Any:
        claimed = claim(*args, **kwargs)
        Answer.objects.update(turn="somebody else's")
        return claimed

    monkeypatch.setattr(answers, "claim", taken_over)
    slow = placed(cast, anna, key="abc")
    assert (slow.status_code, slow.json()["code"]) == (409, "in_flight")
    assert not Placement.objects.exists(), "what it did is taken back"
    monkeypatch.undo()
    waiting = placed(cast, anna, key="abc")
    assert (waiting.status_code, waiting.json()["code"]) == (409, "in_flight")
    Answer.objects.update(turn_since=utc_now() - answers.TURN)
    assert placed(cast, anna, key="abc").status_code == 201
    assert Placement.objects.count() == 1


def test_answers_are_kept_for_a_day(cast: Cast) -> None:
    anna = system_of(cast.anna)
    placed(cast, anna, key="abc")
    Answer.objects.update(created_at=utc_now() - timedelta(hours=23, minutes=59))
    assert placed(cast, anna, key="abc")["Idempotency-Replayed"] == "true"
    Answer.objects.update(created_at=utc_now() - timedelta(hours=24))
    assert "Idempotency-Replayed" not in placed(cast, anna, key="abc")
    assert Placement.objects.count() == 2


@pytest.mark.postgres
def test_the_same_key_fifty_times_at_once_is_one_order(cast: Cast) -> None:
    anna = system_of(cast.anna)
    carts.stock("P1")
    body = order_of("P1", address_id=address(cast))

    def send() -> Any:
        return System(token=anna.token).post("/orders", body, key="same")

    results = together(*[send] * 50)
    statuses = sorted({answer.status_code for answer in results})
    assert statuses in ([201], [201, 409]), [answer.content for answer in results if answer.status_code > 409]
    assert len({answer.content for answer in results if answer.status_code == 201}) == 1
    assert {answer.json()["code"] for answer in results if answer.status_code == 409} <= {"in_flight"}
    assert Placement.objects.count() == 1
    assert send().content == next(answer.content for answer in results if answer.status_code == 201)


@pytest.mark.postgres
def test_an_acceptance_sent_fifty_times_is_one(cast: Cast) -> None:
    number = placed(cast, system_of(cast.anna)).json()["number"]
    ben = system_of(cast.ben)
    results = together(*[lambda: System(token=ben.token).post(f"/orders/{number}/accept", version=1, key="same")] * 50)
    assert {answer.status_code for answer in results} <= {200, 409}
    assert len({answer.content for answer in results if answer.status_code == 200}) == 1
