"""What Oscar keeps count of when an order becomes work, in bulk: its own receivers take statements for each line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from oscar.apps.analytics.apps import AnalyticsConfig
from oscar.apps.order.signals import order_placed
from oscar.core.loading import get_model


def lines_of(order: Any) -> list[Any]:
    """Return an order's lines with their stock records, and whether somebody waits to hear of each; one statement."""
    alerts = get_model("partner", "StockAlert").objects.filter(stockrecord=OuterRef("stockrecord"), status="Open")
    waiting = get_model("customer", "ProductAlert").objects.filter(
        Q(product=OuterRef("product")) | Q(product=OuterRef("product__parent")), status="Active"
    )
    lines = order.lines.select_related("stockrecord").annotate(is_low=Exists(alerts), is_awaited=Exists(waiting))
    return list(lines.order_by("pk"))


def look_at_stock(lines: Sequence[Any]) -> None:
    """Let Oscar open or close its alerts, and tell customers, where what was taken gives it reason; else nothing."""
    for line in lines:
        record = line.stockrecord
        if record is None:
            continue
        awaited = line.is_awaited and getattr(settings, "OSCAR_EAGER_ALERTS", True)
        if awaited or record.is_below_threshold != line.is_low:
            record.post_save_signal()


def connect() -> None:
    """Count in Oscar's place; a shop with an analytics app of its own counts as it likes."""
    if type(apps.get_app_config("analytics")).ready is not AnalyticsConfig.ready:
        return
    from oscar.apps.analytics import receivers

    order_placed.disconnect(receivers.receive_order_placed)
    order_placed.connect(count, dispatch_uid="akcept.popularity")


def count(order: Any, user: Any, *, raw: bool = False, lines: Sequence[Any] | None = None, **_signal: Any) -> None:
    """Count an order as what its products sold and its customer bought.

    Two statements, whatever the number of lines; more for what is counted the first time. `lines` saves one.
    """
    if raw:
        return
    lines = list(order.lines.all()) if lines is None else lines
    bought: dict[int, int] = {}
    for line in lines:
        if line.product_id is not None:
            bought[line.product_id] = bought.get(line.product_id, 0) + line.quantity
    _count_products(bought)
    if user and user.is_authenticated:
        _count_customer(user, order, lines)


def _count_products(bought: Mapping[int, int]) -> None:
    if not bought:
        return
    records = get_model("analytics", "ProductRecord").objects
    found = records.filter(product__in=bought)
    if _add(found, bought) == len(bought):
        return
    # Some were never counted. In the transaction that counted the others nobody else can have counted these with us.
    here = set(found.values_list("product_id", flat=True))
    missing = {product_id: number for product_id, number in bought.items() if product_id not in here}
    records.bulk_create([records.model(product_id=pk) for pk in missing], ignore_conflicts=True)
    _add(records.filter(product__in=missing), missing)


def _add(records: QuerySet[Any], bought: Mapping[int, int]) -> int:
    more = Case(
        *(When(product=product_id, then=Value(number)) for product_id, number in sorted(bought.items())),
        default=Value(0),
        output_field=IntegerField(),
    )
    return records.update(num_purchases=F("num_purchases") + more)


def _count_customer(user: Any, order: Any, lines: Sequence[Any]) -> None:
    records = get_model("analytics", "UserRecord").objects
    counted = {
        "num_orders": 1,
        "num_order_lines": len(lines),
        "num_order_items": sum(line.quantity for line in lines),
        # Oscar's one column for it: euro are no zloty, so orders in other currencies are counted and not added up.
        "total_spent": order.total_incl_tax if order.currency == settings.OSCAR_DEFAULT_CURRENCY else 0,
    }
    mine, last = records.filter(user=user), {"date_last_order": order.date_placed}
    if not mine.update(**{name: F(name) + number for name, number in counted.items()}, **last):
        records.bulk_create([records.model(user=user)], ignore_conflicts=True)
        mine.update(**{name: F(name) + number for name, number in counted.items()}, **last)
