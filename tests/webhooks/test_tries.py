"""Tries of a webhook: again, given up, overtaken, resting, paused; and the secrets that sign."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from akcept.journal import relay
from akcept.journal.models import Entry
from akcept.testing import orders
from akcept.testing.cast import Cast
from akcept.webhooks import actions, queries, secret, sending, signing
from akcept.webhooks.models import Attempt, Endpoint, Message
from akcept.webhooks.post import Reply, post
from tests.support.receivers import ALLOWED, receiver
from tests.webhooks.test_flow import ALL, URL, _Clock, _listen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _allowed() -> Iterator[None]:
    with override_settings(AKCEPT_WEBHOOKS_HTTP=True, AKCEPT_WEBHOOKS_NETWORKS=ALLOWED):
        yield


BAD = b"HTTP/1.1 503 Busy\r\nContent-Length: 5\r\n\r\nlater"


def test_what_fails_is_tried_nine_times_under_one_id_then_given_up_and_sent_again_by_hand(cast: Cast) -> None:
    clock = _Clock()
    with receiver(BAD) as there:
        row = _listen(cast.dora, url=there.url)
        sent = actions.send_test(row.pk, actor=cast.dora.actor)
        began = clock.now
        for _each in range(12):
            sending.run_once(clock=clock)
            sent.refresh_from_db()
            if sent.state != "due":
                break
            clock.now = sent.due_at
    assert (len(there.received), sent.tries, sent.state) == (9, 9, "dead")
    assert timedelta(hours=24) < clock.now - began < timedelta(hours=31)
    assert {each.headers["webhook-id"] for each in there.received} == {sent.key}
    assert set(Attempt.objects.values_list("status", "answer", "why")) == {(503, "later", "")}
    shown, (found,) = queries.endpoint(cast.dora.actor, row.pk, only="dead")
    assert (shown.dead, shown.failing, found.key) == (1, True, sent.key)
    with receiver() as there:
        Endpoint.objects.update(url=there.url)
        actions.send_again(sent.pk, actor=cast.dora.actor)
        assert sending.run_once(clock=clock).delivered == 1
    assert there.received[0].headers["webhook-id"] == sent.key
    assert not queries.endpoint(cast.dora.actor, row.pk)[0].failing


def test_one_that_dies_between_sending_and_marking_sends_again_under_the_same_id(cast: Cast) -> None:
    clock = _Clock()

    def killed(*_args: Any, **_more: Any) -> Reply:
        raise KeyboardInterrupt

    with receiver() as there:
        row = _listen(cast.dora, url=there.url)
        sent = actions.send_test(row.pk, actor=cast.dora.actor)
        (turn,) = sending.claimed(limit=5, now=clock.now)

        def sends_then_dies(*args: Any, **more: Any) -> Reply:
            post(*args, **more)
            return killed()

        with pytest.raises(KeyboardInterrupt):
            sending.serve(turn, clock=clock, send=sends_then_dies)
        assert sending.claimed(limit=5, now=clock.now) == [], "its lease holds"
        clock.now += sending.LEASE
        assert sending.run_once(clock=clock).delivered == 1
    assert [each.headers["webhook-id"] for each in there.received] == [sent.key, sent.key]


def test_one_that_was_too_slow_marks_nothing(cast: Cast) -> None:
    clock = _Clock()
    row = _listen(cast.dora)
    actions.send_test(row.pk, actor=cast.dora.actor)
    (turn,) = sending.claimed(limit=5, now=clock.now)

    def overtaken(*_args: Any, **_more: Any) -> Reply:
        clock.now += sending.LEASE
        (other,) = sending.claimed(limit=5, now=clock.now)
        assert other.claim != turn.claim
        return Reply(status=200)

    assert sending.serve(turn, clock=clock, send=overtaken).tried == 0
    assert (Message.objects.get().state, Attempt.objects.count()) == ("due", 0)


def test_who_does_not_answer_rests_while_others_are_served(cast: Cast) -> None:
    clock = _Clock()
    silent, there = _listen(cast.dora), _listen(cast.mia)
    for _each in range(3):
        actions.send_test(silent.pk, actor=cast.dora.actor)
        actions.send_test(there.pk, actor=cast.mia.actor)
    tried: list[str] = []

    def send(_target: Any, _body: bytes, headers: Any, **_more: Any) -> Reply:
        key = headers["webhook-id"]
        found = Message.objects.get(key=key).endpoint_id
        tried.append("silent" if found == silent.pk else "there")
        return Reply(why="timeout") if found == silent.pk else Reply(status=204)

    for turn in sending.claimed(limit=5, now=clock.now):
        sending.serve(turn, clock=clock, send=send)
    assert tried == ["silent", "there", "there", "there"]
    assert sending.claimed(limit=5, now=clock.now + timedelta(seconds=4)) == []
    assert len(sending.claimed(limit=5, now=clock.now + timedelta(seconds=6))) == 1


def test_one_that_is_deaf_for_days_is_paused_and_its_keeper_told(cast: Cast, mailoutbox: list[Any]) -> None:
    clock = _Clock()
    row = _listen(cast.dora)
    Endpoint.objects.update(failing_since=clock.now - timedelta(days=5, seconds=1))
    actions.send_test(row.pk, actor=cast.dora.actor)
    (turn,) = sending.claimed(limit=5, now=clock.now)
    sending.serve(turn, clock=clock, send=lambda *_args, **_more: Reply(why="connect"))
    row.refresh_from_db()
    assert row.state == "deaf"
    assert Entry.objects.filter(topic="webhook.paused", actor_kind="system").count() == 1
    clock.now += timedelta(seconds=1)
    relay.run_once(clock=clock)
    relay.run_once(clock=clock)
    (mail,) = [each for each in mailoutbox if each.to == [cast.dora.user.email]]
    assert URL in mail.body
    assert f"/organization/webhooks/{row.pk}/" in mail.body
    html, kind = mail.alternatives[0]
    assert (kind, html.startswith("<!DOCTYPE html>")) == ("text/html", True)
    assert f'<a class="btn" href="{settings.AKCEPT_BASE_URL}/organization/webhooks/{row.pk}/">' in html
    for part in (mail.body, html):
        assert "Twój system nie odpowiada od pięciu dni" in part
    clock.now += timedelta(days=1)
    assert sending.claimed(limit=5, now=clock.now) == [], "nothing goes out"
    orders.place(cast.anna)
    relay.run_once()
    assert Message.objects.count() == 1, "and nothing is kept for it"
    actions.resume_endpoint(row.pk, actor=cast.dora.actor)
    assert len(sending.claimed(limit=5, now=clock.now)) == 1


def test_one_that_is_gone_for_good_is_paused_at_once(cast: Cast) -> None:
    with receiver(b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n") as there:
        row = _listen(cast.dora, url=there.url)
        actions.send_test(row.pk, actor=cast.dora.actor)
        sending.run_once()
    row.refresh_from_db()
    assert row.state == "gone"


def test_what_the_operator_takes_back_is_not_sent(cast: Cast) -> None:
    with receiver() as there:
        row = _listen(cast.dora, url=there.url)
        actions.send_test(row.pk, actor=cast.dora.actor)
        with override_settings(AKCEPT_WEBHOOKS_HTTP=False):
            sending.run_once()
    assert (Attempt.objects.get().why, there.received) == ("forbidden", [])


# --- secrets ---


def test_for_a_day_after_an_exchange_both_secrets_sign(cast: Cast) -> None:
    clock = _Clock()
    with receiver() as there:
        first = actions.add_endpoint(actor=cast.dora.actor, url=there.url, events=ALL)
        second = actions.exchange_secret(first.endpoint.pk, actor=cast.dora.actor, now=clock.now)
        for passed in (timedelta(0), timedelta(hours=24)):
            clock.now += passed
            actions.send_test(first.endpoint.pk, actor=cast.dora.actor, now=clock.now)
            sending.run_once(clock=clock)
    both, alone = there.received

    def signed(kept: actions.Kept, each: Any) -> str:
        told = each.headers
        return signing.signature(
            kept.secret, key=told["webhook-id"], timestamp=int(told["webhook-timestamp"]), body=each.body
        )

    assert both.headers["webhook-signature"].split(" ") == [signed(second, both), signed(first, both)]
    assert alone.headers["webhook-signature"] == signed(second, alone)


def test_the_database_alone_signs_nothing(cast: Cast) -> None:
    kept = actions.add_endpoint(actor=cast.dora.actor, url=URL, events=ALL)
    row = Endpoint.objects.get()
    assert kept.secret.removeprefix("whsec_") not in row.secret
    assert secret.read(row.secret) == kept.secret
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[]):
        actions.send_test(row.pk, actor=cast.dora.actor)
        sending.run_once()
    assert Attempt.objects.get().why == "secret"
