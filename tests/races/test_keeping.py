"""An order that changes while its month is counted: whatever commits first, the report is right afterwards."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import translation

from akcept.insight import counting, keeping
from akcept.insight.models import Change, KeptMonth, Spending
from akcept.kernel.clock import utc_now
from akcept.testing.cast import Cast, Person, person
from tests.insight.test_kept_figures import CHANGES, buy, everything, rows, tend, unkept
from tests.support.threads import together

pytestmark = pytest.mark.postgres


@pytest.fixture
def fay(cast: Cast) -> Person:
    return person("Fay", "Finance", seat=cast.head_office, rights="see_budgets")


def _reprice(order: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE order_line SET line_price_excl_tax = 12.34 WHERE order_id = %s", [order.pk])


def _while_it_changes(order: Any, keep: Any) -> None:
    """Count the month between the change of an order and its commit."""
    changed, counted = Event(), Event()

    def change() -> None:
        with transaction.atomic():
            _reprice(order)
            changed.set()
            assert counted.wait(timeout=20)

    def count() -> None:
        assert changed.wait(timeout=20)
        keep()
        counted.set()

    assert together(change, count) == [None, None]


def test_triggers_of_postgresql_note_what_those_of_sqlite_do(cast: Cast, fay: Person) -> None:
    with translation.override("en"):
        for number, change in enumerate(CHANGES):
            order = buy(cast.ben, f"{number + 100}.00")
            tend()
            before = everything(fay)
            change(order)
            changed = everything(fay)
            assert changed != before, change
            tend()
            assert (everything(fay), Change.objects.count()) == (changed, 0), change
        assert unkept(fay) == changed


def test_a_change_that_commits_after_its_month_was_counted_is_not_lost(cast: Cast, fay: Person) -> None:
    order = buy(cast.ben, "100.00")
    _while_it_changes(order, tend)
    assert [net for _label, _orders, net in rows(fay)] == ["12.34"]
    tend()
    assert [str(row.net) for row in Spending.objects.all()] == ["12.34"]
    assert not Change.objects.exists()


def test_counting_first_and_forgetting_changes_then_loses_it(cast: Cast, fay: Person) -> None:
    """The control: what is counted before a change's sign is taken away is kept for good."""
    order = buy(cast.ben, "100.00")
    tend()
    month = KeptMonth.objects.filter(spending__isnull=False).get()
    changed = Event()

    def naive() -> None:
        with transaction.atomic():
            Spending.objects.all().delete()
            Spending.objects.bulk_create(list(counting.spent(month)))
            changed.set()
            assert committed.wait(timeout=20)
            Change.objects.all().delete()

    committed = Event()

    def change() -> None:
        assert changed.wait(timeout=20)
        with transaction.atomic():
            _reprice(order)
        committed.set()

    assert together(naive, change) == [None, None]
    assert [net for _label, _orders, net in rows(fay)] == ["100.00"], "and the order says 12.34"


def test_workers_that_count_at_once_keep_each_month_once(cast: Cast, fay: Person) -> None:
    buy(cast.ben, "100.00")
    buy(cast.otto, "7.00")
    assert together(*[lambda: keeping.tend(now=utc_now(), stopped=lambda: False)] * 6) == [None] * 6
    assert sorted(str(row.net) for row in Spending.objects.all()) == ["100.00", "7.00"]
    assert everything(fay) == unkept(fay)
