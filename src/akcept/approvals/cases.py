"""Moves of a case, made inside the transaction of whoever calls (the actions of `ordering`).

There is one writer of a case: `_move`, a compare-and-set on the version. On SQLite nothing is locked row by row, so it
is the compare-and-set that makes two decisions one, on every database.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from akcept.approvals.current import CurrentStep, matter_of, terms_of
from akcept.approvals.models import Asked, Case, Decision, Selector, Step
from akcept.approvals.routing import Plan
from akcept.approvals.states import ENDED, Move, State, after
from akcept.approvals.wording import who_was_faster
from akcept.kernel.amounts import Amounts
from akcept.kernel.errors import IllegalMove, Stale
from akcept.organizations import queries as organizations
from akcept.organizations.asking import AskKind
from akcept.organizations.seats import Door, Matter, Seat


def open_case(*, order_id: int, seat: Seat, plan: Plan, asked: Collection[int], now: datetime) -> Case:
    """Store the case of a new order with a copy of its planned steps; four statements."""
    _require_transaction()
    case = Case.objects.create(
        order_id=order_id,
        organization_id=seat.organization_id,
        unit_id=seat.unit_id,
        requester_id=seat.member_id,
        state=State.AWAITING.value,
        steps_total=len(plan.steps),
        policy_version=plan.policy_version,
        opened_at=now,
        step_opened_at=now,
        asked=sorted(asked),
    )
    _store_steps(case, plan)
    keep_asked({case.pk: case.asked})
    return case


def keep_asked(asked: Mapping[int, Collection[int]]) -> None:
    """Remember whom cases (by order id) have asked, inside the caller's transaction: they go on seeing the order.

    One statement, none for nobody.
    """
    _require_transaction()
    rows = [Asked(case_id=pk, member_id=member_id) for pk, ids in asked.items() for member_id in sorted(ids)]
    if rows:
        Asked.objects.bulk_create(rows, ignore_conflicts=True)


def _store_steps(case: Case, plan: Plan) -> None:
    steps = Step.objects.bulk_create(
        Step(
            case=case,
            round=case.round,
            position=position,
            rule=planned.rule[:120],
            reason=planned.reason.value,
            detail=planned.detail,
            quorum=planned.quorum,
            needs_cover=planned.needs_cover,
            case_version=case.version,
        )
        for position, planned in enumerate(plan.steps, start=1)
    )
    Selector.objects.bulk_create(
        Selector(
            case=case,
            step=step,
            round=step.round,
            position=step.position,
            needs_cover=step.needs_cover,
            kind=ask.kind.value,
            role_id=ask.id if ask.kind is AskKind.ROLE else None,
            member_id=ask.id if ask.kind is AskKind.MEMBER else None,
            unit_id=ask.id if ask.kind is AskKind.UNIT else None,
            label=ask.label[:200],
        )
        for step, planned in zip(steps, plan.steps, strict=True)
        for ask in planned.asks
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """Somebody's act in the open step of a case: who, by what right, on which version they saw."""

    case: Case
    current: CurrentStep
    matter: Matter
    seat: Seat
    door: Door
    version: int
    remark: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What an acceptance led to; `step` is the position that was answered, `skipped` are those nobody is asked for."""

    state: State
    step: int
    #: The step needs no more people; false while others of it are still asked.
    step_complete: bool
    skipped: tuple[int, ...] = ()
    #: The shop has had this order before; that acceptance was revoked.
    again: bool = False


def accept(act: Deciding, *, amounts: Amounts) -> Accepted:
    """Store one person's acceptance and move on: to the next step that is not answered yet, or to the end.

    Two statements for a single step asked of anybody; a few more for several steps or people.
    Raises Stale (another version: decided or changed meanwhile; says by whom), IllegalMove.
    """
    _require_fresh(act)
    case = act.case
    complete = _step_is_complete(act)
    following, skipped = case.position, list[int]()
    if complete:
        following, skipped = _next_step(act, amounts=amounts)
    state = _following(case, Move.ACCEPT, complete=complete and following > case.steps_total)
    result = Accepted(
        state=state,
        step=case.position,
        step_complete=complete,
        skipped=tuple(skipped),
        again=case.released_at is not None,
    )
    _store_decision(act, Decision.Kind.ACCEPT)
    changes: dict[str, Any] = {"state": state.value}
    if state is State.ACCEPTED:
        changes |= {"ended_at": act.at, "released_at": case.released_at or act.at, **_NOT_FORWARDED}
    elif complete:
        changes |= {"position": following, **_asked_anew(case, act.at)}
    _move(case, **changes)
    return result


def _step_is_complete(act: Deciding) -> bool:
    quorum = act.current.step.quorum
    if quorum == 1:
        return True
    if quorum > 1:
        return len(act.current.accepted) + 1 >= quorum
    answered = {*act.matter.answered, act.seat.member_id, act.door.member_id}
    everybody = organizations.who_may_accept(replace(act.matter, answered=frozenset()))
    return all(person.stands_for or person.member_id in answered for person in everybody)


def _next_step(act: Deciding, *, amounts: Amounts) -> tuple[int, list[int]]:
    """Return the next position somebody has to be asked at (beyond the last when none), and those passed over."""
    case = act.case
    if case.position >= case.steps_total:
        return case.position + 1, []
    terms = terms_of(case)
    if not terms.skip_already_accepted:
        return case.position + 1, []
    given = Decision.objects.filter(case=case, round=case.round, kind=Decision.Kind.ACCEPT, voided=False)
    before = {for_id or own for own, for_id in given.values_list("member_id", "for_member_id")}
    before.add(act.door.member_id or act.seat.member_id)
    skipped: list[int] = []
    rest = Step.objects.filter(case=case, round=case.round, position__gt=case.position).order_by("position")
    for step in rest.prefetch_related("selectors"):
        matter = matter_of(case, CurrentStep.of(step, accepted=()), amounts=amounts, unit_path=act.matter.unit_path)
        if not _answered_before(step.quorum, matter, before):
            return step.position, skipped
        skipped.append(step.position)
    return case.steps_total + 1, skipped


def _answered_before(quorum: int, matter: Matter, before: Collection[int]) -> bool:
    if quorum > 0:
        return organizations.count_answering(matter, before) >= quorum
    everybody = {person.member_id for person in organizations.who_may_accept(matter) if not person.stands_for}
    return bool(everybody) and everybody <= set(before)


def reject(act: Deciding) -> None:
    """End the case: one refusal is enough, whatever others have accepted. Raises as `accept`."""
    _require_fresh(act)
    state = _following(act.case, Move.REJECT)
    _store_decision(act, Decision.Kind.REJECT)
    _move(act.case, state=state.value, ended_at=act.at, **_NOT_FORWARDED)


def send_back(act: Deciding) -> None:
    """Give the order back to its requester; what was accepted so far counts no more. Raises as `accept`."""
    _require_fresh(act)
    state = _following(act.case, Move.SEND_BACK)
    _void(act.case)
    _store_decision(act, Decision.Kind.SEND_BACK)
    _move(act.case, state=state.value, asked=[], stuck_since=None, **_asked_anew(act.case, act.at))


def forward(act: Deciding, *, to_member_id: int) -> None:
    """Remember that the step was passed on to a colleague; they and all others asked may still decide.

    Raises as `accept`.
    """
    _require_fresh(act)
    _following(act.case, Move.FORWARD)
    _move(act.case, forwarded_to_id=to_member_id, forwarded_by_id=act.seat.member_id)


def amend(act: Deciding, *, start_anew: bool, plan: Plan | None = None) -> None:
    """Note a changed order: whoever looks at the former one has to look again. Raises as `accept`.

    `start_anew`: something was raised, so that what others accepted before counts no more; with the steps of `plan`,
    or without one (or one that asks nobody) with those it has.
    """
    _require_fresh(act)
    case = act.case
    _following(case, Move.AMEND)
    changes: dict[str, Any] = {"revision": case.revision + 1, "fresh_since": case.version + 1}
    steps = plan if start_anew and plan is not None and plan.waits else None
    if start_anew:
        _void(case)
        changes |= {"position": 1, **_asked_anew(case, act.at)}
    if steps is not None:
        changes |= _steps_of_another_round(case, steps)
    _move(case, **changes)
    if steps is not None:
        _store_steps(case, steps)


def note_other_sums(case: Case) -> None:
    """Note that a locked case's order costs something else: whoever looks at it has to look again. Raises Stale."""
    _require_transaction()
    _move(case, revision=case.revision + 1, fresh_since=case.version + 1)


