"""C3, C4: how often something may be tried, by the true account and address; the page says which and for how long."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from akcept.testing.cast import PASSWORD, Cast, Person
from shop.accounts import limits
from shop.accounts.models import Count
from shop.accounts.network import client_address
from tests.conftest import Visit

LOGIN, CODE = "/accounts/login/", "/accounts/2fa/authenticate/"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


def _log_in(client: Client, person: Person, password: str = PASSWORD, **extra: str):
    return client.post(LOGIN, {"login": person.user.email, "password": password}, **extra)


@pytest.fixture
def secret(cast: Cast) -> str:
    """Ben's second factor."""
    secret = generate_totp_secret()
    TOTP.activate(cast.ben.user, secret)
    return secret


def _right(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


# --- C3 ---


def test_c3_a_few_wrong_codes_lock_the_second_factor_of_the_account(cast: Cast, visit: Visit, secret: str) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = visit()
        _log_in(client, cast.ben)
        answers = [client.post(CODE, {"code": "000000"}).status_code for _ in range(6)]
        assert answers == [422, 422, 422, 422, 422, 429]
        for address in ("127.0.0.1", "198.51.100.7", "2001:db8::1"):
            elsewhere = visit()
            _log_in(elsewhere, cast.ben, REMOTE_ADDR=address)
            refused = elsewhere.post(CODE, {"code": _right(secret)}, REMOTE_ADDR=address)
            assert refused.status_code == 429, "by account, wherever it comes from"
            page = refused.content.decode()
            assert "too many attempts for this account" in page
            assert "Try again in 15 minutes." in page
            assert elsewhere.get("/orders/").status_code == 302
        clock.shift(timedelta(minutes=16))
        late = visit()
        _log_in(late, cast.ben)
        assert late.post(CODE, {"code": _right(secret)}).status_code == 302
        assert late.get("/orders/").status_code == 200


def test_c3_recovery_codes_and_confirming_share_the_count(cast: Cast, visit: Visit, secret: str) -> None:
    RecoveryCodes.activate(cast.ben.user)
    recovery = Authenticator.objects.get(user=cast.ben.user, type="recovery_codes").wrap().get_unused_codes()[0]
    inside = visit(cast.ben)
    for _ in range(3):
        assert inside.post(reverse("mfa_reauthenticate"), {"code": "000000"}).status_code == 422
    outside = visit()
    _log_in(outside, cast.ben)
    for _ in range(2):
        assert outside.post(CODE, {"code": "11111111"}).status_code == 422
    assert outside.post(CODE, {"code": recovery}).status_code == 429
    assert inside.post(reverse("mfa_reauthenticate"), {"code": _right(secret)}).status_code == 429


def test_c3_a_right_code_begins_the_count_anew_and_others_are_not_locked(cast: Cast, visit: Visit, secret: str) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _round in range(3):
            client = visit()
            _log_in(client, cast.ben)
            for _ in range(4):
                client.post(CODE, {"code": "000000"})
            assert client.post(CODE, {"code": _right(secret)}).status_code == 302
            clock.shift(timedelta(minutes=1))
    TOTP.activate(cast.cora.user, secret)
    limits.take(limits.CODES, str(cast.ben.user.pk))
    other = visit()
    _log_in(other, cast.cora)
    assert other.post(CODE, {"code": _right(secret)}).status_code == 302


def test_c3_a_code_counts_once_whatever_it_was_used_for_and_in_whichever_process(cast: Cast, visit: Visit) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = visit(cast.ben)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        page = client.get(reverse("mfa_activate_totp")).content.decode()
        secret = re.findall(r'value="([A-Z2-7]{32})"', page)[0]
        assert client.post(reverse("mfa_activate_totp"), {"code": _right(secret)}).status_code == 302
        thief = visit()
        _log_in(thief, cast.ben)
        for _round in range(2):
            cache.clear()  # where allauth remembers codes: each process has its own
            assert thief.post(CODE, {"code": _right(secret)}).status_code == 422
        assert thief.get("/orders/").status_code == 302
        clock.shift(timedelta(minutes=1))
        ben = visit()
        _log_in(ben, cast.ben)
        assert ben.post(CODE, {"code": _right(secret)}).status_code == 302
        cache.clear()
        _log_in(again := visit(), cast.ben)
        assert again.post(CODE, {"code": _right(secret)}).status_code == 422


def test_c3_setting_up_and_passwords_of_somebody_logged_in_are_counted(cast: Cast, visit: Visit) -> None:
    client = visit(cast.anna)
    wrong = {"oldpassword": "wrong", "password1": "another-horse-9", "password2": "another-horse-9"}
    answers = [client.post(reverse("account_change_password"), wrong).status_code for _ in range(4)]
    cache.clear()  # allauth's own count, by the minute
    answers += [client.post(reverse("account_reauthenticate"), {"password": "wrong"}).status_code for _ in range(5)]
    assert answers[:8] == [422] * 8
    assert answers[8] == 429
    right = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert right.status_code == 429


def test_c3_the_webauthn_door_does_not_exist() -> None:
    from allauth.mfa import app_settings

    assert app_settings.SUPPORTED_TYPES == ["recovery_codes", "totp"], "keys come with a count of their own"


def test_c3_however_many_come_at_once_no_more_are_looked_at(each_database: Any) -> None:
    def one(_n: int) -> bool:
        try:
            return limits.take(limits.CODES, "17") == 0
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=12) as pool:
        looked_at = sum(pool.map(one, range(60)))
    assert looked_at == limits.CODES.attempts
    assert Count.objects.get(key="code:17").used == limits.CODES.attempts


# --- C4 ---


