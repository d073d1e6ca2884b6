"""What a month comes to, from the orders themselves: for whoever keeps it, and whoever compares."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import Count, Q, QuerySet, Sum

from akcept.insight.models import KeptMonth, Spending, Turnover
from akcept.kernel.money import cents
from akcept.ordering import status
from akcept.ordering.models import Placement
from akcept.ordering.queries import spending

_BY = ("organization_id", "unit_id", "requester_id", "currency")


def spent(month: KeptMonth, organizations: Collection[int] | None = None) -> Iterator[Spending]:
    """Yield the rows of a month, unsaved, of some organisations or of all; one statement."""
    found = Placement.objects.filter(placed_at__gte=month.starts_at, placed_at__lt=month.ends_at)
    of_whom = Q(organization__isnull=False) if organizations is None else Q(organization_id__in=organizations)
    for key, orders, net in spending.sums(spending.counted(found).filter(of_whom), *_BY):
        yield Spending(month=month, **dict(zip(_BY, key, strict=True)), orders=orders, net=net)


def turned_over(month: KeptMonth) -> Iterator[Turnover]:
    """Yield the rows of a month, unsaved; two statements."""
    lines: dict[tuple[str, str], int] = {}
    of_orders = _work("Line", month, "order__").values_list("order__status", "order__currency")
    for standing, currency, number in of_orders.annotate(number=Count("pk")):
        lines[standing, currency] = number
    orders = _work("Order", month, "").values_list("status", "currency")
    for standing, currency, number, total in orders.annotate(number=Count("pk"), total=Sum("total_incl_tax")):
        yield Turnover(
            month=month,
            status=standing,
            currency=currency,
            orders=number,
            lines=lines.get((standing, currency), 0),
            total=cents(total or Decimal(0)),
        )


def _work(name: str, month: KeptMonth, prefix: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = apps.get_model("order", name)._default_manager.order_by()
    within = {f"{prefix}date_placed__gte": month.starts_at, f"{prefix}date_placed__lt": month.ends_at}
    return rows.filter(**within).exclude(**{f"{prefix}status__in": sorted(status.NOT_WORK)})
