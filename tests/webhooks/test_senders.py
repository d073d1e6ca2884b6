"""Several senders at once, on PostgreSQL: each message is sent once, and nobody waits for others."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.db import OperationalError
from django.test import override_settings

from akcept.testing.cast import Cast
from akcept.webhooks import actions, sending
from akcept.webhooks.events import Type
from akcept.webhooks.management.commands.send_webhooks import Command
from akcept.webhooks.models import Attempt, Endpoint, Message
from akcept.webhooks.sending import Turn
from tests.support.receivers import ALLOWED, OK, Receiver, receiver
from tests.support.threads import together

pytestmark = pytest.mark.postgres

ALL = sorted(each.value for each in Type)
#: Seconds until a loop that hangs is given up.
PATIENCE = 20.0


@pytest.fixture(autouse=True)
def _allowed() -> Iterator[None]:
    with override_settings(AKCEPT_WEBHOOKS_HTTP=True, AKCEPT_WEBHOOKS_NETWORKS=ALLOWED):
        yield


def _listening(cast: Cast, there: Receiver, *, messages: int) -> list[str]:
    """Let somebody listen, with so many messages due; return their ids, oldest first."""
    row = actions.add_endpoint(actor=cast.dora.actor, url=there.url, events=ALL).endpoint
    return [actions.send_test(row.pk, actor=cast.dora.actor).key for _each in range(messages)]


def _keys(there: Receiver) -> list[str]:
    return [each.headers["webhook-id"] for each in there.received]


def _until(found: Callable[[], bool]) -> None:
    over = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < over, "it hangs"
        time.sleep(0.02)


def test_senders_at_the_same_moment_send_each_message_once_and_in_order(cast: Cast) -> None:
    with receiver() as first, receiver() as second:
        due = [_listening(cast, there, messages=4) for there in (first, second)]
        counts = together(*[sending.run_once] * 4)
        assert [_keys(there) for there in (first, second)] == due
    assert sum(count.delivered for count in counts) == sum(count.tried for count in counts) == 8
    assert Counter(Attempt.objects.values_list("message__key", flat=True)) == Counter(due[0] + due[1])
    assert set(Message.objects.values_list("state", flat=True)) == {"done"}
    assert list(Endpoint.objects.values_list("claim", flat=True)) == ["", ""], "given back"


def test_an_endpoint_that_all_claim_at_once_is_one_senders(cast: Cast) -> None:
    with receiver() as there:
        _listening(cast, there, messages=1)
    now = Message.objects.get().due_at
    turns = together(*[lambda: sending.claimed(limit=5, now=now)] * 6)
    assert sorted(len(found) for found in turns) == [0, 0, 0, 0, 0, 1]


def test_the_loop_serves_others_while_one_is_slow_outlives_the_database_and_ends_whole(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = threading.Event()

    def slowly(client: socket.socket) -> None:
        assert served.wait(PATIENCE)
        client.sendall(OK)

    claims: list[int] = []

    def claimed(**wanted: int) -> list[Turn]:
        claims.append(wanted["limit"])
        if len(claims) == 1:
            raise OperationalError("the database is starting up")
        return sending_claimed(**wanted)  # type: ignore[arg-type]

    sending_claimed = sending.claimed
    monkeypatch.setattr(sending, "claimed", claimed)
    out, err = StringIO(), StringIO()
    command = Command(stdout=out, stderr=err)

    with receiver(slowly) as slow, receiver() as first, receiver() as second:
        due = [_listening(cast, there, messages=2) for there in (slow, first, second)]

        def watch() -> None:
            try:
                _until(lambda: len(first.received) == len(second.received) == 2)
                assert len(slow.received) == 1
                served.set()
                _until(lambda: len(slow.received) == 2)
            finally:
                served.set()
                command.stop.set()

        ends = together(lambda: command.handle(once=False, interval="0.05", workers=3), watch)
        assert ends == [None, None]
        assert [_keys(there) for there in (slow, first, second)] == due
    assert max(claims) == 3, "as many receivers as there are workers"
    assert "webhooki: brak połączenia z bazą danych, próbuję ponownie: the database is starting up" in err.getvalue()
    said = out.getvalue().splitlines()
    assert (said[0], said[-1]) == ("webhooki: gotowe", "webhooki: zatrzymano")
    assert Message.objects.filter(state="done").count() == Attempt.objects.count() == 6
