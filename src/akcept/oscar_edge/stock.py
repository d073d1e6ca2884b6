"""Stock in bulk: one statement however many lines. Oscar's own model methods cost several per line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Case, F, IntegerField, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest
from oscar.core.loading import get_model

from akcept.transactions.locking import lock


def allocate(lines: Sequence[Any]) -> None:
    """Reserve what basket lines want; their stock records must be locked and found sufficient. One statement."""
    wanted: dict[int, int] = {}
    for line in lines:
        if line.product.get_product_class().track_stock:
            wanted[line.stockrecord_id] = wanted.get(line.stockrecord_id, 0) + line.quantity
    change(wanted)


def give_back(order_id: int) -> None:
    """Free what an order reserved and note it on its lines. At most four statements.

    The records are locked in primary-key order first: placing takes them in the same order, so the two never
    deadlock.
    """
    lines = get_model("order", "Line").objects.filter(order_id=order_id, allocation_cancelled=False)
    held = lines.exclude(stockrecord=None).filter(num_allocated__gt=0)
    counts = {
        record_id: -number
        for record_id, number, own, parents in held.values_list("stockrecord_id")
        .annotate(n=Sum("num_allocated"))
        .values_list(
            "stockrecord_id",
            "n",
            "stockrecord__product__product_class__track_stock",
            "stockrecord__product__parent__product_class__track_stock",
        )
        .order_by("stockrecord_id")
        if own or parents
    }
    if counts:
        _lock(counts)
        change(counts)
    lines.update(allocation_cancelled=True, num_allocated=0)


def use_up(pieces: dict[int, int]) -> None:
    """Take pieces of order lines, by their id, out of the stock for good: they have left. At most four statements.

    What was reserved for them is reserved no more. That they left is a fact: where the shop counted fewer, it has none
    left by now, and never fewer than none.
    """
    lines = get_model("order", "Line").objects
    rows = lines.filter(pk__in=pieces).values_list(
        *("pk", "stockrecord_id", "num_allocated"),
        "stockrecord__product__product_class__track_stock",
        "stockrecord__product__parent__product_class__track_stock",
    )
    freed: dict[int, int] = {}
    reserved: dict[int, int] = {}
    gone: dict[int, int] = {}
    for pk, record_id, allocated, own, parents in rows.order_by("pk"):
        freed[pk] = min(pieces[pk], allocated or 0)
        if record_id is not None and (own or parents):
            reserved[record_id] = reserved.get(record_id, 0) - freed[pk]
            gone[record_id] = gone.get(record_id, 0) + pieces[pk]
    if gone:
        _lock(gone)
        change(reserved)
        records = get_model("partner", "StockRecord").objects.filter(pk__in=gone)
        records.update(num_in_stock=Greatest(Value(0), Coalesce(F("num_in_stock"), Value(0)) - _by(gone)))
    lines.filter(pk__in=freed).update(num_allocated=Coalesce(F("num_allocated"), Value(0)) - _by(freed))


def lock_of(rows: Sequence[Any]) -> None:
    """Lock the stock records of order lines; one statement, none for none."""
    _lock({row.stockrecord_id for row in rows if row.stockrecord_id})


def _lock(record_ids: Collection[int]) -> None:
    if record_ids:
        records = get_model("partner", "StockRecord").objects.filter(pk__in=record_ids)
        list(lock(records.order_by("pk")).only("pk"))


def change(changes: dict[int, int]) -> None:
    """Reserve more or less of stock records, by their id, whose rows are locked. One statement, none for nothing."""
    if not changes:
        return
    records = get_model("partner", "StockRecord").objects.filter(pk__in=changes)
    records.update(num_allocated=Greatest(Value(0), Coalesce(F("num_allocated"), Value(0)) + _by(changes)))


def _by(numbers: dict[int, int]) -> Case:
    """Return for each row, by its key, its number."""
    return Case(
        *(When(pk=pk, then=Value(number)) for pk, number in numbers.items()),
        default=Value(0),
        output_field=IntegerField(),
    )
