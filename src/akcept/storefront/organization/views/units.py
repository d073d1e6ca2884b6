"""Branches: added, renamed, moved, closed and opened again; and their delivery addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from akcept.approvals.queries import rules_within
from akcept.budgets.queries import budgets_within
from akcept.journal import queries as journal
from akcept.kernel.errors import NotFound, Refused
from akcept.kernel.paging import key_of
from akcept.ordering.queries import waiting_in
from akcept.organizations import actions, queries
from akcept.organizations.actions.units import hang, restore, shut
from akcept.organizations.models import Unit
from akcept.organizations.permissions import Permission
from akcept.organizations.visitor import actor_of, seat_of
from akcept.storefront import refusals
from akcept.storefront.foreseeing import told
from akcept.storefront.form_pages import Words, form_answer, form_page
from akcept.storefront.organization.forms import (
    AddressForm,
    AddUnitForm,
    CloseUnitForm,
    MoveUnitForm,
    ReopenUnitForm,
    UnitForm,
)
from akcept.storefront.tabs import require_module, tab_context
from akcept.ui.forms import onto

_ADD = Words(gettext_lazy("Add a unit"), gettext_lazy("Add the unit"))


def _units(request: HttpRequest) -> list[Unit]:
    return queries.units_to_manage(actor_of(request), Permission.MANAGE_UNITS)


def _offer(form: Form, name: str, units: list[Unit]) -> None:
    form.fields[name].offer(units)  # type: ignore[attr-defined]


@refusals.page
def add_unit(request: HttpRequest) -> HttpResponse:
    """Add a branch below another unit."""
    require_module()
    form = AddUnitForm(request.POST or None, initial={"parent": key_of(request.GET.get("parent", ""))})
    _offer(form, "parent", _units(request))

    def add() -> str:
        added = actions.add_unit(
            actor=actor_of(request),
            parent_id=form.cleaned_data["parent"],
            name=form.cleaned_data["name"],
            cost_centre=form.cleaned_data["cost_centre"],
            code=form.cleaned_data["code"],
            address=form.address(),
        )
        return _("%(unit)s has been added.") % {"unit": added.name}

    return form_answer(request, form, _ADD, add, then="akcept:organization")


@refusals.page
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """A unit's name, cost centre and addresses."""
    require_module()
    found = queries.unit_to_manage(actor_of(request), unit_id)
    names = ("name", "code", "cost_centre", "version")
    form = UnitForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    history = journal.latest("unit", str(unit_id), before=request.GET.get("earlier", ""))

    def change() -> str:
        actions.change_unit(unit_id, actor=actor_of(request), **form.cleaned_data)
        return _("Saved.")

    words, then = Words(found.name), "akcept:organization"
    return form_answer(request, form, words, change, then=then, unit=found, history=history)


def _under(found: Unit, title: str, button: str, **more: Any) -> Words:
    return Words(title % {"unit": found.name}, button, back_label=found.name, **more)


def _back(found: Unit) -> str:
    return reverse("akcept:unit", kwargs={"unit_id": found.pk})


def _affected(request: HttpRequest, found: Unit, *, moves: bool) -> dict[str, Any]:
    return {
        "seat": seat_of(request),
        "back": _back(found),
        "affected": queries.affected_by(found),
        "waiting": waiting_in(found),
        "budgets": budgets_within(found),
        "rules": rules_within(found),
        "moves": moves,
    }


@refusals.page
def move_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Hang a unit, with everything below it, under another one, after saying what that does."""
    require_module()
    actor = actor_of(request)
    found = queries.unit_to_manage(actor, unit_id)
    words = _under(found, _("Move %(unit)s"), _("Move the unit"))
    form = MoveUnitForm(request.POST or None, initial={"parent": found.parent_id, "version": found.version})

    def move(data: dict[str, Any], act: Callable[..., Unit]) -> None:
        act(unit_id, actor=actor, parent_id=data["parent"], version=data["version"])

    return _foreseen(
        request,
        found,
        form,
        words,
        foresee=lambda data: move(data, hang),
        do=lambda data: move(data, actions.move_unit),
        done=_("%(unit)s has been moved.") % {"unit": found.name},
        **_affected(request, found, moves=True),
    )


@refusals.page
def close_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Close a unit with everything below it, after saying what that takes along and does."""
    require_module()
    actor = actor_of(request)
    found = queries.unit_to_manage(actor, unit_id)
    words = _under(found, _("Close %(unit)s"), _("Close the unit"), danger=True)
    form = CloseUnitForm(request.POST or None, initial={"members_to": found.parent_id, "version": found.version})

    def close(data: dict[str, Any], act: Callable[..., Unit]) -> None:
        act(unit_id, actor=actor, members_to=data["members_to"], version=data["version"])

    return _foreseen(
        request,
        found,
        form,
        words,
        foresee=lambda data: close(data, shut),
        do=lambda data: close(data, actions.close_unit),
        done=_("%(unit)s is closed; its orders keep its name.") % {"unit": found.name},
        **_affected(request, found, moves=False),
    )


