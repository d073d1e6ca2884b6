"""What Oscar counts when an order becomes work: the same figures as its own receivers, in a few statements."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser

from akcept.ordering import actions
from akcept.oscar_edge import popularity
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


def _records() -> dict[str, int]:
    rows = apps.get_model("analytics.ProductRecord").objects.values_list("product__upc", "num_purchases")
    return dict(rows)


def _released(cast: Cast, **terms: Any) -> Any:
    placed = orders.place(cast.anna, **terms)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    return orders.order(placed)


def test_products_and_customer_are_counted_once_an_order(cast: Cast) -> None:
    one, two = carts.stock("P1", price="0.01"), carts.stock("P2", price="10.00")
    placed = orders.place(cast.anna, records=[one, two], quantity=7)
    deliver()
    assert _records() == {}, "a held order is nobody's purchase"
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    deliver()
    deliver()
    assert _records() == {"590P1": 7, "590P2": 7}
    _released(cast, records=[two], quantity=1_000 - 7)
    deliver()
    assert _records() == {"590P1": 7, "590P2": 1_000}
    (mine,) = apps.get_model("analytics.UserRecord").objects.filter(user=cast.anna.user)
    assert (mine.num_orders, mine.num_order_lines, mine.num_order_items) == (2, 3, 1_007)
    spent = sum(order.total_incl_tax for order in apps.get_model("order.Order").objects.all())
    assert mine.total_spent == spent
    assert not apps.get_model("analytics.UserRecord").objects.filter(user=cast.otto.user).exists()


def test_one_product_on_two_lines_a_removed_one_and_a_guest_are_counted(cast: Cast) -> None:
    order = _released(cast, records=[carts.stock("P1"), carts.stock("P2")], quantity=2)
    lines = list(order.lines.order_by("pk"))
    lines[0].product_id = None
    same = [*lines, lines[1]]
    popularity.count(order, AnonymousUser(), lines=same)
    assert _records() == {"590P2": 4}
    assert not apps.get_model("analytics.UserRecord").objects.exists()


def test_statements_do_not_grow_with_lines(cast: Cast) -> None:
    taken = []
    for number in (1, 3, 1, 3):
        order = _released(cast, records=[carts.stock(f"P{n}") for n in range(number)])
        taken.append(len(statements(lambda order=order: popularity.count(order, cast.anna.user))))
    assert taken[2:] == [3, 3]


@pytest.mark.parametrize(("threshold", "opened"), [(998, True), (997, False), (None, False)])
def test_low_stock_opens_one_alert_and_enough_closes_it(cast: Cast, threshold: int | None, opened: bool) -> None:
    record = carts.stock("P1", number=999)
    type(record).objects.filter(pk=record.pk).update(low_stock_threshold=threshold)
    for _ in range(2):
        _released(cast, records=[record], quantity=1)
        deliver()
    alerts = apps.get_model("partner.StockAlert").objects.filter(stockrecord=record)
    assert alerts.filter(status="Open").count() == int(opened)
    type(record).objects.filter(pk=record.pk).update(num_in_stock=10_000)
    _released(cast, records=[record], quantity=1)
    deliver()
    assert not alerts.filter(status="Open").exists()


def test_customers_who_wait_for_a_product_are_told(cast: Cast) -> None:
    record = carts.stock("P1")
    apps.get_model("customer.ProductAlert").objects.create(
        user=cast.paul.user, product_id=record.product_id, status="Active"
    )
    _released(cast, records=[record], quantity=1)
    deliver()
    assert apps.get_model("customer.ProductAlert").objects.get().status == "Closed"
