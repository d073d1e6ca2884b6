"""The dashboard's start page: Oscar's figures over orders that are work; held and rejected ones are in none of them."""

# ruff: noqa: F403  Oscar's other views are found in this module too
from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Avg, Count, Sum
from django.utils.timezone import now
from oscar.apps.dashboard.views import *
from oscar.apps.dashboard.views import IndexView as OscarIndexView
from oscar.core.loading import get_model

from akcept.oscar_edge.work import is_work


class IndexView(OscarIndexView):
    """Oscar's index with every figure about orders computed over work only."""

    def get_stats(self) -> dict[str, Any]:
        """Return Oscar's figures, those that rest on orders replaced."""
        stats: dict[str, Any] = super().get_stats()
        since = now() - timedelta(hours=24)
        orders = get_model("order", "Order").objects.filter(is_work())
        lines = get_model("order", "Line").objects.filter(is_work("order__"))
        customers = get_user_model().objects.filter(orders__in=orders)
        if not self.request.user.is_staff:
            partners = self.request.user.partners.values("id")
            orders = orders.filter(lines__partner_id__in=partners).distinct()
            lines = lines.filter(partner_id__in=partners)
            customers = customers.filter(orders__lines__partner_id__in=partners)
        customers = customers.distinct()
        recent = orders.filter(date_placed__gt=since)
        stats.update(
            total_orders_last_day=recent.count(),
            total_lines_last_day=lines.filter(order__in=recent).count(),
            average_order_costs=recent.aggregate(x=Avg("total_incl_tax"))["x"] or Decimal("0.00"),
            total_revenue_last_day=recent.aggregate(x=Sum("total_incl_tax"))["x"] or Decimal("0.00"),
            hourly_report_dict=self.get_hourly_report(orders),
            total_customers_last_day=customers.filter(date_joined__gt=since).count(),
            total_customers=customers.count(),
            total_orders=orders.count(),
            total_lines=lines.count(),
            total_revenue=orders.aggregate(x=Sum("total_incl_tax"))["x"] or Decimal("0.00"),
            order_status_breakdown=orders.order_by("status").values("status").annotate(freq=Count("id")),
        )
        return stats
