"""Two people decide the same orders at once: each order once, and each is told of exactly what they did."""

from __future__ import annotations

import pytest

from akcept.approvals.models import Decision
from akcept.ordering import actions
from akcept.ordering.actions import Chosen
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.support.threads import together

pytestmark = pytest.mark.postgres

ROUNDS = 6


def test_bulk_by_two_people_at_once(cast: Cast) -> None:
    shared = 0
    for _ in range(ROUNDS):
        placed = [orders.place(cast.anna, lines=1).order_number for _ in range(8)]
        chosen = [Chosen(order_number=number, version=1) for number in placed]
        accepted, rejected = together(
            lambda chosen=chosen: actions.accept_many(chosen, actor=cast.ben.actor),
            # The other way round, so that they meet in the middle: no order is waited for while another is held.
            lambda chosen=chosen: actions.reject_many(chosen[::-1], actor=cast.cora.actor, reason="no"),
        )
        won = {result.order_number for result in accepted if result.decided}
        lost = {result.order_number for result in rejected if result.decided}
        assert won | lost == set(placed)
        assert not won & lost
        for number in placed:
            (decision,) = Decision.objects.filter(case__order__number=number)
            assert (decision.kind == "accept") is (number in won)
        assert all(result.refused for result in (*accepted, *rejected) if not result.decided)
        shared += bool(won and lost)
    assert shared, "they never met: the race proves nothing"
