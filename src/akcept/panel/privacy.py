"""Personal data of a customer's people, in the merchant's hands: a copy, or erasure, with a reason both sides read."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from akcept.journal import queries as journal
from akcept.kernel.errors import Invalid, Refused
from akcept.organizations import accounts, actions, policies, queries
from akcept.organizations.visitor import staff_of
from akcept.panel.refusals import staff_page
from akcept.ui.personal_data import as_zip


@staff_page
@require_safe
def former_members(request: HttpRequest, organization_id: int) -> HttpResponse:
    """Who belonged to an organisation once, the latest first."""
    actor = staff_of(request)
    context = {
        "organization": queries.organization_for_staff(actor, organization_id).organization,
        "page": queries.former_members(actor, organization_id, after=request.GET.get("after", "")),
    }
    return render(request, "akcept/panel/former_members.html", context)


@staff_page
@require_safe
def member(request: HttpRequest, organization_id: int, member_id: int) -> HttpResponse:
    """A member or former member: what happened to the account, and what can be done with its data."""
    return _page(request, organization_id, member_id)


def _page(
    request: HttpRequest, organization_id: int, member_id: int, *, refusal: Refused | None = None
) -> HttpResponse:
    found = queries.any_member(staff_of(request), member_id, organization_id=organization_id)
    context = {
        "member": found,
        "name": queries.name_of(found.user),
        "history": journal.latest("member", str(member_id), before=request.GET.get("earlier", "")),
        "manages": policies.manages_organizations(request.user),
        "refusal": refusal,
        "typed": request.POST.get("reason", ""),
    }
    return render(request, "akcept/panel/member.html", context, status=refusal.status if refusal else 200)


@staff_page
@require_POST
def data(request: HttpRequest, organization_id: int, member_id: int) -> HttpResponse:
    """Everything held of a member, as a file."""
    queries.any_member(staff_of(request), member_id, organization_id=organization_id)
    try:
        copy = actions.copy_member_data(member_id, actor=staff_of(request), reason=request.POST.get("reason", ""))
    except Invalid as refusal:
        return _page(request, organization_id, member_id, refusal=refusal)
    return as_zip(copy)


@staff_page
@require_POST
def forget(request: HttpRequest, organization_id: int, member_id: int) -> HttpResponse:
    """Take a former member's name out of everything."""
    policies.require_manages_organizations(staff_of(request))
    queries.any_member(staff_of(request), member_id, organization_id=organization_id)
    given = request.POST.get("reason", "").strip()  # without one it is refused anyway
    if given and (asked := accounts.of_login().confirm_first(request)):
        return asked
    try:
        actions.forget_member(member_id, actor=staff_of(request), reason=request.POST.get("reason", ""))
    except Refused as refusal:
        return _page(request, organization_id, member_id, refusal=refusal)
    messages.success(request, _("The personal data has been erased. Orders and decisions stay."))
    return redirect("akcept_panel:member", organization_id=organization_id, member_id=member_id)
