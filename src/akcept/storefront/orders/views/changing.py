"""The page that changes a held order, line by line."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from akcept.approvals.states import State
from akcept.kernel.errors import IllegalMove, Refused
from akcept.ordering import actions, queries
from akcept.ordering.actions import Decided
from akcept.ordering.queries import Act, OrderView
from akcept.ordering.validity.today import Today
from akcept.organizations.visitor import actor_of
from akcept.storefront import refusals
from akcept.storefront.orders.forms import ChangeForm
from akcept.storefront.orders.views.orders import order_page, question_of, since
from akcept.ui.forms import onto, seen_version


@refusals.page
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Change a held order: its requester submits it again, an approver reduces it where that is allowed."""
    view = queries.order(actor_of(request), number)
    resubmits = Act.RESUBMIT in view.acts
    if not resubmits and Act.AMEND not in view.acts:
        return _not_now(request, view)
    data = request.POST if request.method == "POST" else None
    form = ChangeForm(data, view=view, delivery=queries.delivery_choice(view), resubmits=resubmits)
    if request.method != "POST":
        return _page(request, view, form)
    if "preview" in request.POST:
        return _preview(request, view, form)
    if not form.is_valid():
        return _page(request, view, form, status=422)
    try:
        decided = _changed(request, number, form, resubmits=resubmits)
    except Refused as refusal:
        status = onto(form, refusal)
        return _page(request, queries.order(actor_of(request), number), form, status=status)
    messages.success(request, _said(decided, resubmits=resubmits))
    return redirect("akcept:order", number=number)


def _not_now(request: HttpRequest, view: OrderView) -> HttpResponse:
    refusal = IllegalMove(_("You cannot change this order in its current state."))
    typed = request.POST.get("remark") or request.POST.get("reason", "")
    return order_page(request, view.placement.number, refusal=refusal, act="change", typed=typed)


def _changed(request: HttpRequest, number: str, form: ChangeForm, *, resubmits: bool) -> Decided:
    actor, version, data = actor_of(request), seen_version(request), form.cleaned_data
    wanted: dict[str, Any] = {
        "quantities": form.quantities,
        "delivery_code": form.delivery_code,
        "payment_code": form.payment_code,
    }
    if not resubmits:
        return actions.amend(number, actor=actor, version=version, reason=data["reason"], **wanted)
    return actions.resubmit(
        number,
        actor=actor,
        version=version,
        **wanted,
        note=data["note"],
        po_number=data["po_number"],
        remark=data["remark"],
        seen_prices=request.POST.get("prices"),
    )


def _said(decided: Decided, *, resubmits: bool) -> str:
    words = {"number": decided.order_number, "name": decided.requester_name}
    if decided.state is State.REJECTED:
        return _("Nothing was left of order %(number)s, so it is rejected. %(name)s has been told why.") % words
    if not resubmits:
        return _("Order %(number)s is changed; it is still waiting for a decision. %(name)s has been told.") % words
    if decided.state is State.ACCEPTED:
        return _("Order %(number)s no longer needs to be accepted: it went to the shop.") % words
    return _("You submitted order %(number)s again. The people who may accept it have been asked.") % words


def _at_todays_prices(view: OrderView) -> Today | None:
    """Return what submitting again brings the order to, None while its prices are frozen."""
    return view.validity.today if Act.RESUBMIT in view.acts else None


def _preview(request: HttpRequest, view: OrderView, form: ChangeForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, view, form, status=422)
    try:
        today = _at_todays_prices(view) is not None
        quote = queries.would_cost(view, form.quantities, delivery_code=form.delivery_code, today=today)
    except Refused as refusal:
        return _page(request, view, form, status=onto(form, refusal))
    return _page(request, view, form, quote=quote)


def _page(
    request: HttpRequest, view: OrderView, form: ChangeForm, *, quote: Any = None, status: int = 200
) -> HttpResponse:
    today = _at_todays_prices(view)
    shown = quote or (today.quote if today else view.document)
    priced = {line.line_id: line for line in shown.lines}
    context = {
        "view": view,
        "form": form,
        "rows": [(line, field, priced.get(line.line_id)) for line, field in form.lines],
        "sums": shown,
        "today": today,
        "before": view.document if shown.total_net != view.document.total_net else None,
        "resubmits": Act.RESUBMIT in view.acts,
        "question": question_of(view),
        "since": since(request, view.placement.number) if form.errors else None,
    }
    return render(request, "akcept/order_change.html", context, status=status)
