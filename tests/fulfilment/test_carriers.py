"""Issue 12, point 2: a parcel leads to the page its carrier has, which the shop has chosen, and nowhere else."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
from django.core import mail
from django.test import override_settings

from akcept.fulfilment import actions, carriers
from akcept.fulfilment.actions import Packed
from akcept.journal import relay
from akcept.ordering import actions as ordering
from akcept.testing import orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from akcept.webhooks import actions as webhooks
from akcept.webhooks.models import Message
from tests.conftest import Visit
from tests.support.api import system_of

DPD = "https://tracktrace.dpd.com.pl/parcelDetails?p1={parcel}"
CARRIERS = {"DPD": DPD, "Kurier  Łódź": "https://kurier.example/p/{parcel}/stan#dalej"}


@override_settings(AKCEPT_CARRIERS=CARRIERS)
@pytest.mark.parametrize(
    ("carrier", "parcel", "leads_to"),
    [
        ("DPD", "00-1", "https://tracktrace.dpd.com.pl/parcelDetails?p1=00-1"),
        ("dpd", "00 1", "https://tracktrace.dpd.com.pl/parcelDetails?p1=00%201"),
        ("DPD", "1&p1=2#x", "https://tracktrace.dpd.com.pl/parcelDetails?p1=1%26p1%3D2%23x"),
        ("DPD", '"><b>', "https://tracktrace.dpd.com.pl/parcelDetails?p1=%22%3E%3Cb%3E"),
        (unicodedata.normalize("NFD", "KURIER ŁÓDŹ"), "../a", "https://kurier.example/p/..%2Fa/stan#dalej"),
        ("Kurier Łódź", "//evil.example", "https://kurier.example/p/%2F%2Fevil.example/stan#dalej"),
        ("Kurier Łódź", "..", ""),
        ("DPD", "{parcel}", "https://tracktrace.dpd.com.pl/parcelDetails?p1=%7Bparcel%7D"),
        ("GLS", "1", ""),
        ("", "1", ""),
        ("javascript:alert(1)", "1", ""),
    ],
)
def test_a_number_leads_to_the_page_that_was_chosen_and_nowhere_else(carrier: str, parcel: str, leads_to: str) -> None:
    assert carriers.link(carrier, parcel) == leads_to


@pytest.mark.parametrize(
    "pattern",
    [
        "http://dpd.example/{parcel}",
        "javascript:alert('{parcel}')",
        "//dpd.example/{parcel}",
        "https://{parcel}.example/",
        "https://dpd.example@{parcel}/",
        "https://user:word@dpd.example/{parcel}",
        "https://dpd.example/",
        "https://dpd.example/{parcel}/{parcel}",
        'https://dpd.example/" onclick="{parcel}',
        "https:///{parcel}",
        "https://[dpd/{parcel}",
        "https://dpd.example/{parcel}\n",
        7,
    ],
)
def test_an_unsafe_pattern_is_refused_at_start_and_never_followed(pattern: Any) -> None:
    with override_settings(AKCEPT_CARRIERS={"DPD": pattern}):
        assert [found.id for found in carriers.check()] == ["akcept.E045"]
        assert carriers.link("DPD", "1") == ""


def test_what_is_no_table_of_carriers_is_refused_at_start() -> None:
    with override_settings(AKCEPT_CARRIERS=[DPD]):
        assert [found.id for found in carriers.check()] == ["akcept.E044"]
        assert carriers.link("DPD", "1") == ""
    with override_settings(AKCEPT_CARRIERS=CARRIERS):
        assert carriers.check() == []
    with override_settings(AKCEPT_CARRIERS=None):
        assert carriers.check() == []


@override_settings(AKCEPT_CARRIERS=CARRIERS)
def test_pages_mail_api_and_webhooks_link_to_the_carrier(cast: Cast, visit: Visit, mailoutbox: list[Any]) -> None:
    number = orders.place(cast.anna, lines=1, quantity=5).order_number
    ordering.accept(number, actor=cast.ben.actor, version=1)
    webhooks.add_endpoint(actor=cast.mia.actor, url="https://erp.example.com/h", events=["order.shipped"])
    deliver()
    mail.outbox.clear()
    actions.ship(number, actor=cast.mia.actor, parcel="00&1", carrier="DPD", packed=[Packed(code="S1", quantity=2)])
    actions.ship(number, actor=cast.mia.actor, parcel="own", carrier="Nasz kierowca")
    link = "https://tracktrace.dpd.com.pl/parcelDetails?p1=00%261"
    for person, path in (
        (cast.anna, f"/orders/{number}/"),
        (cast.mia, f"/dashboard/acceptance/{number}/"),
        (cast.mia, f"/dashboard/orders/{number}/"),
    ):
        page = visit(person, superuser=person is cast.mia, language="en").get(path).content.decode()
        assert f'href="{link}" rel="noopener noreferrer external">Track parcel 00&amp;1</a>' in page
        assert page.count("Track parcel") == 1, "a carrier without a page has none"
        assert "Track parcel" not in "".join(re.findall(r"<details.*?</details>", page, re.DOTALL)), "in sight at once"
    for told in (
        system_of(cast.anna).get(f"/orders/{number}").json(),
        system_of(cast.mia).get(f"/work/orders/{number}").json(),
    ):
        found = [(parcel["parcel"], parcel["link"]) for parcel in told["shipments"]]
        assert found == [("00&1", link), ("own", "")]
    deliver()
    relay.run_once()
    with_link, without = mail.outbox
    for text in (str(with_link.body), str(with_link.alternatives[0][0])):  # type: ignore[attr-defined]
        assert link in text
    assert "tracktrace" not in str(without.body)
    bodies = [message.body["data"]["parcel"] for message in Message.objects.filter(type="order.shipped")]
    assert [(each["number"], each["link"]) for each in bodies] == [("00&1", link), ("own", "")]


def test_a_waiting_order_has_no_parcels_and_another_organisation_s_none_at_all(cast: Cast) -> None:
    number = orders.place(cast.anna).order_number
    assert system_of(cast.anna).get(f"/orders/{number}").json()["shipments"] == []
    assert system_of(cast.otto).get(f"/orders/{number}").status_code == 404


def test_the_panel_tells_once_and_in_the_order_it_happened_what_became_of_an_order(cast: Cast, visit: Visit) -> None:
    number = orders.place(cast.anna, lines=1, quantity=5).order_number
    ordering.accept(number, actor=cast.ben.actor, version=1)
    actions.ship(number, actor=cast.mia.actor, parcel="7", carrier="DPD", packed=[Packed(code="S1", quantity=2)])
    for step in ("packed", "shipped"):
        actions.set_status(number, actor=cast.mia.actor, to=step)
    page = visit(cast.mia, superuser=True, language="en").get(f"/dashboard/orders/{number}/").content.decode()
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<h2>History</h2>")[2].partition("</ul>")[0]))
    steps = ["sent parcel DPD 7", "in progress", "in progress → packed", "the rest of the order", "packed → shipped"]
    places = [told.index(step) for step in steps]
    assert places == sorted(places), told
    assert [told.count(step) for step in ("→ packed", "→ shipped", "→ in progress")] == [1, 1, 1], told
