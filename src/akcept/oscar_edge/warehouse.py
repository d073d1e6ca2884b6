"""Oscar's stock records behind the port of `akcept.handover`, written in bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Case, DecimalField, IntegerField, Q, Value, When
from oscar.core.loading import get_model

from akcept.handover.ports import Supply
from akcept.transactions.locking import lock


class OscarWarehouse:
    """See `akcept.handover.ports.Warehouse`."""

    def lock(self, codes: Sequence[str]) -> dict[str, tuple[Supply, ...]]:
        """Lock the stock records, by their keys; a SKU is meant before an EAN of the same letters."""
        meant = Q(partner_sku__in=codes) | Q(product__upc__in=codes)
        records = lock(get_model("partner", "StockRecord").objects.filter(meant).order_by("pk"))
        by_sku: dict[str, list[Supply]] = {}
        by_ean: dict[str, list[Supply]] = {}
        for record in records.select_related("product"):
            supply = Supply(
                id=record.pk,
                sku=record.partner_sku,
                in_stock=record.num_in_stock,
                price=record.price,
                currency=record.price_currency,
            )
            by_sku.setdefault(record.partner_sku, []).append(supply)
            if record.product.upc:
                by_ean.setdefault(record.product.upc, []).append(supply)
        found = {code: by_sku.get(code) or by_ean.get(code) for code in codes}
        return {code: tuple(supplies) for code, supplies in found.items() if supplies}

    def set_stock(self, numbers: Mapping[int, int], *, at: datetime) -> None:
        """Write in one statement; what is reserved stays reserved."""
        to = Case(*(When(pk=pk, then=Value(number)) for pk, number in numbers.items()), output_field=IntegerField())
        get_model("partner", "StockRecord").objects.filter(pk__in=numbers).update(num_in_stock=to, date_updated=at)

    def set_prices(self, prices: Mapping[int, Decimal], *, at: datetime) -> None:
        """Write in one statement; orders that were placed keep theirs."""
        field = DecimalField(max_digits=12, decimal_places=2)
        to = Case(*(When(pk=pk, then=Value(price)) for pk, price in prices.items()), output_field=field)
        get_model("partner", "StockRecord").objects.filter(pk__in=prices).update(price=to, date_updated=at)
