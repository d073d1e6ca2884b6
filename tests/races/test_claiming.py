"""Two systems that fetch at the same moment never have the same order."""

from __future__ import annotations

import pytest

from akcept.handover import actions
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.support.threads import together

pytestmark = pytest.mark.postgres


def test_no_order_is_two_systems_at_once(cast: Cast) -> None:
    numbers = [orders.place(cast.ben).order_number for _each in range(6)]
    claims = together(*[lambda: actions.claim(actor=cast.mia.actor, most=2)] * 6)
    claims.append(actions.claim(actor=cast.mia.actor))
    given = [leased.number for found in claims for leased in found]
    assert sorted(given) == sorted(numbers)
