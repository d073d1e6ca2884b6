"""A second factor to accept above an amount: wherever it is done, and asked for on the order's page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client

from akcept.approvals import policies
from akcept.approvals.models import Case, Decision, Terms
from akcept.approvals.policies import SecondFactorNeeded
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Amounts
from akcept.kernel.errors import NotFound
from akcept.ordering import actions
from akcept.ordering.actions import Chosen, Placed
from akcept.ordering.models import MailLink
from akcept.testing import orders
from akcept.testing.cast import Cast, Person
from akcept.testing.relays import deliver
from tests.conftest import Visit

PASSWORD = "Bardzo-dobre-haslo-7"


@pytest.fixture(autouse=True)
def _fresh(mailoutbox: list[Any]) -> None:
    cache.clear()


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    return orders.place(cast.anna)


def _limit(cast: Cast, waiting: Placed, *, under: str = "0.01") -> Decimal:
    """Let Acme want a second factor above an amount that is so much under the order's value."""
    amount: Decimal = orders.order(waiting).akcept_placement.total_net - Decimal(under)
    Terms.objects.update_or_create(organization=cast.acme, defaults={"second_factor_above": amount})
    return amount


def _with_second_factor(person: Person) -> Actor:
    return Actor.person(person.user.pk, "Ben", second_factor=True)


def _status(waiting: Placed) -> str:
    return str(orders.order(waiting).status)


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def test_above_the_amount_nobody_accepts_with_a_password_alone(cast: Cast, waiting: Placed) -> None:
    _limit(cast, waiting)
    with pytest.raises(SecondFactorNeeded, match="second factor to accept more than"):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    assert (_status(waiting), Decision.objects.count()) == ("awaiting_acceptance", 0)
    assert Entry.objects.filter(topic="order.accepted").count() == 0
    actions.accept(waiting.order_number, actor=_with_second_factor(cast.ben), version=1)
    assert _status(waiting) == "unhandled"


@pytest.mark.parametrize("under", ["0", "-0.01"])
def test_up_to_the_amount_a_password_is_enough(cast: Cast, waiting: Placed, under: str) -> None:
    _limit(cast, waiting, under=under)
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    assert _status(waiting) == "unhandled"


def test_another_currency_is_above_every_amount(cast: Cast, waiting: Placed) -> None:
    _limit(cast, waiting, under="-100000")
    placement = orders.order(waiting).akcept_placement
    type(placement).objects.filter(pk=placement.pk).update(currency="EUR")
    with pytest.raises(SecondFactorNeeded):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)


def test_it_gives_no_right_that_one_has_not(cast: Cast, waiting: Placed) -> None:
    _limit(cast, waiting)
    for stranger in (cast.otto, cast.jan):
        with pytest.raises(NotFound):
            actions.accept(waiting.order_number, actor=_with_second_factor(stranger), version=1)


def test_rejecting_needs_none(cast: Cast, waiting: Placed) -> None:
    _limit(cast, waiting)
    actions.reject(waiting.order_number, actor=cast.ben.actor, version=1, reason="Za drogo")
    assert _status(waiting) == "rejected"


def test_several_at_once_say_which_one_needs_it(cast: Cast, waiting: Placed) -> None:
    small = orders.place(cast.anna, lines=1)
    total = orders.order(small).akcept_placement.total_net
    Terms.objects.create(organization=cast.acme, second_factor_above=total)
    chosen = [Chosen(order_number=placed.order_number, version=1) for placed in (waiting, small)]
    big, little = actions.accept_many(chosen, actor=cast.ben.actor)
    assert (big.decided, "second factor" in big.refused) == (None, True)
    assert little.decided is not None
    assert (_status(waiting), _status(small)) == ("awaiting_acceptance", "unhandled")


def test_a_mail_has_no_link_that_decides(cast: Cast, waiting: Placed) -> None:
    _limit(cast, waiting)
    deliver()
    assert not MailLink.objects.exists()


def test_a_link_sent_before_decides_nothing_any_more(cast: Cast, waiting: Placed, visit: Visit) -> None:
    ben = cast.ben.member.pk
    asked = {"member_ids": [ben], "revision": 1, "version": 1}
    token = actions.offer_links(waiting.order_number, actor=Actor.system("test"), **asked)[ben]
    _limit(cast, waiting)
    answer = visit().post(f"/acceptance/by-mail/{token}/", {"move": "accept"})
    assert answer.status_code == 403
    assert Case.objects.get().state == "awaiting"


# --- the order's page ---


