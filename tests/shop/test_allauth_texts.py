"""The pages and mails of logging in speak as the rest of the shop does, in the reader's language."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context as allauth_context
from django.core import mail
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory
from django.utils.translation import gettext, override

from akcept.organizations.actions import choose_language
from akcept.organizations.queries import language_of
from akcept.testing.cast import Cast
from shop.accounts.allauth_texts import TEXTS

_ROOT = Path(allauth.__file__).parent
#: What of allauth this shop shows: its pages of the second factor, its messages and mails. The other pages are ours.
_FOLDERS = ("mfa/totp", "mfa/recovery_codes", "mfa/email", "mfa/messages", "account/messages")
_FILES = [
    "mfa/index.html",
    "mfa/authenticate.html",
    *(
        f"account/email/{name}_{part}.txt"
        for name in ("password_changed", "password_set", "password_reset", "email_changed")
        for part in ("subject", "message")
    ),
]
_FORMS = ("account/fields.py", "account/forms.py", "mfa/base/forms.py", "mfa/totp/forms.py", "account/adapter.py")
_NOT_SWITCHED_ON = re.compile(
    r"security key|passkey|webauthn|phone|username|primary|removed|sign-in code|won't be shown|\bsaved\b", re.IGNORECASE
)
_TAG = re.compile(
    r"""{%\s*trans(?:late)?\s+"([^"]+)"|{%\s*blocktrans(?:late)?\s*%}(.*?){%\s*endblocktrans(?:late)?\s*%}""", re.DOTALL
)
#: What an English page of ours never says, and what Polish ones of allauth's did.
_STRANGE = {
    "en": r"\b[Ee]mails?\b|\b[Ss]ign(ed)?[- ]([Ii]n|[Oo]ut|[Uu]p)\b|\b\w+ App\b",
    "pl": r"[Aa]utoryzac|sekret|Jesteś pew",
}
#: No page of ours leads there: fields that are not asked for, limits that are counted elsewhere.
_NOT_SHOWN = {
    "Email (again)",
    "Email address confirmation",
    "You must type the same email each time.",
    "You cannot add more than %d email addresses.",
    "Unable to confirm %(email)s because it is already confirmed by a different account.",
}


def _said() -> set[str]:
    """Return the texts of allauth's this shop shows, as its templates and forms name them."""
    folder = _ROOT / "templates"
    files = [folder / name for name in _FILES]
    files += [file for name in _FOLDERS for file in sorted((folder / name).glob("*"))]
    found = set()
    for file in files:
        if not _NOT_SWITCHED_ON.search(file.name):
            for plain, block in _TAG.findall(file.read_text()):
                found.add(re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", plain or block))
    for source in _FORMS:
        for call in ast.walk(ast.parse((_ROOT / source).read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_":
                found |= {str(each.value) for each in call.args if isinstance(each, ast.Constant)}
    return {text for text in found if not _NOT_SWITCHED_ON.search(text)} - _NOT_SHOWN


@pytest.mark.parametrize("language", ["en", "pl"])
def test_c9_what_allauth_says_is_said_as_the_shop_says_it(language: str) -> None:
    said = _said()
    assert len(said) > 50
    with override(language):
        told = {text: gettext(text).replace("%(email)s", "x") for text in said}
    assert {text for text, words in told.items() if re.search(_STRANGE[language], words)} == set()


def test_c9_every_text_we_say_in_our_words_has_polish() -> None:
    with override("pl"):
        assert [text for text in TEXTS if gettext(text) == text] == []


@pytest.mark.parametrize(("language", "subject"), [("en", "Your code for"), ("pl", "Twój kod do sklepu")])
def test_c9_a_new_accounts_first_code_comes_in_the_language_of_the_page(
    cast: Cast, language: str, subject: str
) -> None:
    """Somebody who signs up has chosen no language yet: the page they typed on is what we know."""
    visitor = Client(headers={"accept-language": language})
    typed = {"email": f"nina-{language}@nova.example", "password1": "dluga-fraza-77", "password2": "dluga-fraza-77"}
    assert visitor.post("/accounts/signup/", typed).status_code == 302
    assert subject in mail.outbox[-1].subject
    assert ("zignoruj" in mail.outbox[-1].body) is (language == "pl")


@pytest.mark.parametrize("language", ["en", "pl"])
def test_c9_an_owner_is_written_to_in_their_own_language_whoever_asks(cast: Cast, language: str) -> None:
    assert language_of(cast.anna.user.pk) == "pl"
    Client(headers={"accept-language": language}).post("/accounts/password/reset/", {"email": cast.anna.user.email})
    assert "Nowe hasło" in mail.outbox[-1].subject


_CHANGES = {
    "account/email/password_changed": ("Hasło do Twojego konta zostało zmienione.", "Your password has been changed."),
    "account/email/password_set": ("Hasło do Twojego konta zostało ustawione.", "Your password has been set."),
    "account/email/email_changed": ("Logujesz się teraz adresem b@x.example", "You now log in with b@x.example"),
    "mfa/email/totp_activated": ("Aplikacja z kodami jest włączona.", "The authenticator app is on."),
    "mfa/email/totp_deactivated": ("Aplikacja z kodami jest wyłączona.", "The authenticator app is off."),
    "mfa/email/recovery_codes_generated": ("Twoje konto ma nowe kody zapasowe", "Your account has new recovery codes"),
}


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("kind", sorted(_CHANGES))
def test_c5_a_change_of_the_account_is_mailed_dressed_and_in_the_owners_language(
    cast: Cast, kind: str, language: str
) -> None:
    """Text and HTML say the same: what it was, and what to do when it was somebody else.

    The address there was is told that it gets no link to a new password: asking for one would lead nowhere.
    """
    choose_language(cast.anna.user.pk, language=language)
    request = RequestFactory().get("/", headers={"accept-language": "pl" if language == "en" else "en"})
    with allauth_context.request_context(request):
        changed = {"from_email": "a@x.example", "to_email": "b@x.example"}
        get_adapter(request).send_notification_mail(kind, cast.anna.user, changed)
    sent: Any = mail.outbox[-1]
    text, html = str(sent.body), str(sent.alternatives[0][0])
    said, other = _CHANGES[kind] if language == "pl" else reversed(_CHANGES[kind])
    for part in (text, html):
        assert said in part
        assert other not in part
        to_old_address = kind.endswith("email_changed")
        assert ("/accounts/password/reset/" in part) is not to_old_address
        assert bool(re.search("go to the new address now|na nowy adres", part)) is to_old_address
        assert ("If this was not you" in part) is (language == "en")
    assert f'<html lang="{language}">' in html


def test_every_mail_about_an_account_that_changed_has_both_parts() -> None:
    """A new password from a forgotten one was told in plain text alone, in allauth's words."""
    names = ("password_changed", "password_set", "password_reset", "email_changed")
    assert [name for name in names if not get_template(f"account/email/{name}_message.html")] == []
    with override("pl"):
        told = render_to_string("account/email/password_reset_message.html", {"base_url": "https://shop.example"})
    assert "Do Twojego konta ustawiono nowe hasło." in told
    assert '<a class="btn" href="https://shop.example/accounts/password/reset/">Ustaw nowe hasło</a>' in told
