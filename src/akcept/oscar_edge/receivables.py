"""What organisations owe for orders on account, by Oscar's orders and payments."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db.models import DecimalField, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest
from oscar.core.loading import get_model

from akcept.kernel.money import cents
from akcept.ordering import payments, status
from akcept.oscar_edge.work import is_work

_ZERO: Final = Value(Decimal(0), output_field=DecimalField(max_digits=12, decimal_places=2))


class OscarReceivables:
    """See `akcept.ordering.ports.Receivables`.

    An order counts from when it joins the shop's work until it is settled (`settled_statuses`), less the lines the
    shop has cancelled and what was paid on it (Oscar's payment sources, refunds added again); never below nothing.
    """

    def owed(self, organization_id: int, currency: str) -> Decimal:
        """Return what an organisation owes; one statement over its open orders on account."""
        Line, Source = get_model("order", "Line"), get_model("payment", "Source")
        cancelled = Line.objects.filter(order=OuterRef("pk"), status=status.CANCELLED).order_by().values("order")
        paid = Source.objects.filter(order=OuterRef("pk")).order_by().values("order")
        rest = (
            F("total_incl_tax")
            - Coalesce(Subquery(cancelled.annotate(sum=Sum("line_price_incl_tax")).values("sum")), _ZERO)
            - Coalesce(
                Subquery(paid.annotate(sum=Sum(F("amount_debited") - F("amount_refunded"))).values("sum")), _ZERO
            )
        )
        orders = (
            get_model("order", "Order")
            .objects.filter(
                is_work(),
                akcept_placement__organization_id=organization_id,
                akcept_placement__payment_code=payments.ON_ACCOUNT,
                currency=currency,
            )
            .exclude(status__in=settled_statuses())
            .annotate(rest=Greatest(rest, _ZERO, output_field=DecimalField(max_digits=12, decimal_places=2)))
        )
        return cents(orders.aggregate(owed=Sum("rest"))["owed"] or Decimal(0))


def settled_statuses() -> Collection[str]:
    """Return the statuses in which an order on account is settled: `AKCEPT_CREDIT_SETTLED_BY`.

    By default those the shop's pipeline ends in, `completed` and `cancelled` say.
    """
    named = getattr(settings, "AKCEPT_CREDIT_SETTLED_BY", None)
    if named is not None:
        return tuple(named)
    pipeline = get_model("order", "Order").pipeline
    return tuple(name for name, following in pipeline.items() if not following and name not in status.NOT_WORK)
