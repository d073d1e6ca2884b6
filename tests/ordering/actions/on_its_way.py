"""Anna's order on its way to the shop, and what tests of each way look at."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.apps import apps

from akcept.approvals.models import Case, Terms
from akcept.journal.models import Entry
from akcept.ordering import queries
from akcept.ordering.actions import Placed
from akcept.ordering.models import Placement
from akcept.testing import carts, orders
from akcept.testing.cast import Cast


def place(cast: Cast, wanted: dict[str, tuple[str, int]]) -> Placed:
    """Place Anna's order of sku -> (net price, pieces)."""
    records = [carts.stock(sku, price=price) for sku, (price, _number) in wanted.items()]
    cart_id = carts.fill(cast.anna, records=records)
    for record, (_price, number) in zip(records, wanted.values(), strict=True):
        apps.get_model("basket.Line").objects.filter(basket_id=cart_id, stockrecord=record).update(quantity=number)
    return orders.place_cart(cast.anna, cart_id)


def line_ids(placed: Placed) -> dict[str, int]:
    """Return sku -> id of the order's lines."""
    return dict(apps.get_model("order.Line").objects.filter(order_id=placed.order_id).values_list("partner_sku", "pk"))


def quantities(placed: Placed) -> dict[str, int]:
    """Return sku -> pieces of the order's lines."""
    found = apps.get_model("order.Line").objects.filter(order_id=placed.order_id)
    return dict(found.values_list("partner_sku", "quantity"))


def reserved(*skus: str) -> list[int]:
    """Return how many pieces of each are reserved."""
    return [carts.stock(sku).num_allocated or 0 for sku in skus]


def case_of(placed: Placed) -> Case:
    """Return how its acceptance stands now."""
    return Case.objects.get(pk=placed.order_id)


def version_of(placed: Placed) -> int:
    """Return the version that an action has to name."""
    return case_of(placed).version


def told(placed: Placed) -> list[str]:
    """Return what the journal has of it, in order, without the common `order.`."""
    found = Entry.objects.filter(subject_id=placed.order_number).order_by("pk")
    return [topic.removeprefix("order.") for topic in found.values_list("topic", flat=True)]


def sums(placed: Placed) -> tuple[Decimal, Decimal]:
    """Return net and gross, found alike on the shop's order and on our placement."""
    order, placement = orders.order(placed), Placement.objects.get(pk=placed.order_id)
    assert (order.total_excl_tax, order.total_incl_tax) == (placement.total_net, placement.total_gross)
    return order.total_excl_tax, order.total_incl_tax


def may_amend(cast: Cast) -> None:
    """Let approvers of Acme reduce orders."""
    Terms.objects.update_or_create(organization=cast.acme, defaults={"approver_may_amend": True})


def inbox(who: Any) -> list[str]:
    """Return the numbers of the orders that somebody is asked about."""
    return [row.number for row in queries.inbox(who.seat).rows]
