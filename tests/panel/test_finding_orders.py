"""The shop's list of orders answers what somebody at the telephone says, and "why was nothing delivered to Acme"."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.organizations.models import Organization, Unit
from akcept.oscar_edge.dashboard.orders import finding
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, organization, person
from tests.conftest import Visit
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

LIST = "/dashboard/orders/"


@pytest.fixture
def mia(cast: Cast, visit: Visit) -> Client:
    return visit(cast.mia, superuser=True)


def _found(client: Client, **typed: Any) -> set[str]:
    return {order.number for order in client.get(LIST, typed).context["orders"]}


def _text(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.fixture
def work(cast: Cast) -> Placed:
    """Ben's own order, which is work; the customer's number has several words."""
    return orders.place(cast.ben, records=[carts.stock("PAP-1")], po_number="KRA 37/2026")


@pytest.fixture
def other(cast: Cast) -> Placed:
    """Umbra's, which is work too."""
    return orders.place(cast.otto, records=[carts.stock("TON-9", price="75.00")])


@pytest.mark.parametrize(
    "text",
    [
        "acme",
        "ACME kraków",
        "krakow",
        "nowak",
        "Ben Nowak",
        "ben@",
        "kra 37",
        "KRA 37/2026",
        "kra",
        "  acme   ben ",
    ],
)
def test_a_word_of_the_customer_finds_their_orders_and_nobody_elses(
    work: Placed, other: Placed, mia: Client, text: str
) -> None:
    assert _found(mia, text=text) == {work.order_number}


def test_the_tax_number_finds_the_customer_with_dashes_or_without(
    cast: Cast, work: Placed, other: Placed, mia: Client
) -> None:
    nip = cast.acme.nip
    for typed in (nip, f"{nip[:3]}-{nip[3:6]}-{nip[6:8]}-{nip[8:]}", nip[:6]):
        assert _found(mia, text=typed) == {work.order_number}, typed


@pytest.mark.parametrize("text", ["acme umbra", "zzz", "acme zzz", "%", "_", "\x00"])
def test_words_that_nobody_fits_find_nothing(work: Placed, other: Placed, mia: Client, text: str) -> None:
    assert _found(mia, text=text) <= ({work.order_number, other.order_number} if text == "\x00" else set())


def test_a_number_leads_to_its_order_wherever_that_is(cast: Cast, work: Placed, mia: Client) -> None:
    held = orders.place(cast.anna)
    to_work = mia.get(LIST, {"text": work.order_number})
    assert to_work["Location"] == reverse("dashboard:order-detail", kwargs={"number": work.order_number})
    to_held = mia.get(LIST, {"text": held.order_number})
    assert to_held["Location"] == reverse("akcept_panel:order", kwargs={"number": held.order_number})


@pytest.mark.parametrize("text", ["PAP-1", "pap-1", "590PAP-1", "produkt pap"])
def test_a_product_finds_the_orders_it_is_in(work: Placed, other: Placed, mia: Client, text: str) -> None:
    assert _found(mia, product=text) == {work.order_number}


def test_a_product_that_is_gone_is_found_by_what_its_line_kept(work: Placed, other: Placed, mia: Client) -> None:
    apps.get_model("catalogue.Product").objects.filter(title="Produkt PAP-1").delete()
    assert _found(mia, product="PAP-1") == {work.order_number}
    assert _found(mia, product="590PAP-1") == {work.order_number}


def test_days_and_values_bound_the_list_both_ends_included(work: Placed, other: Placed, mia: Client) -> None:
    rows = apps.get_model("order.Order").objects
    mine = rows.get(number=work.order_number)
    rows.filter(pk=mine.pk).update(date_placed=mine.date_placed - timedelta(days=10))
    day = localdate(mine.date_placed - timedelta(days=10)).isoformat()
    assert _found(mia, date_from=day, date_to=day) == {work.order_number}
    gross = str(mine.total_incl_tax)
    assert _found(mia, gross_from=gross, gross_to=gross) == {work.order_number}
    assert _found(mia, gross_to="0.01") == set()
    assert _found(mia, text="umbra", date_from=day) == {other.order_number}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"date_from": "2026-02-02", "date_to": "2026-02-01"}, "This is before the day it starts from."),
        ({"gross_from": "5", "gross_to": "4"}, "This is less than the value it starts from."),
        ({"gross_from": "much"}, "Enter a number."),
        ({"date_from": "0001-01-01"}, "Enter a day between"),
    ],
)
def test_what_is_typed_wrongly_is_said_and_kept(work: Placed, mia: Client, typed: dict[str, str], said: str) -> None:
    answer = mia.get(LIST, {"text": "acme", **typed})
    assert said in _text(answer)
    assert 'value="acme"' in answer.content.decode()
    assert all(f'value="{value}"' in answer.content.decode() for value in typed.values())


