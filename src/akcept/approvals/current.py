"""How a case stands: the open step, whom it asks and who has answered; read for one case or many alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, FilteredRelation, Q, QuerySet

from akcept.approvals.models import Case, Decision, Selector, Step, Terms
from akcept.approvals.states import State
from akcept.kernel.amounts import Amounts
from akcept.organizations.asking import Ask
from akcept.organizations.seats import Matter, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentStep:
    """The step a case is at (the last one of an ended case), and the acceptances it has so far."""

    step: Step
    asks: tuple[Ask, ...]
    accepted: tuple[Decision, ...]

    @classmethod
    def of(cls, step: Step, *, accepted: Sequence[Decision]) -> CurrentStep:
        """Return a step whose selectors are loaded."""
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


def with_open_step(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Read a case together with the step it is at, a row for each of the step's selectors; see `joined`."""
    at_it = Q(selectors__round=F("round"), selectors__position=F("position"))
    step = FilteredRelation("selectors", condition=at_it)
    # The plugin of mypy does not know filtered relations.
    return cases.annotate(open_selector=step).select_related("open_selector__step")  # type: ignore[misc]


def joined(rows: Iterable[Case]) -> Case | None:
    """Return the one case of rows read `with_open_step`; how it stands then takes no statement of its own."""
    found = list(rows)
    if not found:
        return None
    case, selectors = found[0], [selector for row in found if (selector := getattr(row, "open_selector", None))]
    case.read_selectors = sorted(selectors, key=lambda selector: selector.pk)  # type: ignore[attr-defined]
    return case


def told_by(case: Case, steps: Iterable[Step]) -> None:
    """Let how a case stands be told from steps that were read with their selectors, without reading them again."""
    selectors = (selector for step in steps for selector in step.selectors.all())
    case.read_selectors = sorted(selectors, key=lambda selector: selector.pk)  # type: ignore[attr-defined]


def _read_with(case: Case) -> list[Selector]:
    """Return the selectors that were read with a case, none once it is at another step.

    It may be so from the start: the row's lock was waited for, and whoever held it moved the case.
    """
    read: list[Selector] = getattr(case, "read_selectors", [])
    return [selector for selector in read if (selector.round, selector.position) == (case.round, case.position)]


def current_step(case: Case) -> CurrentStep:
    """Return how one case stands; see `current_steps`."""
    return current_steps([case])[case.pk]


def current_steps(cases: Sequence[Case]) -> dict[int, CurrentStep]:
    """Return how cases stand, by order id; one statement, one more when a step asks several people.

    None for the steps that were read with their cases.
    """
    selectors = {case.pk: read for case in cases if (read := _read_with(case))}
    here = {"round": F("case__round"), "position": F("case__position")}
    if unread := [case.pk for case in cases if case.pk not in selectors]:
        for selector in Selector.objects.filter(**here, case__in=unread).select_related("step").order_by("pk"):
            selectors.setdefault(selector.case_id, []).append(selector)
    several = [
        case.pk
        for case in cases
        if case.state == State.AWAITING and case.pk in selectors and selectors[case.pk][0].step.quorum != 1
    ]
    accepted: dict[int, list[Decision]] = {}
    if several:
        given = Decision.objects.filter(**here, case__in=several, kind=Decision.Kind.ACCEPT, voided=False)
        for decision in given.order_by("pk"):
            accepted.setdefault(decision.case_id, []).append(decision)
    return {
        case.pk: CurrentStep(
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


def matter_of(case: Case, current: CurrentStep, *, amounts: Amounts, unit_path: str) -> Matter:
    """Return the question who may answer the step."""
    return Matter(
        organization_id=case.organization_id,
        unit_path=unit_path,
        requester_id=case.requester_id,
        amounts=amounts if current.step.needs_cover else None,
        asks=current.asks,
        answered=current.answered,
        requester_may=terms_of(case).self_acceptance,
    )
