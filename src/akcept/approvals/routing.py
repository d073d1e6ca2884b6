"""Who must say yes (pure): facts about an order in, the steps and the reasons out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from akcept.organizations.asking import ANY_ACCEPTOR, Ask
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
    """One tier: `quorum` different people of those asked have to accept, 0 is all of them.

    With `needs_cover` each answerer must have a limit that covers the order.
    """

    reason: Reason
    asks: tuple[Ask, ...] = (ANY_ACCEPTOR,)
    quorum: int = 1
    needs_cover: bool = True
    #: Figures the reason speaks of.
    detail: dict[str, Any] = field(default_factory=dict)
    #: The organisation's rule that asks for the step; empty without one.
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps in order; none means the order need not wait. `refused` is a rule's text: it may not be placed."""

    steps: tuple[PlannedStep, ...] = ()
    refused: str = ""
    #: Version of the organisation's rules it was made by; None while it has none.
    policy_version: int | None = None

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
        return Plan(steps=(PlannedStep(reason=Reason.MAY_NOT_ACCEPT),))
    if covered(facts.requester_limits, facts.amounts):
        return Plan()
    detail = {"limits": [limit.as_json() for limit in facts.requester_limits]}
    return Plan(steps=(PlannedStep(reason=Reason.OVER_LIMIT, detail=detail),))
