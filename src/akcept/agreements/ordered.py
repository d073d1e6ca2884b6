"""Keeping under what an order is placed; called by whoever places it, in that transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from akcept.agreements.answers import Conditions
from akcept.agreements.models import OrderedUnder, codes

_SUMS: Final = ("free_from", "small_below", "surcharge")
#: Codes of the ways of delivery, with commas.
_WAYS: Final = "delivers"


def keep(
    order_id: int,
    *,
    agreements: Sequence[Mapping[str, Any]],
    lines: Sequence[Mapping[str, Any]],
    said: Conditions,
    day: date,
) -> None:
    """Keep the versions an order's prices come from; one statement. See the model for what is in each."""
    kept = OrderedUnder(order_id=order_id, agreements=list(agreements), lines=list(lines), day=day)
    kept.delivery = _delivery(said)
    OrderedUnder.objects.bulk_create([kept])


def keep_delivery(kept: OrderedUnder, said: Conditions) -> None:
    """Keep that an order's delivery is reckoned by something else from now on; one statement, none where it is not."""
    if kept.delivery != _delivery(said):
        kept.delivery = _delivery(said)
        kept.save(update_fields=["delivery"])


def delivered_by(kept: OrderedUnder) -> Conditions:
    """Return what an order's delivery is reckoned by, and the ways that were agreed; nothing else of the conditions."""
    sums = {name: Decimal(kept.delivery[name]) for name in _SUMS if name in kept.delivery}
    return Conditions(
        free_from=sums.get("free_from"),
        small_below=sums.get("small_below"),
        surcharge=sums.get("surcharge"),
        delivers=codes(kept.delivery.get(_WAYS, "")),
    )


def _delivery(said: Conditions) -> dict[str, str]:
    found = {name: getattr(said, name) for name in _SUMS}
    sums = {name: str(amount) for name, amount in found.items() if amount is not None}
    return sums | ({_WAYS: ",".join(said.delivers)} if said.delivers else {})
