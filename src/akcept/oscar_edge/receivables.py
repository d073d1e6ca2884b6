"""What organisations owe for orders on account, by Oscar's orders and payments."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any, Final

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
        return cents(_open(organization_id, currency).aggregate(owed=Sum("rest"))["owed"] or Decimal(0))

    def owed_by_unit(self, organization_id: int, currency: str) -> dict[int, Decimal]:
        """Return what each unit owes; one statement over the organisation's open orders on account."""
        rows = _open(organization_id, currency).order_by().values_list("akcept_placement__unit_id")
        return {unit_id: cents(owed) for unit_id, owed in rows.annotate(owed=Sum("rest"))}


def _open(organization_id: int, currency: str) -> Any:
    """Return an organisation's open orders on account, each with the `rest` that is owed of it."""
    Order, Line, Source = (get_model(*name) for name in (("order", "Order"), ("order", "Line"), ("payment", "Source")))
    cancelled = Line.objects.filter(order=OuterRef("pk"), status=status.CANCELLED).order_by().values("order")
    paid = Source.objects.filter(order=OuterRef("pk")).order_by().values("order")
    rest = (
        F("total_incl_tax")
        - Coalesce(Subquery(cancelled.annotate(sum=Sum("line_price_incl_tax")).values("sum")), _ZERO)
        - Coalesce(Subquery(paid.annotate(sum=Sum(F("amount_debited") - F("amount_refunded"))).values("sum")), _ZERO)
    )
    return (
        Order.objects.filter(
            is_work(),
            akcept_placement__organization_id=organization_id,
            akcept_placement__payment_code=payments.ON_ACCOUNT,
            currency=currency,
        )
        .exclude(status__in=settled_statuses())
        .annotate(rest=Greatest(rest, _ZERO, output_field=DecimalField(max_digits=12, decimal_places=2)))
    )


def settled_statuses() -> Collection[str]:
    """Return the statuses in which an order on account is settled: `AKCEPT_CREDIT_SETTLED_BY`.

    By default those the shop's pipeline ends in, `completed` and `cancelled` say.
    """
    named = getattr(settings, "AKCEPT_CREDIT_SETTLED_BY", None)
    if named is not None:
        return tuple(named)
    pipeline = get_model("order", "Order").pipeline
    return tuple(name for name, following in pipeline.items() if not following and name not in status.NOT_WORK)
