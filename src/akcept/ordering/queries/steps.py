"""The steps an order goes, as its page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.text import capfirst

from akcept.approvals.current import told_by
from akcept.approvals.models import Case, Decision, Step
from akcept.approvals.states import DROPPED, State
from akcept.ordering.routing import reasons
from akcept.organizations import queries as organizations
from akcept.organizations.labels import role_name
from akcept.organizations.pseudonyms import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step of an order's way: why, whom it asks as it stood, who has accepted it, and where it is.

    `place` is "done", "skipped", "now" or "later"; of an order that ended without acceptance the step it ended at is
    "rejected" or "stopped", and what would have followed "unasked".
    """

    position: int
    why: str
    asks: tuple[str, ...]
    quorum: int
    accepted: tuple[str, ...]
    place: str

    @property
    def missing(self) -> int:
        """How many acceptances it still needs; 0 when it wants all of those asked, or no more."""
        return max(0, self.quorum - len(self.accepted))


def steps_of(case: Case | None, *, requester: str, unit_name: str, mine: bool) -> tuple[StepView, ...]:
    """Return the steps of the present round in order; three statements, none for an order that never waited."""
    if case is None:
        return ()
    rows = list(case.steps.filter(round=case.round).order_by("position").prefetch_related("selectors"))
    told_by(case, rows)
    given: dict[int, list[str]] = {}
    for decision in case.decisions.filter(round=case.round, kind=Decision.Kind.ACCEPT, voided=False).order_by("pk"):
        name = organizations.acting_name(decision.member_name, decision.for_member_name)
        given.setdefault(decision.position, []).append(name)
    return tuple(
        StepView(
            position=row.position,
            why=reason_of(row, requester=requester, unit_name=unit_name, mine=mine),
            asks=tuple(shown(role_name(selector.label)) for selector in row.selectors.all() if selector.label),
            quorum=row.quorum,
            accepted=tuple(given.get(row.position, ())),
            place=_place(case, row, answered=row.position in given),
        )
        for row in rows
    )


def _place(case: Case, step: Step, *, answered: bool) -> str:
    state = State(case.state)
    if state is State.RETURNED:
        return "later"  # whatever was accepted before is asked anew once it is submitted again
    if state is not State.ACCEPTED and step.position >= case.position:
        if step.position > case.position:
            return "unasked" if state in DROPPED else "later"
        return _LAST_PLACE.get(state, "stopped")
    return "done" if answered else "skipped"


_LAST_PLACE: Final = {State.AWAITING: "now", State.REJECTED: "rejected"}


def reason_of(step: Step, *, requester: str, unit_name: str, mine: bool) -> str:
    """Return why a step is asked, as its requester (`mine`) or anybody else is told."""
    if mine:
        return f"{capfirst(reasons.to_requester(step.reason, step.detail, unit_name=unit_name))}."
    return reasons.to_others(step.reason, step.detail, requester=requester, unit_name=unit_name)
