"""Run in the plain shop after Akcept was taken out: Oscar's pages work, and every row can be deleted again."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.contracts.bare_shop.plain")
django.setup()

from django.apps import apps  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from oscar.core.loading import get_class, get_model  # noqa: E402


def _client(email: str) -> Client:
    client = Client()
    user = get_user_model().objects.get(email=email)
    client.force_login(user, backend="oscar.apps.customer.auth_backends.EmailBackend")
    return client


def main() -> None:
    """Look, order, and clear out."""
    setup_test_environment()
    assert not [config.name for config in apps.get_app_configs() if config.name.startswith("akcept")]
    call_command("migrate", verbosity=0)
    call_command("check", databases=["default"], fail_level="WARNING")
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        assert cursor.fetchall() == []
    assert not [name for name in tables if "akcept" in name]
    assert not get_model("contenttypes", "ContentType").objects.filter(app_label__startswith="akcept")

    Order, Basket = get_model("order", "Order"), get_model("basket", "Basket")
    anna, mia = _client("anna@customer.example"), _client("mia@shop.example")
    number = Order.objects.filter(user__email="anna@customer.example").first().number
    for client, paths in (
        (anna, ["/", "/basket/", "/accounts/profile/", "/accounts/orders/", f"/accounts/orders/{number}/"]),
        (mia, ["/dashboard/", "/dashboard/orders/", f"/dashboard/orders/{number}/", "/dashboard/users/", "/admin/"]),
    ):
        for path in paths:
            answer = client.get(path, follow=True)
            assert answer.status_code == 200, (path, answer.status_code)
    record = get_model("partner", "StockRecord").objects.first()
    anna.post(f"/basket/add/{record.product_id}/", {"quantity": "1"})
    assert anna.get("/checkout/", follow=True).request["PATH_INFO"] == "/checkout/shipping-address/"
    assert get_class("order.utils", "OrderCreator").__module__ == "oscar.apps.order.utils"
    profile = anna.post("/accounts/profile/delete/", {"password": "not-hers"})
    assert profile.status_code == 200, "Oscar's own form, refused for the password"
    ben = get_user_model().objects.get(email="ben@customer.example")
    ben.set_password("a-long-Pass-79")
    ben.save()
    gone = _client(ben.email).post("/accounts/profile/delete/", {"password": "a-long-Pass-79"})
    assert gone.status_code == 302, gone.status_code
    assert not get_user_model().objects.filter(pk=ben.pk).exists()
    Order.objects.all().delete()
    Basket.objects.all().delete()
    get_user_model().objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        assert cursor.fetchall() == []
    print("nothing of Akcept is left")


if __name__ == "__main__":
    main()
