"""One language for a person: pages and e-mails come in the one of the profile.

A browser that nobody has logged in with speaks as it asks to. At the first log-in that becomes the person's language;
from then on every log-in, the switch on the pages and the profile set the browser to it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import get_language

from akcept.organizations.models import Profile


def offered(language: str) -> str:
    """Return the shop's own code of a language ("de-at" for "de"); empty when it does not offer it."""
    codes = [code for code, _name in settings.LANGUAGES]
    fitting = [code for code in codes if code == language] or [code for code in codes if code[:2] == language[:2]]
    return fitting[0] if fitting and language else ""


def settle(request: HttpRequest, user: Any) -> None:
    """Note, at log-in, in which language this browser goes on; a person who never chose speaks as the page did."""
    spoken = (get_language() or settings.LANGUAGE_CODE)[:2]
    profile, _created = Profile.objects.get_or_create(user_id=user.pk, defaults={"language": spoken})
    request._akcept_language = profile.language  # type: ignore[attr-defined]


def carry(request: HttpRequest, response: HttpResponseBase) -> None:
    """Set the browser to the language noted in this request, if one was."""
    language = getattr(request, "_akcept_language", "")
    if language:
        remember(response, language)


def remember(response: HttpResponseBase, language: str) -> None:
    """Set the browser to a language, as Django's own switch does."""
    code = offered(language)
    if not code:
        return
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
