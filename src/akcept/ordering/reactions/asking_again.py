"""Keeps waiting orders with whoever may decide them now, when the organisation has changed that.

A subscriber of the journal, run after commit in the transaction that marks its delivery done. Who may decide is
computed live everywhere; what is kept here is who was last told, so that others are told once, the order's history
says so, and an order nobody may decide is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from akcept.approvals.cases import keep_asked
from akcept.approvals.current import current_steps
from akcept.approvals.models import Case
from akcept.approvals.states import OPEN, State
from akcept.journal import actions as journal
from akcept.journal import subscribers
from akcept.journal.actions import Event
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.ordering import topics
from akcept.ordering.queries import matter
from akcept.organizations import queries as organizations
from akcept.organizations import topics as organization_topics
from akcept.organizations.models import Organization
from akcept.organizations.seats import Person
from akcept.transactions.locking import lock

SUBSCRIBER: Final = "ordering.reroute"
#: The organisation may have changed while one of its orders moved; another value is within other people's limits.
_OF_ONE_ORDER: Final = frozenset(
    {topics.PLACED, topics.RESUBMITTED, topics.STEP_ASKED, topics.AMENDED, topics.REPRICED}
)
_BLOCK: Final = 200
NOW: Final = "now"
_KEPT: Final = ("asked", "stuck_since", "forwarded_to", "forwarded_by")
_COLUMNS: Final = ("asked", "stuck_since", "forwarded_to_id", "forwarded_by_id")
_HERE: Final = Q(requester__active=True, requester__user__is_active=True)


def connect() -> None:
    """Register the subscriber; called once, when the room's app is ready."""
    subscribers.register(
        SUBSCRIBER,
        topics=[*_OF_ONE_ORDER, *organization_topics.MAY_CHANGE_WHO_DECIDES],
        targets=_moments,
        at_once=True,
        handle=reroute,
        transactional=True,
    )


def _moments(entry: Entry) -> Iterable[str]:
    """Return when to look: at once, and for a substitution when it begins and when it has ended."""
    if entry.topic in {topics.PLACED, topics.RESUBMITTED} and not entry.payload.get("held"):
        return ()
    if organization_topics.IMPORT in entry.payload and entry.subject_type != "organization":
        return ()  # the import's own entry looks once for all of its rows
    if entry.topic == organization_topics.SUBSTITUTE_NAMED:
        return (NOW, str(entry.payload["starts_at"]), str(entry.payload["ends_at"]))
    return (NOW,)


