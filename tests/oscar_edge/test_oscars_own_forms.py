"""Oscar's own forms and scripts meet what we have written as they expect it (G6, G12)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.conftest import Visit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Anna Maria Kowalska", "Anna", "Maria Kowalska"),
        ("Magazyn", "", "Magazyn"),
        ("  Jan   Nowak ", "Jan", "Nowak"),
        ("x" * 300 + " " + "y" * 300, "x" * 255, "y" * 255),
    ],
)
def test_g6_address_of_our_checkout_is_saved_by_oscars_own_form(
    cast: Cast, visit: Visit, name: str, first: str, last: str
) -> None:
    placed = orders.place(cast.paul, delivery_address=replace(orders.ADDRESS, name=name))
    row = orders.order(placed).shipping_address
    assert (row.first_name, row.last_name) == (first, last)
    cast.mia.user.is_superuser = True
    cast.mia.user.save()
    client = visit(cast.mia)
    url = reverse("dashboard:order-shipping-address", kwargs={"number": placed.order_number})
    form = client.get(url).context["form"]
    typed = {field: form[field].value() or "" for field in form.fields} | {"line1": "ul. Inna 5"}
    answer = client.post(url, typed)
    assert answer.status_code == 302, answer.context["form"].errors
    row.refresh_from_db()
    assert (row.line1, row.first_name, row.last_name) == ("ul. Inna 5", first, last)


def test_g6_recipient_is_read_whole_again(cast: Cast, visit: Visit) -> None:
    from akcept.ordering import queries

    placed = orders.place(cast.paul, delivery_address=replace(orders.ADDRESS, name="Anna Maria Kowalska"))
    view = queries.order(cast.paul.actor, placed.order_number)
    assert view.document.delivery_address is not None
    assert view.document.delivery_address.name == "Anna Maria Kowalska"
    carts.fill(cast.paul)
    assert 'value="Anna Maria Kowalska"' in visit(cast.paul).get("/checkout/").content.decode()


def _basket_form(cast: Cast, quantity: str) -> dict[str, str]:
    line = apps.get_model("basket.Line").objects.get(basket__owner=cast.anna.user)
    counters = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "1", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000"}
    form = {f"form-{name}": value for name, value in counters.items()}
    return form | {"form-0-id": str(line.pk), "form-0-quantity": quantity}


def test_g12_oscars_own_basket_script_gets_the_answer_it_shows(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna, records=[carts.stock("S1", number=54)])
    client = visit(cast.anna)
    typed = _basket_form(cast, "9999")
    by_script = client.post("/basket/", typed, headers={"X-Requested-With": "XMLHttpRequest"})
    assert by_script.status_code == 200
    told: dict[str, Any] = json.loads(by_script.content)
    assert set(told) >= {"content_html", "messages"}
    assert "54" in str(told)
    assert client.post("/basket/", typed).status_code == 422
