"""What django-axes asks us: under which name an attempt to log in counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest


def login_name(request: HttpRequest | None, credentials: Mapping[str, Any] | None = None) -> str:
    """Return the e-mail address somebody tries to log in with; allauth calls it `login`, backends `email`."""
    given = credentials or {}
    typed = given.get("email") or given.get("username") or (request.POST.get("login", "") if request else "")
    return str(typed or "").strip().lower()