def test_why_nothing_was_delivered_is_told_beside_the_work(
    cast: Cast, work: Placed, other: Placed, mia: Client
) -> None:
    waiting, ended = orders.place(cast.anna), orders.place(cast.jan)
    actions.reject(ended.order_number, actor=cast.cora.actor, version=1, reason="no")
    page = mia.get(LIST, {"text": "acme"})
    assert "The same search also finds: orders requiring the customer's acceptance (1), orders that ended" in _text(
        page
    )
    assert _found(mia, text="acme", status="ended") == {ended.order_number}
    assert _found(mia, text="acme", status="rejected") == {ended.order_number}
    assert _found(mia, text="umbra", status="ended") == set()
    assert waiting.order_number in _text(mia.get(reverse("akcept_panel:held"), {"text": "acme"}))
    assert "also finds" not in _text(mia.get(LIST, {"text": "umbra"}))
    assert mia.get(LIST, {"status": "awaiting_acceptance"})["Location"] == reverse("akcept_panel:held")


def test_ended_orders_are_to_look_at_only(cast: Cast, work: Placed, mia: Client) -> None:
    ended = orders.place(cast.anna)
    actions.withdraw(ended.order_number, actor=cast.anna.actor, version=1)
    page = mia.get(LIST, {"status": "ended"})
    assert 'name="selected_order"' not in page.content.decode()
    assert reverse("akcept_panel:order", kwargs={"number": ended.order_number}) in page.content.decode()
    row = orders.order(ended)
    for action in ("change_order_statuses", "download_selected_orders"):
        data = {"action": action, "new_status": "in_progress", "selected_order": [row.pk, orders.order(work).pk]}
        answer = mia.post(f"{LIST}?status=ended", data, follow=True)
        body = answer.content.decode()
        assert action == "change_order_statuses" or f"{ended.order_number}," not in body
    assert (orders.order(ended).status, orders.order(work).status) == ("withdrawn", "in_progress")


def test_a_bulk_action_shows_the_same_search_again(cast: Cast, work: Placed, mia: Client) -> None:
    data = {"action": "change_order_statuses", "new_status": "in_progress", "selected_order": [orders.order(work).pk]}
    answer = mia.post(f"{LIST}?text=acme", data)
    assert answer["Location"] == f"{LIST}?text=acme"


def test_one_customers_orders_are_listed_from_its_page(cast: Cast, work: Placed, other: Placed, mia: Client) -> None:
    held = orders.place(cast.anna)
    page = mia.get(reverse("akcept_panel:organization", args=[cast.acme.pk])).content.decode()
    assert work.order_number in page
    assert held.order_number in page
    assert other.order_number not in page
    assert f"{LIST}?organization={cast.acme.pk}" in page
    listed = mia.get(LIST, {"organization": cast.acme.pk})
    assert {order.number for order in listed.context["orders"]} == {work.order_number}
    assert "Orders of Acme" in _text(listed)
    assert _found(mia, organization=cast.umbra.pk) == {other.order_number}
    assert _found(mia, organization=2**53) == set()


def test_common_words_are_read_from_the_lists_beginning(
    cast: Cast, work: Placed, other: Placed, mia: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    seldom = {
        text: _found(mia, text=text) for text in ("acme", "oddział", "acme nowak", "example", work.order_number[:4])
    }
    monkeypatch.setattr(finding, "FEW", 0)
    assert {text: _found(mia, text=text) for text in seldom} == seldom


def test_a_partners_own_staff_finds_nothing_of_others(cast: Cast, work: Placed, visit: Visit) -> None:
    packer = person("Wit", "Paczka")
    partner = apps.get_model("partner.Partner").objects.create(name="Another")
    partner.users.add(packer.user)
    packer.user.user_permissions.add(Permission.objects.get(codename="dashboard_access"))
    client = visit(packer)
    ended = orders.place(cast.anna)
    actions.withdraw(ended.order_number, actor=cast.anna.actor, version=1)
    for typed in ({"text": "acme"}, {"status": "ended"}, {"organization": cast.acme.pk}, {"text": ended.order_number}):
        page = client.get(LIST, typed)
        assert page.status_code == 200
        assert list(page.context["orders"]) == []
        assert "Acme" not in _text(page)


def test_members_and_strangers_do_not_get_in(cast: Cast, work: Placed, visit: Visit) -> None:
    for who in (cast.dora, cast.otto):
        answer = visit(who).get(LIST, {"text": "acme"})
        assert answer.status_code in (302, 403)
        assert work.order_number not in answer.content.decode()


def test_a_search_costs_the_same_for_one_order_and_for_many(cast: Cast, mia: Client) -> None:
    counts = []
    for more in (1, 3):
        for _ in range(more):
            orders.place(cast.ben)
            orders.place(cast.anna)
        counts.append(len(statements(lambda: mia.get(LIST, {"text": "acme", "product": "S1"}))))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("few", [0, finding.FEW])
def test_guests_are_found_by_name_and_address_where_the_shop_serves_them(
    cast: Cast, work: Placed, mia: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(finding, "FEW", few)
    settings.OSCAR_ALLOW_ANON_CHECKOUT = True
    apps.get_model("order.Order").objects.filter(number=work.order_number).update(user=None, guest_email="g@x.example")
    assert _found(mia, text="g@x") == {work.order_number}
    assert _found(mia, text="nobody") == set()


def test_many_customers_of_one_name_are_all_found(cast: Cast, work: Placed, mia: Client) -> None:
    for at in range(3):
        organization(f"Acme {at}", nip=f"123456{at:04d}")
    assert Organization.objects.filter(name__startswith="Acme").count() >= 4
    assert Unit.objects.exists()
    assert work.order_number in _found(mia, text="acme")
