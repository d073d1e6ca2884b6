"""What the pages of people who order without an account say; they go through Oscar's own steps."""

from __future__ import annotations

from typing import Any

from django import template

from akcept.ordering.ports import OrderDocument, order_reader
from akcept.oscar_edge import figures
from akcept.oscar_edge.terms import Priced

register = template.Library()


@register.simple_tag
def charge_of(method: Any, basket: Any) -> Priced:
    """Return what a delivery of the basket costs, net and gross in the basket's currency."""
    return figures.of_delivery(method, basket, strategy=basket.strategy).price(1)


@register.simple_tag
def document_of(order: Any) -> OrderDocument:
    """Return an order with its lines and sums, as the customer's other pages show it; two statements."""
    return order_reader().document(order.pk)
