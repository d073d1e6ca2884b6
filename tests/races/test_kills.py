"""Power cuts: a relay killed while sending loses no mail; a web process killed while placing leaves no half order."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.apps import apps
from django.db.models import F, Sum

from akcept.approvals.models import Case
from akcept.journal.models import Delivery, Entry
from akcept.journal.queries import verify
from akcept.journal.relay import LEASE
from akcept.ordering.models import Placement
from akcept.organizations.models import UnitAddress
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.support.databases import Private
from tests.support.live_shop import manage_process, shop_process
from tests.support.visitors import hidden, http_visitor


def _wait_for(happened: Callable[[], bool], *, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def _mails(folder: Path) -> Counter[str]:
    return Counter(path.name.partition("@")[0] + " " + path.name.split(".")[-3] for path in folder.glob("*.mail"))


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_relay_sends_each_mail_at_least_once(
    each_database: Private, cast: Cast, tmp_path: Path, when: str
) -> None:
    """Killed between claiming and sending nothing is lost; killed after sending one mail may come twice."""
    orders.place(cast.anna)
    environment = {
        "AKCEPT_EMAIL_BACKEND": "tests.support.slow_mail.FolderBackend",
        "AKCEPT_TEST_MAILS": str(tmp_path),
    }
    (tmp_path / f"stall-{when}").touch()
    with manage_process(each_database, "relay", **environment) as relay:
        _wait_for((tmp_path / f"stalling-{when}").exists)
        relay.kill()
    (tmp_path / f"stall-{when}").unlink()
    left = Delivery.objects.filter(state="due")
    assert left.exclude(claim="").exists(), "it was killed while it held a claim"
    left.update(due_at=F("due_at") - LEASE - timedelta(seconds=1))  # the lease runs out
    with manage_process(each_database, "relay", **environment):
        _wait_for(lambda: not Delivery.objects.filter(state="due").exists())
    sent = _mails(tmp_path)
    assert set(sent) == {"ben acceptance_asked", "cora acceptance_asked", "anna order_received"}
    assert sum(sent.values()) == (3 if when == "before" else 4)
    assert not Delivery.objects.exclude(state="done").exists()


def _checkout_form(person: Person, browser: httpx.Client, *, lines: int) -> dict[str, str]:
    cart = carts.fill(person, lines=lines)
    page = browser.get("/checkout/").text
    return {
        "cart": str(cart),
        "seen": hidden(page, "seen"),
        "delivery": orders.COURIER,
        "payment": "transfer",
        "address": str(UnitAddress.objects.get(unit=person.member.unit, is_default=True).pk),
        "csrfmiddlewaretoken": browser.cookies["csrftoken"],
    }


def _require_whole_orders() -> None:
    """Everything of an order is there, or nothing of it."""
    Order = apps.get_model("order.Order")
    numbers = set(Order.objects.values_list("number", flat=True))
    assert numbers == set(Placement.objects.values_list("number", flat=True))
    assert numbers == set(Case.objects.values_list("order__number", flat=True))
    assert numbers == set(Entry.objects.filter(topic="order.placed").values_list("subject_id", flat=True))
    for order in Order.objects.all():
        assert order.lines.count() == order.akcept_placement.line_count
        assert Delivery.objects.filter(entry__subject_id=order.number).count() == 5
        assert order.basket.status == "Submitted"
    ordered = apps.get_model("order.Line").objects.aggregate(n=Sum("quantity"))["n"] or 0
    allocated = apps.get_model("partner.StockRecord").objects.aggregate(n=Sum("num_allocated"))["n"] or 0
    assert ordered == allocated


@pytest.mark.slow
def test_killed_web_process_leaves_a_whole_order_or_none(pg: Private, cast: Cast) -> None:
    for attempt in range(8):
        with shop_process(pg) as (server, url):
            browser = http_visitor(cast.anna, url)
            form = _checkout_form(cast.anna, browser, lines=40)
            answer: list[object] = []

            def submit(form=form, browser=browser, answer=answer) -> None:
                try:
                    answer.append(browser.post("/checkout/", data=form))
                except httpx.HTTPError as error:
                    answer.append(error)

            thread = threading.Thread(target=submit)
            thread.start()
            time.sleep(0.02 * attempt)
            server.kill()
            thread.join(30)
        _require_whole_orders()
        # The basket of an order that was not placed is still there to be ordered.
        apps.get_model("basket.Basket").objects.filter(status="Open").delete()
    assert verify(cast.acme.pk) is None
