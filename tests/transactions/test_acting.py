"""An action is one transaction, done once more where the database ended it; what an error of the database means."""

from __future__ import annotations

import logging
import sqlite3
import threading
from typing import Any

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections, transaction

from akcept.budgets.models import Budget
from akcept.ordering import actions
from akcept.ordering.actions.parts import decisions, locked
from akcept.ordering.models import CreditLimit
from akcept.testing import budgets, orders
from akcept.testing.cast import Cast
from akcept.transactions import acting
from akcept.transactions.acting import action
from akcept.transactions.trouble import Trouble, trouble_of
from tests.support.databases import Private
from tests.support.threads import together


class _Said(Exception):
    """As a driver of PostgreSQL says it."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("said by the database")
        self.sqlstate = sqlstate


def _error(cause: Exception, kind: type[Exception] = OperationalError) -> Exception:
    error = kind(*cause.args)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "means"),
    [
        (_error(_Said("40P01")), Trouble.CONFLICT),
        (_error(_Said("40001")), Trouble.CONFLICT),
        (_error(_Said("55P03")), Trouble.BUSY),
        (_error(_Said("57014")), Trouble.BUSY),
        (_error(_Said("57P01")), Trouble.LOST),
        (_error(_Said("53300")), Trouble.LOST),
        (_error(_Said("08006")), Trouble.LOST),
        (_error(_Said(None)), Trouble.LOST),
        (_error(_Said("23505"), DatabaseError), None),
        (_error(sqlite3.OperationalError("database is locked")), Trouble.BUSY),
        (_error(sqlite3.OperationalError("unable to open database file")), Trouble.LOST),
        (_error(sqlite3.OperationalError("no such table: order_order")), None),
        (InterfaceError("connection already closed"), Trouble.LOST),
        (ValueError("database is locked"), None),
        (None, None),
    ],
)
def test_b1_what_an_error_means(error: Exception | None, means: Trouble | None) -> None:
    assert trouble_of(error) is means


def test_b8_trouble_is_known_by_what_an_error_came_from() -> None:
    error = LookupError("a template's own words")
    error.__context__ = _error(_Said("40P01"))
    assert trouble_of(error) is Trouble.CONFLICT
    error.__suppress_context__ = True
    assert trouble_of(error) is None


@pytest.mark.django_db
class TestDoneOnceMore:
    def _calls(self, *answers: object) -> tuple[Any, list[int]]:
        called: list[int] = []

        @action
        def act(number: int) -> object:
            called.append(number)
            answer = answers[len(called) - 1]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return act, called

    def test_b1_after_a_deadlock(self, caplog: pytest.LogCaptureFixture) -> None:
        act, called = self._calls(_error(_Said("40P01")), "done")
        assert act(7) == "done"
        assert called == [7, 7]
        assert [(record.name, record.levelno) for record in caplog.records] == [
            ("akcept.transactions", logging.WARNING)
        ]

    def test_b1_after_a_lost_connection(self) -> None:
        act, called = self._calls(_error(_Said(None)), "done")
        assert (act(7), called) == ("done", [7, 7])

    def test_b1_never_twice(self) -> None:
        act, called = self._calls(_error(_Said("40001")), _error(_Said("40001")), "never")
        with pytest.raises(OperationalError):
            act(7)
        assert called == [7, 7]

    @pytest.mark.parametrize(
        "error", [_error(_Said("55P03")), _error(_Said("23505"), DatabaseError), LookupError("own")], ids=str
    )
    def test_b1_not_after_anything_else(self, error: Exception) -> None:
        act, called = self._calls(error, "never")
        with pytest.raises(type(error)):
            act(7)
        assert called == [7]


@pytest.mark.django_db
def test_b1_a_connection_that_breaks_at_the_commit_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it came through, nobody knows: done once more, it might be done twice."""
    called = []

    @action
    def act() -> None:
        called.append(1)

    def leave(*_args: object) -> None:
        raise _error(_Said(None))

    monkeypatch.setattr(transaction.Atomic, "__exit__", leave)
    monkeypatch.setattr(transaction.Atomic, "__enter__", lambda _self: None)
    with pytest.raises(OperationalError):
        act()
    assert called == [1]


def test_b1_two_that_would_wait_for_ever_are_both_done(pg: Private, cast: Cast) -> None:
    """Code that is not ours locks the other way round: ours is ended by the database, and done once more."""
    budget, both = budgets.make(cast.krakow), threading.Barrier(2, timeout=20)
    CreditLimit.objects.create(organization=cast.acme, amount=1, currency="PLN")
    tries: list[str] = []

    @action
    def ours() -> str:
        tries.append("ours")
        CreditLimit.objects.update(version=2)
        if len(tries) == 1:
            both.wait()
        Budget.objects.filter(pk=budget.pk).update(version=2)
        return "done"

    def theirs() -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '30s'")  # ours is the one that looks, and is ended
            cursor.execute("UPDATE akcept_budgets_budget SET version = 3")
            both.wait()
            cursor.execute("UPDATE akcept_ordering_creditlimit SET version = 3")
        return "done"

    assert together(ours, theirs) == ["done", "done"]
    assert tries == ["ours", "ours"]
    assert (CreditLimit.objects.get().version, Budget.objects.get().version) == (2, 2)


def test_b1_the_database_restarts_while_somebody_accepts(
    pg: Private, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = orders.place(cast.anna, lines=1)
    given = locked.lock_credit
    cut: list[int] = []

    def cut_once(held: Any) -> Any:
        if not cut:
            cut.append(1)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (ours,) = cursor.fetchone()
            other = connections.create_connection("default")
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [ours])
            other.close()
        return given(held)

    monkeypatch.setattr(decisions, "lock_credit", cut_once)
    decided = actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    assert (decided.state, orders.order(placed).status, cut) == ("accepted", "unhandled", [1])


def test_b1_an_action_inside_a_transaction_is_refused(pg: Private) -> None:
    """It could not be done once more, nor be said to be committed."""

    @action
    def act() -> None:
        pass

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        act()
    assert acting.log.name == "akcept.transactions"
