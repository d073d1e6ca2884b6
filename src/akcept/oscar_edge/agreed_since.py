"""What an order was placed under beside what is agreed today with its unit: what no longer applies to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from oscar.core.loading import get_model

from akcept.ordering.ports import AgreedSince
from akcept.oscar_edge import agreed, facts

if TYPE_CHECKING:
    from akcept.agreements.models import OrderedUnder


def changed_since(order_id: int, unit_id: int | None) -> AgreedSince:
    """Return what has changed of what an order of a unit was placed under; nothing where nothing was agreed then.

    One statement where nothing was; else at most six more, whatever the lines.
    """
    if not agreed.are_installed() or unit_id is None:
        return AgreedSince()
    from akcept.agreements import answers, queries

    under = queries.ordered_under(order_id)
    if under is None:
        return AgreedSince()
    today = agreed.Agreed(agreed.Buyer(unit_id=unit_id))
    counted = answers.in_force(answers.Terms(agreements=today.heads.agreements), today.day)
    still = {each.id for each in counted}
    rows = _lines(order_id)
    today.know([row.product for row in rows])
    return AgreedSince(
        ended=tuple(each["name"] for each in under.agreements if each["agreement"] not in still),
        left=tuple(row.title for row in rows if not today.answer(row.product, row.stockrecord, 1).may_buy),
        repriced=_repriced(rows, under, today),
    )


def _lines(order_id: int) -> list[Any]:
    """Return an order's lines whose product the shop still has; one statement."""
    rows = get_model("order", "Line").objects.filter(order_id=order_id, product__isnull=False)
    return list(rows.select_related("product", "stockrecord", facts.OF_LINE).order_by("pk"))


def _repriced(rows: Sequence[Any], under: OrderedUnder, today: agreed.Agreed) -> tuple[str, ...]:
    """Return the products that have another price today, both as many as were ordered and as many as there are now."""
    kept = {row["product"]: row for row in under.lines if "net" in row}
    return tuple(
        row.title
        for row in rows
        if row.product_id in kept and row.stockrecord is not None and _differs(row, kept[row.product_id], today)
    )


def _differs(row: Any, kept: Mapping[str, Any], today: agreed.Agreed) -> bool:
    before = {Decimal(kept["net"]), facts.of_line(row).unit_net}
    found = (today.answer(row.product, row.stockrecord, quantity) for quantity in (kept["quantity"], row.quantity))
    prices = [answer.price for answer in found if answer.may_buy]
    return bool(prices) and all(price is not None and price.net not in before for price in prices)
