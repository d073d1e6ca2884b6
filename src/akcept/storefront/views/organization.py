"""The organisation's own pages: structure for every member, forms for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound, Refused
from akcept.organizations import actions, module, queries
from akcept.organizations.permissions import Permission
from akcept.organizations.visitor import person_of, seat_of
from akcept.storefront import refusals
from akcept.storefront.forms import InvitationForm, MemberForm, UnitForm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _require_module() -> None:
    if not module.is_enabled():
        raise NotFound(_("This shop does not offer organisation accounts at the moment."))


@refusals.page
@require_GET
def organization(request: HttpRequest) -> HttpResponse:
    """Units, addresses and, for administrators, people and invitations."""
    _require_module()
    structure = queries.structure(person_of(request))
    context = {
        "structure": structure,
        "seat": seat_of(request),
        "administrators": queries.administrators(structure.organization.pk),
        "now": utc_now(),
    }
    return render(request, "akcept/organization.html", context)


@dataclass(frozen=True, slots=True)
class _Words:
    """What a form page is called and what its button says."""

    title: StrOrPromise
    button: StrOrPromise = gettext_lazy("Save")


def _form_page(request: HttpRequest, form: Form, words: _Words, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "title": words.title, "button": words.button}
    return render(request, "akcept/organization_form.html", context, status=status)


_INVITE = _Words(gettext_lazy("Invite somebody"), gettext_lazy("Send the invitation"))
_ADD_UNIT = _Words(gettext_lazy("Add a unit"), gettext_lazy("Add the unit"))


@refusals.page
def invite(request: HttpRequest) -> HttpResponse:
    """Offer somebody a sub-account."""
    _require_module()
    actor = person_of(request)
    units = queries.units_to_manage(actor)
    initial = {"permissions": [Permission.PLACE_ORDERS.value], "language": request.LANGUAGE_CODE[:2]}
    form = InvitationForm(request.POST or None, initial=initial)
    form.fields["unit"].offer(units)  # type: ignore[attr-defined]
    if request.method != "POST":
        return _form_page(request, form, _INVITE)
    if not form.is_valid():
        return _form_page(request, form, _INVITE, status=422)
    data = form.cleaned_data
    try:
        actions.invite(
            actor=actor,
            email=data["email"],
            first_name=data["first_name"],
            last_name=data["last_name"],
            unit_id=data["unit"],
            permissions=data["permissions"],
            language=data["language"],
        )
    except Refused as refusal:
        return _form_page(request, form, _INVITE, status=refusals.onto(form, refusal))
    messages.success(request, _("%(email)s has been sent an invitation.") % {"email": data["email"]})
    return redirect("akcept:organization")


@refusals.page
@require_POST
def resend_invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Send an open invitation once more."""
    _require_module()
    sent = actions.resend_invitation(invitation_id, actor=person_of(request))
    messages.success(request, _("%(email)s has been sent a new link.") % {"email": sent.email})
    return redirect("akcept:organization")


@refusals.page
@require_POST
def revoke_invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Take an open invitation back."""
    _require_module()
    taken = actions.revoke_invitation(invitation_id, actor=person_of(request))
    messages.success(request, _("The invitation of %(email)s no longer works.") % {"email": taken.email})
    return redirect("akcept:organization")


@refusals.page
def member(request: HttpRequest, member_id: int) -> HttpResponse:
    """Change a member's unit, permissions and activity."""
    _require_module()
    actor = person_of(request)
    found = queries.member_to_manage(actor, member_id)
    words = _Words(queries.name_of(found.user))
    initial = {
        "unit": found.unit_id,
        "permissions": [permission.value for permission in found.permissions],
        "active": found.active,
        "version": found.version,
    }
    form = MemberForm(request.POST or None, initial=initial)
    form.fields["unit"].offer(queries.units_to_manage(actor))  # type: ignore[attr-defined]
    if request.method != "POST":
        return _form_page(request, form, words)
    if not form.is_valid():
        return _form_page(request, form, words, status=422)
    data = form.cleaned_data
    try:
        actions.change_member(
            member_id,
            actor=actor,
            unit_id=data["unit"],
            permissions=data["permissions"],
            active=data["active"],
            version=data["version"],
        )
    except Refused as refusal:
        if refusal.field == "manage_members":
            refusal.field = "permissions"
        return _form_page(request, form, words, status=refusals.onto(form, refusal))
    messages.success(request, _("Saved. It takes effect with %(name)s's next step.") % {"name": words.title})
    return redirect("akcept:organization")


@refusals.page
def add_unit(request: HttpRequest) -> HttpResponse:
    """Add a branch below another unit."""
    _require_module()
    actor = person_of(request)
    form = UnitForm(request.POST or None, initial={"parent": request.GET.get("parent")})
    form.fields["parent"].offer(queries.units_to_manage(actor))  # type: ignore[attr-defined]
    if request.method != "POST":
        return _form_page(request, form, _ADD_UNIT)
    if not form.is_valid():
        return _form_page(request, form, _ADD_UNIT, status=422)
    try:
        added = actions.add_unit(
            actor=actor,
            parent_id=form.cleaned_data["parent"],
            name=form.cleaned_data["name"],
            address=form.address(),
        )
    except Refused as refusal:
        return _form_page(request, form, _ADD_UNIT, status=refusals.onto(form, refusal))
    messages.success(request, _("%(unit)s has been added.") % {"unit": added.name})
    return redirect("akcept:organization")


@refusals.page
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Rename a unit and change its delivery address."""
    _require_module()
    actor = person_of(request)
    found = queries.unit_to_manage(actor, unit_id)
    words = _Words(found.name)
    address = next(iter(sorted(found.addresses.all(), key=lambda a: not a.is_default)), None)
    initial = {"name": found.name}
    if address is not None:
        initial |= {name: getattr(address, name) for name in ("recipient", "line1", "postcode", "city", "phone")}
    form = UnitForm(request.POST or None, initial=initial)
    del form.fields["parent"]  # moving a unit is not offered yet
    if request.method != "POST":
        return _form_page(request, form, words)
    if not form.is_valid():
        return _form_page(request, form, words, status=422)
    try:
        actions.change_unit(unit_id, actor=actor, name=form.cleaned_data["name"], address=form.address())
    except Refused as refusal:
        return _form_page(request, form, words, status=refusals.onto(form, refusal))
    messages.success(request, _("Saved. Orders already placed keep the address they were placed with."))
    return redirect("akcept:organization")
