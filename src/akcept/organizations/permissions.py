"""What a member may be allowed to do (pure)."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """Rights of a member. Each reaches the own unit and every unit below it, unless it says otherwise."""

    PLACE_ORDERS = "place_orders"
    ACCEPT_ORDERS = "accept_orders"
    SEE_UNIT_ORDERS = "see_unit_orders"
    SEE_ALL_ORDERS = "see_all_orders"
    USE_FREE_ADDRESS = "use_free_address"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_UNITS = "manage_units"
    MANAGE_POLICIES = "manage_policies"
    SEE_BUDGETS = "see_budgets"
    MANAGE_BUDGETS = "manage_budgets"
    #: Counts where an organisation shows prices only to those who have it (`gate.SEEING` says what includes it).
    SEE_PRICES = "see_prices"
