"""G7: what an offer gives after the order is given when the order is work, once, and never for a rejected one."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from akcept.ordering import actions
from akcept.testing import orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver

pytestmark = pytest.mark.django_db


def _model(label: str) -> Any:
    return apps.get_model(label)


@pytest.fixture
def points() -> Any:
    everything = _model("offer.Range").objects.create(name="All", slug="all", includes_all_products=True)
    return _model("offer.ConditionalOffer").objects.create(
        name="Points",
        slug="points",
        offer_type="Site",
        max_basket_applications=1,
        condition=_model("offer.Condition").objects.create(range=everything, type="Count", value=1),
        benefit=_model("offer.Benefit").objects.create(proxy_class="tests.support.points.Points"),
    )


def _given() -> list[str]:
    found = _model("communication.Notification").objects.filter(subject__startswith="Points")
    return list(found.order_by("pk").values_list("subject", flat=True))


def _message(placed: actions.Placed) -> str:
    return str(_model("order.OrderDiscount").every.get(order_id=placed.order_id).message)


def test_g7_nothing_is_given_while_the_order_waits_and_once_when_it_is_accepted(cast: Cast, points: Any) -> None:
    placed = orders.place(cast.anna)
    deliver()
    assert (_given(), _message(placed)) == ([], "")
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    assert _given() == []  # it is the relay's to do, after commit
    deliver()
    deliver()
    assert _given() == [f"Points for {placed.order_number} x 1"]
    assert _message(placed) == "You got a hundred points."


def test_g7_rejected_order_gives_nothing(cast: Cast, points: Any) -> None:
    placed = orders.place(cast.anna)
    actions.reject(placed.order_number, actor=cast.ben.actor, version=1, reason="no")
    deliver()
    assert _given() == []
    points.refresh_from_db()
    assert (points.num_applications, points.num_orders) == (0, 0)


def test_g7_accepted_again_it_gives_nothing_more(cast: Cast, points: Any) -> None:
    placed = orders.place(cast.anna)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    deliver()
    actions.revoke(placed.order_number, actor=cast.ben.actor, version=2, reason="wait")
    actions.accept(placed.order_number, actor=cast.cora.actor, version=3)
    deliver()
    assert len(_given()) == 1


def test_g7_order_that_need_not_wait_gives_at_once(cast: Cast, points: Any) -> None:
    placed = orders.place(cast.paul)
    deliver()
    assert _given() == [f"Points for {placed.order_number} x 1"]


def test_g7_offer_deleted_while_the_order_waited_gives_nothing_and_stops_nothing(cast: Cast, points: Any) -> None:
    placed = orders.place(cast.anna)
    points.delete()
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    deliver()
    assert _given() == []
    assert orders.order(placed).status == "unhandled"
