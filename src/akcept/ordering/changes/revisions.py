"""What an order was before it was changed: written with the first change, so that an unchanged order costs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any

from akcept.ordering import payments
from akcept.ordering.changes.differences import (
    Delivery,
    DeliveryChange,
    LineChange,
    Snapshot,
    line_changes,
    raises_anything,
)
from akcept.ordering.models import Placement, Revision
from akcept.ordering.ports import OrderDocument, Quote, QuoteLine, order_reader
from akcept.organizations.pseudonyms import shown


class Text(StrEnum):
    """What somebody wrote or chose on an order; values are columns of `Placement` and `Revision`."""

    NOTE = "note"
    PO_NUMBER = "po_number"
    PAYMENT = "payment_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """A text that was written anew."""

    text: Text
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How one revision differs from the one before; money in the order's currency, net with delivery."""

    number: int
    kind: str
    by_name: str
    reason: str
    at: datetime
    lines: tuple[LineChange, ...]
    #: None where neither the way of delivery nor its charge differs.
    delivery: DeliveryChange | None
    net_before: Decimal
    net_after: Decimal
    gross_before: Decimal
    gross_after: Decimal
    currency: str
    texts: tuple[TextChange, ...]
    #: The case's version it made.
    case_version: int

    @property
    def raises(self) -> bool:
        """Whether any quantity, value or the total, net or with its VAT, is higher than before."""
        higher = raises_anything(self.lines, total_before=self.net_before, total_after=self.net_after)
        return higher or (self.only_tax and self.gross_after > self.gross_before)

    @property
    def only_tax(self) -> bool:
        """Whether nothing but VAT differs: the shop's rates are others."""
        return self.net_before == self.net_after and self.gross_before != self.gross_after and not self.lines

    @property
    def is_dearer(self) -> bool:
        """Whether the total is higher than before; the gross one where nothing but VAT differs."""
        return self.net_after > self.net_before or (self.only_tax and self.gross_after > self.gross_before)

    @property
    def changes_anything(self) -> bool:
        """Whether any line, the delivery or the total differs."""
        return bool(self.lines or self.delivery or self.net_before != self.net_after or self.only_tax)

    @property
    def prices(self) -> tuple[LineChange, ...]:
        """The lines that cost something else for the same quantity."""
        return tuple(line for line in self.lines if line.quantity_before == line.quantity_after)

    def as_json(self) -> dict[str, Any]:
        """Return what the journal keeps of it."""
        return {
            "currency": self.currency,
            "net_before": self.net_before,
            "net_after": self.net_after,
            # Only that they were changed: what people write to each other stays out of the journal's figures.
            "texts": [change.text.value for change in self.texts],
            "lines": [
                {"sku": line.sku, "title": line.title, "from": line.quantity_before, "to": line.quantity_after}
                for line in self.lines
                if line.quantity_before != line.quantity_after
            ],
            "prices": [{"title": line.title, "from": line.net_before, "to": line.net_after} for line in self.prices],
            **self._delivery_json(),
            **({"gross": {"from": self.gross_before, "to": self.gross_after}} if self.only_tax else {}),
        }

    def _delivery_json(self) -> dict[str, Any]:
        if self.delivery is None:
            return {}
        return {"delivery": {"from": self.delivery.before.as_json(), "to": self.delivery.after.as_json()}}


def record(
    placement: Placement,
    *,
    before: OrderDocument,
    after: Quote | OrderDocument,
    kind: Revision.Kind,
    by_name: str,
    reason: str,
    case_version: int,
    at: datetime,
    texts_before: Mapping[Text, str] | None = None,
) -> Difference:
    """Store what an order became, and with its first change what it was; two statements. Return the difference.

    `texts_before` where the placement's texts are the new ones already; `case_version` is the one this change makes.
    """
    last = placement.revisions.order_by("-number").first()
    rows = []
    now = texts_of(placement)
    if last is None:
        last = _row(placement, 1, Revision.Kind.PLACED, before, texts_before or now)
        last.by_name, last.at = "", placement.placed_at
        rows.append(last)
    row = _row(placement, last.number + 1, kind, after, now)
    row.by_name, row.reason, row.case_version, row.at = by_name[:200], reason, case_version, at
    Revision.objects.bulk_create([*rows, row])
    return difference(last, row, currency=placement.currency)


