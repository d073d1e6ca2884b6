"""Prices of a list as they would be: all of them by per cent, and what differs from those it has."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.translation import gettext as _

from akcept.agreements import checks
from akcept.agreements.inputs import GoodsInput, PriceInput
from akcept.agreements.models import ListedPrice, PriceList, shown
from akcept.kernel.errors import Invalid

_HUNDRED: Final = Decimal(100)
#: A change by more is a slip of the hand.
MOST_PER_CENT: Final = Decimal(900)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row of a list before and after; without `before` it is new. Net prices of one piece, or per cent off."""

    goods: GoodsInput
    least: int
    before: PriceInput | None
    after: PriceInput

    @property
    def pair(self) -> tuple[PriceInput | None, PriceInput]:
        """The row before and after."""
        return self.before, self.after


def prices_of(row: PriceList) -> list[PriceInput]:
    """Return all prices of a list, in the order in which they were written; one statement."""
    return [
        PriceInput(
            goods=GoodsInput(product_id=old.product_id, category_id=old.category_id),
            least=old.least,
            net=None if old.net is None else shown(old.net),
            per_cent=old.per_cent,
            starts=old.starts,
            ends=old.ends,
        )
        for old in ListedPrice.objects.filter(price_list=row).order_by("pk")
    ]


def by_per_cent(
    rows: Sequence[PriceInput], per_cent: Decimal, *, places: int, product_ids: Collection[int] | None = None
) -> list[PriceInput]:
    """Return prices, all of them, with the net ones so much dearer; below zero is cheaper.

    Rounded half up to so many places. `product_ids` changes those of some products only. Rows of per cent follow what
    they are off, and stay. Raises Invalid (field `per_cent`).
    """
    if not per_cent.is_finite() or not -_HUNDRED < per_cent <= MOST_PER_CENT or per_cent != round(per_cent, 4):
        text = _("Enter more than -100 and up to %(most)s per cent; below 0 makes it cheaper.")
        raise Invalid(text % {"most": MOST_PER_CENT}, field="per_cent")
    return [_changed(row, per_cent, places) if _is_meant(row, product_ids) else row for row in rows]


def _is_meant(row: PriceInput, product_ids: Collection[int] | None) -> bool:
    return row.net is not None and (product_ids is None or row.goods.product_id in product_ids)


def _changed(row: PriceInput, per_cent: Decimal, places: int) -> PriceInput:
    net = (row.net or Decimal(0)) * (_HUNDRED + per_cent) / _HUNDRED
    rounded = net.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if rounded > checks.NET_LIMIT:
        text = _("A price would be more than %(most)s.")
        raise Invalid(text % {"most": checks.NET_LIMIT}, field="per_cent")
    return replace(row, net=rounded)


def differences(before: Sequence[PriceInput], after: Sequence[PriceInput]) -> list[Change]:
    """Return the rows that are new or say something else, in the order of those after."""
    had = {_key(row): row for row in before}
    return [
        Change(goods=row.goods, least=row.least, before=had.get(_key(row)), after=row)
        for row in after
        if had.get(_key(row)) != row
    ]


def _key(row: PriceInput) -> tuple[GoodsInput, int, date | None]:
    return row.goods, row.least, row.starts
