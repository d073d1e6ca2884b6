"""Orders to look at: the list and one order, for whoever placed it and whoever may accept it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from akcept.approvals.grounds import explanation_of
from akcept.kernel.errors import NotFound, Refused
from akcept.ordering import actions, queries, visibility
from akcept.ordering.elsewhere import organization_of_order
from akcept.ordering.status import LABELS
from akcept.organizations.visitor import person_of, seat_of
from akcept.storefront import refusals
from akcept.ui.history import sentences

#: How many lines a page shows before the rest is folded away.
SHOWN_LINES = 10


@refusals.page
@require_GET
def order_list(request: HttpRequest) -> HttpResponse:
    """The visitor's own orders, or all he may see; newest first."""
    seat = seat_of(request)
    sees_more = visibility.sees_more(seat)
    scope = "all" if sees_more and request.GET.get("scope") == "all" else "mine"
    typed = request.GET.get("status", "")
    status = typed if typed in LABELS else ""
    page = queries.orders(person_of(request), scope=scope, status=status, after=request.GET.get("after", ""))
    context = {"page": page, "scope": scope, "status": status, "sees_more": sees_more, "statuses": LABELS}
    return render(request, "akcept/orders.html", context)


@refusals.page
@require_GET
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order, for whoever placed it and whoever may accept it."""
    try:
        return order_page(request, number)
    except NotFound:
        seat = seat_of(request)
        other = organization_of_order(person_of(request), number) if seat is not None and seat.elsewhere else None
        if other is None:
            raise
        return refusals.elsewhere(request, other)


def order_page(request: HttpRequest, number: str, *, refusal: Refused | None = None, remark: str = "") -> HttpResponse:
    """Answer with an order as it stands now; after a refusal with its text, its status and what was typed."""
    view = queries.order(person_of(request), number)
    history = sentences(view.history)
    context = {
        "view": view,
        "placement": view.placement,
        "document": view.document,
        "grounds": explanation_of(view.placement.order_id),
        "history": history,
        # Who decided and what he wrote is told at the top, not only in the history.
        "decision": next((line for line in reversed(history) if line.who and line.tone), None),
        "accepts": view.seat is not None and view.seat.decides and not view.mine,
        "first_lines": view.document.lines[:SHOWN_LINES],
        "more_lines": view.document.lines[SHOWN_LINES:],
        "refusal": refusal,
        "remark": remark,
        "remark_limit": actions.REMARK_LIMIT,
    }
    return render(request, "akcept/order.html", context, status=refusal.status if refusal else 200)
