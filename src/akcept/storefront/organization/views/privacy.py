"""Personal data: a copy of the own, and for administrators at head office a copy and the erasure of former members'."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from akcept.journal import queries as journal
from akcept.organizations import accounts, actions, queries
from akcept.organizations.visitor import actor_of
from akcept.storefront import refusals
from akcept.storefront.tabs import require_module, tab_context
from akcept.ui.personal_data import as_zip


@refusals.page
@require_POST
def my_data(request: HttpRequest) -> HttpResponse:
    """Everything held of the visitor, as a file."""
    return as_zip(actions.copy_own_data(actor=actor_of(request)))


@refusals.page
@require_POST
def member_data(request: HttpRequest, member_id: int) -> HttpResponse:
    """Everything held of a member or former member, as a file."""
    require_module()
    return as_zip(actions.copy_member_data(member_id, actor=actor_of(request)))


@refusals.page
@require_safe
def former_members(request: HttpRequest) -> HttpResponse:
    """Who belonged to the organisation once, the latest first."""
    require_module()
    page = queries.former_members(actor_of(request), None, after=request.GET.get("after", ""))
    return render(request, "akcept/former_members.html", {**tab_context(request, "members"), "page": page})


@refusals.page
@require_safe
def former_member(request: HttpRequest, member_id: int) -> HttpResponse:
    """One of them: what happened to the account, and what can be done with its data."""
    require_module()
    found = queries.any_member(actor_of(request), member_id)
    if found.removed_at is None:
        return redirect("akcept:member", member_id=member_id)
    context = {
        **tab_context(request, "members"),
        "member": found,
        "name": queries.name_of(found.user),
        "history": journal.latest("member", str(member_id), before=request.GET.get("earlier", "")),
    }
    return render(request, "akcept/former_member.html", context)


@refusals.page
@require_POST
def forget_member(request: HttpRequest, member_id: int) -> HttpResponse:
    """Take a former member's name out of everything."""
    require_module()
    queries.any_member(actor_of(request), member_id)
    if asked := accounts.of_login().confirm_first(request):
        return asked
    actions.forget_member(member_id, actor=actor_of(request))
    messages.success(request, _("The personal data has been erased. Orders and decisions stay."))
    return redirect("akcept:former_member", member_id=member_id)