def reroute(entry: Entry, moment: str) -> None:
    """Compare who was asked with who may decide now, for the orders an entry may have touched; write what changed.

    Statements grow by blocks of 200 waiting orders. Raises Later before the moment has come.
    """
    now = utc_now()
    # The journal keeps milliseconds: one more, so as never to look a moment too early.
    if moment != NOW and (until := datetime.fromisoformat(moment) + timedelta(milliseconds=1)) > now:
        raise subscribers.Later(until)
    if entry.organization_id is None:
        return
    waiting = _waiting(entry.organization_id)
    if entry.topic in _OF_ONE_ORDER:
        waiting = waiting.filter(order__number=entry.subject_id)
    else:  # two looks at all of its orders would lock them in two orders, and tell twice who has left
        lock(Organization.objects.only("pk")).get(pk=entry.organization_id)
    events = []
    for block in _blocks(waiting, locked=True):
        changes = _compared(block, now=now)
        events += _events(changes)
        Case.objects.bulk_update([change.case for change in changes], _KEPT)
        keep_asked({change.case.pk: change.case.asked for change in changes})
    if entry.topic not in _OF_ONE_ORDER:
        events += _left_by_requester(entry.organization_id, now=now)
    if events:
        journal.write(
            list(_told_together(events)), actor=Actor.system("relay"), organization_id=entry.organization_id, now=now
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How an organisation's waiting orders stand, as far as that is not written with them yet."""

    #: By order: what `_KEPT` names.
    kept: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    #: The open orders whose requester is no active member.
    left: frozenset[int] = frozenset()


def look(organization_id: int, *, since: Stand | None = None) -> tuple[list[Event], Stand]:
    """Return what `reroute` would write of an organisation's waiting orders after `since`, and how they stand now.

    Nothing is written or locked. Statements grow by blocks of 200 waiting orders.
    """
    now, before = utc_now(), since or Stand()
    events: list[Event] = []
    kept = dict(before.kept)
    for block in _blocks(_waiting(organization_id), locked=False):
        for case in block:
            for name, value in before.kept.get(case.pk, {}).items():
                setattr(case, name, value)
        changes = _compared(block, now=now)
        events += _events(changes)
        kept |= {change.case.pk: {name: getattr(change.case, name) for name in _COLUMNS} for change in changes}
    left = _whose_requester_left(organization_id)
    for case in left:
        case.asked = kept.get(case.pk, {}).get("asked", case.asked)
    events += _left_facts([case for case in left if case.pk not in before.left], organization_id)
    return list(_told_together(events)), Stand(kept=kept, left=frozenset(case.pk for case in left))


def _waiting(organization_id: int) -> QuerySet[Case]:
    return Case.objects.filter(organization_id=organization_id, state=State.AWAITING.value)


def _open(organization_id: int) -> QuerySet[Case]:
    return Case.objects.filter(organization_id=organization_id, state__in=[state.value for state in OPEN])


def _whose_requester_left(organization_id: int) -> list[Case]:
    rows = _open(organization_id).exclude(_HERE).select_related("order__akcept_placement", "requester__user")
    return list(rows.order_by("order_id"))


def _left_by_requester(organization_id: int, *, now: datetime) -> list[Event]:
    """Note which open orders are those of somebody who is no active member any more, or is one again; say the former.

    The first of several speaks for all to whom they say the same. Two statements where nothing changed for anybody,
    two more in all where it did.
    """
    _open(organization_id).filter(_HERE, requester_left_at__isnull=False).update(requester_left_at=None)
    left = [case for case in _whose_requester_left(organization_id) if case.requester_left_at is None]
    if left:
        Case.objects.filter(pk__in=[case.pk for case in left]).update(requester_left_at=now)
    return _left_facts(left, organization_id)


def _left_facts(left: Sequence[Case], organization_id: int) -> list[Event]:
    if not left:
        return []
    administrators = [person.member_id for person in organizations.administrators(organization_id)]
    told: dict[int, list[str]] = {}
    for case in left:
        for member_id in dict.fromkeys([*administrators, *_asked_of(case)]):
            told.setdefault(member_id, []).append(case.order.akcept_placement.number)
    return [_left_event(case, told, administrators) for case in left]


def _asked_of(case: Case) -> Sequence[int]:
    return case.asked if State(case.state) is State.AWAITING else ()


def _left_event(case: Case, told: Mapping[int, Sequence[str]], administrators: Sequence[int]) -> Event:
    number = case.order.akcept_placement.number
    first = [pk for pk in dict.fromkeys([*administrators, *_asked_of(case)]) if told[pk][0] == number]
    payload = {
        "requester": organizations.name_of(case.requester.user),
        "told": first,
        "with": {str(member_id): told[member_id][1:] for member_id in first},
    }
    return Event(topics.REQUESTER_LEFT, ("order", number), payload)


def _told_together(events: list[Event]) -> Iterator[Event]:
    """Let the first of several orders speak for all to whom they say the same: everybody gets one mail of a change."""
    newly: dict[int, list[str]] = {}
    for event in events:
        for user_id in event.payload.get("newly", ()):
            newly.setdefault(user_id, []).append(event.subject[1])
    for event in _stuck_together(events):
        yield _asked_together(event, newly) if event.topic == topics.ASKED_AGAIN else event


def _asked_together(event: Event, newly: Mapping[int, Sequence[str]]) -> Event:
    """Name beside whoever may decide an order now the change's other orders that they may decide, or leave them out."""
    number, told = event.subject[1], event.payload["newly"]
    return replace(
        event,
        payload={
            **event.payload,
            "newly": [user_id for user_id in told if newly[user_id][0] == number],
            "with": {str(user_id): newly[user_id][1:] for user_id in told if newly[user_id][0] == number},
        },
    )


def _stuck_together(events: list[Event]) -> Iterator[Event]:
    first, *others = [event.subject[1] for event in events if event.topic == topics.NOBODY_MAY_DECIDE] or [""]
    for event in events:
        if event.topic != topics.NOBODY_MAY_DECIDE or not others:
            yield event
        elif event.subject[1] == first:
            yield replace(event, payload={**event.payload, "with": others})
        else:
            yield replace(event, payload={**event.payload, "told_with": first})


def _blocks(waiting: QuerySet[Case], *, locked: bool) -> Iterator[list[Case]]:
    rows = waiting.select_related("order__akcept_placement", "unit", "organization__acceptance_terms")
    last = 0
    while True:
        further = rows.filter(order_id__gt=last).order_by("order_id")[:_BLOCK]
        block = list(lock(further) if locked else further)
        if block:
            yield block
            last = block[-1].order_id
        if len(block) < _BLOCK:
            return


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    case: Case
    before: frozenset[int]
    #: An order from before this was kept: everybody has been asked, only it was not written down.
    unknown: bool
    people: list[Person]
    stuck: bool


def _compared(block: list[Case], *, now: datetime) -> list[_Change]:
    """Set on those of the cases that somebody else may decide now, or nobody, what they keep of it; unsaved."""
    found = current_steps(block)
    asked = organizations.who_may_accept_each([matter(case, found[case.pk]) for case in block])
    looked_at = [
        _Change(
            case=case,
            before=frozenset(case.asked),
            unknown=not case.asked and case.stuck_since is None,
            people=people,
            stuck=not found[case.pk].can_be_reached(people),
        )
        for case, people in zip(block, asked, strict=True)
    ]
    changes = [change for change in looked_at if _differs(change)]
    for change in changes:
        case = change.case
        case.asked = sorted(person.member_id for person in change.people)
        case.stuck_since = (case.stuck_since or now) if change.stuck else None
        if case.forwarded_to_id not in case.asked:
            case.forwarded_to_id = case.forwarded_by_id = None
    return changes


def _events(changes: Sequence[_Change]) -> list[Event]:
    left = organizations.names_of_members({pk for change in changes for pk in _gone(change)})
    return [_event(change, left) for change in changes if change.stuck or not change.unknown]


def _differs(change: _Change) -> bool:
    case, members = change.case, {person.member_id for person in change.people}
    passed_on_in_vain = case.forwarded_to_id is not None and case.forwarded_to_id not in members
    return change.before != members or (case.stuck_since is not None) != change.stuck or passed_on_in_vain


def _gone(change: _Change) -> frozenset[int]:
    return change.before - {person.member_id for person in change.people}


def _event(change: _Change, left: dict[int, str]) -> Event:
    subject = ("order", change.case.order.akcept_placement.number)
    gone = sorted(left[pk] for pk in _gone(change) if pk in left)
    if change.stuck:
        return Event(topics.NOBODY_MAY_DECIDE, subject, {"gone": gone})
    payload = {
        "asked": [person.name for person in change.people],
        "newly": [person.user_id for person in change.people if person.member_id not in change.before],
        "gone": gone,
    }
    return Event(topics.ASKED_AGAIN, subject, payload)
