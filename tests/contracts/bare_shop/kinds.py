"""What shops have that ours has not: guests, goods not sent, gifts after the order, Oscar's own scripts and forms."""

from __future__ import annotations

import re
import tempfile
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from akcept.approvals.models import Case
from akcept.testing import carts, cast, orders
from akcept.testing.relays import deliver
from tests.contracts.bare_shop.acts import _done, client_of

COUNTRIES = {
    "PL": {"postcode": "00-850", "town": "Warszawa"},
    "DE": {"postcode": "10115", "town": "Berlin"},
}


def _model(label: str) -> Any:
    return apps.get_model(label)


def country() -> str:
    """Return the one country this shop delivers to."""
    return "DE" if "abroad" in settings.KIND else "PL"


def guest() -> None:
    """G5: somebody without an account orders through Oscar's own steps, and finds the order by the mail's link."""
    client = Client()
    record = carts.stock("GUEST-1")
    _done(client, f"/basket/add/{record.product_id}/", quantity="2")
    assert client.get("/checkout/").status_code == 200
    _done(client, "/checkout/", username="gina@guest.example", options="anonymous")
    there = COUNTRIES[country()]
    typed = {"first_name": "Gina", "last_name": "Gast", "line1": "Am Markt 1", "line4": there["town"]}
    _done(client, "/checkout/shipping-address/", **typed, postcode=there["postcode"], country=country())
    preview = client.get("/checkout/shipping-method/", follow=True)
    assert preview.request["PATH_INFO"] == "/checkout/payment-details/", preview.request["PATH_INFO"]
    placed = _done(client, "/checkout/preview/", action="place_order")
    assert placed["Location"] == "/checkout/thank-you/"
    order = _model("order.Order").objects.get(guest_email="gina@guest.example")
    assert (order.user, order.status, order.currency) == (None, "unhandled", settings.OSCAR_DEFAULT_CURRENCY)
    assert (order.total_excl_tax, order.lines.get().quantity) == (Decimal("20.00"), 2)
    assert not Case.objects.filter(order=order).exists()
    deliver()
    (told,) = (sent for sent in mail.outbox if sent.to == ["gina@guest.example"])
    assert order.number in told.subject + str(told.body)
    thanks = client.get("/checkout/thank-you/").content.decode()
    (link,) = re.findall(r"/accounts/order-status/[\w-]+/[\w:=-]+/", thanks)
    assert order.number in client.get(link, follow=True).content.decode()


def not_sent(everybody: cast.Cast) -> None:
    """Goods that are not sent: a member's order waits, a private customer's does not; neither has an address to."""
    kind = carts.stock("FILE-1", rate=8).product.product_class
    kind.requires_shipping = False
    kind.track_stock = False
    kind.save()
    for person, expected in ((everybody.anna, "awaiting_acceptance"), (everybody.paul, "unhandled")):
        client = client_of(person)
        _model("basket.Line").objects.filter(basket__owner=person.user, basket__status="Open").delete()
        _done(client, f"/basket/add/{carts.stock('FILE-1').product_id}/", quantity="3")
        page = client.get("/checkout/").content.decode()
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        offered = re.search(r'<option value="([^"]+)"', page.partition('name="delivery"')[2])
        assert offered is not None
        there = COUNTRIES[country()]
        form |= {"delivery": offered[1], "payment": "transfer", "name": "Paul Wrona", "line1": "Am Markt 1"}
        form |= {"postcode": there["postcode"], "city": there["town"], "country": country()}
        address = re.search(r'<option value="(\d+)"', page.partition('name="address"')[2])
        form |= {"address": address[1]} if address else {}
        _done(client, "/checkout/", **form)
        order = _model("order.Order").objects.filter(user=person.user).latest("pk")
        assert (order.status, order.shipping_incl_tax) == (expected, Decimal("0.00")), (person.name, order.status)
        assert order.lines.get().num_allocated == 3


def deferred(everybody: cast.Cast, *, delivery: str) -> None:
    """G7: what an offer gives after the order comes with acceptance, once; rejected, never."""
    everything = _model("offer.Range").objects.create(name="All", slug="all", includes_all_products=True)
    offer = _model("offer.ConditionalOffer").objects.create(
        **{"name": "Points", "slug": "points", "offer_type": "Site", "max_basket_applications": 1},
        condition=_model("offer.Condition").objects.create(range=everything, type="Count", value=1),
        benefit=_model("offer.Benefit").objects.create(proxy_class="tests.support.points.Points"),
    )
    taken, refused = (orders.place(everybody.anna, delivery_code=delivery).order_number for _ in range(2))
    given = _model("communication.Notification").objects.filter(subject__startswith="Points")
    deliver()
    assert not given.exists()
    ben = client_of(everybody.ben)
    _done(ben, f"/orders/{taken}/accept/", version="1")
    _done(ben, f"/orders/{refused}/reject/", version="1", remark="Too dear.")
    deliver()
    deliver()
    assert list(given.values_list("subject", flat=True)) == [f"Points for {taken} x 1"]
    _model("offer.ConditionalOffer").objects.filter(pk=offer.pk).update(status="Suspended")


