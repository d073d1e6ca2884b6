"""What the passing of time does to an order that waits: remind, ask those above, warn, end. Silence never accepts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from akcept.approvals import clocks
from akcept.approvals.cases import keep_asked
from akcept.approvals.current import CurrentStep, current_step
from akcept.approvals.deadlines import Due, due, expires_at
from akcept.approvals.models import Case, Selector
from akcept.approvals.states import OPEN, State
from akcept.budgets.calendars import calendar_of
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed
from akcept.ordering import topics
from akcept.ordering.actions.parts.locked import asked_payload
from akcept.ordering.actions.parts.outcomes import end
from akcept.ordering.actions.parts.turn import turn
from akcept.ordering.queries import matter
from akcept.organizations import module
from akcept.organizations import queries as organizations
from akcept.organizations.asking import ANY_ACCEPTOR, Ask, AskKind
from akcept.organizations.seats import Matter, Person, UnitRef
from akcept.transactions.acting import action
from akcept.transactions.locking import lock


@action
def tend(order_number: str, *, actor: Actor, now: datetime | None = None) -> frozenset[Due]:
    """Do what is due for an order that waits, once, and return it; nothing for one that ended or is in other hands.

    What was done is remembered on the case, locked here: of two processes at once one does it.
    Journal: `order.reminded`, `order.escalated`, `order.expiring`, `order.expired`.
    Raises NotAllowed for anybody but the system.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(_("Reminders and expiry run automatically."))
    at = now or utc_now()
    case = lock(
        Case.objects.filter(order__number=order_number, state__in=[state.value for state in OPEN]).select_related(
            "order__akcept_placement", "unit", "organization__acceptance_terms", "requester"
        ),
        of=("self", "order"),
        skip_locked=True,
    ).first()
    if case is None or not module.is_available():
        return frozenset()
    zone = calendar_of(case.organization_id).time_zone
    done = due(clocks.waiting(case), clocks.days(case, zone=zone), now=at)
    if Due.EXPIRE in done:
        events = [end(case, actor=actor, at=at)]
    else:
        clocks.note(case, done, zone=zone, now=at)
        events = _events(case, done, zone=zone, at=at)
    if events:
        journal.write(events, actor=actor, organization_id=case.organization_id, now=at)
    return done


def _events(case: Case, done: frozenset[Due], *, zone: str, at: datetime) -> list[Event]:
    if not done:
        return []
    look = _Look.at(case) if case.state == State.AWAITING else None
    events = []
    if Due.REMIND in done:
        events.append(_event(topics.REMINDED, case, **turn(case, look.people if look else None)))
    if Due.ESCALATE in done and look is not None:
        events.append(_escalated(look, at=at))
    if Due.WARN in done:
        ends = expires_at(clocks.waiting(case), clocks.days(case, zone=zone))
        assert ends is not None  # noqa: S101  or there would be nothing to warn of
        whose = turn(case, look.people if look else None)
        events.append(_event(topics.EXPIRING, case, expires_at=ends.isoformat(timespec="milliseconds"), **whose))
    return events


def _event(topic: str, case: Case, **payload: Any) -> Event:
    return Event(topic, ("order", case.order.akcept_placement.number), {"order_id": case.order_id, **payload})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """The open step of a case, and who may answer it now."""

    case: Case
    current: CurrentStep
    matter: Matter
    people: list[Person]

    @classmethod
    def at(cls, case: Case) -> _Look:
        found = current_step(case)
        asked = matter(case, found)
        return cls(case=case, current=found, matter=asked, people=organizations.who_may_accept(asked))


def _escalated(look: _Look, *, at: datetime) -> Event:
    """Tell those above the ones nearest to the order; where none of them may answer, ask the next unit up as well.

    A step that wants everybody it asks stays as it is: one more to ask would hold the order up for longer.
    """
    candidates = organizations.who_may_accept(replace(look.matter, asks=(ANY_ACCEPTOR,)))
    units = organizations.units_of_members([person.member_id for person in (*look.people, *candidates)])
    own = [person for person in look.people if not person.stands_for]
    depths = [len(units[person.member_id].path) for person in own if _on_the_way(look, units[person.member_id])]
    nearest = max(depths, default=None)
    above = [person for person in own if nearest and _is_above(look, units[person.member_id], nearest)]
    people, newly = look.people, list[Person]()
    if not above and look.current.step.quorum != 0:
        unit = _next_unit_up(look, candidates, units, nearest)
        if unit is not None:
            people = _ask_too(look, unit)
            known = {person.member_id for person in look.people}
            newly = [person for person in people if person.member_id not in known]
            _keep_asked(look, people, at=at)
    told = {person.user_id for person in (*above, *newly)}
    return _event(topics.ESCALATED, look.case, told_ids=sorted(told), newly=_names(newly), **asked_payload(people))


def _names(people: Sequence[Person]) -> list[str]:
    return [person.name for person in people]


def _on_the_way(look: _Look, unit: UnitRef) -> bool:
    return look.matter.unit_path.startswith(unit.path)


def _is_above(look: _Look, unit: UnitRef, nearest: int) -> bool:
    return _on_the_way(look, unit) and len(unit.path) < nearest


def _next_unit_up(
    look: _Look, candidates: Sequence[Person], units: dict[int, UnitRef], nearest: int | None
) -> UnitRef | None:
    """Return the nearest unit above those asked where somebody else may accept the order; any when none is asked."""
    asked: Collection[int] = {person.member_id for person in look.people}
    others = [units[p.member_id] for p in candidates if p.member_id not in asked and not p.stands_for]
    higher = [unit for unit in others if nearest is None or len(unit.path) < nearest]
    return max(higher, key=lambda unit: len(unit.path), default=None)


def _ask_too(look: _Look, unit: UnitRef) -> list[Person]:
    step = look.current.step
    Selector.objects.create(
        case=look.case,
        step=step,
        round=step.round,
        position=step.position,
        needs_cover=step.needs_cover,
        kind=AskKind.UNIT.value,
        unit_id=unit.unit_id,
        label=unit.name[:200],
    )
    ask = Ask(kind=AskKind.UNIT, id=unit.unit_id, label=unit.name)
    return organizations.who_may_accept(replace(look.matter, asks=(*look.matter.asks, ask)))


def _keep_asked(look: _Look, people: list[Person], *, at: datetime) -> None:
    """Keep who was told, so that `reactions.asking_again` does not tell them again."""
    enough = look.current.can_be_reached(people)
    asked = sorted(person.member_id for person in people)
    Case.objects.filter(pk=look.case.pk).update(
        asked=asked, stuck_since=None if enough else look.case.stuck_since or at
    )
    keep_asked({look.case.pk: asked})
