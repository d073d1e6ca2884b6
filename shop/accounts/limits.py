"""How often something may be tried, counted in the database and so for all processes; the words when it is too often.

Guessing a password is counted by axes for an account from one address; here is everything else. An attempt is taken
before it is looked at and given back when it was right: however many come at once, no more than the limit are looked
at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from math import ceil

from allauth.core.exceptions import ImmediateHttpResponse
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop.accounts.models import Count
from shop.accounts.network import client_address


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts in so many minutes from the first one on."""

    name: str
    attempts: int
    minutes: int


class By(Enum):
    """What a limit counts by."""

    ACCOUNT = "account"
    ADDRESS = "address"
    BOTH = "account and address"


#: How long rows stay that count no more: network addresses are personal data.
_KEPT = timedelta(days=1)
#: Wrong codes of the second factor and wrong passwords of somebody logged in: by account, wherever they come from.
CODES = Limit("code", attempts=5, minutes=15)
PASSWORDS = Limit("password", attempts=8, minutes=15)
#: A right code counts once, in whichever process it came: an app shows it for half a minute; setting it up is a use.
USED_CODES = Limit("used-code", attempts=1, minutes=15)
#: Wrong passwords from one address over all accounts: an office of many may err, a guesser may not go on.
LOGINS = Limit("login", attempts=200, minutes=15)
SIGN_UPS = Limit("sign-up", attempts=60, minutes=15)
#: Mails to one address that somebody asked for who need not be its owner: codes, and that it has an account already.
MAILS_TO = Limit("mails-to", attempts=6, minutes=15)
RESETS_FROM = Limit("reset-from", attempts=60, minutes=15)
RESETS_OF = Limit("reset-of", attempts=5, minutes=15)


class TooMany(ImmediateHttpResponse):
    """Raised when the limit is reached; allauth's middleware answers with the page that says so."""


def take(limit: Limit, whom: str, *, now: datetime | None = None) -> int:
    """Take one attempt; return 0, or after how many minutes there are attempts again when none is left."""
    at, key = now or timezone.now(), _key(limit, whom)
    begun = at - timedelta(minutes=limit.minutes)
    with transaction.atomic():
        Count.objects.filter(since__lt=at - _KEPT).delete()
        Count.objects.bulk_create([Count(key=key, used=0, since=at)], ignore_conflicts=True)
        Count.objects.filter(key=key, since__lte=begun).update(used=0, since=at)
        if Count.objects.filter(key=key, used__lt=limit.attempts).update(used=F("used") + 1):
            return 0
        since = Count.objects.values_list("since", flat=True).get(key=key)
    return max(1, ceil((since + timedelta(minutes=limit.minutes) - at).total_seconds() / 60))


def give_back(limit: Limit, whom: str) -> None:
    """Give back an attempt that was right."""
    Count.objects.filter(key=_key(limit, whom), used__gt=0).update(used=F("used") - 1)


def forget(limit: Limit, whom: str) -> None:
    """Begin anew: it was shown that it is the right person."""
    Count.objects.filter(key=_key(limit, whom)).delete()


def forget_account(account_id: int) -> None:
    """Take away what is counted of an account that goes."""
    Count.objects.filter(key__in=[_key(limit, str(account_id)) for limit in (CODES, PASSWORDS)]).delete()


def take_or_refuse(request: HttpRequest, limit: Limit, by: By, whom: str = "") -> None:
    """Take one attempt, by the account named or by the visitor's address. Raises TooMany."""
    minutes = take(limit, whom or client_address(request))
    if minutes:
        raise TooMany(refused(request, by, minutes))


def refused(request: HttpRequest, by: By, minutes: int) -> HttpResponse:
    """Return the page that says what was tried too often, and when it goes on."""
    return render(request, "429.html", {"reason": reason(by), "again": again(minutes), "by": by.value}, status=429)


def reason(by: By) -> str:
    """Return the sentence that says which limit is reached."""
    if by is By.ACCOUNT:
        return _("There were too many attempts for this account.")
    if by is By.BOTH:
        return _("There were too many failed attempts to log in to this account from your network.")
    return _("There were too many attempts from your network (office, home or mobile). Your account is not locked.")


def again(minutes: int) -> str:
    """Return the sentence that says when it goes on."""
    return ngettext("Try again in a minute.", "Try again in %(count)d minutes.", minutes) % {"count": minutes}


def _key(limit: Limit, whom: str) -> str:
    """Name the row; an address that was typed is kept as a fingerprint only."""
    who = sha256(whom.encode()).hexdigest()[:40] if "@" in whom else whom
    return f"{limit.name}:{who}"[:120]
