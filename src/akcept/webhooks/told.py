"""What an event says: a CloudEvent, with an order as the API tells of it, but nobody's name, address or words.

Who placed or decided an order, remarks, notes and addresses are not sent to be kept elsewhere: who may see them asks
the API for them. What an event holds is how things stood when it was made, soon after what it tells of.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from akcept.fulfilment import carriers
from akcept.journal import sharing
from akcept.journal.models import Entry
from akcept.kernel import price_sight
from akcept.ordering import status
from akcept.ordering.models import Placement
from akcept.ordering.ports import OrderDocument, QuoteLine, order_reader
from akcept.webhooks import configured
from akcept.webhooks.events import Type, of_order

#: Of entries that tell of no order: what of their payload is sent.
_SENT: Final[Mapping[str, tuple[str, ...]]] = {
    "budget": ("name", "level", "period", "period_end", "currency", "spent", "held", "available"),
    "member": ("before", "after"),
    "rules": ("version", "change"),
}
_OF_MEMBER: Final = ("unit_id", "unit", "active", "roles", "permissions")


def money(amount: Decimal, currency: str) -> dict[str, str | None]:
    """Return a sum as the API writes it, without its amount for whoever sees no prices."""
    return {"amount": f"{amount:.2f}" if price_sight.are_seen() else None, "currency": currency}


def envelope(key: str, kind: str, *, subject: str, at: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a CloudEvent 1.0 in its structured form; `at` is when it happened."""
    return {
        "specversion": "1.0",
        "id": key,
        "source": configured.source(),
        "type": kind,
        "subject": subject,
        "time": at.astimezone(UTC).isoformat(),
        "datacontenttype": "application/json",
        "data": dict(data),
    }


def data_of(entry: Entry, kind: Type) -> dict[str, Any] | None:
    """Return what an event says of its subject; None where an order is gone. Two statements for an order."""
    if of_order(kind):
        key = ("webhooks", "order", entry.subject_id, price_sight.are_seen())
        found = sharing.once(key, lambda: _order(entry.subject_id))
        if found is None:
            return None
        by_shop = {"by_shop": True} if entry.payload.get("in_place_of") else {}
        return {**found, **_more(entry, kind), **by_shop}
    sent = {name: entry.payload[name] for name in _SENT[kind.partition(".")[0]] if name in entry.payload}
    if kind.startswith("member."):
        sent = {"after": entry.payload} if "after" not in sent else sent
        sent = {name: _member(facts) for name, facts in sent.items() if isinstance(facts, dict)}
    return {"id": entry.subject_id, **sent}


def _more(entry: Entry, kind: Type) -> dict[str, Any]:
    """Return what the event itself brings, beside how the order stands."""
    if kind is Type.RELEASED:
        return {"again": bool(entry.payload.get("again"))}
    if kind is Type.SHIPPED:
        inside = [
            {"id": each["line"], "code": each["sku"], "title": each["title"], "quantity": each["quantity"]}
            for each in entry.payload["lines"]
        ]
        number, carrier = entry.payload["parcel"], entry.payload["carrier"]
        parcel = {"number": number, "carrier": carrier, "link": carriers.link(carrier, number), "lines": inside}
        return {"parcel": parcel, "left": entry.payload["left"]}
    return {}


def _member(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in _OF_MEMBER if name in facts}


def _order(number: str) -> dict[str, Any] | None:
    parts = ("order__akcept_case", "unit", "organization")
    placement = Placement.objects.filter(number=number).select_related(*parts).first()
    if placement is None:
        return None
    document, case = order_reader().document(placement.order_id), getattr(placement.order, "akcept_case", None)
    return {
        "number": number,
        "status": document.status,
        "state": case.state if case else "",
        "version": case.version if case else 0,
        "held": placement.order.status in status.NOT_WORK,
        "placed_at": placement.placed_at.astimezone(UTC).isoformat(),
        "organization": _named(placement.organization),
        "unit": _named(placement.unit),
        "cost_centre": placement.cost_centre,
        "po_number": placement.po_number,
        "payment": placement.payment_code,
        "delivery": document.delivery_code,
        **_sums(document),
    }


def _named(row: Any) -> dict[str, Any] | None:
    return {"id": row.pk, "name": row.name} if row is not None else None


def _sums(document: OrderDocument) -> dict[str, Any]:
    currency = document.currency
    return {
        "lines": [_line(line, currency) for line in document.lines],
        "goods_net": money(document.goods_net, currency),
        "delivery_net": money(document.delivery_net, currency),
        "total_net": money(document.total_net, currency),
        "total_gross": money(document.total_gross, currency),
        "vat": [
            {"rate": _rate(row.rate), "net": money(row.net, currency), "vat": money(row.vat, currency)}
            for row in document.vat
        ],
    }


def _line(line: QuoteLine, currency: str) -> dict[str, Any]:
    return {
        "id": line.line_id,
        "code": line.sku,
        "title": line.title,
        "quantity": line.quantity,
        "unit_net": money(line.unit_net, currency),
        "net": money(line.net, currency),
        "gross": money(line.gross, currency),
        "vat_rate": _rate(line.vat_rate),
    }


def _rate(rate: Decimal | None) -> str | None:
    return None if rate is None else f"{(rate * 100).normalize():f}"
