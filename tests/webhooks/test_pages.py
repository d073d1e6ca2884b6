"""Pages of webhooks, at the shop's front and in the panel; the receiver of the guide, as it stands."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from typing import Any

import pytest
from django.test import override_settings

from akcept.kernel.clock import utc_now
from akcept.testing import orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from akcept.webhooks import actions, secret, sending, signing
from akcept.webhooks.models import Endpoint, Message
from akcept.webhooks.post import Reply
from tests.support.processes import ROOT
from tests.support.receivers import ALLOWED
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

SENT = {"url": "https://erp.example.com/acme-hooks", "events": ["order.released", "order.revoked"]}
FRONT, PANEL = "/organization/webhooks/", "/dashboard/webhooks/"


def _secret(page: str) -> str:
    return page.rpartition('<code class="text-break user-select-all">')[2].partition("</code>")[0]


@pytest.mark.parametrize(("who", "pages"), [("dora", FRONT), ("mia", PANEL)])
def test_a_webhook_is_added_tried_paused_and_removed(cast: Cast, visit: Any, who: str, pages: str) -> None:
    client = visit(getattr(cast, who), sure=True)
    given = _secret(client.post(pages, SENT).content.decode())
    assert given.startswith("whsec_")
    row = Endpoint.objects.get()
    own = f"{pages}{row.pk}/"
    assert given not in client.get(pages).content.decode() + client.get(own).content.decode()
    assert client.post(f"{own}test/", follow=True).status_code == 200
    (turn,) = sending.claimed(limit=1, now=utc_now())
    sending.serve(turn, send=lambda *_args, **_more: Reply(status=503, answer="<b>later</b>", took_ms=7))
    page = client.get(own).content.decode()
    assert "503" in page
    assert "next attempt" in page
    assert "&lt;b&gt;later&lt;/b&gt;" in page
    Message.objects.update(state="dead")
    assert "?only=dead" in client.get(pages).content.decode()
    assert Message.objects.get().key in client.get(f"{own}?only=dead").content.decode()
    client.post(f"{pages}messages/{Message.objects.get().pk}/again/")
    assert Message.objects.get().state == "due"
    client.post(own, {**SENT, "events": ["order.released"]})
    row.refresh_from_db()
    assert row.events == ["order.released"]
    exchanged = client.post(f"{own}secret/")
    assert (_secret(exchanged.content.decode()) != given, "no-store" in exchanged["Cache-Control"]) == (True, True)
    for act, state in (("pause", "paused"), ("resume", "active")):
        client.post(f"{own}{act}/")
        row.refresh_from_db()
        assert row.state == state
        Message.objects.update(state="due", tries=1)
        assert ("next attempt" in client.get(own).content.decode()) == (state == "active"), "paused: nothing is sent"
    assert client.post(f"{own}nothing/").status_code == 404
    assert client.get(f"{own}pause/").status_code == 405
    client.post(f"{own}remove/")
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize("pages", [FRONT, "own"])
def test_what_is_wrong_is_said_and_stays_typed(cast: Cast, visit: Any, pages: str) -> None:
    dora = visit(cast.dora, sure=True)
    if pages == "own":
        pages = f"{FRONT}{actions.add_endpoint(actor=cast.dora.actor, **SENT).endpoint.pk}/"
    before = Endpoint.objects.count()
    answer = dora.post(pages, {**SENT, "url": "https://192.168.1.7/hooks"})
    assert answer.status_code == 422
    assert 'value="https://192.168.1.7/hooks"' in answer.content.decode()
    assert dora.post(pages, {"url": SENT["url"]}).status_code == 422
    assert dora.post(pages, {**SENT, "events": ["webhook.test"]}).status_code == 422
    assert Endpoint.objects.count() == before


def test_another_organisation_and_branch_see_and_do_nothing(cast: Cast, visit: Any) -> None:
    row = actions.add_endpoint(actor=cast.dora.actor, **SENT).endpoint
    sent = actions.send_test(row.pk, actor=cast.dora.actor)
    own = f"{FRONT}{row.pk}/"
    for who, status in (("otto", 404), ("jan", 403), ("ben", 403), ("cora", 403), ("paul", 403)):
        client = visit(getattr(cast, who))
        assert client.get(own).status_code == status
        for act in ("test", "pause", "resume", "secret", "remove"):
            assert client.post(f"{own}{act}/").status_code == status
        assert client.post(f"{FRONT}messages/{sent.pk}/again/").status_code == status
        assert client.get(FRONT).status_code == (200 if who == "otto" else 403)
        assert client.get(PANEL).status_code == 403
    assert row.url not in visit(cast.otto).get(FRONT).content.decode()
    assert visit(cast.mia).get(f"{PANEL}{row.pk}/").status_code == 404
    assert visit().get(FRONT).status_code == 302
    row.refresh_from_db()
    assert row.state == "active"


@pytest.mark.parametrize(("who", "pages"), [("dora", FRONT), ("mia", PANEL)])
def test_the_log_says_of_which_order_each_message_tells(cast: Cast, visit: Any, who: str, pages: str) -> None:
    person = getattr(cast, who)
    if person.member is not None:
        rights = [*person.member.granted["permissions"], "see_all_orders"]
        person.member.granted = {**person.member.granted, "permissions": rights}
        person.member.recompute()
        person.member.save()
    row = actions.add_endpoint(actor=person.actor, url=SENT["url"], events=["order.awaiting_acceptance"]).endpoint
    actions.send_test(row.pk, actor=person.actor)
    number = orders.place(cast.anna).order_number
    deliver()
    page = visit(person).get(f"{pages}{row.pk}/").content.decode()
    assert page.count(f"an order is waiting for acceptance: {number} ") == 1
    assert "a test: " not in page, "a test tells of no order"


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_long(cast: Cast, visit: Any, number: int) -> None:
    for _each in range(number):
        actions.add_endpoint(actor=cast.dora.actor, **SENT)
    dora = visit(cast.dora)
    dora.get(FRONT)
    counted = [each for each in statements(lambda: dora.get(FRONT)) if "akcept_webhooks" in each]
    assert len(counted) == 1


@pytest.mark.slow
def test_the_receiver_of_the_guide_takes_what_is_genuine_once(cast: Cast) -> None:
    guide = (ROOT / "docs" / "api" / "webhooks.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", guide, flags=re.DOTALL)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with override_settings(AKCEPT_WEBHOOKS_HTTP=True, AKCEPT_WEBHOOKS_NETWORKS=ALLOWED):
        kept = actions.add_endpoint(actor=cast.dora.actor, url=f"http://127.0.0.1:{port}/", events=SENT["events"])
        named = {"WEBHOOK_SECRET": kept.secret, "PORT": str(port)}
        running = subprocess.Popen(
            [sys.executable, "-c", program], env={**os.environ, **named}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            _wait_for(port)
            sent = actions.send_test(kept.endpoint.pk, actor=cast.dora.actor)
            assert sending.run_once().delivered == 1
            actions.send_again(sent.pk, actor=cast.dora.actor)
            assert sending.run_once().delivered == 1
            Endpoint.objects.update(secret=secret.kept(signing.new_secret()))
            actions.send_test(kept.endpoint.pk, actor=cast.dora.actor)
            assert sending.run_once().failed == 1, "a wrong signature is refused"
        finally:
            running.kill()
            told, _errors = running.communicate(timeout=10)
    assert told.decode().split() == ["webhook.test"]


def _wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the receiver does not listen")
