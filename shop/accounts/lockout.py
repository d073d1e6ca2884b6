"""What django-axes asks us: under which name an attempt to log in counts, and what it answers when it is locked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from akcept.organizations.mailboxes import Flawed, canonical
from shop.accounts import limits
from shop.accounts.network import client_address


def login_name(request: HttpRequest | None, credentials: Mapping[str, Any] | None = None) -> str:
    """Return the e-mail address somebody tries to log in with; allauth calls it `login`, backends `email`."""
    given = credentials or {}
    typed = given.get("email") or given.get("username") or (request.POST.get("login", "") if request else "")
    text = str(typed or "").strip().lower()
    try:
        return canonical(text)
    except Flawed:
        return text


def refused(request: HttpRequest, _response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """Say that this account is locked for this address, and until when."""
    tried = AccessAttempt.objects.filter(
        username=login_name(request, credentials), ip_address=client_address(request)
    ).aggregate(last=Max("attempt_time"))["last"]
    now = timezone.now()
    left = (tried or now) + (get_cool_off(request) or timedelta()) - now
    return limits.refused(request, limits.By.BOTH, max(1, ceil(left.total_seconds() / 60)))
