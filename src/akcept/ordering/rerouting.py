"""Keeps waiting orders with whoever may decide them now, when the organisation has changed that.

A subscriber of the journal, run after commit in the transaction that marks its delivery done. Who may decide is
computed live everywhere; what is kept here is who was last told, so that others are told once, the order's history
says so, and an order nobody may decide is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from akcept.approvals.models import Case
from akcept.approvals.states import State
from akcept.journal import actions as journal
from akcept.journal import subscribers
from akcept.journal.actions import Fact
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.ordering import topics
from akcept.ordering.queries import question
from akcept.organizations import queries as organizations
from akcept.organizations import topics as organization_topics
from akcept.organizations.seats import Person

SUBSCRIBER: Final = "ordering.reroute"
_BLOCK: Final = 200
_NOW: Final = "now"


def connect() -> None:
    """Register the subscriber; called once, when the room's app is ready."""
    subscribers.register(
        SUBSCRIBER,
        topics=[topics.PLACED, *organization_topics.MAY_CHANGE_WHO_DECIDES],
        targets=_moments,
        handle=reroute,
        transactional=True,
    )


def _moments(entry: Entry) -> Iterable[str]:
    """Return when to look: at once, and for a substitution when it begins and when it has ended."""
    if entry.topic == topics.PLACED and not entry.payload.get("held"):
        return ()
    if organization_topics.IMPORT in entry.payload and entry.subject_type != "organization":
        return ()  # the import's own entry looks once for all of its rows
    if entry.topic == organization_topics.SUBSTITUTE_NAMED:
        return (_NOW, str(entry.payload["starts_at"]), str(entry.payload["ends_at"]))
    return (_NOW,)


def reroute(entry: Entry, moment: str) -> None:
    """Compare who was asked with who may decide now, for the orders an entry may have touched; write what changed.

    A placed order is looked at once more because the organisation may have changed while it was being placed.
    Statements grow by blocks of 200 waiting orders. Raises Later before the moment has come.
    """
    now = utc_now()
    # The journal keeps milliseconds: one more, so as never to look a moment too early.
    if moment != _NOW and (until := datetime.fromisoformat(moment) + timedelta(milliseconds=1)) > now:
        raise subscribers.Later(until)
    if entry.organization_id is None:
        return
    waiting = Case.objects.filter(organization_id=entry.organization_id, state=State.AWAITING.value)
    if entry.topic == topics.PLACED:
        waiting = waiting.filter(order__number=entry.subject_id)
    facts = [fact for block in _locked_blocks(waiting) for fact in _rerouted(block, now=now)]
    if facts:
        journal.write(facts, actor=Actor.system("relay"), organization_id=entry.organization_id, now=now)


def _locked_blocks(waiting: QuerySet[Case]) -> Iterator[list[Case]]:
    rows = waiting.select_for_update(no_key=True, of=("self",)).select_related("order__akcept_placement__unit")
    last = 0
    while block := list(rows.filter(order_id__gt=last).order_by("order_id")[:_BLOCK]):
        yield block
        last = block[-1].order_id


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    case: Case
    before: frozenset[int]
    people: list[Person]


def _rerouted(block: list[Case], *, now: datetime) -> Iterator[Fact]:
    asked = organizations.who_may_accept_each([question(case.order.akcept_placement) for case in block])
    changes = [
        _Change(case=case, before=frozenset(case.asked), people=people)
        for case, people in zip(block, asked, strict=True)
        if _differs(case, people)
    ]
    left = organizations.names_of_members({pk for change in changes for pk in _gone(change)})
    for change in changes:
        # Orders from before this was kept: everybody has been asked, only it was not written down.
        unknown = not change.case.asked and change.case.stuck_since is None
        change.case.asked = sorted(person.member_id for person in change.people)
        change.case.stuck_since = None if change.people else now
        if change.people and unknown:
            continue
        yield _fact(change, left)
    Case.objects.bulk_update([change.case for change in changes], ["asked", "stuck_since"])


def _differs(case: Case, people: list[Person]) -> bool:
    stuck = case.stuck_since is not None
    return set(case.asked) != {person.member_id for person in people} or stuck == bool(people)


def _gone(change: _Change) -> frozenset[int]:
    return change.before - {person.member_id for person in change.people}


def _fact(change: _Change, left: dict[int, str]) -> Fact:
    subject = ("order", change.case.order.akcept_placement.number)
    gone = sorted(left[pk] for pk in _gone(change) if pk in left)
    if not change.people:
        return Fact(topics.NOBODY_MAY_DECIDE, subject, {"gone": gone})
    payload = {
        "asked": [person.name for person in change.people],
        "newly": [person.user_id for person in change.people if person.member_id not in change.before],
        "gone": gone,
    }
    return Fact(topics.ASKED_AGAIN, subject, payload)
