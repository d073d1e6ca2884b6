"""What a shop brings with it, and its settings or code no longer know, is told when it starts."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.checks import run_checks

from akcept.oscar_edge import data_checks, setup_checks
from akcept.testing import orders
from akcept.testing.cast import Cast


def _model(label: str) -> Any:
    return apps.get_model(label)


def test_g10_orders_in_statuses_that_the_pipeline_lost_are_told(cast: Cast) -> None:
    first, second = (orders.place(cast.ben).order_number for _ in range(2))
    assert data_checks.order_statuses(databases=["default"]) == []
    _model("order.Order").objects.filter(number=first).update(status="Pending")
    (found,) = data_checks.order_statuses(databases=["default"])
    assert (found.id, "Pending (1)" in found.msg) == ("akcept.W003", True)
    assert found in run_checks(databases=["default"])
    assert found not in run_checks()
    assert second not in found.msg


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("tests.support.points.Points", []),
        ("tests.support.points.Gone", ["akcept.W004"]),
        ("nowhere.Points", ["akcept.W004"]),
    ],
)
def test_g10_offers_whose_class_cannot_be_had_are_told(db: None, path: str, told: list[str]) -> None:
    _model("offer.Benefit").objects.create(proxy_class=path)
    found = data_checks.own_classes_of_offers(databases=["default"])
    assert [message.id for message in found] == told
    assert all(path in message.msg and "akcept.oscar_edge.offer.models" in str(message.hint) for message in found)


def test_nothing_is_asked_of_the_database_where_it_may_not_be(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert data_checks.order_statuses() == []
        assert data_checks.own_classes_of_offers(databases=["replica"]) == []


def test_g10_cascade_of_other_statuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_model("order.Order"), "cascade", {"Being processed": "Being processed", "shipped": "shipped"})
    (found,) = setup_checks.pipelines()
    assert (found.id, "Being processed" in found.msg, "shipped" in found.msg) == ("akcept.W005", True, False)