def preview(placement: Placement, *, before: OrderDocument, after: Quote, at: datetime) -> Difference:
    """Return how an order would differ at other prices; nothing is stored."""
    texts = texts_of(placement)
    now = _row(placement, 0, Revision.Kind.REPRICED, after, texts)
    now.at = at
    return difference(_row(placement, 0, Revision.Kind.PLACED, before, texts), now, currency=placement.currency)


def texts_of(of: Placement | Revision) -> dict[Text, str]:
    """Return what is written on an order."""
    return {Text.NOTE: of.note, Text.PO_NUMBER: of.po_number, Text.PAYMENT: of.payment_code}


def _in_words(text: Text, value: str) -> str:
    return str(payments.LABELS.get(value, value)) if text is Text.PAYMENT else value


def _row(
    placement: Placement, number: int, kind: Revision.Kind, order: Quote | OrderDocument, texts: Mapping[Text, str]
) -> Revision:
    delivery = Delivery(code=order.delivery_code, name=order.delivery_name, net=order.delivery_net)
    return Revision(
        placement=placement,
        number=number,
        kind=kind,
        total_net=order.total_net,
        total_gross=order.total_gross,
        note=texts[Text.NOTE],
        po_number=texts[Text.PO_NUMBER],
        payment_code=texts[Text.PAYMENT],
        lines=[_snapshot(line).as_json() for line in order.lines],
        delivery=delivery.as_json(),
    )


def _snapshot(line: QuoteLine) -> Snapshot:
    return Snapshot(line_id=line.line_id or 0, sku=line.sku, title=line.title, quantity=line.quantity, net=line.net)


def difference(before: Revision, after: Revision, *, currency: str) -> Difference:
    """Return how two revisions differ."""
    return Difference(
        number=after.number,
        kind=after.kind,
        by_name=shown(after.by_name),
        reason=after.reason,
        at=after.at,
        lines=line_changes(
            [Snapshot.from_json(line) for line in before.lines], [Snapshot.from_json(line) for line in after.lines]
        ),
        delivery=delivery_change(before.delivery, after.delivery),
        net_before=before.total_net,
        net_after=after.total_net,
        gross_before=before.total_gross,
        gross_after=after.total_gross,
        currency=currency,
        texts=tuple(
            TextChange(text=text, before=_in_words(text, was), after=_in_words(text, now))
            for (text, was), now in zip(texts_of(before).items(), texts_of(after).values(), strict=True)
            if was != now
        ),
        case_version=after.case_version,
    )


def delivery_change(before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> DeliveryChange | None:
    """Return how stored deliveries differ, named in the active language; None where they do not, or one is unknown."""
    if not before or not after:
        return None
    found = DeliveryChange(before=_named(Delivery.from_json(before)), after=_named(Delivery.from_json(after)))
    return found if found.is_another or found.before.net != found.after.net else None


def _named(delivery: Delivery) -> Delivery:
    return replace(delivery, name=order_reader().delivery_name(delivery.code, stood=delivery.name))


def differences(placement: Placement) -> tuple[Difference, ...]:
    """Return every change of an order, oldest first; one statement."""
    return _each(placement.revisions.order_by("number"), currency=placement.currency)


def _each(rows: Iterable[Revision], *, currency: str) -> tuple[Difference, ...]:
    return tuple(difference(before, after, currency=currency) for before, after in pairwise(rows))


def since(found: Sequence[Difference], version: int) -> tuple[Difference, ...]:
    """Return what was changed after the version somebody saw; nothing for 0 and below, which nobody saw."""
    return tuple(change for change in found if change.case_version > version) if version > 0 else ()


def since_each(seen: Mapping[Placement, int]) -> dict[str, tuple[Difference, ...]]:
    """Return, by order number, what was changed after the versions somebody saw of several orders; one statement."""
    rows: dict[int, list[Revision]] = {placement.pk: [] for placement in seen}
    for row in Revision.objects.filter(placement__in=list(rows)).order_by("placement", "number"):
        rows[row.placement_id].append(row)
    return {
        placement.number: since(_each(rows[placement.pk], currency=placement.currency), version)
        for placement, version in seen.items()
    }
