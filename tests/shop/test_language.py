"""F10: one language for a person, pages and e-mails alike, and the profile says so."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from akcept.organizations.actions import choose_language
from akcept.organizations.models import Profile
from akcept.organizations.queries import language_of
from akcept.testing.cast import PASSWORD, Cast, Person
from tests.conftest import Visit


def _log_in(person: Person, *, browser: str) -> Client:
    client = Client(headers={"accept-language": browser})
    client.post("/accounts/login/", {"login": person.user.email, "password": PASSWORD})
    return client


def _page(client: Client) -> str:
    return client.get("/orders/").content.decode()


@pytest.mark.parametrize(("chosen", "browser"), [("pl", "en"), ("en", "pl")])
def test_f10_pages_speak_the_profiles_language_whatever_the_browser_asks_for(
    cast: Cast, chosen: str, browser: str
) -> None:
    choose_language(cast.anna.user.pk, language=chosen)
    assert f'<html lang="{chosen}"' in _page(_log_in(cast.anna, browser=browser))


def test_f10_the_switch_changes_pages_and_mails_and_another_browser_follows_at_login(cast: Cast) -> None:
    choose_language(cast.anna.user.pk, language="pl")
    client = _log_in(cast.anna, browser="pl")
    client.post("/i18n/setlang/", {"language": "en", "next": "/orders/"})
    assert '<html lang="en"' in _page(client)
    assert language_of(cast.anna.user.pk) == "en"
    assert '<html lang="en"' in _page(_log_in(cast.anna, browser="pl"))


def test_f10_the_profile_shows_and_changes_it(cast: Cast) -> None:
    choose_language(cast.anna.user.pk, language="en")
    client = _log_in(cast.anna, browser="pl")
    for page in ("/accounts/profile/", "/accounts/profile/edit/"):
        assert "Pages and e-mails come in this language." in client.get(page).content.decode()
    assert "sessions" not in client.get("/accounts/profile/").content.decode().partition("<main")[2]
    typed = {"first_name": "Anna", "last_name": "Kowalska", "language": "pl"}
    assert client.post("/accounts/profile/edit/", typed).status_code == 302
    assert "Strony i e-maile są w tym języku." in client.get("/accounts/profile/").content.decode()
    assert language_of(cast.anna.user.pk) == "pl"
    mail.outbox.clear()
    Client(headers={"accept-language": "en"}).post("/accounts/password/reset/", {"email": cast.anna.user.email})
    assert "Nowe hasło" in mail.outbox[0].subject


def test_f10_whoever_never_chose_keeps_the_language_of_the_first_login(cast: Cast) -> None:
    Profile.objects.filter(user=cast.paul.user).delete()
    assert '<html lang="en"' in _page(_log_in(cast.paul, browser="en"))
    assert language_of(cast.paul.user.pk) == "en"
    assert '<html lang="en"' in _page(_log_in(cast.paul, browser="pl"))


@pytest.mark.parametrize("language", ["pl", "en"])
def test_c9_the_menu_leads_to_the_account_and_the_second_factor(cast: Cast, visit: Visit, language: str) -> None:
    page = visit(cast.anna, language=language).get("/orders/").content.decode()
    for path in ("/accounts/profile/", "/accounts/2fa/"):
        assert page.count(f'href="{path}"') == 2, "on a desk and on a phone"
        assert visit(cast.anna, language=language).get(path).status_code == 200
