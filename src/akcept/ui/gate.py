"""Middleware: who comes into the shop, and whose prices an answer tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, Final

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from akcept.kernel import price_sight
from akcept.organizations.visitor import sees_prices, sight_of

#: Where Oscar's pages about goods begin, by the page they begin with; a shop's own in their place are there, too.
_GOODS: Final = ("catalogue:index", "search:search", "offer:list", "basket:summary", "checkout:index")
#: Where goods are put together to be bought.
_BUYING: Final = ("basket:summary", "checkout:index")
_PLACING: Final = ("checkout:index",)
#: Of the account's pages those that name a product.
_OF_ACCOUNT: Final = ("alert", "wishlist")


class ShopGate:
    """Middleware: makes every answer for its reader, and lets nobody into a shop that is closed to them.

    Whatever writes a sum asks `price_sight`, also in what is sent piece by piece after the answer has begun.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, for its reader."""
        decides = partial(_sees_prices, request)
        with price_sight.seen_by(decides):
            response = self.get_response(request)
        if response.streaming:
            parts = response.streaming_content  # type: ignore[attr-defined]
            response.streaming_content = price_sight.each_seen_by(decides, parts)  # type: ignore[attr-defined]
        return response

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Lead whoever may not come in to the log-in, and whoever has logged in to a page that says why."""
        if not _is_about_goods(request) or _is_placing(request):
            return None
        sight = sight_of(request)
        if sight.comes_in and (sight.buys or not request.path.startswith(_beginnings(_BUYING))):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return render(request, "akcept/closed.html", {"comes_in": sight.comes_in}, status=403)


def _is_placing(request: HttpRequest) -> bool:
    """Whether an order is being placed with an account: the action reads who it is, and refuses by itself."""
    return request.method == "POST" and request.user.is_authenticated and request.path.startswith(_beginnings(_PLACING))


def _is_about_goods(request: HttpRequest) -> bool:
    match = request.resolver_match
    name = (match.url_name or "") if match is not None else ""
    of_account = match is not None and match.namespace == "customer" and any(part in name for part in _OF_ACCOUNT)
    shared = match is not None and match.namespace == "wishlists"
    return of_account or shared or request.path == "/" or request.path.startswith(_beginnings(_GOODS))


@cache
def _beginnings(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_found(names))


def _found(names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        try:
            yield reverse(name)
        except NoReverseMatch:  # a shop may do without
            continue


def _sees_prices(request: HttpRequest) -> bool:
    caller = getattr(request, "akcept_caller", None)  # of a machine: its token says who it is
    return bool(caller.sees_prices) if caller is not None else sees_prices(request)
