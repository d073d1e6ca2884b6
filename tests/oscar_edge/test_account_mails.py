"""Mails about an account that Oscar sends: in the owner's language, with links that lead to this shop."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sites.models import Site
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import translation
from oscar.core.loading import get_class

from akcept.organizations.actions import choose_language
from akcept.testing import carts, orders
from akcept.testing.cast import PASSWORD, Cast
from tests.conftest import Visit


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    cache.clear()
    settings.AKCEPT_BASE_URL = "https://shop.example:8443"
    settings.OSCAR_URL_SCHEMA = "https"


@pytest.mark.parametrize(
    ("language", "subject", "asked"), [("pl", "Nowe hasło", "nowe hasło"), ("en", "password", "new password")]
)
def test_the_panel_sends_a_link_that_sets_a_password(
    cast: Cast, visit: Visit, mailoutbox: list[EmailMessage], language: str, subject: str, asked: str
) -> None:
    choose_language(cast.anna.user.pk, language=language)
    mia = visit(cast.mia, superuser=True)
    assert mia.get(f"/dashboard/users/{cast.anna.user.pk}/password-reset/").status_code == 405
    assert mia.post(f"/dashboard/users/{cast.anna.user.pk}/password-reset/").status_code == 302
    [mail] = mailoutbox
    assert mail.to == ["anna@customer.example"]
    assert subject in mail.subject
    assert asked in mail.body
    [link] = re.findall(r"https://\S+", mail.body)
    assert link.startswith("https://shop.example:8443/password-reset/confirm/")
    anybody = Client()
    form = anybody.get(link.removeprefix("https://shop.example:8443"))["Location"]
    typed = {"new_password1": "zielone-okno-77", "new_password2": "zielone-okno-77"}
    assert anybody.post(form, {**typed, "new_password2": "x"}).status_code == 422
    assert anybody.post(form, typed).status_code == 302
    cast.anna.user.refresh_from_db()
    assert cast.anna.user.check_password("zielone-okno-77")


def _confirmed(client: Client) -> Client:
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.mark.parametrize(("language", "subject"), [("pl", "Zmieniono"), ("en", "changed")])
def test_c5_another_address_counts_once_its_code_is_back_and_the_old_one_is_told(
    cast: Cast, visit: Visit, mailoutbox: list[EmailMessage], language: str, subject: str
) -> None:
    choose_language(cast.anna.user.pk, language=language)
    here, elsewhere = visit(cast.anna), visit(cast.anna)
    typed = {"email": "anna.nowa@customer.example", "action_add": "1"}
    asked = here.post("/accounts/email/", typed)
    assert asked["Location"].startswith("/accounts/reauthenticate/"), "the password is asked first"
    assert mailoutbox == []
    assert _confirmed(here).post("/accounts/email/", typed)["Location"] == "/accounts/confirm-email/"
    [mail] = mailoutbox
    assert mail.to == ["anna.nowa@customer.example"]
    cast.anna.user.refresh_from_db()
    assert cast.anna.user.email == "anna@customer.example"
    [code] = re.findall(r"^ {4}(\S+)$", mail.body, re.MULTILINE)
    assert here.post("/accounts/confirm-email/", {"code": "AAAA-AAAA"}).status_code == 422
    assert here.post("/accounts/confirm-email/", {"code": code}).status_code == 302
    cast.anna.user.refresh_from_db()
    assert cast.anna.user.email == "anna.nowa@customer.example"
    told = mailoutbox[-1]
    assert told.to == ["anna@customer.example"]
    assert subject in told.subject
    assert "anna.nowa@customer.example" in told.body
    assert "/accounts/password/reset/" not in told.body, "such a link goes to the new address"
    assert here.get("/orders/").status_code == 200
    assert elsewhere.get("/orders/").status_code == 302, "other sessions are over"
    old = visit().post("/accounts/login/", {"login": "anna@customer.example", "password": PASSWORD})
    assert old.status_code == 422


@pytest.mark.parametrize(
    "typed",
    [
        "an\u200bna@customer.example",
        "anna@cust\u200bomer.example",
        "anna@customer.example\u2060",
        "anna@cust\u00adomer.example",
        "\u0430nna@customer.example",
        "anna@custom\u0435r.example",
        "anna@xn--customr-6of.example",
        "\uff41nna@customer.example",
        "ben@customer.example",
        "BEN@Customer.EXAMPLE",
    ],
)
def test_c5_an_address_that_looks_like_another_ones_is_not_taken(
    cast: Cast, visit: Visit, mailoutbox: list[EmailMessage], typed: str
) -> None:
    client = _confirmed(visit(cast.anna))
    client.post("/accounts/email/", {"email": typed, "action_add": "1"})
    for mail in mailoutbox:
        for code in re.findall(r"^ {4}(\S+)$", mail.body, re.MULTILINE):
            client.post("/accounts/confirm-email/", {"code": code})
    cast.anna.user.refresh_from_db()
    assert cast.anna.user.email == "anna@customer.example"
    mia = visit(cast.mia, superuser=True)
    page = f"/admin/accounts/user/{cast.anna.user.pk}/change/"
    assert mia.post(page, {"email": typed, "is_active": "on"}).status_code in (200, 422)
    cast.anna.user.refresh_from_db()
    assert cast.anna.user.email == "anna@customer.example"


def test_c5_the_profile_itself_changes_no_address(cast: Cast, visit: Visit) -> None:
    client = visit(cast.anna)
    assert 'name="email"' not in client.get("/accounts/profile/edit/").content.decode().partition("<main")[2]
    typed = {"email": "anna.nowa@customer.example", "first_name": "Ania", "last_name": "Kowalska", "language": "en"}
    assert client.post("/accounts/profile/edit/", typed).status_code == 302
    cast.anna.user.refresh_from_db()
    assert (cast.anna.user.email, cast.anna.user.first_name) == ("anna@customer.example", "Ania")


def test_c5_without_a_login_that_proves_addresses_the_profile_asks_for_the_password(
    cast: Cast, visit: Visit, settings: Any, mailoutbox: list[EmailMessage]
) -> None:
    settings.AKCEPT_ACCOUNTS = ""
    typed = {"email": "Anna.Nowa@customer.example", "first_name": "A", "last_name": "K", "language": "en"}
    client = visit(cast.anna)
    for password, status in (("", 422), ("wrong", 422), (PASSWORD, 302)):
        assert client.post("/accounts/profile/edit/", {**typed, "password": password}).status_code == status
    cast.anna.user.refresh_from_db()
    assert cast.anna.user.email == "anna.nowa@customer.example"
    [mail] = mailoutbox
    assert mail.to == ["anna@customer.example"]
    odd = {**typed, "email": "anna@custom\u0435r.example", "password": PASSWORD}
    assert visit(cast.anna).post("/accounts/profile/edit/", odd).status_code == 422


def test_c5_an_address_changed_by_staff_has_to_be_proved_and_the_old_one_is_told(
    cast: Cast, visit: Visit, mailoutbox: list[EmailMessage]
) -> None:
    anna = visit(cast.anna)
    mia = visit(cast.mia, superuser=True)
    page = f"/admin/accounts/user/{cast.anna.user.pk}/change/"
    typed = {"email": "anna.nowa@customer.example", "first_name": "Anna", "last_name": "K", "is_active": "on"}
    assert mia.post(page, typed).status_code == 302
    assert anna.get("/orders/").status_code == 302
    [mail] = mailoutbox
    assert mail.to == ["anna@customer.example"]
    login = visit().post("/accounts/login/", {"login": "anna.nowa@customer.example", "password": PASSWORD})
    assert login["Location"] == "/accounts/confirm-email/"


def _alerts() -> Any:
    return get_class("customer.alerts.utils", "AlertsDispatcher")()


@pytest.mark.parametrize(
    ("language", "said"), [("pl", "Znów w sprzedaży: Produkt S1"), ("en", "Produkt S1 is in stock again")]
)
def test_f10_what_is_there_again_is_told_in_the_readers_language_with_a_link_that_leads_here(
    cast: Cast, mailoutbox: list[EmailMessage], language: str, said: str
) -> None:
    choose_language(cast.anna.user.pk, language=language)
    product = carts.stock("S1").product
    apps.get_model("customer.ProductAlert").objects.create(user=cast.anna.user, product=product, status="Active")
    _alerts().send_alerts()
    [mail] = mailoutbox
    assert mail.to == ["anna@customer.example"]
    assert f"https://shop.example:8443{product.get_absolute_url()}" in mail.body
    assert mail.subject == said


def test_somebody_without_an_account_confirms_and_ends_an_alert_by_links_that_lead_here(
    cast: Cast, client: Client, mailoutbox: list[EmailMessage]
) -> None:
    product = carts.stock("S1", number=0).product
    client.post(f"/accounts/alerts/create/{product.pk}/", {"email": "gina@guest.example"})
    [mail] = mailoutbox
    assert mail.to == ["gina@guest.example"]
    links = re.findall(r"https?://[^\s/]+/accounts/alerts/\S+", str(mail.body))
    assert [link.rpartition("/alerts/")[0] for link in links] == ["https://shop.example:8443/accounts"] * 2


def test_a_mail_tried_in_the_panel_has_the_links_of_the_real_one(
    cast: Cast, visit: Visit, mailoutbox: list[EmailMessage]
) -> None:
    kind = apps.get_model("communication.CommunicationEventType").objects.create(
        code="HELLO", name="Hello", category="User related"
    )
    link = "{% load url_tags %}{% absolute_url site.domain '/there/' %}"
    typed = {"name": "Hello", "email_subject_template": "{{ site.name }}", "email_body_template": link}
    typed |= {"email_body_html_template": link, "preview_email": "mia@shop.example", "send_preview": "1"}
    page = f"/dashboard/comms/{kind.code}/"
    assert visit(cast.mia, superuser=True).post(page, typed).status_code == 200
    [mail] = mailoutbox
    assert mail.body.strip() == "https://shop.example:8443/there/"


def test_without_an_address_of_the_shop_links_begin_as_oscars_do(cast: Cast, settings: Any) -> None:
    del settings.AKCEPT_BASE_URL
    site = get_class("communication.utils", "Dispatcher")().get_base_context()["site"]
    assert (type(site).__name__, site.domain) == ("Site", Site.objects.get_current().domain)


def test_a_shared_wish_list_names_its_owner_and_never_their_address(cast: Cast, visit: Visit) -> None:
    made = apps.get_model("wishlists.WishList").objects.create
    shared = made(owner=cast.anna.user, name="Biuro", visibility="Public")
    page = visit(language="en").get(f"/wishlists/{shared.key}/").content.decode()
    assert f"Biuro, a wish list of {cast.anna.user.get_full_name()}" in page
    assert "anna@customer.example" not in page
    cast.anna.user.first_name = cast.anna.user.last_name = ""
    cast.anna.user.save()
    page = visit(language="en").get(f"/wishlists/{shared.key}/").content.decode()
    assert re.search(r"<h1>\s*Biuro\s*</h1>", page)
    assert "anna@customer.example" not in page
    private = made(owner=cast.anna.user, name="Tajna")
    assert visit(cast.otto).get(f"/wishlists/{private.key}/").status_code == 403


def test_f9_alerts_and_mails_sent_are_shown_in_the_readers_words(cast: Cast, visit: Visit) -> None:
    product = carts.stock("S1", number=0).product
    apps.get_model("customer.ProductAlert").objects.create(user=cast.anna.user, product=product, status="Active")
    sent = {"email": cast.anna.user.email, "subject": "Nowe hasło", "body_text": "Hasło jest <inne>.\nDo widzenia"}
    kept = apps.get_model("communication.Email").objects.create(user=cast.anna.user, **sent)
    client = visit(cast.anna, language="pl")
    alerts = client.get("/accounts/alerts/").content.decode().partition("<main")[2]
    assert "Aktywn" in alerts
    assert "Active" not in alerts
    mail = client.get(f"/accounts/emails/{kept.pk}/").content.decode()
    assert "Hasło jest &lt;inne&gt;.<br>Do widzenia" in mail
    assert "Adres e-mail: Nowe hasło" not in mail
    assert "<iframe" not in mail
    assert visit(cast.otto).get(f"/accounts/emails/{kept.pk}/").status_code == 404


@pytest.mark.parametrize("language", ["pl", "en"])
def test_f9_mails_that_oscar_sends_are_dressed_and_whole_in_the_readers_language(cast: Cast, language: str) -> None:
    """A guest's confirmation was half English, in Oscar's look; nothing of Oscar's words is left in any of them."""
    order = apps.get_model("order.Order").objects.get(number=orders.place(cast.ben).order_number)
    product = carts.stock("S1").product
    alert = apps.get_model("customer.ProductAlert")(email="gina@guest.example", product=product, key="k" * 40)
    context = {"order": order, "status_url": "x", "status_path": "/there/", "alert": alert, "reset_url": "/reset/"}
    said = {
        "pl": ("Tę wiadomość wysyła", "Jeśli to nie Twoja", "Wysyłamy tę"),
        "en": ("This e-mail", "If you did", "You asked"),
    }
    dispatcher = get_class("communication.utils", "Dispatcher")()
    with translation.override(language):
        for code in ("ORDER_PLACED", "PRODUCT_ALERT", "PRODUCT_ALERT_CONFIRMATION", "PASSWORD_RESET"):
            mail = dispatcher.get_messages(code, context)
            assert f'<html lang="{language}">' in mail["html"], code
            assert any(text in mail["html"] for text in said[language]), code
            assert "https://shop.example:8443/" in mail["body"], code
            for word in ("team", "Team", "Zespół", "Hello", "Witaj", "email "):
                assert word not in mail["body"] + mail["html"].partition("</style>")[2], (code, word)
