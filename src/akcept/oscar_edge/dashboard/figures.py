"""Figures of the dashboard's start page and statistics, over work only: each read once, and only if it is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.timezone import now
from oscar.core.loading import get_model

from akcept.oscar_edge.dashboard.days import Chart, Day, charts, last_days
from akcept.oscar_edge.dashboard.turnover import (
    AllOrders,
    by_currency,
    by_status,
    in_own,
    of_all,
    own_currency,
    turnover,
)
from akcept.oscar_edge.work import SEES_WORK, is_work

_NOTHING: Final = Decimal("0.00")


class Figures:
    """What a person of the shop sees of all orders, one of a partner of those with the partner's goods."""

    def __init__(self, user: Any, *, hourly: Callable[[Any], dict[str, Any]], reads_rows: bool = True) -> None:
        """`hourly` makes the chart of the hours; without `reads_rows` it is a shop's own and asks a real queryset."""
        self._user, self._hourly, self._reads_rows = user, hourly, reads_rows
        self._since = now() - timedelta(hours=24)

    @cached_property
    def _partners(self) -> list[int] | None:
        """Whose goods count; None for everybody's."""
        return None if self._user.is_staff else list(self._user.partners.values_list("id", flat=True))

    @property
    def _orders(self) -> Any:
        orders = get_model("order", "Order").objects.filter(is_work())
        if self._partners is None:
            return orders
        own = get_model("order", "Line").objects.filter(order=OuterRef("pk"), partner_id__in=self._partners)
        return orders.filter(Exists(own))

    @property
    def _lines(self) -> Any:
        lines = get_model("order", "Line").objects.filter(is_work("order__"))
        return lines if self._partners is None else lines.filter(partner_id__in=self._partners)

    @cached_property
    def _recent(self) -> list[tuple[Any, str, Decimal]]:
        """Moment, currency and total of each order of a little more than a day: what the chart's hours begin with."""
        from_hour = self._since.replace(minute=0, second=0)
        found = self._orders.filter(date_placed__gt=from_hour).order_by()
        return list(found.values_list("date_placed", "currency", "total_incl_tax"))

    @property
    def _last_day(self) -> list[tuple[str, Decimal]]:
        return [(currency, total) for at, currency, total in self._recent if at > self._since]

    @property
    def total_orders_last_day(self) -> int:
        """Orders of the last 24 hours."""
        return len(self._last_day)

    @property
    def turnover_last_day(self) -> dict[str, Decimal]:
        """What they come to, gross with delivery, in each currency; the shop's own first."""
        return by_currency(self._last_day)

    @property
    def total_revenue_last_day(self) -> Decimal:
        """The same for Oscar's own page, which knows one currency: what those in the shop's own come to."""
        return in_own(self.turnover_last_day)

    @property
    def average_order_costs(self) -> Decimal:
        """What one of them in the shop's own currency comes to; 0 without any."""
        own = [total for currency, total in self._last_day if currency == own_currency()]
        return sum(own, _NOTHING) / (len(own) or 1)

    @property
    def total_lines_last_day(self) -> int:
        """Their lines."""
        return int(self._lines.filter(order__date_placed__gt=self._since).count())

    @property
    def hourly_report_dict(self) -> dict[str, Any]:
        """The chart, in the shop's own currency; the dozen questions of Oscar's own are answered from what was read."""
        if not self._reads_rows:
            return self._hourly(self._orders.filter(currency=own_currency()))
        return self._hourly(
            _OrdersRead([(at, total) for at, currency, total in self._recent if currency == own_currency()])
        )

    @cached_property
    def order_status_breakdown(self) -> list[dict[str, Any]]:
        """How many orders have each status, and what they come to; the one look at all of them."""
        return self._all.statuses if self._partners is None else by_status(self._orders)

    @cached_property
    def _all(self) -> AllOrders:
        return of_all()

    @property
    def total_orders(self) -> int:
        """Orders of all time."""
        return sum(row["freq"] for row in self.order_status_breakdown)

    @property
    def turnover(self) -> dict[str, Decimal]:
        """What they come to, gross with delivery, in each currency; the shop's own first."""
        return turnover(self.order_status_breakdown)

    @property
    def total_revenue(self) -> Decimal:
        """The same for Oscar's own page: what those in the shop's own currency come to."""
        return in_own(self.turnover)

    @property
    def total_lines(self) -> int:
        """Their lines."""
        return self._all.lines if self._partners is None else int(self._lines.count())

    @property
    def _customers(self) -> Any:
        """Who has ordered: one look for each account, not one for each order."""
        return get_user_model().objects.filter(Exists(self._orders.filter(user=OuterRef("pk"))))

    @property
    def total_customers(self) -> int:
        """Accounts that have ordered."""
        return int(self._customers.count())

    @property
    def total_customers_last_day(self) -> int:
        """Of them, those opened in the last 24 hours."""
        return int(self._customers.filter(date_joined__gt=self._since).count())

    @property
    def _baskets(self) -> Any:
        Basket = get_model("basket", "Basket")
        found = Basket.objects.filter(status=Basket.OPEN)
        if self._partners is None:
            return found
        return found.filter(lines__stockrecord__partner_id__in=self._partners).distinct()

    @property
    def total_open_baskets(self) -> int:
        """Baskets nobody has ordered yet."""
        return int(self._baskets.count())

    @property
    def total_open_baskets_last_day(self) -> int:
        """Of them, those begun in the last 24 hours."""
        return int(self._baskets.filter(date_created__gt=self._since).count())

    @property
    def total_products(self) -> int:
        """Products, variants too."""
        found = get_model("catalogue", "Product").objects.all()
        return int(found.count() if self._partners is None else found.filter(self._goods).count())

    @property
    def _goods(self) -> Q:
        return Q(stockrecords__partner_id__in=self._partners or [])

    def _alerts(self, status: str) -> int:
        found = get_model("partner", "StockAlert").objects.filter(status=status)
        if self._partners is not None:
            found = found.filter(stockrecord__partner_id__in=self._partners)
        return int(found.count())

    @property
    def total_open_stock_alerts(self) -> int:
        """Alerts of low stock that are open."""
        return self._alerts(get_model("partner", "StockAlert").OPEN)

    @property
    def total_closed_stock_alerts(self) -> int:
        """Those that are closed."""
        return self._alerts(get_model("partner", "StockAlert").CLOSED)

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """The last two weeks, day by day; none for staff who may not see the list of orders."""
        sees = self._partners is not None or self._user.has_perm(SEES_WORK)
        return last_days(self._orders) if sees else ()

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The same as charts."""
        return charts(self.days) if self.days else ()

    @property
    def offer_maps(self) -> Any:
        """Kinds of offers that run, with their number."""
        running = get_model("offer", "ConditionalOffer").objects.filter(end_datetime__gt=now())
        return running.values("offer_type").annotate(count=Count("id")).order_by("offer_type")

    @property
    def total_vouchers(self) -> int:
        """Vouchers that have not ended."""
        return int(get_model("voucher", "Voucher").objects.filter(end_datetime__gt=now()).count())


class _OrdersRead:
    """Orders that have been read, asked as Oscar's hourly report asks a queryset."""

    def __init__(self, rows: list[tuple[Any, Decimal]]) -> None:
        self._rows = rows

    def filter(self, *, date_placed__gte: Any, date_placed__lt: Any) -> _OrdersRead:
        """Return those of a stretch of time."""
        return _OrdersRead([row for row in self._rows if date_placed__gte <= row[0] < date_placed__lt])

    def aggregate(self, _total: Any) -> dict[str, Decimal | None]:
        """Return what they come to."""
        return {"total_incl_tax__sum": sum((total for _at, total in self._rows), _NOTHING) if self._rows else None}
