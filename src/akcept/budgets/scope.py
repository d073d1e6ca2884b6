"""Whom a budget is for, and which orders that binds (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Whose orders a budget binds."""

    UNIT = "unit"
    #: A unit and every unit below it.
    BELOW = "below"
    MEMBER = "member"
    COST_CENTRE = "cost_centre"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who orders, and for which unit: what decides which budgets bind an order."""

    organization_id: int
    unit_id: int
    unit_path: str
    member_id: int
