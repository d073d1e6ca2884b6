"""Orders: the lists, one order, and the decision on it. GET never decides."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from akcept.kernel.errors import Refused
from akcept.ordering import actions, queries
from akcept.ordering.status import LABELS
from akcept.organizations.permissions import Permission
from akcept.organizations.visitor import person_of, seat_of
from akcept.storefront import refusals

#: How many lines a page shows before the rest is folded away.
SHOWN_LINES = 10


@refusals.page
@require_GET
def order_list(request: HttpRequest) -> HttpResponse:
    """The visitor's own orders, or all he may see; newest first."""
    seat = seat_of(request)
    sees_more = seat is not None and seat.active and Permission.ACCEPT_ORDERS in seat.permissions
    scope = "all" if sees_more and request.GET.get("scope") == "all" else "mine"
    status = request.GET.get("status", "")
    page = queries.orders(
        person_of(request),
        scope=scope,
        status=status if status in LABELS else "",
        after=request.GET.get("after", ""),
    )
    context = {"page": page, "scope": scope, "status": status, "sees_more": sees_more, "statuses": LABELS}
    return render(request, "akcept/orders.html", context)


@refusals.page
@require_GET
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order, for whoever placed it and whoever may accept it."""
    return _order_page(request, number)


def _order_page(request: HttpRequest, number: str, *, refusal: Refused | None = None, remark: str = "") -> HttpResponse:
    view = queries.order(person_of(request), number)
    context = {
        "view": view,
        "placement": view.placement,
        "document": view.document,
        "first_lines": view.document.lines[:SHOWN_LINES],
        "more_lines": view.document.lines[SHOWN_LINES:],
        "refusal": refusal,
        "remark": remark,
        "remark_limit": actions.REMARK_LIMIT,
    }
    return render(request, "akcept/order.html", context, status=refusal.status if refusal else 200)


@refusals.page
@require_POST
def accept(request: HttpRequest, number: str) -> HttpResponse:
    """Accept the version the visitor saw."""
    remark = request.POST.get("remark", "")
    try:
        decided = actions.accept(number, actor=person_of(request), version=_version(request), remark=remark)
    except Refused as refusal:
        return _order_page(request, number, refusal=refusal, remark=remark)
    text = _("You accepted order %(number)s. %(name)s has been told, and the shop can start.")
    return _decided(request, text % {"number": number, "name": decided.requester_name})


@refusals.page
@require_POST
def reject(request: HttpRequest, number: str) -> HttpResponse:
    """Reject the version the visitor saw, with a reason."""
    remark = request.POST.get("remark", "")
    try:
        decided = actions.reject(number, actor=person_of(request), version=_version(request), reason=remark)
    except Refused as refusal:
        return _order_page(request, number, refusal=refusal, remark=remark)
    text = _("You rejected order %(number)s. %(name)s has been told why.")
    return _decided(request, text % {"number": number, "name": decided.requester_name})


def _version(request: HttpRequest) -> int:
    typed = request.POST.get("version", "")
    # A missing or mangled version is one nobody saw: the decision is refused as stale, never taken.
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


def _decided(request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("akcept:inbox")


@refusals.page
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the visitor's decision, longest waiting first."""
    seat = seat_of(request)
    typed = request.GET.get("unit", "")
    unit_id = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None
    context = {
        "page": queries.inbox(seat, after=request.GET.get("after", ""), unit_id=unit_id),
        "units": queries.inbox_units(seat),
        "unit_id": unit_id,
        "may_accept": seat is not None and seat.holds(Permission.ACCEPT_ORDERS),
    }
    return render(request, "akcept/inbox.html", context)