def forms(everybody: cast.Cast) -> None:
    """Oscar's own forms of customers and of the dashboard save."""
    anna, mia, there = client_of(everybody.anna), client_of(everybody.mia), COUNTRIES[country()]
    product = carts.stock("FORM-1").product
    address = {"first_name": "Anna", "last_name": "Kowalska", "line1": "Am Markt 1", "line4": there["town"]}
    _done(anna, "/accounts/addresses/add/", **address, postcode=there["postcode"], country=country())
    nobody = {"shared_emails-TOTAL_FORMS": "0", "shared_emails-INITIAL_FORMS": "0"}
    _done(anna, "/accounts/wishlists/create/", name="Later", visibility="Private", **nobody)
    _done(anna, f"/accounts/wishlists/add/{product.pk}/")
    review = reverse("catalogue:reviews-add", kwargs={"product_slug": product.slug, "product_pk": product.pk})
    _done(anna, review, title="Good", score="4", body="As described.")
    _done(anna, f"/accounts/alerts/create/{carts.stock('GONE-1', number=0).product_id}/")
    _done(mia, "/dashboard/partners/create/", name="Second supplier")
    wizard = {"name": "Ten off", "offer_type": "Voucher", "exclusive": "on"}
    _done(mia, "/dashboard/offers/new/metadata/", **wizard)
    everything = str(_model("offer.Range").objects.get(slug="all").pk)
    _done(mia, "/dashboard/offers/new/incentive/", range=everything, type="Percentage", value="10")
    _done(mia, "/dashboard/offers/new/condition/", range=everything, type="Count", value="1")
    _done(mia, "/dashboard/offers/new/restrictions/", priority="0")
    offer = _model("offer.ConditionalOffer").objects.get(name="Ten off")
    days = {"start_datetime": "2026-01-01 00:00", "end_datetime": "2036-01-01 00:00"}
    _done(mia, "/dashboard/vouchers/create/", name="Ten", code="TEN", usage="Multi-use", offers=str(offer.pk), **days)
    record = carts.stock("FORM-1")
    _done(anna, f"/basket/add/{record.product_id}/", quantity="1")
    _done(anna, "/basket/vouchers/add/", code="TEN")
    assert _model("voucher.Voucher").objects.get(code="TEN").num_basket_additions == 1
    order = _model("order.Order").objects.filter(status="unhandled", shipping_address__isnull=False).first()
    sent_to = {**address, "postcode": there["postcode"], "country": country(), "notes": "Ring twice."}
    _done(mia, f"/dashboard/orders/{order.number}/shipping-address/", **sent_to)
    order.refresh_from_db()
    assert order.shipping_address.notes == "Ring twice."


def scripts(everybody: cast.Cast) -> None:
    """Oscar's own commands: what they import can be ordered, what they count is work, what they mail arrives."""
    mail.outbox.clear()
    assert _model("customer.ProductAlert").objects.filter(user=everybody.anna.user, status="Active").count() == 1
    _model("partner.StockRecord").objects.filter(partner_sku="GONE-1").update(num_in_stock=5)
    call_command("oscar_send_alerts")
    assert [sent.to for sent in mail.outbox] == [[everybody.anna.user.email]]
    call_command("oscar_cleanup_alerts", days=1)
    _model("reviews.ProductReview").objects.update(status=1)
    call_command("oscar_update_product_ratings", stdout=StringIO())
    assert _model("catalogue.Product").objects.get(stockrecords__partner_sku="FORM-1").rating == 4.0
    call_command("oscar_calculate_scores")
    call_command("oscar_find_duplicate_emails")
    order = _model("order.Order").objects.filter(status="unhandled").first()
    call_command("oscar_generate_email_content", "ORDER_PLACED", order.number)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "catalogue.csv")
        file.write_text('Book,Books,9780000000002,Imported,"A book",Partner,IMPORTED-1,12.50,40\n')
        call_command("oscar_import_catalogue", str(file))
    anna = client_of(everybody.anna)
    _done(anna, "/basket/quick-order/", lines="IMPORTED-1 2")
    line = _model("basket.Line").objects.get(stockrecord__partner_sku="IMPORTED-1")
    assert (line.quantity, line.price_currency) == (2, settings.OSCAR_DEFAULT_CURRENCY)
