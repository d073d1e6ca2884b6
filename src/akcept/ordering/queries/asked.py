"""Whom the open step of a waiting order asks."""

from __future__ import annotations

from collections.abc import Sequence

from akcept.approvals.current import CurrentStep, current_steps, matter_of
from akcept.approvals.models import Case
from akcept.ordering.models import Placement
from akcept.organizations import queries as organizations
from akcept.organizations.seats import Matter, Person


def case_of(placement: Placement) -> Case | None:
    """Return an order's case with the placement and what it belongs to at hand, None for one that never waited."""
    case: Case | None = getattr(placement.order, "akcept_case", None)
    if case is not None:
        case.order = placement.order
        case.order.akcept_placement = placement
        if placement.organization and placement.unit and placement.requester:
            case.organization, case.unit = placement.organization, placement.unit
            case.requester = placement.requester
    return case


def matters(cases: Sequence[Case]) -> list[Matter]:
    """Return who may answer the open steps of cases whose placements are loaded; two statements at most."""
    found = current_steps(cases)
    return [matter(case, found[case.pk]) for case in cases]


def matter(case: Case, at: CurrentStep) -> Matter:
    """Return who may answer a case at its step."""
    placement: Placement = case.order.akcept_placement
    return matter_of(case, at, amounts=placement.amounts, unit_path=case.unit.path)


def asked_about(cases: Sequence[Case]) -> list[list[Person]]:
    """Return who may answer each of the cases' open steps now; four statements at most."""
    return organizations.who_may_accept_each(matters(cases))


def asked_later(case: Case) -> list[Person]:
    """Return who may answer one of the steps after the open one, as it stands now; nobody of several is left out.

    Three statements, one where no step follows.
    """
    steps = case.steps.filter(round=case.round, position__gt=case.position).order_by("position")
    coming = [CurrentStep.of(step, accepted=()) for step in steps.prefetch_related("selectors")]
    people = organizations.who_may_accept_each([matter(case, at) for at in coming]) if coming else []
    return [person for found in people for person in found]
