"""Trying the rules in force, and giving waiting orders the steps of rules that came after them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from akcept.approvals import queries
from akcept.kernel.errors import Refused
from akcept.ordering import actions as ordering
from akcept.ordering.routing import trials
from akcept.ordering.routing.newer_rules import to_recheck
from akcept.organizations.visitor import actor_of
from akcept.storefront import refusals
from akcept.storefront.tabs import require_module, tab_context


@refusals.page
@require_safe
def try_rules(request: HttpRequest) -> HttpResponse:
    """What the rules in force do with one order, or would have done with those of the last months."""
    require_module()
    actor = actor_of(request)
    number = request.GET.get("order", "").strip()
    context = {
        **tab_context(request, "rules"),
        "order_number": number,
        "dead_ends": queries.rules_leading_nowhere(actor),
    }
    status = 200
    if number:
        try:
            context["one"] = trials.try_on_order(actor, number)
        except Refused as refusal:
            context["refusal"], status = refusal, refusal.status
    else:
        context["trial"] = trials.try_on_orders(actor)
    return render(request, "akcept/rules_try.html", context, status=status)


@refusals.page
def recheck(request: HttpRequest) -> HttpResponse:
    """Waiting orders that the rules in force would ask more about; those chosen get the steps of these rules."""
    require_module()
    actor = actor_of(request)
    if request.method != "POST":
        context = {**tab_context(request, "rules"), "rows": to_recheck(actor)}
        return render(request, "akcept/recheck.html", context)
    done, refused = 0, []
    for number in request.POST.getlist("order")[: trials.SHOWN * 10]:
        try:
            ordering.recheck(number, actor=actor)
            done += 1
        except Refused as refusal:
            refused.append(f"{number}: {refusal}")
    if done:
        text = ngettext(
            "%(n)d order now follows the current rules.",
            "%(n)d orders now follow the current rules.",
            done,
        )
        messages.success(request, text % {"n": done})
    if refused:
        messages.error(request, " ".join(refused))
    if not done and not refused:
        messages.info(request, _("No order is selected."))
    return redirect("akcept:recheck")
