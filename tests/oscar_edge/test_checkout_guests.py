"""G5: where a shop lets guests order they go through Oscar's own steps: never held, of no organisation."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from oscar.apps.checkout.applicator import SurchargeApplicator
from oscar.apps.checkout.surcharges import FlatCharge
from oscar.core.loading import get_class

from akcept.approvals.models import Case
from akcept.testing import carts
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from shop.shipping.methods import Courier
from tests.conftest import Visit
from tests.support.processes import ROOT

ADDRESS = {
    **{"first_name": "Gina", "last_name": "Gast", "line1": "Prosta 1", "line4": "Warszawa"},
    **{"postcode": "00-850", "country": "PL"},
}
STEPS = ["shipping-address", "shipping-method", "payment-method", "payment-details", "preview"]


@pytest.fixture
def guests(db: None, settings: Any) -> None:
    settings.OSCAR_ALLOW_ANON_CHECKOUT = True
    settings.OSCAR_ALLOW_GUEST_CHECKOUT_WITH_ACCOUNT = True
    settings.AKCEPT_BASE_URL = "https://shop.example:8443"
    settings.OSCAR_URL_SCHEMA = "https"


def _chosen(client: Client, *skus: str) -> Client:
    for sku in skus or ("G5",):
        record = carts.stock(sku)
        answer = client.post(reverse("basket:add", args=[record.product_id]), {"quantity": "2"})
        assert answer.status_code == 302, answer.content.decode()
    return client


def _ordered(client: Client, *, email: str = "gina@guest.example", sent: bool = True) -> Any:
    """Go through every step as a guest; return the order."""
    apps.get_model("address.Country").objects.update(is_shipping_country=True)
    assert client.get("/checkout/").status_code == 200
    gateway = client.post("/checkout/", {"username": email, "options": "anonymous"})
    assert gateway["Location"] == "/checkout/shipping-address/", gateway.content.decode()
    if sent:
        method = client.post("/checkout/shipping-address/", ADDRESS)
        assert method["Location"] == "/checkout/shipping-method/", method.content.decode()
        offered = re.findall(r'name="method_code"[^>]*value="([^"]+)"', client.get(method["Location"]).content.decode())
        client.post("/checkout/shipping-method/", {"method_code": offered[0]})
    preview = client.get("/checkout/shipping-method/", follow=True) if not sent else None
    assert preview is None or preview.request["PATH_INFO"] in ("/checkout/payment-details/", "/checkout/preview/")
    placed = client.post("/checkout/preview/", {"action": "place_order"})
    assert placed["Location"] == "/checkout/thank-you/", placed.content.decode()
    return apps.get_model("order.Order").objects.latest("pk")


@pytest.mark.parametrize("password", ["demo", "wrong", ""])
def test_c3_gateway_logs_nobody_in_past_the_shops_own_login(
    guests: None, cast: Cast, client: Client, password: str
) -> None:
    cast.ben.user.set_password("demo")
    cast.ben.user.save()
    typed = {"username": cast.ben.user.email, "options": "existing", "password": password}
    answer = _chosen(client).post("/checkout/", typed)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/checkout/")
    assert "_auth_user_id" not in client.session


def test_g5_browser_lets_a_guest_go_on_without_a_password(guests: None, cast: Cast, client: Client) -> None:
    page = _chosen(client).get("/checkout/").content.decode()
    for shown in (page, str(get_class("checkout.forms", "GatewayForm")(None))):  # ours, and what Oscar's page shows
        fields = re.findall(r"<input[^>]*>", shown)
        assert [field for field in fields if 'name="username"' in field]
        assert not [field for field in fields if re.search(r"\srequired\b", field)]
    empty = client.post("/checkout/", {"username": "", "options": "anonymous"})
    assert "/shipping-address/" not in empty.get("Location", "")
    assert client.post("/checkout/", {"username": "g@guest.example", "options": "anonymous"}).status_code == 302


def test_g5_somebody_receives_what_a_guest_orders_and_its_postcode_is_told_at_its_field(db: None) -> None:
    form = get_class("checkout.forms", "ShippingAddressForm")
    poland = {"printable_name": "Poland", "is_shipping_country": True}
    apps.get_model("address.Country").objects.get_or_create(iso_3166_1_a2="PL", defaults=poland)
    with override("en"):
        wrong = form({**ADDRESS, "first_name": "", "last_name": " ", "postcode": "850"})
        assert wrong.errors == {
            "last_name": ["Say who receives the delivery."],
            "postcode": ["A Polish postcode looks like 30-415."],
        }
        assert form({**ADDRESS, "postcode": ""}).errors == {"postcode": ["This field is required."]}
    right = form({**ADDRESS, "last_name": "", "postcode": "00850"})
    assert (right.errors, right.save(commit=False).postcode) == ({}, "00-850")


def test_g5_guest_orders_through_the_shops_own_steps(
    guests: None, cast: Cast, client: Client, mailoutbox: list[Any]
) -> None:
    order = _ordered(_chosen(client))
    assert (order.user, order.guest_email, order.status) == (None, "gina@guest.example", "unhandled")
    # Two of 10.00 net at 23 per cent.
    goods = order.lines.get()
    assert (goods.line_price_excl_tax, goods.line_price_incl_tax) == (Decimal("20.00"), Decimal("24.60"))
    assert not Case.objects.exists()
    thanks = client.get("/checkout/thank-you/").content.decode()
    assert order.number in thanks
    deliver()
    (mail,) = mailoutbox
    assert mail.to == ["gina@guest.example"]
    assert order.number in mail.subject + mail.body
    status = reverse("customer:anon-order", args=[order.number, order.verification_hash()])
    assert status in thanks
    assert re.findall(r"https?://\S+/accounts/\S+", str(mail.body)) == [f"https://shop.example:8443{status}"]
    asked = client.get(status, follow=True)
    assert asked.request["PATH_INFO"].startswith("/accounts/order-status-form/")
    shown = client.post(asked.request["PATH_INFO"], {"email": "Gina@guest.example"}, follow=True).content.decode()
    assert order.number in shown
    assert "przyjęte do realizacji" in shown
    assert "unhandled" not in shown


@pytest.mark.parametrize(
    ("prices", "courier", "vat", "total"),
    [
        (["9.99"] * 5, "19.00", "27.35", "146.25"),  # 118.90 net; line by line, the tax were 27.37
        (["0.33"] * 7, "19.00", "5.43", "29.05"),  # 23.62 net; line by line 5.42
        (["0.01"], "15.02", "3.46", "18.50"),  # 15.04 net; goods and delivery by themselves 0.00 and 3.45
    ],
)
def test_a1_rows_of_a_guest_add_up_to_vat_on_the_sum(
    guests: None,
    cast: Cast,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    prices: list[str],
    courier: str,
    vat: str,
    total: str,
) -> None:
    monkeypatch.setattr(Courier, "charges", {"PLN": Decimal(courier)})
    skus = [carts.stock(f"ODD{i}", price=price).partner_sku for i, price in enumerate(prices)]
    order = _ordered(_chosen(client, *skus))
    rows = list(order.lines.all())
    assert (str(order.total_incl_tax), str(order.total_incl_tax - order.total_excl_tax)) == (total, vat)
    assert order.total_incl_tax == order.shipping_incl_tax + sum(row.line_price_incl_tax for row in rows)
    thanks = html.unescape(client.get("/checkout/thank-you/").content.decode())
    for shown in (vat, total):
        assert f"{shown.replace('.', ',')}\xa0zł" in thanks, thanks
    assert {row.akcept_price.on_sums for row in rows} == {order.akcept_delivery_price.on_sums} == {True}


def test_a1_surcharge_of_the_shops_own_stands_beside_goods_and_delivery(
    guests: None, cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    charged = FlatCharge(excl_tax=Decimal("1.00"), incl_tax=Decimal("1.23"))
    monkeypatch.setattr(SurchargeApplicator, "get_surcharges", lambda *_a, **_k: [charged])
    carts.stock("ODD", price="9.99")
    order = _ordered(_chosen(client, "ODD"))
    # 19.98 and 19.00 of delivery are 38.98 net, 47.95 with 8.97 of VAT.
    assert (str(order.total_excl_tax), str(order.total_incl_tax)) == ("39.98", "49.18")
    assert order.shipping_incl_tax + order.lines.get().line_price_incl_tax == Decimal("47.95")


@pytest.mark.parametrize(("allowed", "offered"), [(True, True), (False, False)])
def test_g5_products_offer_guests_the_basket_where_they_may_order(
    guests: None, cast: Cast, client: Client, settings: Any, allowed: bool, offered: bool
) -> None:
    settings.OSCAR_ALLOW_ANON_CHECKOUT = allowed
    product = carts.stock("G5").product
    for path in ("/catalogue/", product.get_absolute_url()):
        page = client.get(path).content.decode()
        assert (reverse("basket:add", args=[product.pk]) in page) is offered, path
        assert ('id="basket-button"' in page) is offered, path
    assert ("aby zamówić" in page) is not offered


def test_g5_order_of_a_guest_is_the_shops_work(guests: None, cast: Cast, visit: Visit, client: Client) -> None:
    order = _ordered(_chosen(client))
    mia = visit(cast.mia, superuser=True)
    listed = mia.get("/dashboard/unhandled/", follow=True).content.decode()
    assert order.number in listed
    assert order.number not in mia.get("/dashboard/acceptance/").content.decode()
    page = f"/dashboard/orders/{order.number}/"
    assert "gina@guest.example" in mia.get(page).content.decode()
    mia.post(page, {"order_action": "change_order_status", "new_status": "in_progress"})
    order.refresh_from_db()
    assert order.status == "in_progress"


def test_g5_order_of_a_guest_is_of_no_organisation_even_with_the_address_of_a_member(
    guests: None, cast: Cast, client: Client
) -> None:
    order = _ordered(_chosen(client), email=cast.anna.user.email)
    assert (order.user, order.status) == (None, "unhandled")
    for person in (cast.anna, cast.ben, cast.dora, cast.otto):
        theirs = Client()
        theirs.force_login(person.user)
        assert order.number not in theirs.get("/orders/").content.decode(), person.name
        assert theirs.get(f"/orders/{order.number}/").status_code == 404, person.name


def test_g5_guest_orders_what_is_not_sent(guests: None, cast: Cast, client: Client) -> None:
    kind = carts.stock("FILE").product.product_class
    kind.requires_shipping = False
    kind.save()
    order = _ordered(_chosen(client, "FILE"), sent=False)
    assert (order.status, order.shipping_address, order.shipping_incl_tax) == ("unhandled", None, Decimal("0.00"))


def test_g5_basket_of_two_currencies_is_not_ordered_by_a_guest_either(guests: None, cast: Cast, client: Client) -> None:
    _chosen(client, "ONE", "TWO")
    apps.get_model("partner.StockRecord").objects.filter(partner_sku="TWO").update(price_currency="EUR")
    for path in ("/checkout/", "/checkout/preview/"):
        for answer in (client.get(path), client.post(path, {"action": "place_order"})):
            assert answer["Location"] == "/basket/", path
    assert not apps.get_model("order.Order").objects.exists()


@pytest.mark.parametrize("step", STEPS)
def test_g5_whoever_has_logged_in_is_led_to_the_page_and_places_nothing_by_a_step(
    guests: None, cast: Cast, step: str
) -> None:
    anna = Client()
    anna.force_login(cast.anna.user)
    carts.fill(cast.anna)
    for answer in (anna.get(f"/checkout/{step}/"), anna.post(f"/checkout/{step}/", {"action": "place_order"})):
        assert answer["Location"] == "/checkout/"
    assert "gateway" not in anna.get("/checkout/").content.decode()
    assert not apps.get_model("order.Order").objects.exists()


@pytest.mark.parametrize("step", ["", *(f"{step}/" for step in STEPS)])
def test_g5_where_guests_may_not_order_they_are_led_to_the_login_and_back(db: None, step: str) -> None:
    answer = Client().get(f"/checkout/{step}", follow=True)
    assert answer.redirect_chain[-1][0].endswith(f"/login/?next=/checkout/{step}")


def test_g5_setting_is_followed_so_no_check_warns_of_it(settings: Any) -> None:
    settings.OSCAR_ALLOW_ANON_CHECKOUT = True
    assert [told.id for told in run_checks() if told.id == "akcept.W031"] == []


def test_g5_guide_says_it() -> None:
    guide = Path(ROOT / "docs" / "extend" / "install.md").read_text()
    changes = guide.partition("## What changes in Oscar")[2].partition("\n## ")[0]
    (row,) = (line for line in changes.splitlines() if "OSCAR_ALLOW_ANON_CHECKOUT" in line)
    assert "Oscar's own steps" in row
