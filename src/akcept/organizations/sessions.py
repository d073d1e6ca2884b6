"""Ends what somebody does for an organisation whose sub-account was deactivated or removed."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from akcept.organizations import speaking
from akcept.organizations.queries import looking_from
from akcept.organizations.visitor import acting_for, actor_of, choose, deactivated, memberships_of, seat_of, was_read

REFUSED = 400


class EndedSessions:
    """Middleware: a session that began before its person lost the seat they act from is over with the next request.

    Whoever has a seat in another organisation as well goes on there, and is told.

    Rights are read in every action anyway; this is for whoever leaves with a page, or a basket, still open. What is
    sent is therefore looked at only when it was refused, so that an accepted decision costs no statement more.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Log out and say why, or let the request through."""
        if request.method in ("GET", "HEAD"):
            return _ended(request) if _is_over(request) else self._shown(request)
        response = self.get_response(request)
        speaking.carry(request, response)
        return _ended(request) if response.status_code >= REFUSED and _is_over(request) else response

    def _shown(self, request: HttpRequest) -> HttpResponse:
        """Let the whole page start from the seat that was looked at here; it decides nothing."""
        if not was_read(request):
            return self.get_response(request)
        with looking_from(actor_of(request), seat_of(request)):
            return self.get_response(request)


def _ended(request: HttpRequest) -> HttpResponse:
    seat = seat_of(request)
    text = deactivated(seat) if seat else ""
    left = memberships_of(request)
    if left:
        chosen = choose(request, left[0].organization_id)
        messages.warning(request, f"{text} {acting_for(chosen)}")
        return redirect(resolve_url(settings.LOGIN_REDIRECT_URL))
    logout(request)
    messages.warning(request, text)
    return redirect(resolve_url(settings.LOGIN_URL))


def _is_over(request: HttpRequest) -> bool:
    user = request.user
    if user.pk is None or user.is_staff:
        return False
    seat = seat_of(request)
    if seat is None or seat.active or seat.ended_at is None:
        return False
    if seat.elsewhere:
        return True
    last_login = getattr(user, "last_login", None)
    return last_login is None or bool(last_login < seat.ended_at)
