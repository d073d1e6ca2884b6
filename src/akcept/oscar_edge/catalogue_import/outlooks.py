"""What a file says of products beyond their stock, written after all of them: one may replace another one of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from akcept.oscar_edge import codes
from akcept.oscar_edge.catalogue_import.reading import ProductRow, Trouble, batches
from akcept.oscar_edge.models import ProductOutlook

#: Returns the keys of the products of rows, by their sku.
KeysOf = Callable[[Sequence[ProductRow]], Mapping[str, int]]
#: As many rows at a time.
BLOCK = 500


@dataclass(frozen=True, slots=True)
class _Said:
    expected_on: date | None = None
    ended: bool = False
    successor_id: int | None = None

    @property
    def is_anything(self) -> bool:
        return self != _Said()


class BadSuccessors(Exception):
    """Rows whose successor is nobody's code, several products', or leads back to the product itself."""

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        self.troubles = tuple(troubles)
        super().__init__(f"{len(self.troubles)} bad rows")


def write(rows: Sequence[ProductRow], keys_of: KeysOf) -> set[str]:
    """Write what rows say; `keys_of` returns the keys of their products by sku. Return the skus of which it was new.

    Four statements for 500 rows, none for rows that say nothing of it. Raises BadSuccessors.
    """
    saying = [row for row in rows if row.says_outlook]
    changed: set[str] = set()
    troubles: list[Trouble] = []
    replaced: dict[int, int] = {}
    for block in batches(saying, BLOCK):
        keys = keys_of(block)
        successors = _successors(block)
        troubles += _unknown(block, successors)
        new, told = _written(block, keys, successors)
        changed |= new
        replaced |= told
    troubles += _circles(saying, keys_of, replaced) if replaced else ()
    if troubles:
        raise BadSuccessors(troubles)
    return changed


def _successors(rows: Sequence[ProductRow]) -> dict[str, list[int]]:
    """Return the products that the rows name as successors, by what the file says."""
    wanted = {row.successor for row in rows if row.successor}
    found = codes.records_named(wanted, _records)
    return {code: sorted({record.product_id for record in records}) for code, records in found.items()}


def _records(which: Q) -> Any:
    return get_model("partner", "StockRecord").objects.filter(which).select_related("product")


def _unknown(rows: Sequence[ProductRow], successors: Mapping[str, list[int]]) -> Iterator[Trouble]:
    for row in rows:
        named = successors.get(row.successor or "", [])
        if row.successor and len(named) != 1:
            several = _("Several products have the code “%(code)s”; take the EAN instead.")
            text = several if named else _("There is no product with the code “%(code)s”.")
            yield Trouble(line=row.line, reason=text % {"code": row.successor})


def _written(
    rows: Sequence[ProductRow], keys: Mapping[str, int], successors: Mapping[str, list[int]]
) -> tuple[set[str], dict[int, int]]:
    """Write what is new, and return the skus it is new of; and the successors of all rows, by product."""
    stored = ProductOutlook.objects.filter(product_id__in=list(keys.values()))
    before = {each.product_id: _Said(each.expected_on, each.ended, each.successor_id) for each in stored}
    after = {row.sku: _merged(row, before.get(keys[row.sku], _Said()), successors) for row in rows}
    changed = {sku: said for sku, said in after.items() if said != before.get(keys[sku], _Said())}
    silent = [keys[sku] for sku, said in changed.items() if not said.is_anything]
    ProductOutlook.objects.filter(product_id__in=silent).delete()
    ProductOutlook.objects.bulk_create(
        [
            ProductOutlook(
                product_id=keys[sku], expected_on=said.expected_on, ended=said.ended, successor_id=said.successor_id
            )
            for sku, said in changed.items()
            if said.is_anything
        ],
        update_conflicts=True,
        update_fields=["expected_on", "ended", "successor"],
        unique_fields=["product"],
    )
    return set(changed), {keys[sku]: said.successor_id for sku, said in after.items() if said.successor_id is not None}


def _merged(row: ProductRow, before: _Said, successors: Mapping[str, list[int]]) -> _Said:
    """Return what is said of a product once its row has been read; what it does not say stays."""
    named = successors.get(row.successor or "", [])
    return _Said(
        before.expected_on if row.expected is None else row.expected or None,
        before.ended if row.ended is None else row.ended,
        before.successor_id if row.successor is None else (named[0] if len(named) == 1 else None),
    )


def _circles(
    rows: Sequence[ProductRow],
    keys_of: KeysOf,
    replaced: Mapping[int, int],
) -> Iterator[Trouble]:
    """Yield the rows whose successors come back to their own product, as everything stands now."""
    stored = ProductOutlook.objects.exclude(successor=None).values_list("product_id", "successor_id")
    chain = dict(stored.iterator())
    for block in batches([row for row in rows if row.successor], BLOCK):
        keys = keys_of(block)
        for row in block:
            if keys[row.sku] in replaced and in_circle(keys[row.sku], chain):
                words = {"code": row.successor}
                yield Trouble(line=row.line, reason=_("“%(code)s” would be replaced by itself.") % words)


def in_circle(product_id: int, successors: Mapping[int, int]) -> bool:
    """Whether a product's successors come back to it."""
    seen: set[int] = set()
    at: int | None = successors.get(product_id)
    while at is not None and at not in seen:
        if at == product_id:
            return True
        seen.add(at)
        at = successors.get(at)
    return False
