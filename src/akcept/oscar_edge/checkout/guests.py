"""Guests, where a shop lets people order without an account: they go through the shop's own steps, not our page.

Who accepts an order is a question of whose it is. A guest's is nobody's: never held, never an organisation's. So the
steps of Oscar, or of the shop's fork with its payment, place it as they did before Akcept came.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from oscar.core.loading import get_class

from akcept.oscar_edge.basket import currencies

View = Callable[..., HttpResponseBase]


def is_guest(request: HttpRequest) -> bool:
    """Whether the visitor has not logged in, and the shop lets such people order."""
    return bool(getattr(settings, "OSCAR_ALLOW_ANON_CHECKOUT", False)) and not request.user.is_authenticated


def without_login(gateway: View) -> View:
    """Return Oscar's gateway, which sends whoever has an account to the shop's own login.

    Its own asks for a password alone: past the shop's second factor, its limits, and its proof of an address.
    """

    @wraps(gateway)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.POST.get("options") == get_class("checkout.forms", "GatewayForm").EXISTING:
            return redirect_to_login(reverse("checkout:index"))
        return gateway(request, *args, **kwargs)

    return answer


def for_guests(step: View, *, others: View, like: View) -> View:
    """Return the shop's own step for guests, `others` for everybody else.

    It stays in the request's transaction (`ATOMIC_REQUESTS`), or out of it, as `like` does.
    """

    @wraps(like)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_guest(request):
            return others(request, *args, **kwargs)
        if len(currencies.all_of(request.basket)) > 1:  # type: ignore[attr-defined]
            return redirect("basket:summary")  # which says so; Oscar's steps would add both up
        return step(request, *args, **kwargs)

    return answer
