"""The order book writes in bulk what Oscar's own creator writes row by row: compared column by column."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from akcept.ordering.ports import OrderDraft, order_book
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person

#: Columns that cannot be equal for two orders, and those that differ on purpose.
ROW = {
    "id",
    "number",
    "order",
    "line",
    "basket",
    "date_placed",
    "shipping_address",
    "date_created",
    "user",
    "order_discount",
}
ON_PURPOSE = {
    "guest_email": "nobody orders without an account",
    "analytics_tracked": "analytics hear of an order when it is accepted",
}


def _model(label: str) -> Any:
    return apps.get_model(label)


def _columns(row: Any) -> dict[str, Any]:
    names = [field.name for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name not in ROW | set(ON_PURPOSE)}


def _all(rows: Any) -> list[dict[str, Any]]:
    return [_columns(row) for row in rows.order_by("pk")]


def _order(order: Any) -> dict[str, Any]:
    """Everything Oscar keeps of an order, without what names one row of two."""
    return {
        "order": _columns(order),
        "address": {k: v for k, v in _columns(order.shipping_address).items() if k != "search_text"},
        "lines": _all(order.lines),
        "prices": _all(_model("order.LinePrice").objects.filter(order=order)),
        "attributes": _all(_model("order.LineAttribute").objects.filter(line__order=order)),
        "discounts": _all(order.discounts),
        "line discounts": _all(_model("order.OrderLineDiscount").objects.filter(line__order=order)),
        "basket": order.basket.status,
    }


def _goods() -> list[Any]:
    rates = [23, 8, 5]
    return [carts.stock(f"C{i}", price=f"{100 * (i + 1)}.00", rate=rate) for i, rate in enumerate(rates)]


def _draft(person: Person) -> OrderDraft:
    return OrderDraft(
        buyer_id=person.user.pk,
        status="unhandled",
        placed_at=timezone.now(),
        delivery_code=orders.COURIER,
        delivery_address=orders.ADDRESS,
        invoice_address=None,
        payment_code="transfer",
    )


def _buyer(person: Person) -> dict[str, Any]:
    return {"buyer_id": person.user.pk, "member_id": person.member.pk if person.member else None}


def _ours(person: Person, cart: int) -> Any:
    with transaction.atomic():
        book = order_book()
        opened = book.open_cart(cart, **_buyer(person), delivery_code=orders.COURIER)
        return _model("order.Order").objects.get(pk=book.write(opened, _draft(person)).id)


def _oscars(person: Person, cart: int) -> Any:
    from oscar.apps.order.utils import OrderCreator
    from oscar.core import prices

    with transaction.atomic():
        opened = order_book().open_cart(
            cart,
            buyer_id=person.user.pk,
            member_id=person.member.pk if person.member else None,
            delivery_code=orders.COURIER,
        )
        basket, method = opened.handle
        quote = opened.quote
        address = _model("order.ShippingAddress").objects.create(
            first_name=orders.ADDRESS.name.partition(" ")[0],
            last_name=orders.ADDRESS.name.partition(" ")[2],
            line1=orders.ADDRESS.line1,
            line4=orders.ADDRESS.city,
            postcode=orders.ADDRESS.postcode,
            country=carts.country(),
        )
        order = OrderCreator().place_order(
            basket=basket,
            total=prices.Price(quote.currency, quote.total_net, quote.total_gross),
            shipping_method=method,
            shipping_charge=prices.Price(quote.currency, quote.delivery_net, quote.delivery_gross),
            shipping_address=address,
            user=person.user,
            status="unhandled",
        )
        basket.submit()
    return _model("order.Order").objects.get(pk=order.pk)


def _allocated(records: list[Any]) -> list[int | None]:
    return list(
        _model("partner.StockRecord")
        .objects.filter(pk__in=[record.pk for record in records])
        .order_by("pk")
        .values_list("num_allocated", flat=True)
    )


@pytest.fixture
def offer(db: None) -> None:
    """Ten per cent off everything, for everybody."""
    everything = _model("offer.Range").objects.create(name="All", slug="all", includes_all_products=True)
    _model("offer.ConditionalOffer").objects.create(
        name="Ten off",
        slug="ten-off",
        offer_type="Site",
        condition=_model("offer.Condition").objects.create(range=everything, type="Count", value=1),
        benefit=_model("offer.Benefit").objects.create(range=everything, type="Percentage", value=10),
        start_datetime=timezone.now() - timedelta(days=1),
    )


def _compare(person: Person) -> None:
    records = _goods()
    expected = _order(_oscars(person, carts.fill(person, records=records)))
    allocated = _allocated(records)
    assert _order(_ours(person, carts.fill(person, records=records))) == expected
    assert allocated == [2, 2, 2]
    assert _allocated(records) == [4, 4, 4]


def test_same_rows_as_oscar(cast: Cast) -> None:
    _compare(cast.paul)


def test_same_rows_as_oscar_with_an_offer(cast: Cast, offer: None) -> None:
    _compare(cast.paul)
    uses = _model("offer.ConditionalOffer").objects.get()
    assert (uses.num_orders, uses.num_applications) == (2, 2)


def test_same_options_of_a_line_as_oscar(cast: Cast) -> None:
    option = _model("catalogue.Option").objects.create(name="Grawer", code="engraving", type="text")
    baskets = []
    for _ in range(2):
        cart = carts.fill(cast.paul, records=_goods()[:1])
        _model("basket.LineAttribute").objects.create(
            line=_model("basket.Line").objects.get(basket_id=cart), option=option, value="Acme"
        )
        baskets.append(cart)
    expected = _order(_oscars(cast.paul, baskets[0]))
    assert expected["attributes"][0]["value"] == "Acme"
    assert _order(_ours(cast.paul, baskets[1])) == expected
