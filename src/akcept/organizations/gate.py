"""Who comes into the shop, who sees its prices, and of which kind (pure)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from akcept.organizations.permissions import Permission


class Gate(StrEnum):
    """What the shop is to visitors: to everybody but members of organisations it has confirmed, and its staff."""

    OPEN = "open"
    WITHOUT_PRICES = "no_prices"
    CLOSED = "closed"


class Shown(StrEnum):
    """Which prices of products are shown."""

    NET = "net"
    GROSS = "gross"
    BOTH = "both"


#: Nobody decides about money, or plans it, without seeing it: any of these includes seeing prices.
SEEING: Final = frozenset(
    {
        Permission.SEE_PRICES,
        Permission.ACCEPT_ORDERS,
        Permission.MANAGE_POLICIES,
        Permission.SEE_BUDGETS,
        Permission.MANAGE_BUDGETS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the merchant chose for the whole shop."""

    gate: Gate = Gate.OPEN
    shown: Shown = Shown.BOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one visitor may: come in, see prices, and of which kind."""

    comes_in: bool
    sees_prices: bool
    shown: Shown
    #: Whether the shop sells to them at all; what a member may buy is their organisation's to say.
    buys: bool = True

    @property
    def net(self) -> bool:
        """Whether they see net prices."""
        return self.sees_prices and self.shown is not Shown.GROSS

    @property
    def gross(self) -> bool:
        """Whether they see gross prices."""
        return self.sees_prices and self.shown is not Shown.NET


def of_visitor(kept: Kept) -> Sight:
    """Return what the gate lets somebody do whom the shop does not know as a customer of its own."""
    known = kept.gate is Gate.OPEN
    return Sight(comes_in=kept.gate is not Gate.CLOSED, sees_prices=known, shown=kept.shown, buys=known)


def of_staff(kept: Kept) -> Sight:
    """Return what the shop's people may: all of it."""
    return Sight(comes_in=True, sees_prices=True, shown=kept.shown)


def of_member(*, sees: bool, shown: Shown) -> Sight:
    """Return what a member of a confirmed organisation may; `shown` is what was chosen for it."""
    return Sight(comes_in=True, sees_prices=sees, shown=shown)


def includes_seeing(permissions: Collection[Permission]) -> bool:
    """Whether somebody with these permissions sees prices where that takes a permission."""
    return not SEEING.isdisjoint(permissions)
