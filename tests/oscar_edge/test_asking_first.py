"""Links of Oscar's that change something only ask; the button below the question changes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.conftest import Visit

pytestmark = pytest.mark.django_db

#: A link, and what it would change.
Link = tuple[str, Callable[[], Any]]


def _model(name: str) -> Any:
    return apps.get_model(name)


def _adding(cast: Cast) -> Link:
    product = carts.stock("S1").product
    return f"/accounts/wishlists/add/{product.pk}/", lambda: list(_model("wishlists.Line").objects.values("quantity"))


def _adding_to_one(cast: Cast) -> Link:
    product, wanted = carts.stock("S1").product, _model("wishlists.WishList").objects.create(owner=cast.anna.user)
    return f"/accounts/wishlists/{wanted.key}/add/{product.pk}/", lambda: wanted.lines.count()


def _moving(cast: Cast) -> Link:
    lists = _model("wishlists.WishList").objects
    here, there = lists.create(owner=cast.anna.user), lists.create(owner=cast.anna.user)
    here.add(carts.stock("S1").product)
    line = here.lines.get()
    return f"/accounts/wishlists/{here.key}/lines/{line.pk}/move-to/{there.key}/", lambda: there.lines.count()


def _address(cast: Cast) -> Link:
    typed = {"first_name": "Anna", "line1": "Prosta 1", "line4": "Kraków", "postcode": "30-001", "country_id": "PL"}
    country = {"printable_name": "Poland", "is_shipping_country": True}
    _model("address.Country").objects.get_or_create(iso_3166_1_a2="PL", defaults=country)
    address = _model("address.UserAddress").objects.create(user=cast.anna.user, **typed)
    rows = _model("address.UserAddress").objects.filter(pk=address.pk)
    path = f"/accounts/addresses/{address.pk}/default_for_shipping/"
    return path, lambda: rows.values_list("is_default_for_shipping", flat=True).get()


def _alert(cast: Cast) -> Link:
    product = carts.stock("S1", number=0).product
    alert = _model("customer.ProductAlert").objects.create(user=cast.anna.user, product=product, status="Active")
    rows = _model("customer.ProductAlert").objects.filter(pk=alert.pk)
    return f"/accounts/alerts/cancel/{alert.pk}/", lambda: rows.values_list("status", flat=True).get()


def _keyed_alert() -> Any:
    product = carts.stock("S1", number=0).product
    return _model("customer.ProductAlert").objects.create(email="gina@guest.example", product=product)


def _confirming(cast: Cast) -> Link:
    alert = _keyed_alert()
    rows = _model("customer.ProductAlert").objects.filter(pk=alert.pk)
    return f"/accounts/alerts/confirm/{alert.key}/", lambda: rows.values_list("status", flat=True).get()


def _ending_by_key(cast: Cast) -> Link:
    alert = _keyed_alert()
    rows = _model("customer.ProductAlert").objects.filter(pk=alert.pk)
    return f"/accounts/alerts/cancel/key/{alert.key}/", lambda: rows.values_list("status", flat=True).get()


@pytest.mark.parametrize("made", [_adding, _adding_to_one, _moving, _address, _alert, _confirming, _ending_by_key])
def test_following_a_link_changes_nothing_and_its_button_does(
    cast: Cast, visit: Visit, made: Callable[[Cast], Link]
) -> None:
    path, state = made(cast)
    client, before, lists = visit(cast.anna), state(), _model("wishlists.WishList").objects.count()
    for method in (client.get, client.head):
        asked = method(path)
        assert asked.status_code == 200
        assert state() == before
        assert _model("wishlists.WishList").objects.count() == lists
    page = client.get(path).content.decode()
    assert '<form method="post"' in page
    done = client.post(path, headers={"Referer": f"http://testserver{path}"})
    assert done.status_code == 302
    assert done["Location"] != path
    assert state() != before


def test_another_site_presses_no_button(cast: Cast) -> None:
    path, state = _adding(cast)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.anna.user)
    assert client.post(path).status_code == 403
    assert state() == []


@pytest.mark.parametrize("made", [_adding_to_one, _moving, _address, _alert])
def test_otto_changes_nothing_of_annas(cast: Cast, visit: Visit, made: Callable[[Cast], Link]) -> None:
    path, state = made(cast)
    before = state()
    assert visit(cast.otto).post(path).status_code in (403, 404)
    assert state() == before


@pytest.mark.parametrize("made", [_confirming, _ending_by_key])
def test_whoever_has_the_mailed_key_needs_no_account_and_a_wrong_key_is_nobodys(
    cast: Cast, client: Client, made: Callable[[Cast], Link]
) -> None:
    path, state = made(cast)
    wrong = path.replace(path.split("/")[-2], "0" * 40)
    assert [client.get(wrong).status_code, client.post(wrong).status_code] == [404, 404]
    before = state()
    assert (client.get(path).status_code, state()) == (200, before)
    assert (client.post(path).status_code, state() == before) == (302, False)


@pytest.mark.parametrize(
    ("wanted", "led"),
    [("/accounts/alerts/", "/accounts/alerts/"), ("https://evil.example/", ""), ("//evil.example", "")],
)
def test_ending_an_alert_leads_nobody_out_of_the_shop(cast: Cast, visit: Visit, wanted: str, led: str) -> None:
    path, _state = _alert(cast)
    done = visit(cast.anna).post(f"{path}?next={wanted}")
    assert done["Location"] == led or (not led and done["Location"].startswith("/catalogue/"))


def test_the_link_that_gives_a_partners_rights_asks_first(cast: Cast, visit: Visit) -> None:
    """Oscar's "undo" beside taking them away."""
    partner = carts.stock("S1").partner
    path = f"/dashboard/partners/{partner.pk}/users/{cast.anna.user.pk}/link/"
    mia = visit(cast.mia, superuser=True)
    assert (mia.get(path).status_code, partner.users.count()) == (200, 0)
    assert (mia.post(path).status_code, partner.users.count()) == (302, 1)
    partner.users.clear()
    assert visit(cast.otto).post(path).status_code == 403
    assert partner.users.count() == 0


def test_a_stranger_is_led_to_the_login_before_an_alert_of_an_account(cast: Cast, client: Client) -> None:
    path, state = _alert(cast)
    before = state()
    for answer in (client.get(path), client.post(path)):
        assert answer["Location"] == f"/accounts/login/?next={path}"
    assert state() == before
