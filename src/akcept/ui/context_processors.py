"""What every page's menu needs; lazy, so that a page that shows none of it asks nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from akcept.ordering.queries import inbox_count, may_order, why_no_orders
from akcept.organizations.module import is_available
from akcept.organizations.permissions import Permission
from akcept.organizations.visitor import has_lost_seat, seat_of, shown_seat, sight_of, signs_up


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """One entry of the shop's main menu; `count` is shown when it is not zero, None is an entry without one.

    `current` is the value of `aria-current`: "page" on the entry's own page, "true" on one below it, else empty.
    """

    label: str
    url: str
    current: str
    count: int | None = None


def akcept(request: HttpRequest) -> dict[str, Any]:
    """Provide what a menu shows, each at one statement at most and only when a page shows it.

    `akcept_menu`: the entries; `akcept_seat`, none to whoever lost it (`akcept_lost`);
    `akcept_waiting`: how many orders wait for the visitor;
    `akcept_signs_up`: whether a company can open an account; `akcept_may_order`: whether the visitor may order;
    `akcept_no_orders`: why not, or ""; `akcept_sight`: whether, and which, prices of products they see.
    """
    return {
        "akcept_menu": SimpleLazyObject(lambda: menu(request)),
        "akcept_lost": SimpleLazyObject(lambda: has_lost_seat(request)),
        "akcept_seat": SimpleLazyObject(lambda: shown_seat(request)),
        "akcept_signs_up": SimpleLazyObject(lambda: signs_up(request)),
        "akcept_may_order": SimpleLazyObject(lambda: _may_order(request)),
        "akcept_no_orders": SimpleLazyObject(lambda: _no_orders(request)),
        "akcept_sight": SimpleLazyObject(lambda: sight_of(request)),
        "akcept_waiting": partial(_waiting, request),  # templates call it where they show it
    }


def menu(request: HttpRequest) -> list[MenuEntry]:
    """Return the entries this visitor has a use for."""
    if not request.user.is_authenticated:
        return []
    seat = seat_of(request)
    entries = [_entry(_("My orders"), "akcept:orders", request)]
    if seat is None or (seat.active and (seat.holds(Permission.PLACE_ORDERS) or not seat.module_enabled)):
        entries.insert(0, _entry(_("Quick order"), "basket:quick-order", request))
    if seat is not None and seat.decides and is_available():
        entries.append(_entry(_("To accept"), "akcept:inbox", request, count=_waiting(request)))
    if seat is not None and seat.active and seat.module_enabled:
        entries.append(_entry(_("Organisation"), "akcept:organization", request))
    return entries


def _may_order(request: HttpRequest) -> bool:
    return not request.user.is_authenticated or may_order(seat_of(request))


def _no_orders(request: HttpRequest) -> str:
    return why_no_orders(seat_of(request)) if request.user.is_authenticated else ""


def _waiting(request: HttpRequest) -> int:
    """Count the visitor's inbox, once a request."""
    counted: int | None = getattr(request, "_akcept_waiting", None)
    if counted is None:
        counted = inbox_count(seat_of(request))
        request._akcept_waiting = counted  # type: ignore[attr-defined]
    return counted


def place_under(request: HttpRequest, name: str) -> None:
    """Let the page belong to the menu's entry for the view `name` rather than to the one its address begins with."""
    request._akcept_menu_place = name  # type: ignore[attr-defined]


def _entry(label: str, name: str, request: HttpRequest, *, count: int | None = None) -> MenuEntry:
    url = reverse(name)
    place = getattr(request, "_akcept_menu_place", None)
    below = place == name if place else request.path.startswith(url)
    current = "page" if request.path == url else "true" if below else ""
    return MenuEntry(label=label, url=url, current=current, count=count)
