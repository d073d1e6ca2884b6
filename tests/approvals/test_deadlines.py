"""What comes due, and in which order: nothing expires without a warning a working day before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from akcept.approvals.deadlines import Days, Due, Waiting, due, expires_at, next_look

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
USUAL = Days(remind=2, escalate=4, expire=14, zone="Europe/Warsaw")
_FIELD = {Due.REMIND: "reminded_at", Due.ESCALATE: "escalated_at", Due.WARN: "warned_at"}


def _live(waiting: Waiting, days: Days, *, until: datetime, step: timedelta) -> list[tuple[datetime, Due]]:
    """Look at an order again and again, as the relay does; return what was done when."""
    seen, now = [], waiting.since
    while now <= until:
        found = due(waiting, days, now=now)
        for what in sorted(found):
            seen.append((now, what))
            if what is Due.EXPIRE:
                return seen
            waiting = replace(waiting, **{_FIELD[what]: now})
        now += step
    return seen


def test_an_order_nobody_touches_goes_through_everything_once() -> None:
    seen = _live(Waiting(since=MONDAY), USUAL, until=MONDAY + timedelta(days=60), step=timedelta(hours=1))
    assert [(at.date().isoformat(), what) for at, what in seen] == [
        ("2026-11-04", Due.REMIND),
        ("2026-11-06", Due.ESCALATE),
        ("2026-11-20", Due.WARN),  # 11 November is free
        ("2026-11-23", Due.EXPIRE),
    ]
    assert {at.hour for at, _what in seen} == {9}


def test_an_order_that_is_back_with_its_requester_is_not_escalated() -> None:
    back = Waiting(since=MONDAY, returned=True)
    seen = _live(back, USUAL, until=MONDAY + timedelta(days=60), step=timedelta(hours=1))
    assert [what for _at, what in seen] == [*[Due.REMIND] * 6, Due.WARN, Due.EXPIRE]


def test_d5_a_reminder_comes_again_after_as_many_working_days_and_nothing_missed_comes_in_a_row() -> None:
    days = Days(remind=3, escalate=None, expire=None, zone="Europe/Warsaw")
    monday = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)  # no holiday in the two weeks that follow
    waiting, sent, counts = Waiting(since=monday), 0, []
    for day in (18, 20, 24, 27):  # 2, 4, 6 and 9 working days later
        now = datetime(2026, 11, day, 9, 0, tzinfo=UTC)
        if Due.REMIND in due(waiting, days, now=now):
            waiting, sent = replace(waiting, reminded_at=now), sent + 1
        counts.append(sent)
    assert counts == [0, 1, 1, 2]
    seen = _live(Waiting(since=monday), days, until=monday + timedelta(days=14), step=timedelta(hours=1))
    assert [at.day for at, _what in seen] == [19, 24, 27]


def test_d5_no_reminder_comes_once_it_was_passed_upward() -> None:
    days = Days(remind=1, escalate=3, expire=None, zone="Europe/Warsaw")
    seen = _live(Waiting(since=MONDAY), days, until=MONDAY + timedelta(days=30), step=timedelta(hours=1))
    assert [what for _at, what in seen] == [Due.REMIND, Due.REMIND, Due.ESCALATE]


def test_never_is_never() -> None:
    never = Days(remind=None, escalate=None, expire=None, zone="Europe/Warsaw")
    assert due(Waiting(since=MONDAY), never, now=MONDAY + timedelta(days=999)) == frozenset()
    assert expires_at(Waiting(since=MONDAY), never) is None


def test_after_an_outage_people_are_warned_before_anything_expires() -> None:
    late = MONDAY + timedelta(days=60)
    assert due(Waiting(since=MONDAY), USUAL, now=late) == {Due.ESCALATE, Due.WARN}  # no third mail of the same kind
    warned = Waiting(since=MONDAY, escalated_at=late, warned_at=late)
    assert due(warned, USUAL, now=late + timedelta(hours=23)) == frozenset()
    assert due(warned, USUAL, now=late + timedelta(days=4)) == {Due.EXPIRE}


numbers = st.none() | st.integers(1, 30)


@settings(deadline=None)  # up to two thousand looks at an order
@given(numbers, numbers, numbers, st.booleans(), st.integers(1, 100))
def test_in_any_terms(remind: int | None, escalate: int | None, expire: int | None, back: bool, hours: int) -> None:
    days = Days(remind=remind, escalate=escalate, expire=expire, zone="Europe/Warsaw")
    start = Waiting(since=MONDAY, returned=back)
    seen = _live(start, days, until=MONDAY + timedelta(days=80), step=timedelta(hours=hours))
    order = [what for _at, what in seen]
    others = [what for what in order if what is not Due.REMIND]
    assert len(set(others)) == len(others), "once each"
    reminded = [at for at, what in seen if what is Due.REMIND]
    assert all(remind and later - at >= timedelta(days=remind) for at, later in pairwise(reminded))
    assert (Due.EXPIRE in order) == (expire is not None)
    if expire is not None:
        ends = {what: at for at, what in seen}
        assert ends[Due.EXPIRE] - ends[Due.WARN] >= timedelta(days=1)
        assert order[-1] is Due.EXPIRE


@given(numbers, numbers, numbers, st.integers(0, 2000))
def test_the_next_look_misses_nothing(remind: int | None, escalate: int | None, expire: int | None, hours: int) -> None:
    days = Days(remind=remind, escalate=escalate, expire=expire, zone="Europe/Warsaw")
    waiting, now = Waiting(since=MONDAY), MONDAY + timedelta(hours=hours)
    while found := due(waiting, days, now=now) - {Due.EXPIRE}:
        waiting = replace(waiting, **{_FIELD[what]: now for what in found})
    again = next_look(waiting, days, now=now)
    assert now < again <= now + timedelta(days=1)
    if not due(waiting, days, now=now):
        assert due(waiting, days, now=again - timedelta(milliseconds=1)) == frozenset()


def test_what_is_due_this_very_moment_is_not_waited_for_again() -> None:
    days = Days(remind=2, escalate=None, expire=None, zone="Europe/Warsaw")
    now = MONDAY + timedelta(days=2)
    assert due(Waiting(since=MONDAY), days, now=now) == {Due.REMIND}
    assert next_look(Waiting(since=MONDAY), days, now=now) == now + timedelta(days=1)
