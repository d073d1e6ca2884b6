"""Two people, two tabs: one decision. Real threads on PostgreSQL, and the naive way as the control that must fail."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from akcept.approvals import routing
from akcept.approvals.models import Case, Decision
from akcept.approvals.routing import Plan, PlannedStep, Reason
from akcept.journal.models import Entry
from akcept.kernel.errors import NotFound, Stale
from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.ordering.actions.parts import decisions, locked
from akcept.organizations.actions import change_member
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.permissions import Permission
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.support.threads import together

pytestmark = pytest.mark.postgres

ROUNDS = 50


def _outcome(results: list[Any]) -> tuple[str, ...]:
    return tuple(sorted(type(result).__name__ for result in results))


def _require_one_decision(placed: Placed, *, sku: str, quantity: int) -> None:
    """One decision, one move, one fact, and stock that fits it."""
    case = Case.objects.get(pk=placed.order_id)
    assert (case.version, Decision.objects.filter(case=case).count()) == (2, 1)
    facts = Counter(Entry.objects.filter(subject_id=placed.order_number).values_list("topic", flat=True))
    accepted = case.state == "accepted"
    assert facts["order.accepted"] + facts["order.rejected"] == 1
    assert (facts["order.accepted"], facts["order.released"]) == ((1, 1) if accepted else (0, 0))
    assert orders.order(placed).status == ("unhandled" if accepted else "rejected")
    assert (carts.stock(sku).num_allocated or 0) == (quantity if accepted else 0)


def _race(cast: Cast, number: int, second: Callable[[str], Any]) -> None:
    sku = f"R{number}"
    placed = orders.place(cast.anna, records=[carts.stock(sku)], quantity=3)
    results = together(
        lambda: actions.accept(placed.order_number, actor=cast.ben.actor, version=1),
        lambda: second(placed.order_number),
    )
    assert _outcome(results) == ("Decided", "Stale"), results
    refused = next(result for result in results if isinstance(result, Stale))
    assert str(refused)
    _require_one_decision(placed, sku=sku, quantity=3)


def test_two_people_accept_at_once(cast: Cast) -> None:
    for number in range(ROUNDS):
        _race(cast, number, lambda order: actions.accept(order, actor=cast.cora.actor, version=1))


def test_one_accepts_while_the_other_rejects(cast: Cast) -> None:
    for number in range(ROUNDS):
        _race(cast, number, lambda order: actions.reject(order, actor=cast.cora.actor, version=1, reason="no"))


def test_double_click_of_one_person(cast: Cast) -> None:
    for number in range(ROUNDS):
        _race(cast, number, lambda order: actions.accept(order, actor=cast.ben.actor, version=1))


def test_approver_loses_the_right_while_deciding(cast: Cast) -> None:
    """Either the approver is in time, or decides nothing: never a decision that nobody took, never an error."""
    assert cast.ben.member is not None
    outcomes: Counter[str] = Counter()
    for number in range(ROUNDS):
        placed = orders.place(cast.anna, lines=1)
        version = 1 + 2 * number
        take = {"unit_id": cast.krakow.pk, "active": True, "version": version}
        decided, taken = together(
            lambda number=placed.order_number: actions.accept(number, actor=cast.ben.actor, version=1),
            lambda take=take: change_member(
                cast.ben.member.pk, actor=cast.dora.actor, permissions=frozenset({Permission.PLACE_ORDERS}), **take
            ),
        )
        assert not isinstance(taken, Exception), taken
        outcomes[type(decided).__name__] += 1
        expected = "unhandled" if isinstance(decided, actions.Decided) else "awaiting_acceptance"
        assert orders.order(placed).status == expected
        change_member(
            cast.ben.member.pk,
            actor=cast.dora.actor,
            permissions=frozenset({Permission.PLACE_ORDERS, Permission.ACCEPT_ORDERS}),
            **(take | {"version": version + 1}),
        )
    assert set(outcomes) <= {"Decided", NotFound.__name__}, outcomes


def _steps(monkeypatch: pytest.MonkeyPatch, *asked: tuple[Person, ...]) -> None:
    """Let every order go through steps that each want all of these people."""
    steps = tuple(
        PlannedStep(
            asks=tuple(Ask(kind=AskKind.MEMBER, id=who.member.pk, label=who.name) for who in people if who.member),
            quorum=len(people),
            needs_cover=False,
            reason=Reason.RULE,
            rule="Rule",
        )
        for people in asked
    )
    monkeypatch.setattr(routing, "plan", lambda *_args, **_more: Plan(steps=steps))


def test_both_whom_one_step_wants_accept_at_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _steps(monkeypatch, (cast.ben, cast.cora))
    for _ in range(ROUNDS):
        placed = orders.place(cast.anna, lines=1)
        accept = partial(actions.accept, placed.order_number, version=1)
        results = together(*[partial(accept, actor=who.actor) for who in (cast.ben, cast.cora)])
        assert _outcome(results) == ("Decided", "Decided"), results
        assert orders.order(placed).status == "unhandled"
        assert Decision.objects.filter(case_id=placed.order_id).count() == 2


def test_whoever_waited_for_the_lock_meets_the_step_the_case_is_at_then(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step is read in the statement that locks: what it found before it waited must not be decided on."""
    _steps(monkeypatch, (cast.ben,), (cast.cora,))
    placed = orders.place(cast.anna, lines=1)
    moved = threading.Event()
    ask_next = locked.ask_next

    def ask_next_when_somebody_waits(*args: Any, **more: Any) -> Any:
        moved.set()
        deadline = time.monotonic() + 30
        while not _somebody_waits_for_a_lock():
            assert time.monotonic() < deadline, "the second one never came to the lock"
            time.sleep(0.01)
        return ask_next(*args, **more)

    def second() -> Any:
        moved.wait(30)
        return actions.accept(placed.order_number, actor=cast.cora.actor, version=1)

    monkeypatch.setattr(decisions, "ask_next", ask_next_when_somebody_waits)
    results = together(lambda: actions.accept(placed.order_number, actor=cast.ben.actor, version=1), second)
    assert _outcome(results) == ("Decided", "Stale"), results
    monkeypatch.undo()
    actions.accept(placed.order_number, actor=cast.cora.actor, version=2)
    assert orders.order(placed).status == "unhandled"


def _somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def _naive_accept(order_id: int) -> str:
    """Read, check, save: how it is usually written."""
    case = Case.objects.get(pk=order_id)
    if case.state != "awaiting":
        return "late"
    case.state = "accepted"
    case.save(update_fields=["state"])
    return "won"


def test_naive_way_lets_both_win(cast: Cast) -> None:
    """The control: if this ever stops failing, the races above prove nothing."""
    both = 0
    for _ in range(ROUNDS):
        placed = orders.place(cast.anna, lines=1)
        both += together(*[lambda pk=placed.order_id: _naive_accept(pk)] * 2) == ["won", "won"]
    assert both > 0
    assert apps.get_model("order.Order").objects.filter(status="awaiting_acceptance").count() == ROUNDS
