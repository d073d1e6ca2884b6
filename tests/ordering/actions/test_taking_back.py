"""Withdrawn by who ordered, expired by itself, and an acceptance revoked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from akcept.budgets.models import Budget, LedgerRow
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.errors import IllegalMove, NotAllowed, Stale
from akcept.ordering import actions, queries
from akcept.ordering.actions import Placed
from akcept.ordering.queries import Act
from akcept.testing import budgets, orders
from akcept.testing.cast import Cast
from tests.ordering.actions.on_its_way import case_of, inbox, place, reserved, told, version_of

# --- withdrawn, expired ---


@pytest.mark.parametrize("returned", [False, True])
def test_withdrawn_order_ends_and_frees_its_stock(cast: Cast, waiting: Placed, returned: bool) -> None:
    if returned:
        actions.send_back(waiting.order_number, actor=cast.ben.actor, version=1, question="?")
    actions.withdraw(waiting.order_number, actor=cast.anna.actor, version=version_of(waiting), reason="pomyłka")
    assert (case_of(waiting).state, orders.order(waiting).status) == ("withdrawn", "withdrawn")
    assert reserved("A", "B") == [0, 0]
    with pytest.raises(Stale, match="Anna Kowalska withdrew"):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    assert inbox(cast.ben) == []


def test_expired_order_ends_once_and_frees_its_stock(cast: Cast, waiting: Placed) -> None:
    system = Actor.system("expiry")
    assert [actions.expire(waiting.order_number, actor=system) for _ in range(2)] == [True, False]
    assert (case_of(waiting).state, orders.order(waiting).status) == ("expired", "expired")
    assert reserved("A", "B") == [0, 0]
    assert told(waiting) == ["placed", "expired"]
    with pytest.raises(Stale, match="expired"):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)


# --- revoked ---


def test_acceptance_is_revoked_until_the_shop_begins(cast: Cast, waiting: Placed) -> None:
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    actions.revoke(waiting.order_number, actor=cast.ben.actor, version=2, reason="pomyłka")
    assert (case_of(waiting).state, orders.order(waiting).status) == ("awaiting", "awaiting_acceptance")
    assert reserved("A", "B") == [6, 4]
    assert inbox(cast.ben) == inbox(cast.cora) == [waiting.order_number]
    with pytest.raises(Stale):
        actions.accept(waiting.order_number, actor=cast.cora.actor, version=2)
    actions.accept(waiting.order_number, actor=cast.cora.actor, version=3)
    released = Entry.objects.filter(subject_id=waiting.order_number, topic="order.released").order_by("pk")
    assert [bool(entry.payload.get("again")) for entry in released] == [False, True]
    orders.order(waiting).set_status("in_progress")
    with pytest.raises(IllegalMove, match="shop has begun"):
        actions.revoke(waiting.order_number, actor=cast.cora.actor, version=4, reason="za późno")


def test_acceptance_taken_back_again_and_again_is_spent_once(cast: Cast) -> None:
    budget = budgets.make(cast.krakow, "5000.00")
    placed = place(cast, {"A": ("10.00", 6)})
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    for version in (2, 4):
        actions.revoke(placed.order_number, actor=cast.ben.actor, version=version, reason="za wcześnie")
        assert _free(budget) == ("held", Decimal("-60.00"))
        actions.accept(placed.order_number, actor=cast.cora.actor, version=version + 1)
        assert _free(budget) == ("spent", Decimal("-60.00"))
    actions.revoke(placed.order_number, actor=cast.ben.actor, version=6, reason="jednak nie")
    actions.reject(placed.order_number, actor=cast.cora.actor, version=7, reason="nie")
    assert _free(budget) == ("nothing", Decimal(0))


def _free(budget: Budget) -> tuple[str, Decimal]:
    """Return what a budget's only order does to it now, and what that takes."""
    sums: dict[str, Decimal] = {}
    for kind, amount in LedgerRow.objects.filter(budget=budget).values_list("kind", "amount"):
        does = "held" if kind in ("hold", "release") else "spent"
        sums[does] = sums.get(does, Decimal(0)) + amount
    told = [(does, amount) for does, amount in sums.items() if amount]
    assert len(told) <= 1, told
    return told[0] if told else ("nothing", Decimal(0))


def test_b2_a_note_of_the_shop_is_not_begun(cast: Cast, waiting: Placed) -> None:
    orders.order(waiting).notes.create(user=cast.mia.user, message="rang them")
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    orders.order(waiting).notes.create(user=cast.mia.user, message="large one")
    assert Act.REVOKE in queries.order(cast.ben.actor, waiting.order_number).acts


def test_requester_revokes_nothing(cast: Cast, waiting: Placed) -> None:
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    with pytest.raises(NotAllowed):
        actions.revoke(waiting.order_number, actor=cast.anna.actor, version=2, reason="x")
