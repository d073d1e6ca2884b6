"""The merchant's home and statistics: each figure read once, and only where it is shown."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.test import RequestFactory
from django.utils.timezone import localdate, now

from akcept.ordering import actions
from akcept.oscar_edge.dashboard.figures import Figures
from akcept.oscar_edge.dashboard.views import IndexView
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.support.statements import statements


def _figures(user: Any) -> Figures:
    return Figures(user, hourly=IndexView().get_hourly_report)


def _age(order_id: int, *, hours: int) -> None:
    apps.get_model("order.Order").objects.filter(pk=order_id).update(date_placed=now() - timedelta(hours=hours))


@pytest.mark.parametrize("count", [1, 3])
def test_home_and_statistics_take_few_statements_whatever_there_is(cast: Cast, visit: Visit, count: int) -> None:
    """Issue 11: 52 statements, and every figure from all orders and lines."""
    for _ in range(count):
        orders.place(cast.ben, lines=count)
        orders.place(cast.anna, lines=count)
    mia = visit(cast.mia, superuser=True)
    mia.get("/dashboard/")
    sent = statements(lambda: mia.get("/dashboard/"))
    assert len(sent) == 13
    assert not [sql for sql in sent if 'FROM "order_line"' in sql], "no page shows the number of lines"
    assert len(statements(lambda: mia.get("/dashboard/orders/statistics/"))) == 6


def test_figures_count_work_of_the_last_day_and_of_all_time(cast: Cast) -> None:
    """Three lines of two pieces each are 72.00 net, 88.56 gross; delivery 19.00 net, 23.37 gross."""
    old, recent = orders.place(cast.ben), orders.place(cast.paul)
    orders.place(cast.anna)  # waits: in no figure
    _age(old.order_id, hours=25)
    found = _figures(cast.mia.user)
    each = apps.get_model("order.Order").objects.get(pk=recent.order_id).total_incl_tax
    assert each == Decimal("111.93")
    assert (found.total_orders, found.total_revenue) == (2, Decimal("223.86"))
    assert (found.total_orders_last_day, found.total_revenue_last_day) == (1, Decimal("111.93"))
    assert (found.average_order_costs, found.total_lines_last_day, found.total_lines) == (Decimal("111.93"), 3, 6)
    assert (found.total_customers, found.total_customers_last_day) == (2, 2)
    assert found.order_status_breakdown == [
        {"status": "unhandled", "freq": 2, "revenue": Decimal("223.86"), "turnover": {"PLN": Decimal("223.86")}}
    ]


def test_a4_euro_and_zloty_are_never_added_up(cast: Cast, visit: Visit) -> None:
    """One piece of 100.00 EUR net is 123.00 gross, delivery 4.50 net is 5.54; the zloty as above."""
    record = carts.stock("E1", price="100.00")
    record.price_currency = "EUR"
    record.save()
    in_euro = orders.place(cast.ben, records=[record], quantity=1)
    orders.place(cast.paul)
    found = _figures(cast.mia.user)
    wanted = {"PLN": Decimal("111.93"), "EUR": Decimal("128.54")}
    assert found.turnover == found.turnover_last_day == wanted
    assert list(found.turnover) == ["PLN", "EUR"], "the shop's own first"
    assert found.total_revenue == found.total_revenue_last_day == found.average_order_costs == Decimal("111.93")
    assert sum(row["total_incl_tax"] for row in found.hourly_report_dict["order_total_hourly"]) == Decimal("111.93")
    mia = visit(cast.mia, superuser=True)
    for address in ("/dashboard/", "/dashboard/orders/statistics/"):
        page = mia.get(address).content.decode()
        shown = re.findall(r'<div class="stat">([^<]*(?:zł|€|PLN|EUR)[^<]*)</div>', page.replace("\xa0", " "))
        assert set(shown) == {"PLN 111.93", "€128.54"}, shown
    deliver()
    records = apps.get_model("analytics.UserRecord").objects
    assert {row.user.first_name: (row.num_orders, row.total_spent) for row in records.all()} == {
        "Ben": (1, 0),
        "Paul": (1, Decimal("111.93")),
    }
    apps.get_model("order.Order").objects.filter(pk=in_euro.order_id).update(date_placed=now() - timedelta(hours=25))
    assert _figures(cast.mia.user).turnover_last_day == {"PLN": Decimal("111.93")}


@pytest.mark.parametrize("address", ["/dashboard/", "/dashboard/orders/statistics/"])
def test_a_shop_without_orders_says_nothing_was_turned_over_in_its_own_currency(
    cast: Cast, visit: Visit, address: str
) -> None:
    page = visit(cast.mia, superuser=True).get(address).content.decode().replace("\xa0", " ")
    assert "PLN 0.00" in page


def test_without_orders_every_figure_is_nothing(cast: Cast) -> None:
    found = _figures(cast.mia.user)
    assert (found.total_orders, found.total_revenue, found.average_order_costs) == (0, 0, 0)
    assert found.hourly_report_dict["max_revenue"] == 0


def test_chart_of_hours_is_the_one_oscar_draws_of_the_orders_themselves(cast: Cast) -> None:
    for hours in (1, 1, 3, 22, 23, 30):
        _age(orders.place(cast.ben, lines=1).order_id, hours=hours)
    orders.place(cast.anna, lines=1)
    work = apps.get_model("order.Order").objects.exclude(status="awaiting_acceptance")
    wanted = IndexView().get_hourly_report(work)
    found = _figures(cast.mia.user).hourly_report_dict
    totals = [row["total_incl_tax"] for row in found["order_total_hourly"]]
    assert totals == [row["total_incl_tax"] for row in wanted["order_total_hourly"]]
    assert (found["max_revenue"], found["y_range"]) == (wanted["max_revenue"], wanted["y_range"])
    assert sum(totals) > 0


def test_a_shops_own_chart_of_hours_is_given_orders_it_may_ask_anything(cast: Cast, rf: RequestFactory) -> None:
    class Own(IndexView):
        def get_hourly_report(self, orders: Any, hours: int = 24, segments: int = 10) -> dict[str, Any]:
            return {"numbers": list(orders.order_by("-pk").values_list("number", flat=True))}

    numbers = [orders.place(cast.ben, lines=1).order_number for _order in range(2)]
    orders.place(cast.anna, lines=1)
    view = Own()
    view.setup(rf.get("/"))
    view.request.user = cast.mia.user
    assert view.get_stats()["hourly_report_dict"]() == {"numbers": numbers[::-1]}, "and nothing that is held"


def test_a_partners_own_staff_sees_figures_of_that_partners_goods_only(cast: Cast) -> None:
    """Isolation: whoever looks after one partner learns nothing of the others' orders."""
    orders.place(cast.ben)
    partner = apps.get_model("partner.Partner").objects.create(name="Other")
    partner.users.add(cast.paul.user)
    found = _figures(cast.paul.user)
    assert (found.total_orders, found.total_revenue, found.total_lines, found.total_customers) == (0, 0, 0, 0)
    assert (found.total_products, found.total_open_stock_alerts, found.total_orders_last_day) == (0, 0, 0)
    apps.get_model("partner.Partner").objects.get(name="Biurodom").users.add(cast.paul.user)
    seen = _figures(cast.paul.user)
    assert (seen.total_orders, seen.total_lines, seen.total_orders_last_day) == (1, 3, 1)


