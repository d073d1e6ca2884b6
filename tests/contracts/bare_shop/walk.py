"""Run by `tests/contracts/test_bare_shop.py` in a process of its own: the main job through Oscar's own pages."""

from __future__ import annotations

import os
import re

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.contracts.bare_shop.settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core import mail  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from akcept.organizations.models import UnitAddress  # noqa: E402
from akcept.testing import carts, cast, orders  # noqa: E402
from akcept.testing.relays import deliver  # noqa: E402


def _client(person: cast.Person) -> Client:
    client = Client()
    client.force_login(person.user, backend="oscar.apps.customer.auth_backends.EmailBackend")
    return client


def _ok(client: Client, path: str) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200, (path, answer.status_code)
    text = answer.content.decode()
    assert "<title>" in text
    return text


def main() -> None:
    """Place, be mailed, accept, work; then look at every page of ours."""
    setup_test_environment()
    call_command("migrate", verbosity=0)
    call_command("check")
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    everybody = cast.make()
    everybody.mia.user.is_superuser = True
    everybody.mia.user.save()
    from oscar.core.loading import get_model

    get_model("address", "Country").objects.all().update(is_shipping_country=True)
    anna, ben, mia = _client(everybody.anna), _client(everybody.ben), _client(everybody.mia)
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
            _client(everybody.dora),
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
                f"/dashboard/orders/{order.number}/",
            ],
        ),
    ):
        for path in paths:
            _ok(client, path)
    signed_up = Client().post(
        "/organization/sign-up/",
        {
            **{"name": "Beta", "nip": "5260250274", "line1": "Prosta 1", "postcode": "00-850", "city": "Warszawa"},
            **{"first_name": "Bea", "last_name": "Berg", "email": "bea@beta.example"},
            **{"password": "a-long-Pass-77", "password_again": "a-long-Pass-77"},
        },
    )
    assert signed_up.status_code == 302, signed_up.content.decode()
    assert get_user_model().objects.filter(email="bea@beta.example").exists()
    chosen = _ok(ben, f"/orders/{waiting.order_number}/").partition('class="pop pop-up"')[2].partition("</summary>")[0]
    assert "⋯" in chosen  # without icons a button shows a sign
    assert Client().get("/manifest.webmanifest").json()["lang"] == "en"
    print("the main job works in a plain Oscar shop")


if __name__ == "__main__":
    main()