def _request(sender: str, forwarded: str = ""):
    extra = {"REMOTE_ADDR": sender} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})
    return RequestFactory().get("/", **extra)


@pytest.mark.parametrize(
    ("proxies", "sender", "forwarded", "counted"),
    [
        (0, "203.0.113.9", "", "203.0.113.9"),
        (0, "203.0.113.9", "198.51.100.7", "203.0.113.9"),
        (1, "10.0.0.1", "198.51.100.7", "198.51.100.7"),
        (1, "10.0.0.1", "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "10.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "10.0.0.1", "10.0.0.2", "10.0.0.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (1, "10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
        (1, "10.0.0.1", "nonsense", "0.0.0.0"),  # noqa: S104  nothing binds to it
        (1, "10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7"),
        (1, "10.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "10.0.0.1", "[2001:db8:1:2:ffff::1]", "2001:db8:1:2::"),
    ],
)
def test_c4_one_function_says_where_a_request_comes_from(
    settings: Any, proxies: int, sender: str, forwarded: str, counted: str
) -> None:
    from allauth.account.adapter import get_adapter
    from axes.helpers import get_client_ip_address

    settings.PROXIES = proxies
    request = _request(sender, forwarded)
    assert client_address(request) == counted
    assert get_adapter(request).get_client_ip(request) == counted
    assert get_client_ip_address(request) == counted


def test_c4_an_office_of_thirty_logs_in_within_a_minute(cast: Cast, visit: Visit, settings: Any) -> None:
    settings.PROXIES = 1
    office = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.7"}
    people = [cast.anna, cast.ben, cast.cora, cast.dora, cast.ewa, cast.jan]
    for n in range(60):
        person = people[n % 6]
        if n < 12:  # some mistype first
            assert _log_in(visit(), person, "wrong", **office).status_code == 422
        assert _log_in(visit(), person, **office).status_code == 302


def test_c4_behind_a_proxy_one_address_does_not_lock_the_others(cast: Cast, visit: Visit, settings: Any) -> None:
    settings.PROXIES = 1
    guesser = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.66"}
    limits_before = limits.LOGINS.attempts
    for n in range(limits_before):
        visit().post(LOGIN, {"login": f"x{n}@customer.example", "password": "wrong"}, **guesser)
    refused = _log_in(visit(), cast.anna, **guesser)
    assert refused.status_code == 429
    page = refused.content.decode()
    assert "from your network" in page
    assert "Your account is not locked." in page
    assert re.search(r"Try again in (15|14) minutes\.", page)
    fine = _log_in(visit(), cast.anna, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.7")
    assert fine.status_code == 302


@pytest.mark.parametrize(
    ("language", "said", "again"),
    [
        ("en", "too many failed attempts to log in to this account from your network", "Try again in 15 minutes."),
        ("pl", "zbyt wiele nieudanych prób logowania na to konto z Twojej sieci", "Spróbuj za 15 minut."),
    ],
)
def test_c4_the_locked_account_is_told_apart(cast: Cast, visit: Visit, language: str, said: str, again: str) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(8):
            _log_in(visit(), cast.anna, "wrong")
        refused = _log_in(visit(language=language), cast.anna)
        assert refused.status_code == 429
        assert said in refused.content.decode()
        assert again in refused.content.decode()
        clock.shift(timedelta(minutes=16))
        assert _log_in(visit(), cast.anna).status_code == 302


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_c4_links_to_set_a_password_are_counted_by_address_and_by_account(cast: Cast, visit: Visit) -> None:
    reset = reverse("account_reset_password")
    for n in range(5):
        sent = visit().post(reset, {"email": "anna@customer.example"}, REMOTE_ADDR=f"198.51.100.{n}")
        assert sent.status_code == 302
    by_account = visit().post(reset, {"email": "ANNA@customer.example"}, REMOTE_ADDR="198.51.100.99")
    assert (by_account.status_code, "for this account" in by_account.content.decode()) == (429, True)
    for n in range(60):
        visit().post(reset, {"email": f"x{n}@customer.example"}, REMOTE_ADDR="203.0.113.66")
    by_address = visit().post(reset, {"email": "ben@customer.example"}, REMOTE_ADDR="203.0.113.66")
    assert (by_address.status_code, "from your network" in by_address.content.decode()) == (429, True)
    assert visit().post(reset, {"email": "ben@customer.example"}, REMOTE_ADDR="198.51.100.1").status_code == 302


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_c4_accounts_of_people_and_companies_are_counted_together_by_address(cast: Cast, visit: Visit) -> None:
    for n in range(59):
        typed = {"email": f"x{n}@customer.example", "password1": "a-fine-horse-1", "password2": "a-fine-horse-1"}
        assert visit().post("/accounts/signup/", typed).status_code == 302
    company = {"name": "Lis", "nip": "5261040828", "line1": "Polna 1", "postcode": "00-850", "city": "Warszawa"}
    company |= {"first_name": "L", "last_name": "L", "password": "a-fine-horse-1", "password_again": "a-fine-horse-1"}
    page = reverse("akcept:organization_sign_up")
    assert visit().post(page, company | {"email": "first@lis.example"}).status_code == 302
    refused = visit().post(page, company | {"nip": "5260001246", "email": "second@lis.example"})
    assert refused.status_code == 429
    assert "from your network" in refused.content.decode()
    typed = {"email": "y@customer.example", "password1": "a-fine-horse-1", "password2": "a-fine-horse-1"}
    assert visit().post("/accounts/signup/", typed).status_code == 429


def test_c4_the_count_keeps_no_address_that_was_typed(db: None) -> None:
    limits.take(limits.RESETS_OF, "anna@customer.example")
    assert "anna" not in Count.objects.get().key
