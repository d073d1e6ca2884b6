"""What happened to an order since somebody saw it: it was changed, or other people have to accept it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from akcept.approvals.rounds import OtherSteps, other_steps
from akcept.journal import queries as journal
from akcept.kernel.actor import Actor
from akcept.ordering import topics
from akcept.ordering.changes import revisions
from akcept.ordering.changes.revisions import Difference
from akcept.ordering.models import Placement
from akcept.ordering.queries.asked import case_of
from akcept.ordering.visibility import visible_placements
from akcept.organizations import queries as organizations
from akcept.organizations.pseudonyms import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSteps:
    """Whom an order asks instead. `by_name` gave it the steps of newer rules; empty where a change brought them."""

    steps: OtherSteps
    by_name: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What is different; false when nothing is."""

    currency: str
    changes: tuple[Difference, ...] = ()
    replanned: NewSteps | None = None

    def __bool__(self) -> bool:
        return bool(self.changes or self.replanned)


def changed_since(actor: Actor, seen: Mapping[str, int]) -> dict[str, Since]:
    """Return what is different in orders since the versions somebody saw of them, by number.

    Three statements; two more for those whose steps started anew, and one for each that newer rules ask about.
    Orders the actor may not see are left out.
    """
    placements = visible_placements(actor, organizations.seat_of(actor)).filter(number__in=list(seen))
    found = {placement: seen[placement.number] for placement in placements.select_related("order__akcept_case")}
    changes = revisions.since_each(found)
    cases = {case: version for placement, version in found.items() if (case := case_of(placement)) is not None}
    steps = other_steps(cases)
    return {
        placement.number: Since(
            currency=placement.currency,
            changes=changes[placement.number],
            replanned=_replanned(placement, steps.get(placement.order_id), changes[placement.number]),
        )
        for placement in found
    }


def _replanned(placement: Placement, steps: OtherSteps | None, changes: tuple[Difference, ...]) -> NewSteps | None:
    if steps is None:
        return None
    if any(change.case_version == steps.case_version for change in changes):
        return NewSteps(steps=steps, by_name="", at=None)
    last = journal.last("order", placement.number, topics.REPLANNED)
    return NewSteps(steps=steps, by_name=shown(last.actor_name) if last else "", at=last.at if last else None)