@refusals.page
@require_safe
def closed_units(request: HttpRequest) -> HttpResponse:
    """Units that were closed, to be opened again."""
    require_module()
    page = queries.closed_units(actor_of(request), after=request.GET.get("after", ""))
    return render(request, "akcept/closed_units.html", {**tab_context(request, "structure"), "page": page})


@refusals.page
def reopen_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Open a closed unit again with those closed together with it, after saying what comes back."""
    require_module()
    actor = actor_of(request)
    closed = queries.closed_unit(actor, unit_id)
    found = closed.unit
    title = _("Open %(unit)s again") % {"unit": found.name}
    words = Words(title, _("Open the unit again"), back="akcept:closed_units", back_label=_("Closed units"))
    initial = {"parent": closed.parent_id, "name": found.name, "code": found.code, "version": found.version}
    form = ReopenUnitForm(request.POST or None, initial=initial)

    def reopen(data: dict[str, Any], act: Callable[..., Unit]) -> None:
        act(
            unit_id, actor=actor, **{name: data[name] for name in ("name", "code", "version")}, parent_id=data["parent"]
        )

    return _foreseen(
        request,
        found,
        form,
        words,
        foresee=lambda data: reopen(data, restore),
        do=lambda data: reopen(data, actions.reopen_unit),
        done=_("%(unit)s is open again.") % {"unit": found.name},
        then=reverse("akcept:unit", kwargs={"unit_id": found.pk}),
        reopened=closed,
        seat=seat_of(request),
        waiting=waiting_in(found),
        budgets=budgets_within(found),
        rules=rules_within(found),
    )


def _foreseen(
    request: HttpRequest,
    found: Unit,
    form: MoveUnitForm | CloseUnitForm | ReopenUnitForm,
    words: Words,
    *,
    foresee: Callable[[dict[str, Any]], None],
    do: Callable[[dict[str, Any]], None],
    done: str,
    then: str = "akcept:organization",
    **more: Any,
) -> HttpResponse:
    """Ask where to, show what that would do to what waits, and do it once that was seen."""
    _offer(form, form.choice, [unit for unit in _units(request) if not unit.path.startswith(found.path)])
    first = replace(words, button=_("Show what will happen"), danger=False)
    if request.method != "POST":
        return form_page(request, form, first, **more)
    if not form.is_valid():
        return form_page(request, form, first, status=422, **more)
    try:
        if form.is_seen():
            do(form.cleaned_data)
            messages.success(request, done)
            return redirect(then)
        more |= told(lambda: foresee(form.cleaned_data), organization_id=found.organization_id)
    except Refused as refusal:
        return form_page(request, form, first, status=onto(form, refusal), **more)
    form.show()
    return form_page(request, form, words, shown=True, **more)


@refusals.page
def address(request: HttpRequest, unit_id: int, address_id: int | None = None) -> HttpResponse:
    """Add a delivery address to a unit, or change one."""
    require_module()
    found = queries.unit_to_manage(actor_of(request), unit_id)
    row = next((row for row in found.addresses.all() if row.pk == address_id), None)
    if address_id is not None and row is None:
        raise NotFound(_("There is no such address."))
    title = _("Delivery address of %(unit)s") if row else _("Add a delivery address to %(unit)s")
    words = _under(found, title, _("Save"))
    names = ("recipient", "line1", "postcode", "city", "country", "phone", "is_default")
    initial = {name: getattr(row, name) for name in names} if row else {"recipient": found.name}
    form = AddressForm(request.POST or None, initial=initial)

    def save() -> str:
        actions.save_address(
            unit_id,
            actor=actor_of(request),
            address=form.address(),
            address_id=address_id,
            is_default=form.cleaned_data["is_default"],
        )
        return _("Saved. Orders already placed keep the address they were placed with.")

    back = _back(found)
    return form_answer(request, form, words, save, then=back, back=back, address=row, unit_of_address=found)


@refusals.page
@require_POST
def remove_address(request: HttpRequest, unit_id: int, address_id: int) -> HttpResponse:
    """Remove a delivery address."""
    require_module()
    actions.remove_address(unit_id, actor=actor_of(request), address_id=address_id)
    messages.success(request, _("The address has been removed. Orders already placed keep it."))
    return redirect("akcept:unit", unit_id=unit_id)
