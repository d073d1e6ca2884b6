"""Reports and the merchant's home say the same with figures kept and without, whatever was changed since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from akcept.budgets.models import Calendar
from akcept.insight import keeping
from akcept.insight.models import Change, KeptMonth, Spending, Turnover
from akcept.kernel.clock import utc_now
from akcept.ordering import actions
from akcept.ordering.models import Placement
from akcept.ordering.queries import spending
from akcept.ordering.queries.spending import Dimension, Question
from akcept.oscar_edge.dashboard.turnover import of_all
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person, person
from tests.support.statements import statements

WARSAW = ZoneInfo("Europe/Warsaw")
#: The middle of the third month back: over, whenever this runs.
OLD = datetime.now(WARSAW).replace(day=15, hour=12, minute=0) - timedelta(days=75)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def fay(cast: Cast) -> Person:
    return person("Fay", "Finance", seat=cast.head_office, rights="see_budgets")


def buy(who: Person, price: str, *, at: datetime = OLD, currency: str = "PLN") -> Any:
    record = carts.stock(f"K{price}{currency}".replace(".", "-"), price=price)
    type(record).objects.filter(pk=record.pk).update(price_currency=currency)
    with time_machine.travel(at, tick=False):
        return orders.order(orders.place(who, records=[carts.stock(record.partner_sku)], quantity=1))


def tend() -> None:
    keeping.tend(now=utc_now(), stopped=lambda: False)


def rows(who: Person, by: Dimension = Dimension.UNIT, **asked: Any) -> list[tuple[str, int, str]]:
    found = spending.report(who.actor, Question(by=by, **asked))
    assert found.orders >= max((row.orders for row in found.rows), default=0)
    return [(row.label, row.orders, str(row.net)) for row in found.rows]


def everything(who: Person) -> Any:
    """All that is read from kept figures, for one who sees budgets and for the shop."""
    whole = of_all()
    return [rows(who, by, currency=each) for by in Dimension for each in ("PLN", "EUR")], whole.statuses, whole.lines


def unkept(who: Person) -> Any:
    """The same from the orders themselves."""
    KeptMonth.objects.all().delete()
    return everything(who)


def test_what_is_kept_is_what_orders_come_to_and_the_orders_are_not_read(cast: Cast, fay: Person) -> None:
    buy(cast.ben, "100.00")
    buy(cast.ben, "0.01")
    buy(cast.otto, "1000.00")
    buy(cast.paul, "5.00")
    buy(cast.anna, "7.00")  # waits
    buy(cast.ben, "30.00", at=utc_now())
    tend()
    assert [(row.organization.name, row.orders, str(row.net)) for row in Spending.objects.order_by("-orders")] == [
        ("Acme", 2, "100.01"),
        ("Umbra", 1, "1000.00"),
    ]
    assert rows(fay) == [("Oddział Kraków", 3, "130.01")]
    month = (OLD.replace(day=1), OLD.replace(day=28))
    sent = statements(lambda: rows(fay, since=month[0].date(), until=_last(OLD)))
    assert not [sql for sql in sent if 'FROM "akcept_ordering_placement"' in sql], "the month is kept"
    found = everything(fay)
    assert found == unkept(fay)
    # At 23 per cent, with delivery of 19.00 net below 500.00: 146.37, 23.38, 1230.00, 29.52 and today 60.27.
    assert of_all().statuses[0]["turnover"] == {"PLN": Decimal("1489.54")}


def _last(at: datetime) -> date:
    return (at.replace(day=28) + timedelta(days=4)).replace(day=1).date() - timedelta(days=1)


def _cancel(order: Any) -> None:
    order.set_status("cancelled")


def _cancel_line(order: Any) -> None:
    order.lines.get().set_status("cancelled")


def _priced(order: Any) -> None:
    with connection.cursor() as cursor:  # whatever does it
        cursor.execute("UPDATE order_line SET line_price_excl_tax = 12.34 WHERE order_id = %s", [order.pk])


def _earlier(order: Any) -> None:
    Placement.objects.filter(pk=order.pk).update(placed_at=OLD - timedelta(days=40))
    type(order).objects.filter(pk=order.pk).update(date_placed=OLD - timedelta(days=40))


def _total(order: Any) -> None:
    type(order).objects.filter(pk=order.pk).update(total_incl_tax="77.77")


def _gone(order: Any) -> None:
    order.lines.all().delete()


CHANGES = [_cancel, _cancel_line, _priced, _earlier, _total, _gone]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_counts_at_once_and_is_kept_at_the_next_round(cast: Cast, fay: Person, change: Any) -> None:
    order = buy(cast.ben, "100.00")
    buy(cast.ben, "3.00", currency="EUR")
    buy(cast.otto, "9.00")
    tend()
    before = everything(fay)
    change(order)
    changed = everything(fay)
    assert changed != before
    tend()
    assert not Change.objects.exists()
    assert everything(fay) == changed
    assert unkept(fay) == changed


def test_an_old_order_that_is_accepted_late_counts(cast: Cast, fay: Person) -> None:
    waits = buy(cast.anna, "50.00")
    tend()
    assert rows(fay) == []
    actions.accept(waits.number, actor=cast.ben.actor, version=1)
    assert rows(fay) == [("Oddział Kraków", 1, "50.00")]
    tend()
    assert rows(fay) == [("Oddział Kraków", 1, "50.00")]


def test_orders_of_a_month_that_runs_leave_nothing_behind(cast: Cast) -> None:
    now = utc_now()
    if now.day > 2:
        order = buy(cast.ben, "1.00", at=now)
        order.set_status("cancelled")
    assert not Change.objects.exists()


def test_an_order_that_comes_in_late_with_an_old_day_counts(cast: Cast, fay: Person) -> None:
    buy(cast.ben, "1.00")
    tend()
    buy(cast.ben, "2.00")
    assert rows(fay) == [("Oddział Kraków", 2, "3.00")]
    tend()
    assert everything(fay) == unkept(fay)


def test_each_sees_only_their_own_organisation_and_unit(cast: Cast, fay: Person) -> None:
    buy(cast.ben, "100.00")
    buy(cast.otto, "1000.00")
    branch = person("Gil", "Branch", seat=cast.tarnow, rights="see_budgets")
    stranger = person("Olaf", "Other", seat=cast.terminal, rights="see_budgets")
    reader = person("Rita", "Read", seat=cast.krakow, rights="see_unit_orders")
    tend()
    assert rows(fay) == rows(reader) == [("Oddział Kraków", 1, "100.00")]
    assert rows(branch) == []
    assert rows(stranger) == [("Terminal", 1, "1000.00")]


def test_months_are_those_of_the_organisation(cast: Cast, fay: Person) -> None:
    """An organisation of another time zone has other months: what the shop keeps are not its."""
    buy(cast.ben, "100.00", at=OLD.replace(day=1, hour=0, minute=30))
    tend()
    wanted = OLD.strftime("%B %Y")
    assert rows(fay, Dimension.MONTH) == [(wanted, 1, "100.00")]
    Calendar.objects.create(organization_id=cast.acme.pk, time_zone="America/New_York", fiscal_month=1)
    before = (OLD.replace(day=1) - timedelta(days=1)).strftime("%B %Y")
    assert rows(fay, Dimension.MONTH) == [(before, 1, "100.00")]


def test_a_shop_of_another_time_zone_keeps_its_months_anew(cast: Cast, fay: Person, settings: Any) -> None:
    buy(cast.ben, "100.00")
    tend()
    kept = set(KeptMonth.objects.values_list("starts_at", flat=True))
    settings.TIME_ZONE = "Asia/Kathmandu"
    tend()
    anew = set(KeptMonth.objects.values_list("starts_at", flat=True))
    assert anew
    assert not anew & kept
    assert rows(fay) == [("Oddział Kraków", 1, "100.00")]


def test_statements_are_the_same_for_one_month_and_for_three(cast: Cast, fay: Person) -> None:
    counts = []
    for months in (1, 2, 3):
        buy(cast.ben, f"{months}.00", at=OLD - timedelta(days=31 * months))
        tend()
        counts.append(
            (
                len(statements(lambda: spending.report(fay.actor, Question()))),
                len(statements(of_all)),
                len(statements(tend)),
            )
        )
    assert counts[0] == counts[1] == counts[2]
    assert counts[0][1:] == (3, 2)


def test_a_round_counts_a_year_at_most_and_stops_when_told(cast: Cast, fay: Person) -> None:
    buy(cast.ben, "1.00", at=OLD - timedelta(days=600))
    keeping.tend(now=utc_now(), stopped=lambda: True)
    assert not KeptMonth.objects.exists()
    tend()
    assert KeptMonth.objects.count() == keeping.AT_ONCE
    tend()
    assert KeptMonth.objects.count() > keeping.AT_ONCE


def test_the_command_compares_and_counts_anew(cast: Cast, fay: Person) -> None:
    buy(cast.ben, "100.00")
    assert "0 months" in _checked()
    tend()
    said = _checked()
    assert "add up" in said
    Spending.objects.update(net="1.00")
    Turnover.objects.update(orders=7)
    with pytest.raises(CommandError) as refused:
        _checked()
    text = str(refused.value)
    assert OLD.strftime("%Y-%m") in text
    assert rows(fay) == [("Oddział Kraków", 1, "1.00")], "a figure that was spoilt by hand"
    assert "counted again" in _checked("--again")
    assert rows(fay) == [("Oddział Kraków", 1, "100.00")]
    assert "add up" in _checked()


def _checked(*options: str) -> str:
    out = StringIO()
    call_command("check_figures", *options, "--language=en", stdout=out)
    return out.getvalue()
