"""What changed between two states of an order (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One line as a revision keeps it; `net` in the order's currency, without VAT."""

    line_id: int
    sku: str
    title: str
    quantity: int
    net: Decimal

    def as_json(self) -> dict[str, Any]:
        """Return the line as it is stored."""
        return {
            "line_id": self.line_id,
            "sku": self.sku,
            "title": self.title,
            "quantity": self.quantity,
            "net": str(self.net),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Snapshot:
        """Return a stored line."""
        return cls(**{**stored, "net": Decimal(stored["net"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """A line with another quantity or value; quantity 0 before: added, after: dropped."""

    sku: str
    title: str
    quantity_before: int
    quantity_after: int
    net_before: Decimal
    net_after: Decimal

    @property
    def dropped(self) -> bool:
        """Whether the line is gone."""
        return self.quantity_after == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How an order is delivered and what that costs, net in its currency; the name as it stood."""

    code: str
    name: str
    net: Decimal

    def as_json(self) -> dict[str, str]:
        """Return it as it is stored."""
        return {"code": self.code, "name": self.name, "net": str(self.net)}

    @classmethod
    def from_json(cls, stored: Mapping[str, str]) -> Delivery:
        """Return a stored one."""
        return cls(code=stored["code"], name=stored["name"], net=Decimal(stored["net"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryChange:
    """Another way of delivery, or another charge for the same."""

    before: Delivery
    after: Delivery

    @property
    def is_another(self) -> bool:
        """Whether it is another way, and not only another charge."""
        return self.before.code != self.after.code


def line_changes(before: Sequence[Snapshot], after: Sequence[Snapshot]) -> tuple[LineChange, ...]:
    """Return the lines that differ, in the order of the former ones, new ones last."""
    was = {line.line_id: line for line in before}
    now = {line.line_id: line for line in after}
    ids = [*was, *(line_id for line_id in now if line_id not in was)]
    return tuple(_change(was.get(line_id), now.get(line_id)) for line_id in ids if was.get(line_id) != now.get(line_id))


def _change(before: Snapshot | None, after: Snapshot | None) -> LineChange:
    line = after or before
    assert line is not None  # noqa: S101  one of the two is there
    return LineChange(
        sku=line.sku,
        title=line.title,
        quantity_before=before.quantity if before else 0,
        quantity_after=after.quantity if after else 0,
        net_before=before.net if before else Decimal(0),
        net_after=after.net if after else Decimal(0),
    )


def raises_anything(changes: Sequence[LineChange], *, total_before: Decimal, total_after: Decimal) -> bool:
    """Whether any quantity or value, or the order's net total with delivery, is higher than before."""
    higher = any(
        change.quantity_after > change.quantity_before or change.net_after > change.net_before for change in changes
    )
    return higher or total_after > total_before
