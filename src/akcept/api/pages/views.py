"""Who of other systems has access: a member's own tokens, an organisation's systems, the merchant's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from akcept.api import actions, queries
from akcept.api.actions import Given
from akcept.api.pages.forms import AccessForm
from akcept.api.scopes import OF_MEMBERS, OF_MERCHANT
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid
from akcept.organizations import accounts
from akcept.organizations.visitor import actor_of, seat_of, staff_of
from akcept.ui import guard
from akcept.ui.forms import onto


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One of the three places: its templates and addresses, who acts there, and what is given."""

    layout: str
    name: str

    def actor(self, request: HttpRequest) -> Actor:
        return staff_of(request) if self.name == "shop_systems" else actor_of(request)

    def rows(self, request: HttpRequest) -> list[queries.AccessRow]:
        actor = self.actor(request)
        return queries.own_tokens(actor) if self.name == "tokens" else queries.systems(actor)

    def give(self, request: HttpRequest, **typed: Any) -> Given:
        act = actions.give_token if self.name == "tokens" else actions.give_client
        return act(actor=self.actor(request), **typed)

    def form(self, data: Any = None) -> AccessForm:
        return AccessForm(data, among=OF_MERCHANT if self.name == "shop_systems" else OF_MEMBERS)


_TOKENS = _Place(layout="akcept/layout.html", name="tokens")
_SYSTEMS = _Place(layout="akcept/layout.html", name="systems")
_SHOP_SYSTEMS = _Place(layout="akcept/panel/layout.html", name="shop_systems")


@guard.front
def tokens(request: HttpRequest) -> HttpResponse:
    """Show a member's own tokens, and give one."""
    return _page(request, _TOKENS)


@guard.front
def systems(request: HttpRequest) -> HttpResponse:
    """Show the systems of an organisation, and give one access."""
    return _page(request, _SYSTEMS)


@guard.panel
def shop_systems(request: HttpRequest) -> HttpResponse:
    """Show the merchant's systems, and give one access."""
    return _page(request, _SHOP_SYSTEMS)


def _page(request: HttpRequest, place: _Place) -> HttpResponse:
    rows = place.rows(request)  # whoever may not look gives nothing either
    form = place.form(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _shown(request, place, rows=rows, form=form)
    if asked := accounts.of_login().confirm_first(request):
        return asked  # a token is somebody's account, for months, from anywhere
    typed = form.cleaned_data
    try:
        given = place.give(request, name=typed["name"], scopes=typed["scopes"], days=typed["days"])
    except Invalid as refusal:
        onto(form, refusal)
        return _shown(request, place, rows=rows, form=form)
    return _secret(request, place, given)


def _shown(request: HttpRequest, place: _Place, *, rows: list[queries.AccessRow], form: AccessForm) -> HttpResponse:
    context = {"place": place, "rows": rows, "form": form, "seat": seat_of(request), "tab": place.name}
    return render(request, "akcept/access/list.html", context, status=422 if form.errors else 200)


def _secret(request: HttpRequest, place: _Place, given: Given) -> HttpResponse:
    """Show a secret, once: it stands in this answer and nowhere else."""
    context = {"place": place, "given": given, "back": reverse(f"akcept_access:{place.name}")}
    response = render(request, "akcept/access/secret.html", context)
    add_never_cache_headers(response)
    return response


@guard.front
def calls(request: HttpRequest, credential_id: int) -> HttpResponse:
    """Show what was called with a token or by a system of late."""
    return _calls(request, credential_id, actor_of(request), layout="akcept/layout.html")


@guard.panel
def shop_calls(request: HttpRequest, credential_id: int) -> HttpResponse:
    """Show what one of the merchant's systems has called of late."""
    return _calls(request, credential_id, staff_of(request), layout="akcept/panel/layout.html")


def _calls(request: HttpRequest, credential_id: int, actor: Actor, *, layout: str) -> HttpResponse:
    row, found = queries.calls_of(actor, credential_id)
    place = _place_of(row, layout)
    context = {"place": place, "row": row, "calls": found, "back": reverse(f"akcept_access:{place.name}")}
    return render(request, "akcept/access/calls.html", context)


def _place_of(row: Any, layout: str) -> _Place:
    if layout == _SHOP_SYSTEMS.layout:
        return _SHOP_SYSTEMS
    return _TOKENS if row.kind == "personal" else _SYSTEMS


@guard.front
@require_POST
def end(request: HttpRequest, credential_id: int) -> HttpResponse:
    """End access."""
    return _ended(request, credential_id, actor_of(request), layout="akcept/layout.html")


@guard.panel
@require_POST
def shop_end(request: HttpRequest, credential_id: int) -> HttpResponse:
    """End access of one of the merchant's systems."""
    return _ended(request, credential_id, staff_of(request), layout="akcept/panel/layout.html")


def _ended(request: HttpRequest, credential_id: int, actor: Actor, *, layout: str) -> HttpResponse:
    row = actions.end_access(credential_id, actor=actor)
    messages.success(request, _("“%(name)s” has no access any more.") % {"name": row.name})
    return redirect(f"akcept_access:{_place_of(row, layout).name}")


@guard.front
@require_POST
def exchange(request: HttpRequest, credential_id: int) -> HttpResponse:
    """Give a new secret in the place of one."""
    queries.calls_of(actor_of(request), credential_id)  # nobody is asked anything about what is not theirs
    if asked := accounts.of_login().confirm_first(request):
        return asked
    given = actions.exchange_secret(credential_id, actor=actor_of(request))
    return _secret(request, _place_of(given.credential, "akcept/layout.html"), given)


@guard.panel
@require_POST
def shop_exchange(request: HttpRequest, credential_id: int) -> HttpResponse:
    """Give one of the merchant's systems a new secret."""
    queries.calls_of(staff_of(request), credential_id)
    if asked := accounts.of_login().confirm_first(request):
        return asked
    return _secret(request, _SHOP_SYSTEMS, actions.exchange_secret(credential_id, actor=staff_of(request)))