def test_the_page_says_so_and_leads_to_where_one_is_set_up(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _limit(cast, waiting)
    page = _text(visit(cast.ben).get(f"/orders/{waiting.order_number}/"))
    assert "second factor to accept more than" in page
    assert 'href="/accounts/2fa/"' in page
    assert "second factor to accept" not in _text(visit(cast.anna).get(f"/orders/{waiting.order_number}/"))


def test_a_forged_form_is_refused_and_what_was_typed_stays(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _limit(cast, waiting)
    answer = visit(cast.ben).post(f"/orders/{waiting.order_number}/accept/", {"version": "1", "remark": "Pilne"})
    assert answer.status_code == 403
    assert "second factor to accept more than" in _text(answer)
    assert "Pilne" in _text(answer)
    assert _status(waiting) == "awaiting_acceptance"


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_code_from_the_app_opens_the_way(cast: Cast, waiting: Placed, client: Client) -> None:
    _limit(cast, waiting)
    secret = generate_totp_secret()
    cast.ben.user.set_password(PASSWORD)
    cast.ben.user.save()
    client.post("/accounts/login/", {"login": cast.ben.user.email, "password": PASSWORD})
    TOTP.activate(cast.ben.user, secret)
    page = f"/orders/{waiting.order_number}/"
    text = _text(client.get(page))
    way = next(part.split('"')[0] for part in text.split('href="') if part.startswith("/accounts/2fa/reauthenticate/"))
    assert parse_qs(urlsplit(way).query) == {"next": [page]}
    assert client.get(way).status_code == 200
    wrong = client.post(way, {"code": "000000", "next": page})
    assert wrong.status_code in (200, 422)
    assert client.post(f"{page}accept/", {"version": "1"}).status_code == 403
    shown = client.post(way, {"code": _code(secret), "next": page})
    assert (shown.status_code, shown["Location"]) == (302, page)
    assert "second factor to accept" not in _text(client.get(page))
    assert client.post(f"{page}accept/", {"version": "1"}).status_code == 302
    assert _status(waiting) == "unhandled"


def test_a_code_at_login_is_enough(cast: Cast, waiting: Placed, client: Client) -> None:
    _limit(cast, waiting)
    secret = generate_totp_secret()
    cast.ben.user.set_password(PASSWORD)
    cast.ben.user.save()
    TOTP.activate(cast.ben.user, secret)
    client.post("/accounts/login/", {"login": cast.ben.user.email, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": _code(secret)})
    assert client.post(f"/orders/{waiting.order_number}/accept/", {"version": "1"}).status_code == 302
    assert _status(waiting) == "unhandled"
    assert Authenticator.objects.filter(user=cast.ben.user).exists()


# --- the terms ---

TERMS = {"version": "1", "mail_links": "on", "skip_already_accepted": "on"}


def test_administrators_set_the_amount(cast: Cast, visit: Visit) -> None:
    dora = visit(cast.dora)
    assert dora.post("/organization/terms/", {**TERMS, "second_factor_above": "-1"}).status_code == 422
    assert dora.post("/organization/terms/", {**TERMS, "second_factor_above": "5000"}).status_code == 302
    assert Terms.objects.get(organization=cast.acme).second_factor_above == Decimal(5000)
    assert Entry.objects.get(topic="policy.terms_changed").payload["after"]["second_factor_above"] == "5000"


def test_a_shop_without_second_factors_offers_none(cast: Cast, visit: Visit, settings: Any) -> None:
    settings.AKCEPT_SECOND_FACTOR = ""
    dora = visit(cast.dora)
    assert "second_factor_above" not in _text(dora.get("/organization/terms/"))
    assert dora.post("/organization/terms/", {**TERMS, "second_factor_above": "5000"}).status_code == 302
    assert Terms.objects.get(organization=cast.acme).second_factor_above is None


@pytest.mark.parametrize(("amount", "needed"), [("50000", False), ("10", True)])
def test_d11_the_amount_above_which_a_second_factor_is_needed_may_be_in_another_currency(
    cast: Cast, amount: str, needed: bool
) -> None:
    """An order in EUR is compared with EUR; in PLN it would be above any amount in EUR."""
    terms = Terms(second_factor_above=Decimal(amount), second_factor_currency="EUR")
    sums = {name: Decimal(100) for name in ("goods_net", "goods_gross", "total_net", "total_gross")}
    euro, zloty = Amounts(currency="EUR", **sums), Amounts(currency="PLN", **sums)
    assert policies.lacks_second_factor(terms, euro, actor=cast.ben.actor) is needed
    assert policies.lacks_second_factor(terms, zloty, actor=cast.ben.actor) is True


@pytest.mark.parametrize(("language", "label"), [("en", "Currency"), ("pl", "Waluta")])
def test_d11_the_currency_of_both_amounts_is_chosen_and_kept(
    cast: Cast, visit: Visit, language: str, label: str
) -> None:
    dora = visit(cast.dora)
    dora.cookies["django_language"] = language
    text = _text(dora.get("/organization/terms/"))
    assert text.count(f">{label}</label>") == 2
    posted = {**TERMS, "second_factor_above": "500", "second_factor_currency": "EUR", "mail_link_login_currency": "CZK"}
    assert dora.post("/organization/terms/", {**posted, "mail_link_login_currency": "zł"}).status_code == 422
    assert dora.post("/organization/terms/", posted).status_code == 302
    stored = Terms.objects.get(organization=cast.acme)
    assert (stored.second_factor_currency, stored.mail_link_login_currency) == ("EUR", "CZK")
