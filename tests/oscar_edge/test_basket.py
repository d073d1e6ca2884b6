"""Putting products into the basket, and what cannot be put there."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.conftest import Visit

REFUSED = [
    ("-3", "Enter 1 or more"),
    ("0", "Enter 1 or more"),
    ("", "required"),
    ("1e3", "whole number"),
    ("nan", "whole number"),
    ("12", "a maximum of 7 can be bought"),
    ("10001", "A basket holds up to 10,000 pieces; yours would hold 10,001."),
    ("9" * 40, "A basket holds up to 10,000 pieces"),
]


@pytest.mark.parametrize("where", ["/catalogue/", "/catalogue/?page=1", "/search/?q=S1", "product"])
@pytest.mark.parametrize(("typed", "why"), REFUSED)
def test_what_cannot_be_added_is_refused_where_it_was_typed(
    cast: Cast, visit: Visit, where: str, typed: str, why: str
) -> None:
    product = carts.stock("S1", number=7).product
    there = product.get_absolute_url() if where == "product" else where
    answer = visit(cast.anna).post(f"/basket/add/{product.pk}/", {"quantity": typed, "next": there})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert why in page
    assert f'value="{typed or 1}"' in page
    assert f'<input type="hidden" name="next" value="{there}">' in page, "the next try leads back as well"
    assert f'id="refused-{product.pk}"' in page
    assert not apps.get_model("basket.Line").objects.exists()


@pytest.mark.parametrize(
    "where", ["", "https://evil.example/", "//evil.example/", "/accounts/logout/", "/catalogue/x_9/"]
)
def test_what_was_typed_elsewhere_is_refused_on_the_products_page(cast: Cast, visit: Visit, where: str) -> None:
    product = carts.stock("S1").product
    client = visit(cast.anna)
    answer = client.post(f"/basket/add/{product.pk}/", {"quantity": "-3", "next": where})
    assert answer.status_code == 422
    assert f'id="refused-{product.pk}"' in answer.content.decode()
    assert client.get("/orders/").status_code == 200, "still logged in"


def test_a_refused_addition_may_be_reloaded(cast: Cast, visit: Visit) -> None:
    product = carts.stock("S1").product
    client = visit(cast.anna)
    client.post(f"/basket/add/{product.pk}/", {"quantity": "-3"})
    assert client.get(f"/basket/add/{product.pk}/")["Location"] == product.get_absolute_url()
    page = client.get(product.get_absolute_url()).content.decode()
    assert f'id="refused-{product.pk}"' not in page
    assert client.get("/basket/add/99999/").status_code == 404


def _rows(**changed: str) -> dict[str, str]:
    line = apps.get_model("basket.Line").objects.get()
    rows = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": str(line.pk), "form-0-quantity": "2"}
    return {**rows, **{name.replace("_0_", "-0-").replace("form_", "form-"): value for name, value in changed.items()}}


@pytest.mark.parametrize(("typed", "why"), [row for row in REFUSED if row[0] not in ("0", "")])
def test_a_quantity_that_cannot_be_had_is_refused_in_the_basket(cast: Cast, visit: Visit, typed: str, why: str) -> None:
    carts.fill(cast.anna, records=[carts.stock("S1", number=7)])
    answer = visit(cast.anna).post("/basket/", _rows(form_0_quantity=typed))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'value="{typed}"' in page
    assert why.replace("Enter 1", "Enter 0") in page
    assert apps.get_model("basket.Line").objects.get().quantity == 2


def test_a_long_basket_says_at_its_top_which_line_is_wrong(cast: Cast, visit: Visit) -> None:
    carts.fill(cast.anna, lines=12)
    rows = {"form-TOTAL_FORMS": "12", "form-INITIAL_FORMS": "12"}
    for number, line in enumerate(apps.get_model("basket.Line").objects.order_by("pk")):
        rows |= {f"form-{number}-id": str(line.pk), f"form-{number}-quantity": "-3" if number == 8 else "2"}
    page = visit(cast.anna).post("/basket/", rows).content.decode()
    above, _, table = page.partition("<table")
    assert '<a href="#id_form-8-quantity">Produkt S9</a>: ' in above
    assert above.count('<li><a href="#id_form') == 1
    assert 'id="id_form-8-quantity" aria-invalid="true" aria-describedby="id_form-8-quantity-error"' in table
    assert 'href="#sum"' in above
    assert 'id="sum"' in table


@pytest.mark.parametrize(
    "mangled",
    [
        {"form-TOTAL_FORMS": "9" * 9, "form-INITIAL_FORMS": "x"},
        {"form-TOTAL_FORMS": "-1"},
        {"form-TOTAL_FORMS": "9" * 30, "form-INITIAL_FORMS": "9" * 30},
        {"form-0-id": "999999"},
        {"form-0-id": "x", "form-0-DELETE": "on"},
        {"form-0-DELETE": "on", "form-TOTAL_FORMS": "x"},
        {},
    ],
)
def test_a_mangled_basket_form_changes_nothing(cast: Cast, visit: Visit, mangled: dict[str, Any]) -> None:
    carts.fill(cast.anna, records=[carts.stock("S1")])
    sent = {**_rows(), **mangled} if mangled else {}
    assert visit(cast.anna).post("/basket/", sent).status_code < 500
    assert apps.get_model("basket.Line").objects.get().quantity == 2
