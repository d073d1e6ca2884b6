"""Oscar's stock records behind the port of `akcept.handover`, written in bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, IntegerField, Value, When
from oscar.core.loading import get_model

from akcept.handover.ports import Supply
from akcept.oscar_edge import codes as codes_
from akcept.transactions.locking import lock


class OscarWarehouse:
    """See `akcept.handover.ports.Warehouse`."""

    def lock(self, codes: Sequence[str]) -> dict[str, tuple[Supply, ...]]:
        """Lock the stock records, by their keys, before any of them is looked at."""
        records = get_model("partner", "StockRecord").objects
        named = codes_.records_named(codes, lambda meant: records.filter(meant).select_related("product"))
        keys = sorted({record.pk for found in named.values() for record in found})
        locked = {record.pk: record for record in lock(records.filter(pk__in=keys).order_by("pk"))}
        supplies = {
            code: (_supply(locked[each.pk]) for each in found if each.pk in locked) for code, found in named.items()
        }
        return {code: found for code, each in supplies.items() if (found := tuple(each))}

    def set_stock(self, numbers: Mapping[int, int], *, at: datetime) -> None:
        """Write in one statement; what is reserved stays reserved."""
        to = Case(*(When(pk=pk, then=Value(number)) for pk, number in numbers.items()), output_field=IntegerField())
        get_model("partner", "StockRecord").objects.filter(pk__in=numbers).update(num_in_stock=to, date_updated=at)

    def set_prices(self, prices: Mapping[int, Decimal], *, at: datetime) -> None:
        """Write in one statement; orders that were placed keep theirs."""
        field = DecimalField(max_digits=12, decimal_places=2)
        to = Case(*(When(pk=pk, then=Value(price)) for pk, price in prices.items()), output_field=field)
        get_model("partner", "StockRecord").objects.filter(pk__in=prices).update(price=to, date_updated=at)


def _supply(record: Any) -> Supply:
    return Supply(
        id=record.pk,
        sku=record.partner_sku,
        in_stock=record.num_in_stock,
        price=record.price,
        currency=record.price_currency,
    )