def test_statistics_add_up_what_is_work_in_the_period(cast: Cast, visit: Visit) -> None:
    old, _recent = orders.place(cast.ben), orders.place(cast.paul)
    waits = orders.place(cast.anna)
    _age(old.order_id, hours=24 * 40)
    mia = visit(cast.mia, superuser=True)

    def shown(query: str = "") -> list[str]:
        page = mia.get(f"/dashboard/orders/statistics/{query}").content.decode()
        return re.findall(r'class="stat">(?:PLN\s)?([\d.,]+)', page.replace("\u00a0", " "))

    assert shown() == ["2", "6", "223.86"]
    since = (now() - timedelta(days=5)).date().isoformat()
    assert shown(f"?date_from={since}") == ["1", "3", "111.93"]
    actions.accept(waits.order_number, actor=cast.ben.actor, version=1)
    assert shown(f"?date_from={since}") == ["2", "6", "223.86"]


def test_statistics_of_days_have_the_last_of_them_and_say_which(cast: Cast, visit: Visit) -> None:
    """Oscar's own begin the last day and leave the rest of it out."""
    orders.place(cast.ben)
    today = localdate()
    mia = visit(cast.mia, superuser=True)
    for query in (f"date_to={today}", f"date_from={today}&date_to={today}"):
        page = mia.get(f"/dashboard/orders/statistics/?{query}").content.decode().replace("\u00a0", " ")
        assert "111.93" in page, query
        assert f"Orders placed {'until ' if query.startswith('date_to') else ''}{today.day} {today:%b}" in page
    yesterday = today - timedelta(days=1)
    assert "111.93" not in mia.get(f"/dashboard/orders/statistics/?date_to={yesterday}").content.decode()
