"""A name can be taken out of a chain: what stays is readable, still proven, and tells the name to nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from akcept.journal import actions, chain, erasing, queries
from akcept.journal.actions import Event
from akcept.journal.models import Chain, Delivery, Entry
from akcept.kernel.actor import Actor
from tests.support.databases import Private
from tests.support.statements import statements

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BEN = Actor.person(5, "Ben Nowak")
DORA = Actor.person(4, "Dora Zielińska")
CORA = Actor.person(6, "Cora Wiśniewska")


def _write(payload: dict[str, Any], *, actor: Actor = CORA, organization_id: int = 7, topic: str = "t") -> Entry:
    with transaction.atomic():
        event = Event(topic, ("thing", "1"), payload)
        return actions.write(event, actor=actor, organization_id=organization_id, now=AT)[0]


def _forget(*names: str, user_id: int = 5, organization_id: int = 7) -> int:
    with transaction.atomic():
        return actions.pseudonymize(organization_id, user_id=user_id, names=names, alias="former member 17", actor=DORA)


def _said(entry: Entry) -> tuple[str, dict[str, Any]]:
    entry.refresh_from_db()
    return entry.actor_name, entry.payload


def test_name_goes_from_acts_lists_sentences_and_depths_and_everything_else_stays(db: None) -> None:
    act = _write({"remark": "ok", "total": "10.00"}, actor=Actor.person(5, "Benedykt Nowak"))
    asked = _write({"asked": ["Ben Nowak", "Ewa"], "n": 2, "deep": {"who": ["ben@acme.example"]}})
    remark = _write({"remark": "Proszę zapytać: BEN NOWAK!"})
    other = _write({"remark": "Bena Nowakowska"})
    assert _forget("Ben Nowak", "ben@acme.example") == 3
    assert _said(act) == ("former member 17", {"remark": "ok", "total": "10.00"})
    assert _said(asked) == (
        "Cora Wiśniewska",
        {"asked": ["former member 17", "Ewa"], "n": 2, "deep": {"who": ["former member 17"]}},
    )
    assert _said(remark)[1] == {"remark": "Proszę zapytać: former member 17!"}
    assert _said(other)[1] == {"remark": "Bena Nowakowska"}
    assert queries.verify(7) is None


def test_other_organisations_keep_their_history(db: None) -> None:
    elsewhere = _write({"asked": ["Ben Nowak"]}, actor=BEN, organization_id=8)
    _write({"asked": ["Ben Nowak"]})
    _forget("Ben Nowak")
    assert _said(elsewhere) == ("Ben Nowak", {"asked": ["Ben Nowak"]})
    assert queries.verify(8) is None


@pytest.mark.parametrize(
    "change",
    [
        {"payload": {"asked": ["former member 17"], "total": "99.00"}},  # a value that stood beside the name
        {"payload": {"total": "10.00"}},  # the value it was taken out of is gone
        {"payload": {"asked": ["former member 17"], "total": "10.00", "more": 1}},
        {"actor_name": "Somebody else"},
        {"actor_user_id": 9},
        {"payload": {"asked": ["Jan Mazur"], "total": "10.00"}},  # the value it was taken out of
        {"topic": "other"},
    ],
)
def test_what_is_changed_after_an_erasure_still_shows(db: None, change: dict[str, Any]) -> None:
    entry = _write({"asked": ["Ben Nowak"], "total": "10.00"})
    _write({})
    _forget("Ben Nowak")
    assert queries.verify(7) is None
    Entry.objects.filter(pk=entry.pk).update(**change)
    broken = queries.verify(7)
    assert broken is not None
    assert (broken.seq, broken.reason) == (1, "its content was changed")


def test_two_people_are_taken_out_of_one_entry_one_after_the_other(db: None) -> None:
    entry = _write({"asked": ["Ben Nowak", "Ewa Lis"], "for": "Ewa Lis", "n": 1}, actor=BEN)
    _forget("Ben Nowak")
    with transaction.atomic():
        actions.pseudonymize(7, user_id=9, names=["Ewa Lis"], alias="former member 18", actor=DORA)
    assert _said(entry) == (
        "former member 17",
        {"asked": ["former member 17", "former member 18"], "for": "former member 18", "n": 1},
    )
    assert queries.verify(7) is None


def test_erasure_that_no_fact_records_shows(db: None) -> None:
    """Nobody hides a change by pretending that a name was taken out there."""
    entry = _write({"total": "10.00"})
    digests = erasing.digests_of(entry)
    entry.payload = {"total": "99.00"}
    entry.erased = {"digests": digests, "salts": {}, "salt": ""}
    entry.save()
    assert entry.hash == actions.seal_of(entry)
    broken = queries.verify(7)
    assert broken is not None
    assert broken.seq == 1


def test_nothing_that_is_kept_confirms_a_guessed_name(db: None) -> None:
    """Whoever has the database and guesses the name cannot check the guess: the salt is gone."""
    entry = _write({"for": "Ben Nowak", "n": 1}, actor=BEN)
    salt = entry.salt
    digests = {chain.digest(chain.salt_for(salt, "payload.for"), "Ben Nowak")}
    _forget("Ben Nowak")
    entry.refresh_from_db()
    assert entry.erased is not None
    assert digests == {entry.erased["digests"]["payload.for"]}  # with the salt it could be checked
    kept = json.dumps(list(Entry.objects.values()), default=str)
    assert salt not in kept
    assert chain.salt_for(salt, "payload.for") not in kept
    assert chain.salt_for(salt, "actor") not in kept
    assert set(entry.erased["salts"]) == {"payload.n"}


def test_later_entries_follow_on(db: None) -> None:
    _write({"for": "Ben Nowak"})
    _forget("Ben Nowak")
    _write({"for": "Ewa"})
    assert queries.verify(7) is None
    assert Chain.objects.get(organization_id=7).seq == 3


def test_where_mail_went_is_forgotten(db: None) -> None:
    entry = _write({})
    Delivery.objects.create(entry=entry, subscriber="s", target="email:Ben@acme.example", due_at=AT)
    Delivery.objects.create(entry=entry, subscriber="s", target="email:ewa@acme.example", due_at=AT)
    _forget("ben@acme.example")
    assert set(Delivery.objects.values_list("target", flat=True)) == {
        "email:former member 17",
        "email:ewa@acme.example",
    }


def test_nothing_is_taken_out_outside_a_transaction(sqlite_file: Private) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        actions.pseudonymize(7, user_id=5, names=["Ben"], alias="x", actor=DORA)


def test_no_names_touch_only_their_own_acts(db: None) -> None:
    _write({"for": "Ben Nowak"})
    _write({}, actor=BEN)
    assert _forget() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_the_entries(db: None, count: int) -> None:
    for _ in range(count):
        _write({"for": "Ben Nowak"})
    assert len(statements(lambda: _forget("Ben Nowak"))) == 9


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["Ben Nowak", "x Ben Nowak y", "Ewa", "żółć"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(payload=st.dictionaries(st.sampled_from(["a", "b", "ż", "for"]), _json, max_size=4))
def test_any_payload_keeps_its_seal_and_loses_the_name(payload: dict[str, Any]) -> None:
    entry = Entry(
        organization_id=7,
        seq=1,
        topic="t",
        subject_type="thing",
        subject_id="1",
        actor_kind="person",
        actor_user_id=6,
        actor_name="Cora",
        payload=payload,
        at=AT,
        salt="5a" * 16,
        previous="",
    )
    before = actions.seal_of(entry)
    changed = erasing.erase(entry, user_id=5, pattern=erasing.pattern_of(["Ben Nowak"]), alias="former member 17")
    assert actions.seal_of(entry) == before
    assert changed == ("Ben Nowak" in json.dumps(payload, ensure_ascii=False))
    assert "Ben Nowak" not in json.dumps([entry.payload, entry.erased], ensure_ascii=False)
