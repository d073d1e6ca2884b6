"""Mails about an account that Oscar sends: in the owner's language, with links that lead to this shop."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from akcept.organizations.actions import choose_language
from akcept.testing.cast import Cast
from tests.conftest import Visit


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    settings.AKCEPT_BASE_URL = "https://shop.example:8443"
    settings.OSCAR_URL_SCHEMA = "https"


@pytest.mark.parametrize(
    ("language", "subject", "asked"), [("pl", "hasła", "nowe hasło"), ("en", "password", "choose")]
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


def test_the_old_address_is_told_of_a_new_one(cast: Cast, visit: Visit, mailoutbox: list[EmailMessage]) -> None:
    typed = {"email": "anna.nowa@customer.example", "first_name": "Anna", "last_name": "Kowalska"}
    answer = visit(cast.anna).post("/accounts/profile/edit/", typed, headers={"host": "127.0.0.1"})
    assert answer.status_code == 302
    [mail] = mailoutbox
    assert mail.to == ["anna@customer.example"]
    assert "anna.nowa@customer.example" in mail.body
    assert "https://shop.example:8443/password-reset/confirm/" in mail.body
