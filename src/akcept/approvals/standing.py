"""How a case stands: the open step, whom it asks and who has answered; read for one case or many alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F

from akcept.approvals.models import Case, Decision, Selector, Step, Terms
from akcept.approvals.states import State
from akcept.organizations.asking import Ask
from akcept.organizations.grants import Amounts
from akcept.organizations.seats import Matter, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The step a case is at (the last one of an ended case), and the acceptances it has so far."""

    step: Step
    asks: tuple[Ask, ...]
    accepted: tuple[Decision, ...]

    @classmethod
    def of(cls, step: Step, *, accepted: Sequence[Decision]) -> Standing:
        """Return the standing of a step whose selectors are loaded."""
        asks = tuple(selector.ask for selector in step.selectors.all())
        return cls(step=step, asks=asks, accepted=tuple(accepted))

    @property
    def answered(self) -> frozenset[int]:
        """The members who accepted in this step, and those in whose name that was."""
        return frozenset(
            pk for decision in self.accepted for pk in (decision.member_id, decision.for_member_id) if pk is not None
        )

    def can_be_reached(self, people: Sequence[Person]) -> bool:
        """Whether those who may answer now are enough for the step; substitutes stand beside whom they substitute."""
        if not people:
            return False
        return len(self.accepted) + sum(not person.stands_for for person in people) >= self.step.quorum


def standing(case: Case) -> Standing:
    """Return how one case stands; see `standings`."""
    return standings([case])[case.pk]


def standings(cases: Sequence[Case]) -> dict[int, Standing]:
    """Return how cases stand, by order id; one statement, one more when a step asks several people."""
    if not cases:
        return {}
    here = {"case__in": [case.pk for case in cases], "round": F("case__round"), "position": F("case__position")}
    selectors: dict[int, list[Selector]] = {}
    for selector in Selector.objects.filter(**here).select_related("step").order_by("pk"):
        selectors.setdefault(selector.case_id, []).append(selector)
    several = [
        case.pk
        for case in cases
        if case.state == State.AWAITING and case.pk in selectors and selectors[case.pk][0].step.quorum != 1
    ]
    accepted: dict[int, list[Decision]] = {}
    if several:
        given = Decision.objects.filter(**(here | {"case__in": several}), kind=Decision.Kind.ACCEPT, voided=False)
        for decision in given.order_by("pk"):
            accepted.setdefault(decision.case_id, []).append(decision)
    return {
        case.pk: Standing(
            step=selectors[case.pk][0].step if case.pk in selectors else Step(case=case, position=case.position),
            asks=tuple(selector.ask for selector in selectors.get(case.pk, ())),
            accepted=tuple(accepted.get(case.pk, ())),
        )
        for case in cases
    }


def terms_of(case: Case) -> Terms:
    """Return the organisation's terms, the defaults where it never set any; none where loaded with the case."""
    found: Terms | None = getattr(case.organization, "acceptance_terms", None)
    return found or Terms(organization_id=case.organization_id)


def terms_for(organization_id: int) -> Terms:
    """Return an organisation's terms, the defaults where it never set any; one statement."""
    return Terms.objects.filter(organization_id=organization_id).first() or Terms(organization_id=organization_id)


def matter_of(case: Case, standing: Standing, *, amounts: Amounts, unit_path: str) -> Matter:
    """Return the question who may answer the step."""
    return Matter(
        organization_id=case.organization_id,
        unit_path=unit_path,
        requester_id=case.requester_id,
        amounts=amounts if standing.step.needs_cover else None,
        asks=standing.asks,
        answered=standing.answered,
        requester_may=terms_of(case).self_acceptance,
    )
