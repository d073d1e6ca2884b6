"""One fact written once: in its transaction, in a chain that shows every change, queued for whoever follows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils.translation import override

from akcept.journal import actions, queries, subscribers
from akcept.journal.actions import Event
from akcept.journal.models import Chain, Delivery, Entry
from akcept.kernel.actor import Actor
from tests.support.databases import Private
from tests.support.history import history
from tests.support.statements import statements

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")


def _write(*topics: str, organization_id: int = 7) -> list[Entry]:
    with transaction.atomic():
        return actions.write(
            [Event(topic, ("thing", "1"), {"amount": Decimal("1.10"), "ż": "ó"}) for topic in topics],
            actor=SYSTEM,
            organization_id=organization_id,
            now=AT,
        )


@pytest.fixture
def _follower() -> Iterator[None]:
    subscribers.register("test.follower", topics=["followed"], handle=lambda entry, target: None)
    yield
    subscribers.unregister("test.follower")


def test_fact_without_its_transaction_is_refused(sqlite_file: Private) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        actions.write(Event("x", ("thing", "1")), actor=SYSTEM, organization_id=None)


def test_rolled_back_cause_leaves_no_fact(db: None) -> None:
    with transaction.atomic():
        actions.write(Event("x", ("thing", "1")), actor=SYSTEM, organization_id=None)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


def test_entries_of_one_organisation_are_numbered_without_gaps(db: None) -> None:
    _write("a", "b")
    _write("other", organization_id=8)
    _write("c")
    assert list(Entry.objects.filter(organization_id=7).order_by("seq").values_list("seq", "topic")) == [
        (1, "a"),
        (2, "b"),
        (3, "c"),
    ]
    assert queries.verify(7) is None
    assert queries.verify(8) is None
    assert [entry.topic for entry in history("thing", "1")] == ["a", "b", "other", "c"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda: Entry.objects.filter(seq=2).update(payload={"amount": "9.99"}), "its content was changed"),
        (lambda: Entry.objects.filter(seq=2).update(actor_name="Somebody else"), "its content was changed"),
        (lambda: Entry.objects.filter(seq=2).update(at=datetime(2020, 1, 1, tzinfo=UTC)), "its content was changed"),
        (lambda: Entry.objects.filter(seq=2).delete(), "entry 2 is missing"),
        (lambda: Entry.objects.filter(seq=3).delete(), "the last entries are missing"),
        (lambda: Chain.objects.filter(organization_id=7).update(head="0" * 64), "the last entries are missing"),
    ],
)
def test_chain_shows_what_was_done_to_it(db: None, change, says: str) -> None:
    _write("a", "b", "c")
    change()
    with override("en"):
        broken = queries.verify(7)
    assert broken is not None
    assert broken.reason == says
    with pytest.raises(CommandError, match="organisation 7"):
        call_command("verify_journal", "--language=en", stdout=StringIO(), stderr=StringIO())


def test_resealed_entry_breaks_the_one_after_it(db: None) -> None:
    """Somebody who can compute hashes still has to rewrite everything that follows."""
    _write("a", "b", "c")
    entry = Entry.objects.get(seq=2)
    entry.payload = {"amount": "9.99"}
    entry.hash = actions.seal_of(entry)
    entry.save()
    with override("en"):
        broken = queries.verify(7)
    assert broken is not None
    assert (broken.seq, broken.reason) == (3, "the entry before it was replaced")


def test_sound_journal_is_said_to_be_sound(db: None) -> None:
    _write("a", "b")
    out = StringIO()
    call_command("verify_journal", "--language=en", stdout=out)
    assert out.getvalue()


@pytest.mark.usefixtures("_follower")
def test_only_followers_get_a_delivery(db: None) -> None:
    _write("followed", "unfollowed")
    assert list(Delivery.objects.values_list("entry__topic", "subscriber", "state")) == [
        ("followed", "test.follower", "due")
    ]


@pytest.mark.usefixtures("_follower")
@pytest.mark.parametrize("count", [1, 3])
def test_writing_takes_the_same_statements_for_one_and_three(db: None, count: int) -> None:
    _write("first")  # makes the chain
    sent = statements(lambda: _write(*["followed"] * count))
    assert len(sent) == 4 + 2  # chain, entries, deliveries, head; the savepoint around them
