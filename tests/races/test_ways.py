"""Two acts on one order at the same moment: one of them counts. Real threads on PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from django.apps import apps

from akcept.approvals.models import Case, Decision, Terms
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.errors import IllegalMove, Stale
from akcept.ordering import actions, behalf
from akcept.ordering.actions import Placed
from akcept.ordering.models import Placement, Revision
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.support.threads import together

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ROUNDS = 50
#: So many orders are raced for at the same time, two threads each.
AT_ONCE = 5
QUANTITY = 4
Act = Callable[[Cast, Placed, int], Any]


def _accept(cast: Cast, placed: Placed, _line: int) -> Any:
    return actions.accept(placed.order_number, actor=cast.ben.actor, version=1)


def _reject(cast: Cast, placed: Placed, _line: int) -> Any:
    return actions.reject(placed.order_number, actor=cast.cora.actor, version=1, reason="no")


def _amend(cast: Cast, placed: Placed, line: int) -> Any:
    return actions.amend(placed.order_number, actor=cast.cora.actor, version=1, quantities={line: 3}, reason="less")


def _withdraw(cast: Cast, placed: Placed, _line: int) -> Any:
    return actions.withdraw(placed.order_number, actor=cast.anna.actor, version=1)


def _expire(_cast: Cast, placed: Placed, _line: int) -> Any:
    return actions.expire(placed.order_number, actor=Actor.system("expiry"))


def _resubmit(cast: Cast, placed: Placed, line: int) -> Any:
    return actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line: 6})


ACTS: dict[str, Act] = {
    "accept": _accept,
    "reject": _reject,
    "amend": _amend,
    "withdraw": _withdraw,
    "expire": _expire,
    "resubmit": _resubmit,
}
TOPIC = {
    "accept": "order.accepted",
    "reject": "order.rejected",
    "amend": "order.amended",
    "withdraw": "order.withdrawn",
    "expire": "order.expired",
    "resubmit": "order.resubmitted",
}
#: What an order is after one act alone: state of the case, status of the order, quantity, what is reserved.
AFTER = {
    "accept": ("accepted", "unhandled", 4, 4),
    "reject": ("rejected", "rejected", 4, 0),
    "amend": ("awaiting", "awaiting_acceptance", 3, 3),
    "withdraw": ("withdrawn", "withdrawn", 4, 0),
    "expire": ("expired", "expired", 4, 0),
    "resubmit": ("awaiting", "awaiting_acceptance", 6, 6),
}
#: An order that was changed can still expire: the system names no version.
_GOES_ON = frozenset({"amend", "resubmit"})


@pytest.mark.parametrize(("first", "second"), list(combinations(ACTS, 2)))
def test_of_two_acts_at_once_one_counts(cast: Cast, first: str, second: str) -> None:
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    rounds = 0
    for batch in range(ROUNDS // AT_ONCE):
        placed = [_placed(cast, f"W{batch}-{number}") for number in range(AT_ONCE)]
        calls = [lambda act=act, each=each: ACTS[act](cast, *each) for each in placed for act in (first, second)]
        results = together(*calls)
        for number, each in enumerate(placed):
            pair = results[2 * number : 2 * number + 2]
            for result in pair:
                assert not isinstance(result, Exception) or isinstance(result, (Stale, IllegalMove)), result
            done = [name for name, result in zip((first, second), pair, strict=True) if _counts(result)]
            _require_consistent(each[0], f"W{batch}-{number}", done)
            rounds += 1
    assert rounds == ROUNDS


def _placed(cast: Cast, sku: str) -> tuple[Placed, int]:
    """Return an order of one line, with that line."""
    placed = orders.place(cast.anna, records=[carts.stock(sku)], quantity=QUANTITY)
    return placed, apps.get_model("order.Line").objects.get(order_id=placed.order_id).pk


def _counts(result: Any) -> bool:
    return not isinstance(result, Exception) and result is not False


def _require_consistent(placed: Placed, sku: str, done: list[str]) -> None:
    """Case, order, lines, stock, journal and revisions say the same, and it is what the acts that counted lead to."""
    case, order = Case.objects.get(pk=placed.order_id), orders.order(placed)
    told = Counter(Entry.objects.filter(subject_id=placed.order_number).values_list("topic", flat=True))
    assert sorted(name for name in ACTS if told[TOPIC[name]]) == sorted(done)
    assert all(told[TOPIC[name]] == 1 for name in done)
    assert told["order.released"] == (1 if case.state == "accepted" else 0)
    if len(done) == 2:
        assert "expire" in done, done
        (changed,) = _GOES_ON & set(done)
        quantity, (state, status) = AFTER[changed][2], AFTER["expire"][:2]
        reserved = 0
    else:
        (only,) = done
        state, status, quantity, reserved = AFTER[only]
    lines = apps.get_model("order.Line").objects.filter(order_id=placed.order_id)
    assert (case.state, order.status) == (state, status)
    assert [line.quantity for line in lines] == [quantity]
    assert (carts.stock(sku).num_allocated or 0) == reserved
    placement = Placement.objects.get(pk=placed.order_id)
    assert (placement.total_net, placement.total_gross) == (order.total_excl_tax, order.total_incl_tax)
    assert Revision.objects.filter(placement=placement).count() == (2 if _GOES_ON & set(done) else 0)
    decided = sum(name in done for name in ("accept", "reject"))
    assert Decision.objects.filter(case=case).count() == decided


def test_the_shop_changes_an_order_while_an_approver_accepts_it(cast: Cast) -> None:
    """In a member's place as the member: one of the two counts, and nobody accepts what they did not see."""
    assert cast.anna.member is not None
    mia = behalf.in_place_of(cast.anna.member, actor=cast.mia.actor, because="asked by phone")
    for batch in range(ROUNDS // AT_ONCE):
        placed = [_placed(cast, f"B{batch}-{number}") for number in range(AT_ONCE)]
        calls: list[Callable[[], Any]] = []
        for each, line in placed:
            calls.append(lambda each=each: actions.accept(each.order_number, actor=cast.ben.actor, version=1))
            calls.append(
                lambda each=each, line=line: actions.resubmit(
                    each.order_number, actor=mia, version=1, quantities={line: 6}
                )
            )
        results = together(*calls)
        for number, (order, _line) in enumerate(placed):
            pair = results[2 * number : 2 * number + 2]
            for result in pair:
                assert not isinstance(result, Exception) or isinstance(result, (Stale, IllegalMove)), result
            done = [name for name, result in zip(("accept", "resubmit"), pair, strict=True) if _counts(result)]
            _require_consistent(order, f"B{batch}-{number}", done)


def _naive_withdraw(order_id: int) -> str:
    """Read, check, save: how it is usually written."""
    case = Case.objects.get(pk=order_id)
    if case.state != "awaiting":
        return "late"
    case.state = "withdrawn"
    case.save(update_fields=["state"])
    return "won"


def _naive_accept(order_id: int) -> str:
    case = Case.objects.get(pk=order_id)
    if case.state != "awaiting":
        return "late"
    case.state = "accepted"
    case.save(update_fields=["state"])
    return "won"


def test_naive_way_lets_both_count(cast: Cast) -> None:
    """The control: if this ever stops failing, the races above prove nothing."""
    both = 0
    for _ in range(ROUNDS):
        pk = orders.place(cast.anna, lines=1).order_id
        both += together(lambda pk=pk: _naive_accept(pk), lambda pk=pk: _naive_withdraw(pk)) == ["won", "won"]
    assert both > 0
