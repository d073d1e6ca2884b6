"""What a token may be used for, at most: its member's rights of the moment go further nowhere (pure)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """A part of the API; the value is what a token names."""

    ORDERS_READ = "orders:read"
    ORDERS_PLACE = "orders:place"
    ORDERS_DECIDE = "orders:decide"
    ORDERS_COMMENT = "orders:comment"
    CATALOGUE_READ = "catalogue:read"
    ORGANIZATION_READ = "organization:read"
    ORGANIZATION_WRITE = "organization:write"
    BUDGETS_READ = "budgets:read"
    BUDGETS_WRITE = "budgets:write"
    RULES_READ = "rules:read"
    RULES_WRITE = "rules:write"
    JOURNAL_READ = "journal:read"
    WORK_READ = "work:read"
    WORK_WRITE = "work:write"
    HELD_READ = "held:read"
    HELD_WRITE = "held:write"
    STOCK_WRITE = "stock:write"
    PRICES_WRITE = "prices:write"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    SHOP_READ = "shop:read"
    SHOP_WRITE = "shop:write"


_HELD: Final = frozenset({Scope.HELD_READ, Scope.HELD_WRITE})
_WORK: Final = frozenset({Scope.WORK_READ, Scope.WORK_WRITE, Scope.STOCK_WRITE, Scope.PRICES_WRITE})
_CUSTOMERS: Final = frozenset({Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE})
#: The merchant's systems: what the shop works on, its stock and prices, for whom, and what holds in all of it. All
#: others are for members of an organisation.
OF_MERCHANT: Final = _WORK | _HELD | _CUSTOMERS | {Scope.SHOP_READ, Scope.SHOP_WRITE}
OF_MEMBERS: Final = frozenset(Scope) - OF_MERCHANT


def known(codes: list[str]) -> frozenset[Scope]:
    """Return stored scopes; one that a later version took away is forgotten, not an error."""
    return frozenset(scope for scope in Scope if scope.value in codes)
