"""Why an order goes the way it does: the rules that bound it, its steps, and who may answer them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from akcept.approvals import grounds, sentences
from akcept.approvals.grounds import Kept
from akcept.approvals.models import Case
from akcept.kernel.errors import NotFound
from akcept.ordering.models import Placement
from akcept.ordering.routing import reasons
from akcept.ordering.routing.newer_rules import steps_of
from akcept.organizations.queries import name_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step in words: whom it asks, and why."""

    position: int
    asks: str
    why: str
    needs_cover: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """An order's whole explanation; `kept` is None where no rule bound it, `steps` are empty where it never waited."""

    placement: Placement
    requester: str
    steps: tuple[StepLine, ...]
    kept: Kept | None


def explain(number: str) -> Explained:
    """Return why an order was routed so, whoever asks: for commands. Raises NotFound; at most seven statements."""
    found = Placement.objects.filter(number=number).select_related(
        "order__akcept_case", "requester__user", "unit", "organization", "buyer"
    )
    placement = found.first()
    if placement is None:
        raise NotFound(_("There is no order %(number)s.") % {"number": number})
    case: Case | None = getattr(placement.order, "akcept_case", None)
    requester = name_of(placement.requester.user if placement.requester else placement.buyer)
    unit = placement.unit.name if placement.unit else ""
    return Explained(
        placement=placement,
        requester=requester,
        steps=_steps(case, requester=requester, unit=unit) if case else (),
        kept=grounds.explanation_of(placement.order_id),
    )


def _steps(case: Case, *, requester: str, unit: str) -> tuple[StepLine, ...]:
    return tuple(
        StepLine(
            position=step.position,
            asks=sentences.asked([row.ask for row in step.selectors.all()], step.quorum),
            why=reasons.to_others(step.reason, step.detail, requester=requester, unit_name=unit),
            needs_cover=step.needs_cover,
        )
        for step in steps_of([case])[case.pk]
    )
