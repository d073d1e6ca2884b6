"""Cron and several relays at once: one reminder, one expiry. Real threads on PostgreSQL, and the naive control."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from akcept.approvals.models import Case
from akcept.journal.models import Entry
from akcept.kernel.errors import Stale
from akcept.ordering import actions
from akcept.ordering.reactions.ticking import tick
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.support.threads import together

pytestmark = pytest.mark.postgres

ROUNDS = 20
MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def _place(cast: Cast, number: int) -> Any:
    placed = orders.place(cast.anna, records=[carts.stock(f"C{number}")], quantity=2)
    Case.objects.filter(pk=placed.order_id).update(step_opened_at=MONDAY)
    return placed


def _told(placed: Any, topic: str) -> int:
    return Entry.objects.filter(subject_id=placed.order_number, topic=topic).count()


@pytest.mark.parametrize(("day", "topic"), [(4, "order.reminded"), (6, "order.escalated"), (20, "order.expiring")])
def test_two_ticks_tell_once(cast: Cast, day: int, topic: str) -> None:
    for number in range(ROUNDS):
        placed = _place(cast, number)
        now = MONDAY.replace(day=day) + timedelta(minutes=1)
        results = together(*[lambda now=now: tick(now=now)] * 3)
        assert not [error for error in results if isinstance(error, Exception)], results
        assert _told(placed, topic) == 1
        assert tick(now=now) == Counter()


def test_two_ticks_let_an_order_expire_once(cast: Cast) -> None:
    for number in range(ROUNDS):
        placed = _place(cast, number)
        Case.objects.filter(pk=placed.order_id).update(warned_at=MONDAY, look_at=None)
        now = MONDAY + timedelta(days=40)
        results = together(*[lambda now=now: tick(now=now)] * 3)
        assert not [error for error in results if isinstance(error, Exception)], results
        assert (_told(placed, "order.expired"), carts.stock(f"C{number}").num_allocated) == (1, 0)
        assert orders.order(placed).status == "expired"


def test_somebody_accepts_while_it_expires(cast: Cast) -> None:
    """Whoever is first decides; the other is told, and stock fits."""
    for number in range(ROUNDS):
        placed = _place(cast, number)
        Case.objects.filter(pk=placed.order_id).update(warned_at=MONDAY, look_at=None)
        accepted, ticked = together(
            lambda number=placed.order_number: actions.accept(number, actor=cast.ben.actor, version=1),
            lambda: tick(now=MONDAY + timedelta(days=40)),
        )
        assert not isinstance(ticked, Exception), ticked
        taken = not isinstance(accepted, Exception)
        assert taken or isinstance(accepted, Stale), accepted
        assert orders.order(placed).status == ("unhandled" if taken else "expired")
        assert (carts.stock(f"C{number}").num_allocated or 0) == (2 if taken else 0)
        assert _told(placed, "order.expired") == (0 if taken else 1)


def _naive_remind(order_id: int) -> str:
    """Look, then note: how it is usually written."""
    case = Case.objects.get(pk=order_id)
    if case.reminded_at is not None:
        return "done"
    case.reminded_at = MONDAY
    case.save(update_fields=["reminded_at"])
    return "reminded"


def test_naive_way_reminds_twice(cast: Cast) -> None:
    """The control: if this ever stops failing, the races above prove nothing."""
    twice = 0
    for number in range(ROUNDS):
        placed = _place(cast, number)
        twice += together(*[lambda pk=placed.order_id: _naive_remind(pk)] * 2) == ["reminded", "reminded"]
    assert twice > 0
