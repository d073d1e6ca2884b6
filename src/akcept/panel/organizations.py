"""The merchant's pages about organisations: found, confirmed, blocked, added, acted for with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from akcept.journal import queries as journal
from akcept.kernel.errors import NotFound
from akcept.kernel.paging import key_of
from akcept.ordering import actions as ordering
from akcept.ordering.money.credit import credit_of, credit_of_units, limit_of, limit_of_unit
from akcept.ordering.queries.merchant import latest_orders
from akcept.ordering.shop_terms import agreed_with
from akcept.organizations import actions, policies, queries
from akcept.organizations.models import Organization
from akcept.organizations.visitor import staff_of
from akcept.panel.agreed_words import conditions_in_words
from akcept.panel.form_pages import FormPage
from akcept.panel.forms import (
    AdministratorForm,
    BlockForm,
    CreditLimitForm,
    OrganizationForm,
    PricesForm,
    UnitCreditLimitForm,
)
from akcept.panel.refusals import staff_page

ROWS_A_PAGE = 50


@staff_page
@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    """Customers that are organisations, those awaiting confirmation first."""
    text, status = request.GET.get("q", ""), request.GET.get("status", "")
    found = queries.organizations(staff_of(request), text=text, status=status)
    context = {
        "page_obj": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "text": text,
        "status": status,
        "statuses": Organization.Status.choices,
        "manages": policies.manages_organizations(request.user),
    }
    return render(request, "akcept/panel/organizations.html", context)


@staff_page
@require_safe
def organization(request: HttpRequest, organization_id: int) -> HttpResponse:
    """One organisation: its data, units, members, and what the shop did with it."""
    overview = queries.organization_for_staff(staff_of(request), organization_id)
    text, unit_id = request.GET.get("text", ""), key_of(request.GET.get("unit", ""))
    page = queries.members_for_staff(
        staff_of(request), organization_id, text=text, unit_id=unit_id, after=request.GET.get("after", "")
    )
    context = {
        "overview": overview,
        "organization": overview.organization,
        "page": page,
        "text": text,
        "unit_id": unit_id,
        "unit": next((unit for unit in overview.units if unit.pk == unit_id), None),
        "history": journal.latest("organization", str(organization_id), before=request.GET.get("earlier", "")),
        "manages": policies.manages_organizations(request.user),
        "credit": credit_of(organization_id),
        "unit_credit": credit_of_units(organization_id),
        "conditions": _conditions(overview),
        "latest": latest_orders(staff_of(request), organization_id),
    }
    return render(request, "akcept/panel/organization.html", context)


def _conditions(overview: queries.Overview) -> list[tuple[str, str]]:
    """Return what orders of the head office have to keep to; one statement, none in a shop without agreements."""
    head = next((unit for unit in overview.units if unit.parent_id is None), None)
    return conditions_in_words(agreed_with(head.pk)) if head is not None else []


@staff_page
@require_POST
def confirm(request: HttpRequest, organization_id: int) -> HttpResponse:
    """Confirm a new organisation."""
    confirmed = actions.confirm(organization_id, actor=staff_of(request))
    messages.success(request, _("%(name)s can order from now on.") % {"name": confirmed.name})
    return redirect("akcept_panel:organization", organization_id=organization_id)


@staff_page
@require_POST
def unblock(request: HttpRequest, organization_id: int) -> HttpResponse:
    """Let a blocked organisation order again."""
    unblocked = actions.unblock(organization_id, actor=staff_of(request))
    messages.success(request, _("%(name)s can order and decide again.") % {"name": unblocked.name})
    return redirect("akcept_panel:organization", organization_id=organization_id)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def block(request: HttpRequest, organization_id: int) -> HttpResponse:
    """Block an organisation, with the reason its members read."""
    policies.require_manages_organizations(staff_of(request))
    found = queries.organization_for_staff(staff_of(request), organization_id).organization
    form = BlockForm(request.POST or None)
    page = FormPage(
        title=_("Block %(name)s") % {"name": found.name},
        button=_("Block"),
        back=_own(organization_id),
        back_label=found.name,
        intro=_("Its members can browse, but not order or decide. Pending orders stay, and are marked."),
        danger=True,
    )

    def act() -> tuple[str, str]:
        actions.block(organization_id, actor=staff_of(request), reason=form.cleaned_data["reason"])
        return _("%(name)s is blocked; its administrators are told why.") % {"name": found.name}, _own(organization_id)

    return page.answer(request, form, act)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def credit(request: HttpRequest, organization_id: int) -> HttpResponse:
    """How much an organisation may order on account; with a `unit` chosen, on to that unit's own limit."""
    policies.require_manages_organizations(staff_of(request))
    if (unit_id := key_of(request.GET.get("unit", ""))) is not None:
        return redirect("akcept_panel:unit_credit", organization_id=organization_id, unit_id=unit_id)
    found = queries.organization_for_staff(staff_of(request), organization_id).organization
    limit = limit_of(organization_id)
    form = CreditLimitForm(request.POST or None, initial={"amount": limit.amount, "version": limit.version})
    page = FormPage(
        title=_("Credit of %(name)s") % {"name": found.name},
        button=_("Save"),
        back=_own(organization_id),
        back_label=found.name,
        intro=_(
            "Checked when an order on account is placed and when it is accepted; pending orders use none of "
            "it. The customer can see who changed it."
        ),
    )

    def act() -> tuple[str, str]:
        ordering.set_credit_limit(organization_id, actor=staff_of(request), **form.cleaned_data)
        return _("Saved. It applies to pending orders too."), _own(organization_id)

    return page.answer(request, form, act)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def unit_credit(request: HttpRequest, organization_id: int, unit_id: int) -> HttpResponse:
    """How much of its organisation's credit a unit may use."""
    policies.require_manages_organizations(staff_of(request))
    overview = queries.organization_for_staff(staff_of(request), organization_id)
    unit = next((each for each in overview.units if each.pk == unit_id and each.parent_id is not None), None)
    if unit is None:
        raise NotFound(_("There is no such unit."))
    limit = limit_of_unit(unit_id)
    initial = {"amount": limit.amount, "version": limit.version}
    form = UnitCreditLimitForm(request.POST or None, initial=initial)
    page = FormPage(
        title=_("Credit of %(name)s") % {"name": unit.name},
        button=_("Save"),
        back=_own(organization_id),
        back_label=overview.organization.name,
        intro=_(
            "A limit of the unit's own, with the units below it. Its orders have to fit the limits above it, too. "
            "The customer can see who changed it."
        ),
    )

    def act() -> tuple[str, str]:
        ordering.set_unit_credit_limit(
            unit_id, actor=staff_of(request), organization_id=organization_id, **form.cleaned_data
        )
        return _("Saved. It applies to pending orders too."), _own(organization_id)

    return page.answer(request, form, act)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def prices(request: HttpRequest, organization_id: int) -> HttpResponse:
    """Which prices a customer is shown, and whether to all of its members."""
    policies.require_manages_organizations(staff_of(request))
    found = queries.organization_for_staff(staff_of(request), organization_id).organization
    form = PricesForm(request.POST or None, initial={"shown": found.shown, "by_right": found.prices_by_right})
    page = FormPage(
        title=_("Prices shown to %(name)s") % {"name": found.name},
        button=_("Save"),
        back=_own(organization_id),
        back_label=found.name,
        intro=_("The customer sees who changed this. Its administrators can choose themselves who sees prices."),
    )

    def act() -> tuple[str, str]:
        actions.choose_prices(organization_id, actor=staff_of(request), **form.typed())
        return _("Saved. It counts from the next page anybody opens."), _own(organization_id)

    return page.answer(request, form, act)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def add_organization(request: HttpRequest) -> HttpResponse:
    """Add an organisation for a customer; its first administrator is invited."""
    policies.require_manages_organizations(staff_of(request))
    form = OrganizationForm(request.POST or None, initial={"language": queries.language_of(None)})
    page = FormPage(
        title=_("Add an organisation"),
        button=_("Add and invite"),
        back=reverse("akcept_panel:organizations"),
        back_label=_("Organisations"),
        intro=_("It can order right away. Its first administrator gets an e-mail with a link to set a password."),
        grave=True,
    )

    def act() -> tuple[str, str]:
        added = actions.add_organization(
            actor=staff_of(request),
            name=form.cleaned_data["name"],
            nip=form.cleaned_data["nip"],
            address=form.seat(),
            **form.person(),
        )
        return _("%(name)s has been added.") % {"name": added.name}, _own(added.pk)

    return page.answer(request, form, act)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def invite_administrator(request: HttpRequest, organization_id: int) -> HttpResponse:
    """Invite an administrator for a customer, with a reason both sides read."""
    policies.require_manages_organizations(staff_of(request))
    found = queries.organization_for_staff(staff_of(request), organization_id).organization
    form = AdministratorForm(request.POST or None, initial={"language": queries.language_of(None)})
    page = FormPage(
        title=_("Invite an administrator"),
        button=_("Send the invitation"),
        back=_own(organization_id),
        back_label=found.name,
        intro=_(
            "For a customer who cannot do it themselves. Your reason is kept in the history, where you both can see it."
        ),
        grave=True,
    )

    def act() -> tuple[str, str]:
        invited = actions.invite_administrator(
            organization_id, actor=staff_of(request), reason=form.cleaned_data["reason"], **form.person()
        )
        return _("%(email)s has been sent an invitation.") % {"email": invited.email}, _own(organization_id)

    return page.answer(request, form, act)


def _own(organization_id: int) -> str:
    return reverse("akcept_panel:organization", kwargs={"organization_id": organization_id})
