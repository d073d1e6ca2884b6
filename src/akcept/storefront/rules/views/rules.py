"""The organisation's acceptance rules: the list, their order, their versions; the editor is in `rule_editor`."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from akcept.approvals import actions, queries
from akcept.approvals.actions import LeadsNowhere
from akcept.ordering.routing.newer_rules import to_recheck
from akcept.organizations.visitor import actor_of
from akcept.storefront import refusals
from akcept.storefront.tabs import require_module, tab_context
from akcept.ui.forms import seen_version


@refusals.page
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The rules that concern the visitor's units, in the order in which they are looked at."""
    require_module()
    actor = actor_of(request)
    context = {
        **tab_context(request, "rules"),
        "book": queries.rule_book(actor),
        "asks_once": queries.asks_once(actor),
        "recheck": len(to_recheck(actor)) if request.GET.get("saved") else 0,
        "saved": request.GET.get("saved", ""),
    }
    return render(request, "akcept/rules.html", context)


@refusals.page
@require_POST
def move_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Move a rule up or down among those of its unit."""
    require_module()
    actor, up = actor_of(request), request.POST.get("to") == "up"
    confirmed = request.POST.get("confirmed", "")
    try:
        actions.move_rule(rule_id, actor=actor, version=seen_version(request), up=up, confirmed=confirmed)
    except LeadsNowhere as refusal:
        return _confirm(request, rule_id, refusal, act="move")
    return redirect(f"{reverse('akcept:rules')}#rule-{rule_id}")


@refusals.page
@require_POST
def switch_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Switch a rule off or on; where that would leave orders without anybody, its page says so."""
    require_module()
    active = request.POST.get("to") == "on"
    actor = actor_of(request)
    try:
        actions.switch_rule(
            rule_id,
            actor=actor,
            version=seen_version(request),
            active=active,
            confirmed=request.POST.get("confirmed", ""),
        )
    except LeadsNowhere as refusal:
        return _confirm(request, rule_id, refusal, act="switch")
    messages.success(
        request, _("The rule is switched on.") if active else _("The rule is switched off and stays in the list.")
    )
    return redirect(f"{reverse('akcept:rules')}?saved={rule_id}#rule-{rule_id}")


@refusals.page
@require_POST
def remove_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Remove a rule."""
    require_module()
    confirmed = request.POST.get("confirmed", "")
    try:
        actions.remove_rule(rule_id, actor=actor_of(request), version=seen_version(request), confirmed=confirmed)
    except LeadsNowhere as refusal:
        return _confirm(request, rule_id, refusal, act="remove")
    messages.success(request, _("The rule has been removed. Pending orders keep their steps."))
    return redirect("akcept:rules")


def _confirm(request: HttpRequest, rule_id: int, refusal: LeadsNowhere, *, act: str) -> HttpResponse:
    """Show which orders would have nobody, and ask once more."""
    rule, number = queries.rule_to_edit(actor_of(request), rule_id)
    to = request.POST.get("to", "")
    context = {"rule": rule, "number": number, "refusal": refusal, "to": to, "act": act, "url": request.path}
    return render(request, "akcept/rule_confirm.html", context, status=refusal.status)


@refusals.page
@require_safe
def rule_versions(request: HttpRequest) -> HttpResponse:
    """What was changed in the rules, by whom and when."""
    require_module()
    page = queries.versions(actor_of(request), after=request.GET.get("after", ""))
    return render(request, "akcept/rule_versions.html", {**tab_context(request, "rules"), "page": page})


@refusals.page
@require_safe
def rule_version(request: HttpRequest, number: int) -> HttpResponse:
    """All rules as one version had them."""
    require_module()
    found, stored, units = queries.version(actor_of(request), number)
    context = {
        **tab_context(request, "rules"),
        "version": found,
        "asks_once": queries.asks_once(actor_of(request)),
        "rules": [(rule, units.get(rule.unit_id, "")) for rule in stored],
    }
    return render(request, "akcept/rule_version.html", context)
