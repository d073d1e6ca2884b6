"""Choosing another way of delivery on the page that changes an order."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from akcept.approvals.models import Case, Terms
from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.conftest import Visit


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    return orders.place(cast.anna, records=[carts.stock("A", price="10.00")], quantity=10)


@pytest.fixture
def no_courier(waiting: Placed, monkeypatch: pytest.MonkeyPatch) -> None:
    from shop.shipping.repository import Repository

    monkeypatch.setattr(Repository, "methods", Repository.methods[1:])


def _change(client: Any, placed: Placed, **data: Any) -> Any:
    line = apps.get_model("order.Line").objects.get(order_id=placed.order_id)
    version = Case.objects.get(pk=placed.order_id).version
    typed = {"version": version, "changes": 0, f"quantity-{line.pk}": line.quantity, "reason": "kurier"} | data
    return client.post(f"/orders/{placed.order_number}/change/", typed)


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _method(placed: Placed) -> str:
    return str(orders.order(placed).shipping_code)


def test_requester_is_shown_each_way_with_its_price_and_chooses(cast: Cast, waiting: Placed, visit: Visit) -> None:
    anna = visit(cast.anna)
    page = _text(anna.get(f"/orders/{waiting.order_number}/change/"))
    assert '<option value="courier" selected>Courier, PLN 19.00</option>' in page
    assert '<option value="pickup">Pick-up, PLN 0.00</option>' in page
    preview = _text(_change(anna, waiting, preview="1", delivery="pickup"))
    assert "PLN 123.00" in preview
    assert _method(waiting) == "courier"
    assert _change(anna, waiting, delivery="pickup").status_code == 302
    shown = _text(visit(cast.ben).get(f"/orders/{waiting.order_number}/"))
    assert "<del>Courier</del>" in shown
    assert "<ins>Pick-up</ins>" in shown
    assert "delivery: Courier → Pick-up" in shown


def test_requester_has_to_choose_where_the_method_is_given_up(
    cast: Cast, waiting: Placed, no_courier: None, visit: Visit
) -> None:
    anna = visit(cast.anna)
    page = _text(anna.get(f"/orders/{waiting.order_number}/change/"))
    assert "The shop no longer delivers by “Courier”." in page
    assert '<option value="" selected>Choose…</option>' in page
    answer = _change(anna, waiting, delivery="", remark="moje słowa")
    assert (answer.status_code, 'id="id_delivery-error"' in _text(answer)) == (422, True)
    assert "moje słowa" in _text(answer)
    assert _change(anna, waiting, delivery="courier").status_code == 422
    assert _change(anna, waiting, preview="1", delivery="").status_code == 200
    assert _change(anna, waiting, delivery="pallet").status_code == 302
    assert _method(waiting) == "pallet"


def test_method_given_up_while_the_page_was_open_is_told_at_its_field(
    cast: Cast, waiting: Placed, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shop.shipping.repository import Repository

    anna = visit(cast.anna)
    anna.get(f"/orders/{waiting.order_number}/change/")
    monkeypatch.setattr(Repository, "methods", Repository.methods[1:])
    answer = _change(anna, waiting, delivery="courier")
    assert (answer.status_code, 'id="id_delivery-error"' in _text(answer)) == (422, True)
    assert "The shop no longer delivers by “Courier”." in _text(answer)


def test_approver_chooses_only_where_the_method_is_given_up(
    cast: Cast, waiting: Placed, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shop.shipping.repository import Repository

    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    ben = visit(cast.ben)
    assert 'name="delivery"' not in _text(ben.get(f"/orders/{waiting.order_number}/change/"))
    assert _change(ben, waiting, delivery="pickup").status_code == 422, "not offered, so nothing was changed"
    monkeypatch.setattr(Repository, "methods", Repository.methods[1:])
    assert 'name="delivery"' in _text(ben.get(f"/orders/{waiting.order_number}/change/"))
    assert _change(ben, waiting, delivery="pickup").status_code == 302
    assert _method(waiting) == "pickup"
    page = _text(ben.get(f"/orders/{waiting.order_number}/"))
    assert "Ben Nowak changed the order" in page
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=2)
    assert orders.order(waiting).status == "unhandled"


@pytest.mark.parametrize("who", ["otto", "jan", "ewa"])
def test_nobody_else_changes_it(cast: Cast, waiting: Placed, no_courier: None, visit: Visit, who: str) -> None:
    assert _change(visit(getattr(cast, who)), waiting, delivery="pickup").status_code == 404
    assert _method(waiting) == "courier"
