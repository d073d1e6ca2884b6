"""Reading the parcels of orders; who may see the order is decided before asking."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db.models.functions import Coalesce

from akcept.fulfilment import carriers
from akcept.ordering.status import SHIPPED, UNTOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPieces:
    """Pieces of one line in a parcel."""

    line_id: int
    sku: str
    title: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SentParcel:
    """A parcel with what is in it; its number and carrier are empty where nobody told them."""

    number: str
    carrier: str
    sent_at: datetime
    lines: tuple[SentPieces, ...]

    @property
    def pieces(self) -> int:
        """How many pieces are in it."""
        return sum(line.quantity for line in self.lines)

    @property
    def link(self) -> str:
        """Its page at the carrier, where the shop has configured one."""
        return carriers.link(self.carrier, self.number)


def parcels_of(order_id: int, *, status: str) -> tuple[SentParcel, ...]:
    """Return the parcels of one order, the oldest first; one that the shop has not begun with is not asked about."""
    return () if status in UNTOLD else parcels([order_id]).get(order_id, ())


def parcels(order_ids: Collection[int]) -> dict[int, tuple[SentParcel, ...]]:
    """Return the parcels of orders, by the order's key, the oldest first; one statement.

    Pieces that left without a parcel's number, as the shop's own pages tell it, are one without a number. None where
    the shop does without this app.
    """
    if not order_ids or not apps.is_installed("akcept.fulfilment"):
        return {}
    at = Coalesce("event__akcept_parcel__sent_at", "event__date_created")
    rows = (
        apps.get_model("order", "ShippingEventQuantity")
        .objects.filter(event__order_id__in=order_ids, event__event_type__code=SHIPPED)
        .annotate(at=at)
        .order_by("at", "event_id", "line_id")
        .values_list(
            *("event__order_id", "event_id", "event__akcept_parcel__number", "event__akcept_parcel__carrier", "at"),
            *("line_id", "line__partner_sku", "line__title", "quantity"),
        )
    )
    inside: dict[tuple[int, int, str, str, datetime], list[SentPieces]] = {}
    for order_id, event_id, number, carrier, sent_at, line_id, sku, title, quantity in rows:
        pieces = SentPieces(line_id=line_id, sku=sku, title=title, quantity=quantity)
        inside.setdefault((order_id, event_id, number or "", carrier or "", sent_at), []).append(pieces)
    found: dict[int, tuple[SentParcel, ...]] = {}
    for (order_id, _event, number, carrier, sent_at), lines in inside.items():
        parcel = SentParcel(number=number, carrier=carrier, sent_at=sent_at, lines=tuple(lines))
        found[order_id] = (*found.get(order_id, ()), parcel)
    return found
