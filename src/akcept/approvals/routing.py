"""Who must say yes (pure): facts about an order in, the steps and the reasons out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Reason(StrEnum):
    """Why an order is asked about. The words for each are in `reasons`."""

    MAY_NOT_ACCEPT = "may_not_accept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What routing looks at. Money in `currency`, net without delivery in `goods_net`."""

    requester_name: str
    requester_may_accept: bool
    unit_name: str
    currency: str
    goods_net: Decimal
    total_net: Decimal
    total_gross: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One tier to be asked: anyone who holds `permission` over the order's unit may answer it."""

    permission: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps in order; none means the order need not wait."""

    steps: tuple[PlannedStep, ...]

    @property
    def waits(self) -> bool:
        """Whether somebody has to be asked."""
        return bool(self.steps)


def plan(facts: Facts) -> Plan:
    """Return the steps an order of these facts goes through.

    An organisation that configured nothing: whoever may accept orders of the unit need not ask anybody for his own;
    everybody else's order is asked once.
    """
    if facts.requester_may_accept:
        return Plan(steps=())
    return Plan(steps=(PlannedStep(permission="accept_orders", reason=Reason.MAY_NOT_ACCEPT),))
