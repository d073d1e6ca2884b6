"""C8: somebody whose sub-account was deactivated is told at log-in, and sees nothing of the company afterwards."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from akcept.organizations import actions
from akcept.organizations.models import Member
from akcept.testing import carts, orders
from akcept.testing.cast import PASSWORD, Cast
from tests.conftest import Visit

TOLD = {
    "en": "Your account in Acme has been deactivated. Ask an administrator of your organisation.",
    "pl": "Twoje konto w organizacji Acme zostało wyłączone. Zapytaj administratora swojej organizacji.",
}
PAGES = (
    *("/", "/orders/", "/basket/", "/quick-order/", "/basket/quick-order/", "/checkout/", "/organization/"),
    *("/acceptance/", "/accounts/profile/", "/notifications/", "/catalogue/", "/accounts/addresses/"),
)


@pytest.fixture
def deactivated(cast: Cast) -> Cast:
    """Anna's sub-account is deactivated; an order waits and her basket is full."""
    cache.clear()
    orders.place(cast.anna)
    carts.fill(cast.anna, lines=1)
    member = Member.objects.get(pk=cast.anna.member.pk)  # type: ignore[union-attr]
    member.active, member.deactivated_at = False, timezone.now()
    member.save()
    return cast


def _log_in(cast: Cast, language: str = "en") -> Client:
    actions.choose_language(cast.anna.user.pk, language=language)
    client = Client()
    client.post("/accounts/login/", {"login": "anna@customer.example", "password": PASSWORD})
    return client


@pytest.mark.parametrize("language", ["en", "pl"])
def test_c8_whoever_is_deactivated_is_told_at_login(deactivated: Cast, language: str) -> None:
    page = _log_in(deactivated, language).get("/", follow=True).content.decode()
    assert TOLD[language] in page


def test_c8_nothing_of_the_company_is_shown_afterwards(deactivated: Cast) -> None:
    client = _log_in(deactivated)
    client.get("/", follow=True)  # the one sentence that names it
    for path in PAGES:
        page = client.get(path, follow=True)
        assert page.status_code in (200, 403, 404), path
        text = page.content.decode()
        for secret in ("Acme", "Oddział Kraków", "Wadowicka", "Prosta 18", "6762435805", "Produkt"):
            if secret == "Produkt" and path in ("/", "/catalogue/", "/checkout/"):
                continue
            assert secret not in text, (path, secret)


def test_c8_orders_say_why_there_are_none(deactivated: Cast) -> None:
    client = _log_in(deactivated)
    client.get("/", follow=True)
    page = client.get("/orders/").content.decode()
    assert "Your account has been deactivated" in page
    assert "No orders yet" not in page


def test_c8_nothing_is_put_into_a_basket_that_leads_nowhere(deactivated: Cast) -> None:
    client = _log_in(deactivated)
    client.get("/", follow=True)
    answer = client.post("/basket/quick-order/", {"lines": "SKU-1 2"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/orders/"
    assert "you cannot order with it" in answer.content.decode()


def test_c8_colleagues_and_other_organisations_notice_nothing(deactivated: Cast, visit: Visit) -> None:
    assert "Acme" in visit(deactivated.ewa).get("/orders/").content.decode()
    assert "Umbra" in visit(deactivated.otto).get("/orders/").content.decode()