def _steps_of_another_round(case: Case, plan: Plan) -> dict[str, Any]:
    return {
        "round": case.round + 1,
        "position": 1,
        "steps_total": len(plan.steps),
        "policy_version": plan.policy_version,
    }


def resubmit(case: Case, *, version: int, seat: Seat, plan: Plan, asked: Collection[int], now: datetime) -> State:
    """Store the requester's changed order with the steps it needs now; all of them start anew. Return the new state.

    A plan without steps accepts at once. Raises Stale, IllegalMove (ended).
    """
    _require_transaction()
    require_version(case, version, seat=seat)
    state = _following(case, Move.RESUBMIT, complete=not plan.waits)
    _void(case)
    _move(
        case,
        state=state.value,
        revision=case.revision + 1,
        asked=sorted(asked),
        stuck_since=None,
        ended_at=now if state is State.ACCEPTED else None,
        released_at=case.released_at or (now if state is State.ACCEPTED else None),
        **_steps_of_another_round(case, plan),
        **_asked_anew(case, now),
    )
    _store_steps(case, plan)
    keep_asked({case.pk: asked})
    return state


def replan(case: Case, *, plan: Plan, asked: Collection[int], now: datetime) -> None:
    """Give a waiting case the steps of another plan; they start anew. The order itself stays as it is.

    Raises IllegalMove unless it waits, Stale.
    """
    _require_transaction()
    if State(case.state) is not State.AWAITING or not plan.waits:
        raise IllegalMove(_("Only pending orders can be given other steps."))
    _void(case)
    _move(
        case,
        asked=sorted(asked),
        stuck_since=None,
        **_steps_of_another_round(case, plan),
        **_asked_anew(case, now),
    )
    _store_steps(case, plan)
    keep_asked({case.pk: asked})


