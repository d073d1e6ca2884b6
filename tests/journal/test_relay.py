"""Handing on: once each, in turns, with patience; a failure of one never holds up or repeats another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Lock

import pytest
from django.core.management import call_command
from django.db import transaction

from akcept.journal import actions, relay, sharing, subscribers
from akcept.journal.actions import Event
from akcept.journal.models import Delivery, Entry
from akcept.journal.subscribers import Skip
from akcept.kernel.actor import Actor
from tests.support.databases import Private
from tests.support.statements import statements
from tests.support.threads import together

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
Follow = Callable[..., None]


@pytest.fixture
def follow() -> Iterator[Follow]:
    """Register subscribers of the topic "t" for the length of a test."""
    names: list[str] = []

    def register(name: str, **options) -> None:
        subscribers.register(name, topics=["t"], **options)
        names.append(name)

    yield register
    for name in names:
        subscribers.unregister(name)


def _write(count: int = 1) -> None:
    with transaction.atomic():
        actions.write([Event("t", ("x", "1"))] * count, actor=Actor.system("test"), organization_id=None, now=AT)


def _run(*, at: datetime = AT) -> relay.Count:
    return relay.run_once(clock=lambda: at)


def test_each_subscriber_gets_each_entry_once(db: None, follow: Follow) -> None:
    got: list[tuple[str, int]] = []
    for name in ("one", "two"):
        follow(name, handle=lambda entry, _target, name=name: got.append((name, entry.seq)))
    _write(3)
    assert _run().done == 6
    assert Counter(got) == Counter({(name, seq): 1 for name in ("one", "two") for seq in (1, 2, 3)})
    assert _run().claimed == 0


def test_failure_of_one_neither_holds_up_nor_repeats_another(db: None, follow: Follow) -> None:
    got: list[str] = []

    def fail(_entry: Entry, _target: str) -> None:
        got.append("bad")
        raise OSError("down")

    follow("good", handle=lambda _entry, _target: got.append("good"))
    follow("bad", handle=fail)
    _write()
    count = _run()
    assert (count.done, count.failed) == (1, 1)
    _run(at=AT + timedelta(seconds=4))
    assert sorted(got) == ["bad", "good"]
    _run(at=AT + timedelta(seconds=5))
    assert sorted(got) == ["bad", "bad", "good"]


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 5), (2, 10), (3, 20), (8, 640), (9, 900), (10, 900), (700, 900)])
def test_pause_grows_to_a_quarter_of_an_hour(attempts: int, seconds: int) -> None:
    assert relay.pause_after(attempts) == timedelta(seconds=seconds)


def test_given_up_after_a_week_and_started_again_by_hand(db: None, follow: Follow) -> None:
    def fail(_entry: Entry, _target: str) -> None:
        raise OSError("still down")

    follow("bad", handle=fail)
    _write()
    Delivery.objects.update(attempts=relay.MAX_ATTEMPTS - 1)
    assert _run().dead == 1
    out = StringIO()
    call_command("outbox", "--language=en", stdout=out)
    assert "given up" in out.getvalue()
    assert "still down" in out.getvalue()
    call_command("outbox", "--language=en", "--retry-dead", stdout=out)
    assert Delivery.objects.get().state == "due"
    assert relay.MAX_ATTEMPTS * relay.pause_after(99) > timedelta(days=6)


def test_not_needed_any_more_is_no_failure(db: None, follow: Follow) -> None:
    def skip(_entry: Entry, _target: str) -> None:
        raise Skip("decided")

    follow("lazy", handle=skip)
    _write()
    assert _run().skipped == 1
    assert (Delivery.objects.get().state, Delivery.objects.get().detail) == ("skipped", "decided")


def test_targets_become_deliveries_of_their_own_once(db: None, follow: Follow) -> None:
    got: list[str] = []
    follow(
        "mail",
        targets=lambda _entry: ["a", "b", "a"],
        handle=lambda _entry, target: got.append(target),
    )
    _write()
    assert _run().done == 1
    assert got == []
    assert _run().done == 2
    assert sorted(got) == ["a", "b"]
    # Fanned out a second time (a relay died in between) nobody is added.
    Delivery.objects.filter(target="").update(state="due", due_at=AT)
    _run()
    assert _run().claimed == 0
    assert sorted(got) == ["a", "b"]


def test_transactional_handler_takes_effect_with_its_mark_or_not_at_all(db: None, follow: Follow) -> None:
    def half(_entry: Entry, _target: str) -> None:
        Entry.objects.update(actor_name="half done")
        raise OSError("in the middle")

    follow("half", handle=half, transactional=True)
    _write()
    assert _run().failed == 1
    assert not Entry.objects.filter(actor_name="half done").exists()


def test_subscriber_that_is_gone_keeps_its_delivery(db: None, follow: Follow) -> None:
    follow("gone", handle=lambda _entry, _target: None)
    _write()
    subscribers.unregister("gone")
    assert _run().failed == 1
    assert "no subscriber named" in Delivery.objects.get().detail
    subscribers.register("gone", topics=["t"], handle=lambda _entry, _target: None)
    assert _run(at=AT + timedelta(seconds=6)).done == 1


def test_lease_keeps_others_off_until_it_ends(db: None, follow: Follow) -> None:
    follow("slow", handle=lambda _entry, _target: None)
    _write()
    Delivery.objects.update(claim="somebody else", due_at=AT + relay.LEASE)
    assert _run(at=AT + relay.LEASE - timedelta(seconds=1)).claimed == 0
    assert _run(at=AT + relay.LEASE).done == 1


def test_relay_that_was_too_slow_leaves_the_row_to_who_has_it_now(db: None, follow: Follow) -> None:
    def overtaken(_entry: Entry, _target: str) -> None:
        Delivery.objects.update(claim="the other one")

    follow("slow", handle=overtaken)
    _write()
    _run()
    row = Delivery.objects.get()
    assert (row.state, row.claim) == ("due", "the other one")


@pytest.mark.parametrize("relays", [2, 4])
def test_many_relays_hand_on_each_row_once(each_database: Private, follow: Follow, relays: int) -> None:
    got: Counter[int] = Counter()
    guard = Lock()

    def count(entry: Entry, _target: str) -> None:
        with guard:
            got[entry.seq] += 1

    follow("counter", handle=count)
    for _ in range(10):
        _write(20)

    def work() -> int:
        done = 0
        while claimed := relay.run_once(batch=7).claimed:
            done += claimed
        return done

    results = together(*[work] * relays)
    assert all(isinstance(result, int) for result in results), results
    work()  # what was locked by another at the last look
    assert got == Counter(dict.fromkeys(range(1, 201), 1))
    assert not Delivery.objects.exclude(state="done").exists()


# --- batches ---


def test_targets_told_by_the_entry_are_written_with_it_and_none_where_there_is_none(db: None, follow: Follow) -> None:
    got: list[str] = []
    whom = {"t": ["a", "b", "a"]}
    options = {"targets": lambda entry: whom[entry.topic], "handle": lambda _entry, target: got.append(target)}
    follow("mail", at_once=True, **options)
    _write()
    assert sorted(Delivery.objects.values_list("target", flat=True)) == ["a", "b"]
    assert _run().done == 2
    assert sorted(got) == ["a", "b"]
    whom["t"] = []
    _write()
    assert _run().claimed == 0


@pytest.mark.parametrize("told", [51, None])
def test_many_targets_and_those_that_fail_are_left_to_the_relay(
    db: None, follow: Follow, caplog: pytest.LogCaptureFixture, told: int | None
) -> None:
    """What happened waits neither for the rows of a whole company, nor falls with whoever is told of it."""

    def targets(_entry: Entry) -> list[str]:
        if told is None:
            raise KeyError("nobody")
        return [f"user:{n}" for n in range(told)]

    follow("mail", at_once=True, targets=targets, handle=lambda _entry, _target: None)
    _write()
    assert list(Delivery.objects.values_list("target", flat=True)) == [""]
    count = _run()
    assert (count.done, count.failed) == ((1, 0) if told else (0, 1))
    assert sum(_run().done for _ in range(2)) == (told or 0)
    assert ("does not tell whom" in caplog.text) is (told is None)


def test_what_may_be_repeated_is_marked_in_one_statement(db: None, follow: Follow) -> None:
    follow("index", handle=lambda _entry, _target: None, repeatable=True)
    taken = []
    for number in (1, 3):
        _write(number)
        taken.append(len(statements(_run)))
    assert taken == [3, 3]
    assert set(Delivery.objects.values_list("state", "attempts")) == {("done", 1)}


def test_what_may_be_repeated_and_was_not_marked_is_handed_on_again(db: None, follow: Follow) -> None:
    """A crash in the middle of a batch: everything of it comes again, nothing is left out."""
    got: list[int] = []

    def handle(entry: Entry, _target: str) -> None:
        got.append(entry.seq)
        if len(got) == 2:
            raise SystemExit

    follow("index", handle=handle, repeatable=True)
    _write(3)
    with pytest.raises(SystemExit):
        _run()
    assert _run(at=AT + relay.LEASE).done == 3
    assert got == [1, 2, 1, 2, 3]


def test_marked_in_its_own_transaction_and_with_others_is_refused(db: None) -> None:
    with pytest.raises(ValueError, match="either in its own transaction or with others"):
        subscribers.register("both", topics=["t"], handle=lambda _e, _t: None, transactional=True, repeatable=True)


@pytest.mark.parametrize("taken_over", [False, True])
def test_slow_batch_renews_its_lease_and_leaves_what_it_lost(db: None, follow: Follow, taken_over: bool) -> None:
    at, got = [AT], []

    def handle(entry: Entry, _target: str) -> None:
        got.append(entry.seq)
        at[0] += relay.LEASE / 3
        if taken_over:
            Delivery.objects.filter(entry__seq=2).update(claim="another")

    follow("slow", handle=handle)
    _write(3)
    count = relay.run_once(clock=lambda: at[0])
    assert got == ([1, 3] if taken_over else [1, 2, 3])
    assert count.done == len(got)
    assert Delivery.objects.filter(state="due").count() == (1 if taken_over else 0)


def test_lease_of_what_is_left_never_ends_while_a_batch_goes_on(db: None, follow: Follow) -> None:
    at, left = [AT], []

    def handle(_entry: Entry, _target: str) -> None:
        at[0] += relay.LEASE / 4
        left.append(min(due - at[0] for due in Delivery.objects.filter(state="due").values_list("due_at", flat=True)))

    follow("slow", handle=handle)
    _write(12)
    relay.run_once(clock=lambda: at[0])
    assert len(left) == 12
    assert min(left) >= relay.LEASE / 4


def test_what_is_read_once_in_a_batch_is_read_anew_after_a_second_a_write_and_the_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, asked = [0.0], []
    monkeypatch.setattr(sharing, "_now", lambda: now[0])

    def ask() -> int:
        asked.append(1)
        return len(asked)

    assert [sharing.once("k", ask), sharing.once("k", ask)] == [1, 2], "outside a batch nothing is kept"
    with sharing.batch([]):
        assert [sharing.once("k", ask), sharing.once("k", ask), sharing.once("other", ask)] == [3, 3, 4]
        now[0] += sharing.FRESH
        assert sharing.once("k", ask) == 5
        sharing.forget()
        assert sharing.once("k", ask) == 6
    with sharing.batch([]):
        assert sharing.once("k", ask) == 7
