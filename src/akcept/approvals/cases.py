"""Moves of a case, made inside the transaction of whoever calls (the actions of `ordering`).

There is one writer of `Case.state`: `_move`, a compare-and-set on the version. On SQLite `select_for_update` locks
nothing, so it is the compare-and-set that makes two decisions one, on every database.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from akcept.approvals.models import Case, Decision, Step
from akcept.approvals.routing import Plan
from akcept.approvals.states import ENDED, Move, State, after
from akcept.kernel.errors import IllegalMove, Stale
from akcept.organizations.seats import Door, Seat


def open_case(*, order_id: int, seat: Seat, plan: Plan, asked: Collection[int], now: datetime) -> Case:
    """Store the case of a new order with a copy of its planned steps; two statements."""
    _require_transaction()
    case = Case.objects.create(
        order_id=order_id,
        organization_id=seat.organization_id,
        unit_id=seat.unit_id,
        requester_id=seat.member_id,
        state=State.AWAITING.value,
        steps_total=len(plan.steps),
        opened_at=now,
        asked=sorted(asked),
    )
    Step.objects.bulk_create(
        Step(case=case, position=position, permission=step.permission, reason=step.reason.value, detail=step.detail)
        for position, step in enumerate(plan.steps, start=1)
    )
    return case


def decide(case: Case, move: Move, *, seat: Seat, door: Door, version: int, remark: str, now: datetime) -> State:
    """Move the case by one person's decision on the version he saw; two statements. Return the new state.

    Raises Stale (another version: decided or changed meanwhile; says by whom), IllegalMove.
    """
    _require_transaction()
    state = State(case.state)
    if case.version != version or state in ENDED:
        raise Stale(_who_was_faster(case, seat))
    following = after(state, move, is_last_step=case.position >= case.steps_total)
    if following is None:
        raise IllegalMove(_("This order cannot be decided in its present state."))
    _move(case, following, now=now)
    Decision.objects.create(
        case=case,
        position=case.position,
        kind=move.value,
        member_id=seat.member_id,
        member_name=seat.name[:200],
        for_member_id=door.member_id,
        for_member_name=door.name[:200],
        remark=remark,
        case_version=version,
        at=now,
    )
    return following


def _move(case: Case, following: State, *, now: datetime) -> None:
    ended = following in ENDED
    same = Case.objects.filter(pk=case.pk, version=case.version, state=case.state)
    moved = same.update(
        state=following.value,
        version=F("version") + 1,
        position=F("position") + (0 if ended else 1),
        ended_at=now if ended else None,
    )
    if moved != 1:
        raise Stale(_("Somebody was faster and has decided this order. Here is how it stands now."))


def _who_was_faster(case: Case, seat: Seat) -> str:
    last = case.decisions.order_by("-id").first()
    if last is None:
        return _("This order has changed since you opened it. Here is how it stands now.")
    at = date_format(timezone.localtime(last.at), "H:i")
    words = {"name": last.member_name, "time": at}
    if last.member_id == seat.member_id:
        if last.kind == Decision.Kind.ACCEPT:
            return _("You have accepted this order already, at %(time)s.") % words
        return _("You have rejected this order already, at %(time)s.") % words
    if last.kind == Decision.Kind.ACCEPT:
        return _("Someone was faster: %(name)s accepted this order at %(time)s.") % words
    return _("Someone was faster: %(name)s rejected this order at %(time)s.") % words


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a case moves only inside the transaction of an action")
