"""The organisation's structure, its data, and who changed what."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from akcept.journal import queries as journal
from akcept.kernel.paging import key_of
from akcept.ordering.queries import stuck_orders
from akcept.organizations import actions, queries
from akcept.organizations.grants import sources
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat
from akcept.organizations.visitor import actor_of
from akcept.storefront import refusals
from akcept.storefront.form_pages import Words, form_answer
from akcept.storefront.organization.forms import CompanyForm, PricesForm
from akcept.storefront.tabs import require_module, tab_context
from akcept.ui.history import sentences


@refusals.page
@require_safe
def organization(request: HttpRequest) -> HttpResponse:
    """Units with their addresses, the visitor's own permissions and where they come from, administrators."""
    require_module()
    structure = queries.structure(actor_of(request))
    seat = structure.seat
    context = {
        **_units(request),
        "structure": structure,
        "organization": structure.organization,
        "mine": [(permission, given) for permission, given in sources(structure.me.grants).items()],
        "administrators": queries.administrators(structure.organization.pk),
        "stuck": stuck_orders(seat),
        # What the shop did, and why, is for both sides to read.
        "history": journal.latest("organization", str(structure.organization.pk), before=request.GET.get("earlier", ""))
        if Permission.MANAGE_MEMBERS in seat.permissions
        else None,
        **_reach(seat),
        "tab": "structure",
    }
    return render(request, "akcept/organization.html", context)


def _units(request: HttpRequest) -> dict[str, Any]:
    """Return the tree opened where it was asked to be; or what was searched, or the units below one, as a list."""
    actor, text = actor_of(request), request.GET.get("text", "").strip()
    opened, under = key_of(request.GET.get("open", "")), key_of(request.GET.get("under", ""))
    if not text and under is None:
        return {"tree": queries.unit_tree(actor, open_id=opened)}
    found = queries.find_units(actor, text=text, under=under, after=request.GET.get("after", ""))
    return {"text": text, "found": found, "under": queries.units_below(actor, under) if under is not None else None}


def _reach(seat: Seat) -> dict[str, Any]:
    """Return what a row of the tree needs to know of the visitor."""
    return {
        "seat": seat,
        "manages_units": seat.holds(Permission.MANAGE_UNITS),
        "manages_members": seat.holds(Permission.MANAGE_MEMBERS),
    }


@refusals.page
@require_safe
def units_below(request: HttpRequest, unit_id: int) -> HttpResponse:
    """A level of the tree for a page that opens it; whoever comes without script gets the whole page."""
    require_module()
    if "HX-Request" not in request.headers:
        return redirect(f"{reverse('akcept:organization')}?open={unit_id}")
    actor = actor_of(request)
    context = {"node": queries.units_below(actor, unit_id), **_reach(queries.structure(actor).seat)}
    return render(request, "akcept/_units_below.html", context)


#: What a change may be about, and the list be narrowed to.
MATTERS = {
    queries.Subject.UNIT: gettext_lazy("Unit"),
    queries.Subject.MEMBER: gettext_lazy("Person"),
    queries.Subject.INVITATION: gettext_lazy("Invitation"),
    queries.Subject.ROLE: gettext_lazy("Role"),
    queries.Subject.POLICY: gettext_lazy("Acceptance rules"),
    queries.Subject.ORGANIZATION: gettext_lazy("Organisation"),
    queries.Subject.ACCESS: gettext_lazy("Other systems"),
    queries.Subject.WEBHOOK: gettext_lazy("Webhook"),
}


@refusals.page
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Who changed what in the organisation and when, before and after, for administrators at head office."""
    require_module()
    matter = request.GET.get("matter", "")
    page = queries.changes(actor_of(request), matter=matter, after=request.GET.get("after", ""))
    told = [(change, MATTERS[change.matter], line) for change in page.rows for line in sentences([change.entry])]
    context = {**tab_context(request, "changes"), "page": page, "told": told, "matters": MATTERS, "matter": matter}
    return render(request, "akcept/changes.html", context)


@refusals.page
def data(request: HttpRequest) -> HttpResponse:
    """Name, address and invoice e-mail of the organisation, for administrators at head office."""
    require_module()
    actor = actor_of(request)
    found = queries.organization_to_manage(actor)
    initial = {name: getattr(found, name) for name in ("name", "line1", "postcode", "city", "country", "invoice_email")}
    form = CompanyForm(request.POST or None, initial=initial)

    def change() -> str:
        actions.change_organization(
            actor=actor,
            name=form.cleaned_data["name"],
            address=form.seat(),
            invoice_email=form.cleaned_data["invoice_email"],
        )
        return _("Saved. Orders already placed keep what they were placed with.")

    return form_answer(request, form, Words(_("Company data")), change, then="akcept:organization")


@refusals.page
def prices(request: HttpRequest) -> HttpResponse:
    """Whether prices are for every member or only for those who may see them, for administrators at head office."""
    require_module()
    actor = actor_of(request)
    found = queries.organization_of_manager(actor)
    form = PricesForm(request.POST or None, initial={"by_right": found.prices_by_right})

    def change() -> str:
        actions.show_prices(actor=actor, by_right=form.cleaned_data["by_right"])
        return _("Saved. It counts from the next page anybody opens.")

    return form_answer(request, form, Words(_("Who sees prices")), change, then="akcept:organization")
