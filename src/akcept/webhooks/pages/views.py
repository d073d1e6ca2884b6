"""Webhooks: of an organisation at the shop's front, of the merchant in the panel; the same pages in both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid, NotFound
from akcept.organizations import accounts
from akcept.organizations.visitor import actor_of, seat_of, staff_of
from akcept.ui import guard
from akcept.ui.forms import onto
from akcept.webhooks import actions, queries
from akcept.webhooks.actions import Kept
from akcept.webhooks.events import OF_MERCHANT, OF_ORGANIZATIONS, Type
from akcept.webhooks.pages.forms import EndpointForm


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One of the two places: its template, the beginning of its addresses' names, and what can be told there."""

    layout: str
    prefix: str
    among: frozenset[Type]

    def actor(self, request: HttpRequest) -> Actor:
        return staff_of(request) if self.prefix else actor_of(request)

    def name(self, page: str) -> str:
        return f"akcept_webhooks:{self.prefix}{page}"

    @property
    def endpoints_name(self) -> str:
        return self.name("endpoints")

    @property
    def endpoint_name(self) -> str:
        return self.name("endpoint")

    @property
    def act_name(self) -> str:
        return self.name("act")

    @property
    def again_name(self) -> str:
        return self.name("again")


_FRONT: Final = _Place(layout="akcept/layout.html", prefix="", among=OF_ORGANIZATIONS)
_PANEL: Final = _Place(layout="akcept/panel/layout.html", prefix="shop_", among=OF_MERCHANT)


@guard.front
def endpoints(request: HttpRequest) -> HttpResponse:
    """Show an organisation's webhooks, and add one."""
    return _endpoints(request, _FRONT)


@guard.panel
def shop_endpoints(request: HttpRequest) -> HttpResponse:
    """Show the merchant's webhooks, and add one."""
    return _endpoints(request, _PANEL)


def _endpoints(request: HttpRequest, place: _Place) -> HttpResponse:
    rows = queries.endpoints(place.actor(request))  # whoever may not look adds nothing either
    form = EndpointForm(request.POST if request.method == "POST" else None, among=place.among)
    if request.method == "POST" and form.is_valid():
        if asked := accounts.of_login().confirm_first(request):
            return asked  # what happens would be told to any address, for as long as nobody looks
        try:
            kept = actions.add_endpoint(actor=place.actor(request), **form.cleaned_data)
        except Invalid as refusal:
            onto(form, refusal)
        else:
            return _secret(request, place, kept)
    context = {"place": place, "rows": rows, "form": form, "seat": seat_of(request), "tab": "webhooks"}
    return render(request, "akcept/webhooks/list.html", context, status=422 if form.errors else 200)


def _secret(request: HttpRequest, place: _Place, kept: Kept) -> HttpResponse:
    """Show a secret, once: it stands in this answer and nowhere else."""
    response = render(request, "akcept/webhooks/secret.html", {"place": place, "kept": kept})
    add_never_cache_headers(response)
    return response


@guard.front
def endpoint(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Show one of an organisation's webhooks with its log, and change it."""
    return _endpoint(request, _FRONT, endpoint_id)


@guard.panel
def shop_endpoint(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Show one of the merchant's webhooks with its log, and change it."""
    return _endpoint(request, _PANEL, endpoint_id)


def _endpoint(request: HttpRequest, place: _Place, endpoint_id: int) -> HttpResponse:
    only = request.GET.get("only", "")
    row, found = queries.endpoint(place.actor(request), endpoint_id, only=only)
    posted = request.method == "POST"
    stands = {"url": row.endpoint.url, "events": row.endpoint.events}
    form = EndpointForm(request.POST if posted else None, among=place.among, initial=stands)
    if posted and form.is_valid():
        if asked := accounts.of_login().confirm_first(request):
            return asked
        try:
            actions.change_endpoint(endpoint_id, actor=place.actor(request), **form.cleaned_data)
        except Invalid as refusal:
            onto(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(place.endpoint_name, endpoint_id=endpoint_id)
    context = {"place": place, "row": row, "messages_sent": found, "form": form, "only": only}
    return render(request, "akcept/webhooks/endpoint.html", context, status=422 if form.errors else 200)


@guard.front
@require_POST
def act(request: HttpRequest, endpoint_id: int, act: str) -> HttpResponse:
    """Pause, resume, test or remove a webhook, or give it a new secret."""
    return _act(request, _FRONT, endpoint_id, act)


@guard.panel
@require_POST
def shop_act(request: HttpRequest, endpoint_id: int, act: str) -> HttpResponse:
    """Do the same to one of the merchant's."""
    return _act(request, _PANEL, endpoint_id, act)


def _act(request: HttpRequest, place: _Place, endpoint_id: int, act: str) -> HttpResponse:
    if act == "secret":
        queries.endpoint(place.actor(request), endpoint_id)  # nobody is asked anything about what is not theirs
        if asked := accounts.of_login().confirm_first(request):
            return asked
        return _secret(request, place, actions.exchange_secret(endpoint_id, actor=place.actor(request)))
    if act not in _ACTS:
        raise NotFound(_("There is no such page."))
    act_, said = _ACTS[act]
    act_(endpoint_id, actor=place.actor(request))
    messages.success(request, said())
    if act == "remove":
        return redirect(place.endpoints_name)
    return redirect(place.endpoint_name, endpoint_id=endpoint_id)


_ACTS: Final[dict[str, tuple[Callable[..., Any], Callable[[], str]]]] = {
    "pause": (actions.pause_endpoint, lambda: _("Paused: nothing is sent until you resume it.")),
    "resume": (actions.resume_endpoint, lambda: _("Resumed: what was waiting is being sent now.")),
    "test": (actions.send_test, lambda: _("A test is on its way. Check here in a moment.")),
    "remove": (actions.remove_endpoint, lambda: _("The webhook is removed.")),
}


@guard.front
@require_POST
def again(request: HttpRequest, message_id: int) -> HttpResponse:
    """Send a message once more."""
    return _again(request, _FRONT, message_id)


@guard.panel
@require_POST
def shop_again(request: HttpRequest, message_id: int) -> HttpResponse:
    """Send one of the merchant's messages once more."""
    return _again(request, _PANEL, message_id)


def _again(request: HttpRequest, place: _Place, message_id: int) -> HttpResponse:
    found = actions.send_again(message_id, actor=place.actor(request))
    messages.success(request, _("It is being sent again. Check here in a moment."))
    return redirect(place.endpoint_name, endpoint_id=found.endpoint_id)
