"""What holds for every request: NUL characters reach no view, and what is personal is kept nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.conftest import Visit

NOBODY_KEEPS_IT = "no-store"


@pytest.mark.postgres
def test_nul_is_taken_out_of_what_is_typed(cast: Cast, visit: Visit) -> None:
    number = orders.place(cast.anna).order_number
    client = visit(cast.ben)
    assert client.post(f"/orders/{number}/comment/", {"text": "Dla\x00czego?"}).status_code == 302
    assert client.post(f"/orders/{number}/reject/", {"remark": "\x00", "version": "1"}).status_code == 422
    assert client.post(f"/orders/{number}/reject/", {"remark": "Za\x00 dużo", "version": "1"}).status_code == 302
    page = client.get(f"/orders/{number}/").content.decode()
    assert "Dlaczego?" in page
    assert "Za dużo" in page


@pytest.mark.postgres
@pytest.mark.parametrize(
    "path",
    [
        "/search/?q=%00",
        "/orders/?after=%00&text=%00",
        "/organization/rules/try/?order=%00",
        "/dashboard/acceptance/?text=%00&after=%00",
        "/dashboard/organizations/?q=%00&status=%00",
        "/dashboard/orders/?order_number=%00",
    ],
)
def test_nul_in_a_search_finds_as_without_it(cast: Cast, visit: Visit, path: str) -> None:
    superuser = path.startswith("/dashboard/")
    assert visit(cast.mia if superuser else cast.dora, superuser=superuser).get(path).status_code == 200


@pytest.mark.postgres
@pytest.mark.parametrize(
    "path",
    ["/accounts/orders/%00/", "/accounts/orders/a%20b/", "/dashboard/orders/%00/", "/accounts/wishlists/%00/"],
)
def test_no_address_has_a_nul_or_a_number_that_is_none(cast: Cast, visit: Visit, path: str) -> None:
    assert visit(cast.mia, superuser=True).get(path).status_code == 404


@pytest.mark.postgres
def test_nul_orders_nothing_again(cast: Cast, visit: Visit) -> None:
    assert visit(cast.anna).post("/basket/order-again/%00/").status_code == 404


def _kept(client: Client, path: str) -> Any:
    return client.get(path).headers.get("Cache-Control", "")


def test_pages_of_somebody_logged_in_are_not_kept(cast: Cast, visit: Visit) -> None:
    number = orders.place(cast.anna).order_number
    carts.fill(cast.anna)
    for path in ("/", "/catalogue/", "/basket/", "/checkout/", "/orders/", f"/orders/{number}/", "/accounts/profile/"):
        assert NOBODY_KEEPS_IT in _kept(visit(cast.anna), path), path
    for path in ("/dashboard/", "/dashboard/acceptance/", "/dashboard/acceptance/export.csv"):
        assert NOBODY_KEEPS_IT in _kept(visit(cast.mia, superuser=True), path), path


def test_what_is_for_everybody_may_be_kept(cast: Cast, visit: Visit) -> None:
    assert _kept(visit(), "/catalogue/") == ""
    assert "max-age=3600" in _kept(visit(cast.anna), "/manifest.webmanifest")
