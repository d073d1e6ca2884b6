"""Run by `tests/contracts/test_bare_shop.py` in a process of its own: the main job through Oscar's own pages.

`python -m tests.contracts.bare_shop.walk` does the main job in an empty shop, `… walk acts` every other act as well,
`… walk forked` what a shop with forks relies on, `… walk kinds` what shops have that ours has not.
Where guests may order, one does; goods that are not sent are ordered in every shop.
"""

from __future__ import annotations

import os
import re
import sys
from decimal import Decimal

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.contracts.bare_shop.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core import mail  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import DatabaseError, connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from oscar.apps.shipping.methods import NoShippingRequired  # noqa: E402
from oscar.core.loading import get_class, get_model  # noqa: E402
from oscar.core.prices import Price  # noqa: E402

from akcept.organizations.models import Organization, UnitAddress  # noqa: E402
from akcept.testing import carts, cast, orders  # noqa: E402
from akcept.testing.relays import deliver  # noqa: E402
from tests.contracts.bare_shop import acts, kinds  # noqa: E402
from tests.contracts.bare_shop.acts import client_of  # noqa: E402

_OF_BETA = {"PL": "5260250274", "DE": "DE129273398"}


def _ok(client: Client, path: str) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200, (path, answer.status_code)
    text = answer.content.decode()
    assert "<title>" in text
    return text


def prepare() -> None:
    """Bring the database up to date; every check passes, and no migration is missing."""
    setup_test_environment()
    call_command("migrate", verbosity=0)
    # Before the check loads the classes of the shop's own offers: those of these tests have no migration.
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    call_command("check", databases=["default"], fail_level="WARNING")


def main_job() -> tuple[cast.Cast, str]:
    """Place, be mailed, accept, work; then look at every page of ours. Return the cast and the code of a delivery."""
    everybody = _people()
    everybody.mia.user.is_superuser = True
    everybody.mia.user.save()
    anna, ben, mia = client_of(everybody.anna), client_of(everybody.ben), client_of(everybody.mia)
    carts.fill(everybody.anna)
    page = _ok(anna, "/checkout/")
    assert "will wait" in page
    form = {name: re.search(rf'name="{name}"[^>]* value="([^"]+)"', page)[1] for name in ("cart", "seen")}  # type: ignore[index]
    delivery = re.search(r'<option value="([^"]+)"[^>]*>', page.partition('name="delivery"')[2])
    assert delivery is not None
    address = UnitAddress.objects.get(unit=everybody.krakow).pk
    form |= {"delivery": delivery[1], "payment": "transfer", "address": str(address)}
    thanks = anna.post("/checkout/", form, follow=True)
    assert thanks.status_code == 200
    order = get_model("order", "Order").objects.get()
    assert order.status == "awaiting_acceptance", order.status
    assert (order.currency, order.shipping_address.country_id) == (settings.OSCAR_DEFAULT_CURRENCY, kinds.country())
    assert order.number not in _ok(mia, "/dashboard/orders/")
    assert order.number in _ok(mia, "/dashboard/acceptance/")

    deliver()
    assert {message.to[0] for message in mail.outbox} >= {"ben@customer.example", "cora@customer.example"}
    assert order.number in _ok(ben, f"/orders/{order.number}/")
    ben.post(f"/orders/{order.number}/accept/", {"version": "1"})
    order.refresh_from_db()
    assert order.status == "unhandled", order.status
    assert order.number in _ok(mia, "/dashboard/orders/")

    start = _ok(ben, "/")
    for path in ("/orders/", "/acceptance/", "/organization/"):
        assert f'href="{path}" class="nav-link"' in start, path

    waiting = orders.place(everybody.anna, delivery_code=delivery[1])
    for client, paths in (
        (anna, ["/orders/", f"/orders/{waiting.order_number}/", "/organization/", "/basket/"]),
        (ben, ["/acceptance/"]),
        (
            client_of(everybody.dora),
            ["/organization/", "/organization/members/", "/organization/members/invite/", "/organization/units/add/"],
        ),
        (Client(), ["/organization/sign-up/"]),
        (
            mia,
            [
                "/dashboard/",
                "/dashboard/acceptance/",
                f"/dashboard/acceptance/{waiting.order_number}/",
                "/dashboard/unhandled/",
                "/dashboard/organizations/",
                f"/dashboard/organizations/{everybody.acme.pk}/",
                "/dashboard/b2b/",
                "/admin/order/order/",
                "/admin/basket/basket/",
                "/admin/offer/conditionaloffer/",
                f"/dashboard/orders/{order.number}/",
            ],
        ),
    ):
        for path in paths:
            _ok(client, path)
    there = kinds.COUNTRIES[kinds.country()]
    signed_up = Client().post(
        "/organization/sign-up/",
        {
            **{"name": "Beta", "nip": _OF_BETA[kinds.country()], "line1": "Prosta 1", "country": kinds.country()},
            **{"postcode": there["postcode"], "city": there["town"]},
            **{"first_name": "Bea", "last_name": "Berg", "email": "bea@beta.example"},
            **{"password": "a-long-Pass-77", "password_again": "a-long-Pass-77"},
        },
    )
    assert signed_up.status_code == 302, signed_up.content.decode()
    assert get_user_model().objects.filter(email="bea@beta.example").exists()
    chosen = _ok(ben, f"/orders/{waiting.order_number}/").partition('class="pop pop-up"')[2].partition("</summary>")[0]
    assert "⋯" in chosen  # without icons a button shows a sign
    assert Client().get("/manifest.webmanifest").json()["lang"] == "en"
    return everybody, delivery[1]


