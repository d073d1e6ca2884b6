"""What an order was before it was changed: written with the first change, so that an unchanged order costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from akcept.ordering.differences import LineChange, Snapshot, line_changes, raises_anything
from akcept.ordering.models import Placement, Revision
from akcept.ordering.ports import OrderDocument, Quote, QuoteLine
from akcept.organizations.pseudonyms import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How one revision differs from the one before; money in the order's currency, net with delivery."""

    number: int
    kind: str
    by_name: str
    reason: str
    at: datetime
    lines: tuple[LineChange, ...]
    net_before: Decimal
    net_after: Decimal
    gross_before: Decimal
    gross_after: Decimal

    @property
    def raises(self) -> bool:
        """Whether any quantity, value or the total is higher than before."""
        return raises_anything(self.lines, total_before=self.net_before, total_after=self.net_after)

    def as_json(self) -> dict[str, Any]:
        """Return what the journal keeps of it."""
        return {
            "net_before": self.net_before,
            "net_after": self.net_after,
            "lines": [
                {"sku": line.sku, "title": line.title, "from": line.quantity_before, "to": line.quantity_after}
                for line in self.lines
            ],
        }


def record(
    placement: Placement,
    *,
    before: OrderDocument,
    after: Quote,
    kind: Revision.Kind,
    by_name: str,
    reason: str,
    at: datetime,
) -> Difference:
    """Store what an order became, and with its first change what it was; two statements. Return the difference."""
    last = placement.revisions.order_by("-number").first()
    rows = []
    if last is None:
        last = _row(placement, 1, Revision.Kind.PLACED, before.lines, before.total_net, before.total_gross)
        last.by_name, last.at = "", placement.placed_at
        rows.append(last)
    row = _row(placement, last.number + 1, kind, after.lines, after.total_net, after.total_gross)
    row.by_name, row.reason, row.at = by_name[:200], reason, at
    Revision.objects.bulk_create([*rows, row])
    return difference(last, row)


def _row(
    placement: Placement, number: int, kind: Revision.Kind, lines: Sequence[QuoteLine], net: Decimal, gross: Decimal
) -> Revision:
    return Revision(
        placement=placement,
        number=number,
        kind=kind,
        total_net=net,
        total_gross=gross,
        lines=[_snapshot(line).as_json() for line in lines],
    )


def _snapshot(line: QuoteLine) -> Snapshot:
    return Snapshot(line_id=line.line_id or 0, sku=line.sku, title=line.title, quantity=line.quantity, net=line.net)


def difference(before: Revision, after: Revision) -> Difference:
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
        net_before=before.total_net,
        net_after=after.total_net,
        gross_before=before.total_gross,
        gross_after=after.total_gross,
    )


def differences(placement: Placement) -> tuple[Difference, ...]:
    """Return every change of an order, oldest first; one statement."""
    rows = list(placement.revisions.order_by("number"))
    return tuple(difference(before, after) for before, after in pairwise(rows))