def withdraw(case: Case, *, version: int, seat: Seat, now: datetime) -> None:
    """End the case at its requester's wish. Raises Stale, IllegalMove."""
    _require_transaction()
    require_version(case, version, seat=seat)
    _move(case, state=_following(case, Move.WITHDRAW).value, ended_at=now, stuck_since=None, **_NOT_FORWARDED)


def expire(case: Case, *, now: datetime) -> None:
    """End a case nobody decided in time. Raises IllegalMove when it has ended already."""
    _require_transaction()
    _move(case, state=_following(case, Move.EXPIRE).value, ended_at=now, stuck_since=None, **_NOT_FORWARDED)


def revoke(case: Case, *, version: int, seat: Seat, door: Door, remark: str, now: datetime) -> None:
    """Take an acceptance back: the last step is asked again, what others accepted before it still counts.

    Raises Stale, IllegalMove (not accepted).
    """
    _require_transaction()
    if case.version != version:
        raise Stale(who_was_faster(case, seat))
    state = _following(case, Move.REVOKE)
    given = Decision.objects.filter(case=case, round=case.round, position=case.position, voided=False)
    given.update(voided=True)
    _insert_decision(case, Decision.Kind.REVOKE, seat=seat, door=door, remark=remark, at=now, voided=True)
    _move(case, state=state.value, ended_at=None, **_asked_anew(case, now))


_NOT_FORWARDED: dict[str, Any] = {"forwarded_to_id": None, "forwarded_by_id": None}
_CLOCK_STARTS: dict[str, Any] = {"reminded_at": None, "escalated_at": None, "warned_at": None, "look_at": None}


def _asked_anew(case: Case, now: datetime) -> dict[str, Any]:
    """Return what changes when another step, or another round, is asked: earlier pages are out of date."""
    return {"step_opened_at": now, "fresh_since": case.version + 1, **_NOT_FORWARDED, **_CLOCK_STARTS}


def require_version(case: Case, version: int, *, seat: Seat) -> None:
    """Raise Stale unless the version seen is still the order as it is, and the case open."""
    if State(case.state) in ENDED or not case.fresh_since <= version <= case.version:
        raise Stale(who_was_faster(case, seat))


def _require_fresh(act: Deciding) -> None:
    _require_transaction()
    if State(act.case.state) is not State.AWAITING:
        raise Stale(who_was_faster(act.case, act.seat))
    require_version(act.case, act.version, seat=act.seat)


def _following(case: Case, move: Move, *, complete: bool = True) -> State:
    following = after(State(case.state), move, complete=complete)
    if following is None:
        raise IllegalMove(_("This is not possible in the order's current state."))
    return following


def _store_decision(act: Deciding, kind: Decision.Kind) -> None:
    _insert_decision(act.case, kind, seat=act.seat, door=act.door, remark=act.remark, at=act.at)


def _insert_decision(
    case: Case, kind: Decision.Kind, *, seat: Seat, door: Door, remark: str, at: datetime, voided: bool = False
) -> None:
    Decision.objects.create(
        case=case,
        round=case.round,
        position=case.position,
        revision=case.revision,
        kind=kind,
        member_id=seat.member_id,
        member_name=seat.name[:200],
        for_member_id=door.member_id,
        for_member_name=door.name[:200],
        remark=remark,
        case_version=case.version,
        voided=voided,
        at=at,
    )


def _void(case: Case) -> None:
    Decision.objects.filter(case=case, kind=Decision.Kind.ACCEPT, voided=False).update(voided=True)


def _move(case: Case, **changes: Any) -> None:
    """Write the case by compare-and-set and bring the object up to date. Raises Stale."""
    changes["version"] = case.version + 1
    if Case.objects.filter(pk=case.pk, version=case.version).update(**changes) != 1:
        raise Stale(_("Somebody was faster and has decided on this order. Here is its current state."))
    for name, value in changes.items():
        setattr(case, name, value)


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a case moves only inside the transaction of an action")
