"""Who must say yes (pure): facts about an order in, the steps and the reasons out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from akcept.organizations.grants import Amounts, Limit, covered


class Reason(StrEnum):
    """Why an order is asked about. The words for each are in `reasons`."""

    MAY_NOT_ACCEPT = "may_not_accept"
    OVER_LIMIT = "over_limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What routing looks at; `requester_limits` bind a requester who may accept, none of them means no limit."""

    requester_may_accept: bool
    requester_limits: tuple[Limit, ...]
    amounts: Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One tier to be asked: anyone who holds `permission` over the order's unit may answer it."""

    permission: str
    reason: Reason
    #: Figures the reason speaks of.
    detail: dict[str, Any]


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

    An organisation that configured nothing: whoever may accept an order of the unit and this value need not ask
    anybody for his own; everybody else's order is asked once.
    """
    if not facts.requester_may_accept:
        return Plan(steps=(PlannedStep(permission="accept_orders", reason=Reason.MAY_NOT_ACCEPT, detail={}),))
    if covered(facts.requester_limits, facts.amounts):
        return Plan(steps=())
    detail = {"limits": [limit.as_json() for limit in facts.requester_limits]}
    return Plan(steps=(PlannedStep(permission="accept_orders", reason=Reason.OVER_LIMIT, detail=detail),))
