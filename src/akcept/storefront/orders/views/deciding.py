"""The two decisions about one order. A decision comes from an order's page or from a row of the inbox.

From a row htmx asks for that row only; without script the same form is an ordinary POST.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from akcept.approvals.states import State
from akcept.kernel.errors import Invalid, Refused
from akcept.ordering import actions, queries
from akcept.ordering.actions import PricesUpdated
from akcept.ordering.queries import Since
from akcept.organizations.visitor import actor_of, seat_of
from akcept.storefront import refusals
from akcept.storefront.orders.views.orders import DECIDED, order_page, since
from akcept.ui.formats import money
from akcept.ui.forms import seen_version


@refusals.act(shown_at="akcept:order")
def accept(request: HttpRequest, number: str) -> HttpResponse:
    """Accept the version the visitor saw."""
    remark = request.POST.get("remark", "")
    try:
        decided = actions.accept(number, actor=actor_of(request), version=seen_version(request), remark=remark)
    except Refused as refusal:
        return _refused(request, number, refusal, act="accept", remark=remark)
    text = _("You accepted order %(number)s. %(name)s has been told, and the shop can start.")
    if decided.own:
        text = _("You accepted your own order %(number)s. The shop can start.")
    if decided.state is State.AWAITING:
        text = _("You accepted order %(number)s. It is still waiting for others.")
        if queries.inbox_row(seat_of(request), number) is not None:
            text = _("You accepted a step of order %(number)s. The next one is yours too: decide again.")
    return _decided(request, decided, text, tone="good")


@refusals.act(shown_at="akcept:order")
def reject(request: HttpRequest, number: str) -> HttpResponse:
    """Reject the version the visitor saw, with a reason."""
    remark = request.POST.get("remark", "")
    try:
        decided = actions.reject(number, actor=actor_of(request), version=seen_version(request), reason=remark)
    except Refused as refusal:
        return _refused(request, number, refusal, act="reject", remark=remark)
    text = _("You rejected order %(number)s. %(name)s has been told why.")
    if decided.own:
        text = _("You rejected your own order %(number)s.")
    return _decided(request, decided, text, tone="bad")


@refusals.act(shown_at="akcept:order")
def update_prices(request: HttpRequest, number: str) -> HttpResponse:
    """Bring an order whose prices' term has passed to today's prices; nothing is decided by it."""
    remark = request.POST.get("remark", "")
    try:
        updated = actions.update_prices(number, actor=actor_of(request), version=seen_version(request))
    except Refused as refusal:
        return order_page(request, number, refusal=refusal, act="accept", typed=remark)
    messages.success(request, updated_in_words(updated))
    if remark:  # it is not lost
        return order_page(request, number, act="accept", typed=remark)
    return redirect("akcept:order", number=number)


def updated_in_words(updated: PricesUpdated) -> str:
    """Say what an order costs at today's prices, and who decides it."""
    words = {
        "number": updated.order_number,
        "before": money(updated.net_before, updated.currency),
        "after": money(updated.net_after, updated.currency),
    }
    text = _("Order %(number)s is at today's prices: net %(before)s → %(after)s.") % words
    then = _("Everybody is asked again.") if updated.anew else _("Nothing is decided yet.")
    return f"{text} {then}"


def _from_row(request: HttpRequest) -> bool:
    return request.POST.get("from") == "inbox"


def _wants_row(request: HttpRequest) -> bool:
    return _from_row(request) and "HX-Request" in request.headers


def _decided(request: HttpRequest, decided: actions.Decided, text: str, *, tone: str) -> HttpResponse:
    said = text % {"number": decided.order_number, "name": decided.requester_name}
    if _wants_row(request):
        undo = decided.version if decided.state is State.ACCEPTED and not decided.own else 0
        return _outcome(request, decided.order_number, text=said, tone=tone, undo_version=undo)
    messages.success(request, said, extra_tags=DECIDED)
    if _from_row(request):
        return redirect("akcept:inbox")
    return redirect("akcept:order", number=decided.order_number)


def _refused(request: HttpRequest, number: str, refusal: Refused, *, act: str, remark: str) -> HttpResponse:
    if not _wants_row(request):
        return order_page(request, number, refusal=refusal, act=act, typed=remark)
    row = queries.inbox_row(seat_of(request), number) if isinstance(refusal, Invalid) else None
    if row is None:
        seen = since(request, number)
        return _outcome(request, number, text=str(refusal), tone="wait", status=refusal.status, since=seen)
    context: dict[str, Any] = {
        "row": row,
        "refusal": refusal,
        "remark": remark,
        "remark_limit": actions.REMARK_LIMIT,
    }
    return render(request, "akcept/_inbox_row.html", context, status=refusal.status)


def _outcome(
    request: HttpRequest,
    number: str,
    *,
    text: str,
    tone: str,
    status: int = 200,
    since: Since | None = None,
    undo_version: int = 0,
) -> HttpResponse:
    count = queries.inbox_count(seat_of(request))
    context = {"number": number, "text": text, "tone": tone, "count": count, "since": since}
    context["undo_version"] = undo_version
    return render(request, "akcept/_inbox_outcome.html", context, status=status)
