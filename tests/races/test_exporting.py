"""Two workers that export at the same moment share the orders; whoever looks and then marks would double them."""

from __future__ import annotations

from collections import Counter
from threading import Barrier

import pytest
from django.db import transaction

from akcept.handover import actions, queries
from akcept.handover.models import Exported
from akcept.ordering.queries import whole
from akcept.ordering.queries.whole import WorkFilter
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.support.threads import together

pytestmark = pytest.mark.postgres


def test_each_order_is_in_one_export_whoever_else_exports(cast: Cast) -> None:
    numbers = [orders.place(cast.ben, lines=1).order_number for _each in range(6)]
    marked = together(*[lambda: actions.mark_exported(WorkFilter(), actor=cast.mia.actor)] * 6)
    given = [number for found in marked for number in found.numbers]
    assert sorted(given) == sorted(numbers)
    assert Exported.objects.count() == 6


def test_looking_and_then_marking_doubles_them(cast: Cast) -> None:
    """The control: what the action would do if it told what it saw instead of what it got."""
    for _each in range(3):
        orders.place(cast.ben, lines=1)
    seen = Barrier(2)

    def naive() -> list[str]:
        with transaction.atomic():
            found = queries.narrowed(whole.work_orders(cast.mia.actor, WorkFilter()), exported=False)
            numbers = list(found.values_list("number", flat=True))
            seen.wait(timeout=20)
            wanted = WorkFilter(numbers=tuple(numbers))
        actions.mark_exported(wanted, actor=cast.mia.actor)
        return numbers

    told = Counter(number for numbers in together(naive, naive) for number in numbers)
    assert set(told.values()) == {2}
