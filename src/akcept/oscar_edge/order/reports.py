"""Oscar's order report without what the customer has not accepted."""

from __future__ import annotations

from typing import Any

from oscar.apps.order.reports import (
    OrderReportCSVFormatter,
    OrderReportHTMLFormatter,
)
from oscar.apps.order.reports import OrderReportGenerator as OscarOrderReportGenerator

from akcept.oscar_edge.work import is_work

__all__ = ["OrderReportCSVFormatter", "OrderReportGenerator", "OrderReportHTMLFormatter"]


class OrderReportGenerator(OscarOrderReportGenerator):
    """Counts work only."""

    def get_queryset(self) -> Any:
        """Return the orders of the report's period that are work, or were."""
        return super().get_queryset().filter(is_work())
