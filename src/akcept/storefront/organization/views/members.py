"""Members and invitations, for whoever manages them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from akcept.journal import queries as journal
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Refused
from akcept.kernel.paging import key_of
from akcept.ordering.queries import open_orders_of
from akcept.organizations import actions, queries
from akcept.organizations.actions.members import reseat, take_out
from akcept.organizations.grants import sources
from akcept.organizations.models import Member
from akcept.organizations.permissions import Permission
from akcept.organizations.visitor import actor_of, seat_of
from akcept.storefront import refusals
from akcept.storefront.foreseeing import told
from akcept.storefront.form_pages import Words, form_answer, form_page
from akcept.storefront.organization.forms import GrantMixin, InvitationForm, MemberForm, RemoveMemberForm, limit_initial
from akcept.storefront.tabs import require_module, tab_context
from akcept.ui.forms import onto, page_language, seen_version

#: Open invitations shown at once, below the members.
INVITATIONS = 10

_BACK = "akcept:members"
_MEMBERS = gettext_lazy("Members")
_INVITE = Words(gettext_lazy("Invite somebody"), gettext_lazy("Send the invitation"), _BACK, _MEMBERS)


@refusals.page
@require_safe
def members(request: HttpRequest) -> HttpResponse:
    """Everybody the visitor looks after, by name, and the open invitations."""
    require_module()
    actor = actor_of(request)
    text, unit_id = request.GET.get("text", ""), key_of(request.GET.get("unit", ""))
    units, unit = queries.units_to_choose(actor, chosen=unit_id)
    context = {
        **tab_context(request, "members"),
        "page": queries.members(actor, text=text, unit_id=unit_id, after=request.GET.get("after", "")),
        "units": units,
        "unit": unit,
        "text": text,
        "unit_id": unit_id,
        "invitations": queries.invitations(
            actor, text=text, unit_id=unit_id, after=request.GET.get("invited", ""), size=INVITATIONS
        ),
        "now": utc_now(),
    }
    return render(request, "akcept/members.html", context)


def _offer(form: GrantMixin, request: HttpRequest) -> None:
    actor = actor_of(request)
    seat = seat_of(request)
    form.offer(
        units=queries.units_to_manage(actor),
        roles=queries.roles_to_give(actor),
        most=None if seat is None or seat.at_head_office else seat.effective,
    )


@refusals.page
def invite(request: HttpRequest) -> HttpResponse:
    """Offer somebody a sub-account."""
    require_module()
    form = InvitationForm(request.POST or None, initial={"language": page_language()})
    _offer(form, request)
    form.initial["roles"] = form.usual_role()

    def offer() -> str:
        data = form.cleaned_data
        actions.invite(
            actor=actor_of(request),
            email=data["email"],
            first_name=data["first_name"],
            last_name=data["last_name"],
            unit_id=data["unit"],
            role_ids=data["roles"],
            permissions=data["permissions"],
            limit=form.limit(),
            language=data["language"],
        )
        return _("%(email)s has been sent an invitation.") % {"email": data["email"]}

    return form_answer(request, form, _INVITE, offer, then=_BACK, grave=form.administers)


@refusals.page
@require_POST
def resend_invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Send an open invitation once more."""
    require_module()
    sent = actions.resend_invitation(invitation_id, actor=actor_of(request))
    messages.success(request, _("%(email)s has been sent a new link.") % {"email": sent.email})
    return redirect(_BACK)


@refusals.page
@require_POST
def revoke_invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Take an open invitation back."""
    require_module()
    taken = actions.revoke_invitation(invitation_id, actor=actor_of(request))
    messages.success(request, _("The invitation of %(email)s no longer works.") % {"email": taken.email})
    return redirect(_BACK)


@refusals.page
def member(request: HttpRequest, member_id: int) -> HttpResponse:
    """A member's unit, roles and permissions, and what they add up to."""
    require_module()
    actor = actor_of(request)
    found = queries.member_to_manage(actor, member_id)
    words = Words(queries.name_of(found.user), back=_BACK, back_label=_MEMBERS)
    form = MemberForm(request.POST or None, initial=_initial(found))
    _offer(form, request)
    more: dict[str, Any] = {
        "member": found,
        "effective": list(sources(found.grants).items()),
        "seat": seat_of(request),
        "history": journal.latest("member", str(member_id), before=request.GET.get("earlier", "")),
    }

    def change(act: Callable[..., Member]) -> Member:
        data = form.cleaned_data
        return act(
            member_id,
            actor=actor,
            unit_id=data["unit"],
            role_ids=data["roles"],
            permissions=data["permissions"],
            limit=form.limit(),
            active=data["active"],
            version=data["version"],
        )

    def save() -> str:
        change(actions.change_member)
        return _("Saved. It takes effect with %(name)s's next step.") % {"name": words.title}

    if request.method == "POST" and form.is_valid() and not form.is_seen() and form.has_changed():
        try:
            does = _does_to_orders(found, lambda: change(reseat), moved=form.cleaned_data["unit"] != found.unit_id)
        except Refused as refusal:
            return form_page(request, form, words, status=onto(form, refusal), **more)
        if does is not None:
            form.show()
            # Only what leaves an order to nobody is done against a warning; the rest is told before it is done.
            button = _("Save anyway") if does["leaves_stuck"] else _("Confirm and save")
            return form_page(request, form, replace(words, button=button), **more, **does)

    def promotes() -> bool:
        there = found.active and Permission.MANAGE_MEMBERS in found.effective.permissions
        return form.administers() and not (there and form.cleaned_data["unit"] == found.unit_id)

    return form_answer(request, form, words, save, then=_BACK, grave=promotes, **more)


def _does_to_orders(found: Member, change: Callable[[], object], *, moved: bool) -> dict[str, Any] | None:
    """Return what a page shows of what a change of a member does to open orders; None where it does nothing to any."""
    does = told(change, organization_id=found.organization_id)
    own = open_orders_of(found.pk)
    if not does["foreseen"] and not (moved and own.count):
        return None
    return {**does, "own_orders": own if moved else None, "of_member": found}


def _initial(found: Member) -> dict[str, Any]:
    return {
        "unit": found.unit_id,
        "roles": [role.pk for role in found.roles.all()],
        "permissions": [permission.value for permission in found.direct.permissions],
        **limit_initial(found.direct.limit),
        "active": found.active,
        "version": found.version,
    }


@refusals.page
@require_POST
def remove_member(request: HttpRequest, member_id: int) -> HttpResponse:
    """Take somebody out of the organisation, after saying what that does to open orders; old ones keep the name."""
    require_module()
    actor, version = actor_of(request), seen_version(request)
    found = queries.member_to_manage(actor, member_id)
    if not request.POST.get("seen"):
        does = _does_to_orders(found, lambda: take_out(member_id, actor=actor, version=version), moved=False)
        if does is not None:
            title = _("Remove %(name)s") % {"name": queries.name_of(found.user)}
            words = Words(title, _("Yes, remove"), _BACK, _MEMBERS, danger=True)
            form = RemoveMemberForm(initial={"version": version, "seen": True})
            return form_page(request, form, words, **does)
    gone = actions.remove_member(member_id, actor=actor, version=version)
    name = queries.name_of(gone.user)
    messages.success(request, _("%(name)s no longer belongs to your organisation.") % {"name": name})
    return redirect(_BACK)
