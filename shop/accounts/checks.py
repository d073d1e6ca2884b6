"""What a shop on the internet must not start without."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

_LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]", "::1", "testserver", "", None})
NO_KEY = _("AKCEPT_SECRET_KEY is not set: give the shop a secret of its own, 50 random characters or more.")
DEMO_ON_SHOW = _("AKCEPT_DEMO is on: everybody knows the demo's passwords and can read its mailbox. Switch it off.")
KNOWN_KEY = _("AKCEPT_SECRET_KEY is the demo's, which everybody knows: give the shop one of its own.")
LOCAL_HOSTS = _("AKCEPT_ALLOWED_HOSTS does not name the shop's address, or allows every one (*): name the shop's own.")
LOCAL_LINKS = _(
    "AKCEPT_BASE_URL leads to this machine or is not https: links in e-mails would lead nowhere, or without encryption."
)
DEBUGGING = _("AKCEPT_DEBUG is on: an error shows the shop's internals to everybody.")
NO_PROXY = _("AKCEPT_HTTPS is on but AKCEPT_PROXIES is 0: behind a proxy all visitors would count as one address.")


@register(Tags.security)
def no_demo_on_show(**_: Any) -> list[CheckMessage]:
    """Refuse, also without `--deploy`, to show the demo to the world: https is for the world."""
    return [Error(str(DEMO_ON_SHOW), id="shop.E002")] if settings.DEMO and settings.HTTPS else []


@register(Tags.security, deploy=True)
def ready_for_the_world(**_: Any) -> list[CheckMessage]:
    """Find what a laptop may have and a shop on the internet must not."""
    hosts = [host for host in settings.ALLOWED_HOSTS if host not in _LOCAL]
    link = urlsplit(settings.AKCEPT_BASE_URL)
    found: list[tuple[bool, CheckMessage]] = [
        (settings.DEMO and not settings.HTTPS, Error(str(DEMO_ON_SHOW), id="shop.E002")),
        (has_secret_key() and settings.SECRET_KEY == settings.KNOWN_KEY, Error(str(KNOWN_KEY), id="shop.E003")),
        (not hosts or "*" in hosts, Error(str(LOCAL_HOSTS), id="shop.E004")),
        (link.hostname in _LOCAL or link.scheme != "https", Error(str(LOCAL_LINKS), id="shop.E005")),
        (settings.DEBUG, Error(str(DEBUGGING), id="shop.E006")),
        (settings.HTTPS and not settings.PROXIES, Info(str(NO_PROXY), id="shop.I001")),
    ]
    return [message for applies, message in found if applies]


@register(Tags.security)
def secret_key_is_set(**_: Any) -> list[CheckMessage]:
    """Refuse to work without a key: links in mails and sessions are signed with it."""
    return [] if has_secret_key() else [Error(str(NO_KEY), id="shop.E001")]


def has_secret_key() -> bool:
    """Return whether there is a key; Django itself complains only when something is signed."""
    try:
        return bool(settings.SECRET_KEY)
    except ImproperlyConfigured:
        return False
