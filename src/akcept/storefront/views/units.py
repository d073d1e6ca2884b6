"""Branches: added, renamed, moved, closed; and their delivery addresses."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from akcept.kernel.errors import NotFound, Refused
from akcept.ordering.queries import waiting_in
from akcept.organizations import actions, queries
from akcept.organizations.models import Unit
from akcept.organizations.permissions import Permission
from akcept.organizations.visitor import person_of
from akcept.storefront import refusals
from akcept.storefront.organization_forms import AddressForm, AddUnitForm, CloseUnitForm, MoveUnitForm, UnitForm
from akcept.storefront.views.organization import Words, form_page, require_module
from akcept.ui.forms import onto

_ADD = Words(gettext_lazy("Add a unit"), gettext_lazy("Add the unit"))


def _units(request: HttpRequest) -> list[Unit]:
    return queries.units_to_manage(person_of(request), Permission.MANAGE_UNITS)


def _offer(form: Form, name: str, units: list[Unit]) -> None:
    form.fields[name].offer(units)  # type: ignore[attr-defined]


@refusals.page
def add_unit(request: HttpRequest) -> HttpResponse:
    """Add a branch below another unit."""
    require_module()
    form = AddUnitForm(request.POST or None, initial={"parent": request.GET.get("parent")})
    _offer(form, "parent", _units(request))
    if request.method != "POST":
        return form_page(request, form, _ADD)
    if not form.is_valid():
        return form_page(request, form, _ADD, status=422)
    try:
        added = actions.add_unit(
            actor=person_of(request),
            parent_id=form.cleaned_data["parent"],
            name=form.cleaned_data["name"],
            cost_centre=form.cleaned_data["cost_centre"],
            code=form.cleaned_data["code"],
            address=form.address(),
        )
    except Refused as refusal:
        return form_page(request, form, _ADD, status=onto(form, refusal))
    messages.success(request, _("%(unit)s has been added.") % {"unit": added.name})
    return redirect("akcept:organization")


@refusals.page
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """A unit's name, cost centre and addresses."""
    require_module()
    found = queries.unit_to_manage(person_of(request), unit_id)
    words = Words(found.name)
    names = ("name", "code", "cost_centre", "version")
    initial = {name: getattr(found, name) for name in names}
    form = UnitForm(request.POST or None, initial=initial)
    if request.method != "POST":
        return form_page(request, form, words, unit=found)
    if not form.is_valid():
        return form_page(request, form, words, status=422, unit=found)
    try:
        actions.change_unit(unit_id, actor=person_of(request), **form.cleaned_data)
    except Refused as refusal:
        return form_page(request, form, words, status=onto(form, refusal), unit=found)
    messages.success(request, _("Saved."))
    return redirect("akcept:organization")


def _under(found: Unit, title: str, button: str, **more: Any) -> Words:
    return Words(title % {"unit": found.name}, button, back_label=found.name, **more)


def _back(found: Unit) -> str:
    return reverse("akcept:unit", kwargs={"unit_id": found.pk})


def _affected(found: Unit, *, moves: bool) -> dict[str, Any]:
    return {
        "back": _back(found),
        "affected": queries.closing_of(found),
        "waiting": waiting_in(found),
        "moves": moves,
    }


@refusals.page
def move_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Hang a unit, with everything below it, under another one."""
    require_module()
    found = queries.unit_to_manage(person_of(request), unit_id)
    words = _under(found, _("Move %(unit)s"), _("Move the unit"))
    form = MoveUnitForm(request.POST or None, initial={"parent": found.parent_id, "version": found.version})
    _offer(form, "parent", [unit for unit in _units(request) if not unit.path.startswith(found.path)])
    more = _affected(found, moves=True)
    if request.method != "POST":
        return form_page(request, form, words, **more)
    if not form.is_valid():
        return form_page(request, form, words, status=422, **more)
    data = form.cleaned_data
    try:
        actions.move_unit(unit_id, actor=person_of(request), parent_id=data["parent"], version=data["version"])
    except Refused as refusal:
        return form_page(request, form, words, status=onto(form, refusal), **more)
    messages.success(request, _("%(unit)s hangs in its new place.") % {"unit": found.name})
    return redirect("akcept:organization")


@refusals.page
def close_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Close a unit with everything below it, after saying what that takes along."""
    require_module()
    found = queries.unit_to_manage(person_of(request), unit_id)
    words = _under(found, _("Close %(unit)s"), _("Close the unit"), danger=True)
    form = CloseUnitForm(request.POST or None, initial={"members_to": found.parent_id, "version": found.version})
    _offer(form, "members_to", [unit for unit in _units(request) if not unit.path.startswith(found.path)])
    more = _affected(found, moves=False)
    if request.method != "POST":
        return form_page(request, form, words, **more)
    if not form.is_valid():
        return form_page(request, form, words, status=422, **more)
    data = form.cleaned_data
    try:
        actions.close_unit(unit_id, actor=person_of(request), members_to=data["members_to"], version=data["version"])
    except Refused as refusal:
        return form_page(request, form, words, status=onto(form, refusal), **more)
    messages.success(request, _("%(unit)s is closed; its orders keep its name.") % {"unit": found.name})
    return redirect("akcept:organization")


@refusals.page
def address(request: HttpRequest, unit_id: int, address_id: int | None = None) -> HttpResponse:
    """Add a delivery address to a unit, or change one."""
    require_module()
    found = queries.unit_to_manage(person_of(request), unit_id)
    row = next((row for row in found.addresses.all() if row.pk == address_id), None)
    if address_id is not None and row is None:
        raise NotFound(_("There is no such address."))
    title = _("Delivery address of %(unit)s") if row else _("Add a delivery address to %(unit)s")
    words = _under(found, title, _("Save"))
    names = ("recipient", "line1", "postcode", "city", "phone", "is_default")
    initial = {name: getattr(row, name) for name in names} if row else {"recipient": found.name}
    form = AddressForm(request.POST or None, initial=initial)
    if request.method != "POST":
        return form_page(request, form, words, back=_back(found), address=row, unit_of_address=found)
    if not form.is_valid():
        return form_page(request, form, words, status=422, back=_back(found), address=row, unit_of_address=found)
    try:
        actions.save_address(
            unit_id,
            actor=person_of(request),
            address=form.address(),
            address_id=address_id,
            is_default=form.cleaned_data["is_default"],
        )
    except Refused as refusal:
        return form_page(
            request,
            form,
            words,
            status=onto(form, refusal),
            back=_back(found),
            address=row,
            unit_of_address=found,
        )
    messages.success(request, _("Saved. Orders already placed keep the address they were placed with."))
    return redirect("akcept:unit", unit_id=unit_id)


@refusals.page
@require_POST
def remove_address(request: HttpRequest, unit_id: int, address_id: int) -> HttpResponse:
    """Remove a delivery address."""
    require_module()
    actions.remove_address(unit_id, actor=person_of(request), address_id=address_id)
    messages.success(request, _("The address is gone. Orders already placed keep it."))
    return redirect("akcept:unit", unit_id=unit_id)
