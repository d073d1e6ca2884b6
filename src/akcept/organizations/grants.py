"""What roles and direct permissions add up to, and how far acceptance reaches (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from akcept.organizations.permissions import Permission


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Permissions from one place: a role, or (`source` empty) given to the member directly."""

    source: str
    permissions: frozenset[Permission]
    limit: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """What a member may do in all; `limits` bind acceptance, none of them means without limit."""

    permissions: frozenset[Permission]
    limits: tuple[Limit, ...]


def effective(grants: Iterable[Grant]) -> Effective:
    """Add grants up, in whatever order they come: the union of permissions, the furthest limits."""
    every = tuple(grants)
    accepting = [grant.limit for grant in every if Permission.ACCEPT_ORDERS in grant.permissions]
    return Effective(
        permissions=frozenset().union(*(grant.permissions for grant in every)),
        limits=() if None in accepting else _furthest(limit for limit in accepting if limit is not None),
    )


def _furthest(limits: Iterable[Limit]) -> tuple[Limit, ...]:
    """Keep the highest amount of each currency and basis; limits of different ones cannot be compared."""
    highest: dict[tuple[str, Basis], Limit] = {}
    for limit in limits:
        key = (limit.currency, limit.basis)
        if key not in highest or limit.amount > highest[key].amount:
            highest[key] = limit
    return tuple(highest[key] for key in sorted(highest))


def sources(grants: Iterable[Grant]) -> dict[Permission, tuple[str, ...]]:
    """Return where each permission comes from."""
    every = tuple(grants)
    return {
        permission: tuple(grant.source for grant in every if permission in grant.permissions)
        for permission in Permission
        if any(permission in grant.permissions for grant in every)
    }


def exceeds(wanted: Effective, own: Effective) -> frozenset[Permission]:
    """Return what somebody would give although he does not have it himself, acceptance beyond his limits included."""
    more = wanted.permissions - own.permissions
    if Permission.ACCEPT_ORDERS in wanted.permissions & own.permissions and own.limits:
        within = wanted.limits and all(_within(limit, own.limits) for limit in wanted.limits)
        if not within:
            more |= {Permission.ACCEPT_ORDERS}
    return more


def _within(limit: Limit, own: Iterable[Limit]) -> bool:
    return any(
        (limit.currency, limit.basis) == (mine.currency, mine.basis) and limit.amount <= mine.amount for mine in own
    )