def _people() -> cast.Cast:
    """The cast, moved to the country the shop delivers to."""
    Country, there = get_model("address", "Country"), kinds.country()
    carts.country()
    if there == "DE":
        names = {"iso_3166_1_a3": "DEU", "iso_3166_1_numeric": "276", "printable_name": "Germany", "name": "Germany"}
        Country.objects.get_or_create(iso_3166_1_a2="DE", defaults=names)
    Country.objects.all().update(is_shipping_country=False)
    Country.objects.filter(pk=there).update(is_shipping_country=True)
    everybody = cast.make()
    if there == "DE":
        of_germany = {"country": "DE", "postcode": "10115", "city": "Berlin"}
        UnitAddress.objects.update(**of_germany)
        Organization.objects.filter(pk=everybody.acme.pk).update(**of_germany, nip="DE136695976")
    return everybody


def other_acts(everybody: cast.Cast, delivery: str) -> None:
    """Do everything else that pages of ours do."""
    acts.require_own_transactions()
    decided = acts.decide(everybody, delivery=delivery)
    assert decided == acts.EXPECTED, decided
    acts.administer(everybody)
    deliver()
    assert acts.join(everybody).active
    acts.work(everybody, get_model("order", "Order").objects.filter(status="unhandled").first().number)


def forked() -> None:
    """G10: the shop's own models and classes are used, with our guards, and code fills its own field."""
    from akcept.ordering import status
    from akcept.oscar_edge.guards import OrderHeld

    Order, ConditionalOffer = get_model("order", "Order"), get_model("offer", "ConditionalOffer")
    assert {Order.__module__, ConditionalOffer.__module__} == {"forks.order.models", "forks.offer.models"}
    assert get_class("dashboard.orders.views", "OrderListView").forked
    assert get_class("order.utils", "OrderCreator").__module__ == "akcept.oscar_edge.order.utils"
    held = Order.objects.filter(status=status.AWAITING_ACCEPTANCE).first()
    for change in (
        lambda: held.set_status("unhandled"),
        lambda: Order.objects.filter(pk=held.pk).update(status="unhandled"),
        lambda: held.lines.first().save(),
    ):
        with pytest.raises(OrderHeld):
            change()
    with pytest.raises(DatabaseError, match="akcept"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE order_order SET status = 'unhandled' WHERE id = %s", [held.pk])
    for who, expected in (("anna", status.AWAITING_ACCEPTANCE), ("paul", status.UNHANDLED)):
        buyer = get_user_model().objects.get(email=f"{who}@customer.example")
        record = carts.stock("DIGITAL")
        record.product.product_class.requires_shipping = False
        record.product.product_class.save()
        basket = get_model("basket", "Basket").objects.create(owner=buyer)
        basket.strategy = get_class("partner.strategy", "Selector")().strategy()
        basket.add_product(record.product, 1)
        free = Price(currency="PLN", excl_tax=Decimal(0), tax=Decimal(0))
        order = get_class("order.utils", "OrderCreator")().place_order(
            basket=basket,
            total=Price(currency="PLN", excl_tax=basket.total_excl_tax, tax=Decimal(0)),
            shipping_method=NoShippingRequired(),
            shipping_charge=free,
            user=buyer,
            cost_object="K-7",
        )
        order.refresh_from_db()
        assert (order.status, order.cost_object) == (expected, "K-7"), (order.status, order.cost_object)


def main(wanted: list[str]) -> None:
    """Walk, and say so at the end."""
    prepare()
    everybody, delivery = main_job()
    if "acts" in wanted:
        other_acts(everybody, delivery)
    if settings.OSCAR_ALLOW_ANON_CHECKOUT:
        kinds.guest()
    kinds.not_sent(everybody)
    if "kinds" in wanted:
        kinds.deferred(everybody, delivery=delivery)
        kinds.forms(everybody)
        kinds.scripts(everybody)
    if "forked" in wanted:
        forked()
    print("the main job works in a plain Oscar shop")


if __name__ == "__main__":
    main(sys.argv[1:])
