"""The sums of an order, and a limit on one of them (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Basis(StrEnum):
    """Which sum of an order a limit is compared with: of the goods alone, or with delivery; without VAT, or with."""

    GOODS_NET = "goods_net"
    GOODS_GROSS = "goods_gross"
    TOTAL_NET = "total_net"
    TOTAL_GROSS = "total_gross"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """An order's four sums in one currency."""

    currency: str
    goods_net: Decimal
    goods_gross: Decimal
    total_net: Decimal
    total_gross: Decimal

    def on(self, basis: Basis) -> Decimal:
        """Return the sum of that basis."""
        found: Decimal = getattr(self, basis.value)
        return found

    def exceeds(self, other: Amounts) -> bool:
        """Whether any of the sums is higher than another order's of the same currency."""
        return any(self.on(basis) > other.on(basis) for basis in Basis)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Acceptance up to and including an amount. 0 covers free orders only; no limit at all is None, never 0."""

    amount: Decimal
    currency: str
    basis: Basis

    def covers(self, amounts: Amounts) -> bool:
        """Whether an order lies within; one in another currency never does."""
        return amounts.currency == self.currency and amounts.on(self.basis) <= self.amount

    def as_json(self) -> dict[str, str]:
        """Return the limit as it is stored."""
        return {"amount": str(self.amount), "currency": self.currency, "basis": self.basis.value}


def limit_from(stored: dict[str, Any] | None) -> Limit | None:
    """Return a stored limit; None for none."""
    if not stored:
        return None
    return Limit(amount=Decimal(stored["amount"]), currency=stored["currency"], basis=Basis(stored["basis"]))


def covered(limits: Iterable[Limit], amounts: Amounts) -> bool:
    """Whether one of the limits covers the order; without any limit everything is covered."""
    every = tuple(limits)
    return not every or any(limit.covers(amounts) for limit in every)
