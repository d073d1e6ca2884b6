"""The one door: e-mail and password, lock-out against guessing, everything else leads there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse

from akcept.organizations.actions import choose_language
from akcept.organizations.queries import language_of
from akcept.testing.cast import PASSWORD, Cast
from tests.conftest import Visit

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


def _try(client: Client, email: str, password: str, **extra: str):
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def _lock(client: Client, email: str = "anna@customer.example") -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        _try(client, email, "wrong")


def test_logging_in_by_e_mail_in_any_case(cast: Cast, visit: Visit) -> None:
    client = visit()
    assert _try(client, "Anna@Customer.EXAMPLE", PASSWORD).status_code == 302
    assert client.get("/orders/").status_code == 200


def test_unknown_address_and_wrong_password_are_told_alike(cast: Cast, visit: Visit) -> None:
    said = []
    for email in ("anna@customer.example", "nobody@customer.example"):
        answer = _try(visit(), email, "wrong")
        page = answer.content.decode()
        said.append((answer.status_code, re.findall(r'role="alert"[^>]*>(.*?)</div>', page)))
        assert f'value="{email}"' in page, "what was typed stays"
    assert said[0] == said[1]
    assert said[0][1]


def test_guessing_locks_the_account_for_this_address_then_ends_by_itself(cast: Cast, visit: Visit) -> None:
    with time_machine.travel("2026-11-24T12:00:00+00:00", tick=False) as clock:
        client = visit()
        _lock(client)
        refused = _try(client, "ANNA@customer.example", PASSWORD)
        assert refused.status_code == 429
        assert "Too many attempts" in refused.content.decode()
        assert client.get("/orders/").status_code == 302, "the right password does not help now"
        assert _try(visit(), "ben@customer.example", PASSWORD).status_code == 302, "others are not locked out"
        elsewhere = _try(visit(), "anna@customer.example", PASSWORD, REMOTE_ADDR="198.51.100.7")
        assert elsewhere.status_code == 302, "nobody can lock her out from elsewhere"
        clock.shift(timedelta(minutes=16))
        assert _try(visit(), "anna@customer.example", PASSWORD).status_code == 302


def test_forwarded_address_is_not_believed_without_a_proxy(cast: Cast, visit: Visit) -> None:
    client = visit()
    for n in range(settings.AXES_FAILURE_LIMIT):
        _try(client, "anna@customer.example", "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")
    assert _try(client, "anna@customer.example", PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.99").status_code == 429


def test_unknown_address_is_locked_just_the_same(cast: Cast, visit: Visit) -> None:
    client = visit()
    _lock(client, "nobody@customer.example")
    assert _try(client, "nobody@customer.example", "wrong").status_code == 429


@pytest.mark.parametrize(
    "door", ["/dashboard/login/", "/admin/login/", "/accounts/register/", "/password-reset/", "/admin/", "/dashboard/"]
)
def test_every_other_door_leads_to_the_one(db: None, visit: Visit, door: str) -> None:
    answer = visit().get(door, follow=True)
    assert answer.redirect_chain[-1][0].partition("?")[0] in (
        LOGIN,
        "/accounts/signup/",
        "/accounts/password/reset/",
    )
    posted = visit().post(door, {"username": "mia@shop.example", "password": PASSWORD})
    assert posted.status_code in (302, 405)
    assert settings.SESSION_COOKIE_NAME not in posted.cookies


@pytest.mark.parametrize(
    ("wanted", "lands"),
    [
        ("/orders/", "/orders/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_login_leads_back_but_never_elsewhere(cast: Cast, visit: Visit, wanted: str, lands: str) -> None:
    for door in ("/dashboard/login/", LOGIN):
        client = visit()
        page = client.get(door, {"next": wanted}, follow=True)
        form = page.content.decode().partition("<main")[2]
        hidden = re.search(r'name="next" value="([^"]*)"', form)
        typed = {"login": "anna@customer.example", "password": PASSWORD, "next": hidden[1] if hidden else wanted}
        assert client.post(LOGIN, typed)["Location"] == lands


def test_page_that_needs_a_login_is_where_one_lands_after_it(cast: Cast, visit: Visit) -> None:
    sent = visit().get("/orders/1001/?x=1")
    assert sent["Location"] == f"{LOGIN}?next=/orders/1001/%3Fx%3D1"


def test_logging_out_needs_a_post(cast: Cast, visit: Visit) -> None:
    client = visit(cast.anna)
    client.get("/accounts/logout/")
    assert client.get("/orders/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/orders/").status_code == 302


@pytest.mark.parametrize("email", ["anna@customer.example", "nobody@customer.example"])
def test_password_reset_does_not_tell_who_has_an_account(cast: Cast, visit: Visit, email: str, mailoutbox) -> None:
    answer = visit().post(reverse("account_reset_password"), {"email": email}, follow=True)
    assert (answer.status_code, answer.redirect_chain[-1][0]) == (200, reverse("account_reset_password_done"))
    assert len(mail.outbox) == 1, "somebody without an account is told so by mail, not on the page"


def test_password_is_reset_by_the_mailed_link(cast: Cast, visit: Visit, mailoutbox) -> None:
    client = visit()
    client.post(reverse("account_reset_password"), {"email": "anna@customer.example"})
    link = re.search(rf"{settings.AKCEPT_BASE_URL}(/\S+)", mail.outbox[0].body)
    assert link is not None, mail.outbox[0].body
    form = client.get(link[1], follow=True)
    target = form.redirect_chain[-1][0]
    new = "quite-another-horse"
    client.post(target, {"password1": new, "password2": new})
    assert _try(visit(), "anna@customer.example", new).status_code == 302


def test_language_is_switched_by_post_and_remembered_for_mails(cast: Cast, visit: Visit) -> None:
    client = visit(cast.anna)
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/orders/"})
    assert answer["Location"] == "/orders/"
    assert language_of(cast.anna.user.pk) == "en"
    assert 'lang="en"' in client.get("/orders/").content.decode()
    client.post(reverse("set_language"), {"language": "xx", "next": "https://evil.example/"})
    assert language_of(cast.anna.user.pk) == "en"


@pytest.mark.parametrize("path", ["/", LOGIN, "/orders/", "/checkout/", "/dashboard/", "/no-such-page/"])
def test_every_answer_forbids_inline_script_and_framing(cast: Cast, visit: Visit, path: str) -> None:
    answer = visit(cast.anna).get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_demo_mailbox_exists_in_the_demo_only(cast: Cast, visit: Visit, settings) -> None:
    settings.DEMO = False
    assert visit(cast.mia, superuser=True).get("/demo/mail/").status_code == 404
    settings.DEMO = True
    assert visit().get("/demo/mail/").status_code == 200


def test_the_admin_says_no_to_who_lacks_the_right_instead_of_sending_them_round(cast: Cast, visit: Visit) -> None:
    answer = visit(cast.anna).get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "You may not see this page" in answer.content.decode()
    assert visit().get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"


def test_a_form_without_its_token_says_that_nothing_was_done(cast: Cast, visit: Visit) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.anna.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.cookies["django_language"] = "en"
    answer = client.post("/checkout/", {})
    assert answer.status_code == 403
    assert "Nothing was done." in answer.content.decode()


def _reset(client: Client, email: str):
    return client.post("/accounts/password/reset/", {"email": email}, follow=True)


def test_mail_to_set_a_password_is_in_its_readers_language_and_leads_in(cast: Cast, visit: Visit) -> None:
    choose_language(cast.anna.user.pk, language="pl")
    _reset(visit(language="en"), cast.anna.user.email)
    [sent] = mail.outbox
    assert sent.subject == "Nowe hasło do sklepu Biurodom"
    assert isinstance(sent, EmailMultiAlternatives)
    [(html, kind)] = sent.alternatives
    assert kind == "text/html"
    [link] = re.findall(r"http://\S+/accounts/password/reset/key/\S+", sent.body)
    assert link in str(html)
    page = visit().get(link.removeprefix(settings.AKCEPT_BASE_URL), follow=True)
    assert 'name="password1"' in page.content.decode()


def test_unknown_address_gets_a_mail_that_says_so(cast: Cast, visit: Visit) -> None:
    pages = [
        _reset(visit(), email).content.decode().partition("<main")[2].partition("</main>")[0]
        for email in (cast.anna.user.email, "nobody@nowhere.example")
    ]
    assert pages[0] == pages[1] != "", "the page tells nobody which addresses have an account"
    assert [sent.to for sent in mail.outbox] == [[cast.anna.user.email], ["nobody@nowhere.example"]]


def test_mail_server_that_is_down_is_said(cast: Cast, visit: Visit, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    for email in (cast.anna.user.email, "nobody@nowhere.example"):
        answer = _reset(visit(), email)
        assert answer.status_code == 200
        assert "could not be sent at the moment" in answer.content.decode()
    account = {"email": "new@nowhere.example", "password1": PASSWORD, "password2": PASSWORD}
    assert visit().post("/accounts/signup/", account).status_code == 302


@pytest.mark.parametrize("page", ["order/order", "wishlists/wishlist", "analytics/userrecord", "address/useraddress"])
def test_admins_of_oscar_search_by_address(cast: Cast, visit: Visit, page: str) -> None:
    assert visit(cast.mia, superuser=True).get(f"/admin/{page}/?q=anna").status_code == 200


def test_links_in_mails_lead_to_the_shop_whatever_the_request_says(
    cast: Cast, visit: Visit, settings: Any, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    settings.AKCEPT_BASE_URL = "https://shop.example:8443"
    for email in ("anna@customer.example", "nobody@customer.example"):
        visit().post("/accounts/password/reset/", {"email": email}, headers={"host": "localhost:666"})
    for message in mailoutbox:
        bodies = f"{message.body} {message.alternatives}"
        assert "localhost" not in bodies
        assert "https://shop.example:8443/accounts/" in bodies


@pytest.mark.parametrize(("language", "said"), [("pl", "Nie udało się zrozumieć"), ("en", "could not be understood")])
def test_a_foreign_host_is_refused_kindly(cast: Cast, visit: Visit, language: str, said: str) -> None:
    client = visit(cast.anna, language=language)
    answer = client.get("/orders/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert said in answer.content.decode()
