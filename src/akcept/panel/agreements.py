"""The merchant's pages about agreements: found, looked at, made and changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from akcept.agreements import actions, queries
from akcept.agreements.models import Agreement
from akcept.agreements.queries.merchant import SOON, When
from akcept.journal import queries as journal
from akcept.kernel.paging import key_of
from akcept.ordering.models import CreditLimit, UnitCreditLimit
from akcept.ordering.money.credit import limit_of, limit_of_unit
from akcept.ordering.ports import assortment
from akcept.organizations import policies
from akcept.organizations.queries import organization_for_staff
from akcept.organizations.visitor import staff_of
from akcept.panel.agreed_words import conditions_in_words
from akcept.panel.agreement_forms import AgreementForm, initial_of
from akcept.panel.form_pages import FormPage
from akcept.panel.refusals import staff_page


@staff_page
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """Agreements with everybody, organisations and units: by text, organisation and what they are today."""
    text, when, today = request.GET.get("q", ""), request.GET.get("when", ""), timezone.localdate()
    actor, organization_id = staff_of(request), key_of(request.GET.get("organization", ""))
    found = {"text": text, "organization_id": organization_id, "when": when, "after": request.GET.get("after", "")}
    chosen = organization_for_staff(actor, organization_id).organization if organization_id is not None else None
    context = {
        "page": queries.agreements_page(actor, day=today, **found),  # type: ignore[arg-type]
        "text": text,
        "when": when,
        "whens": [
            (When.NOW, _("in force")),
            (When.COMING, _("coming")),
            (When.ENDING, _("ending within 30 days")),
            (When.ENDED, pgettext("agreements", "ended")),
        ],
        "organization": chosen,
        "today": today,
        "soon": today + SOON,
        "manages": policies.manages_organizations(request.user),
    }
    return render(request, "akcept/panel/agreements.html", context)


@staff_page
@require_safe
def agreement(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """One agreement: its days, lists in their order, goods, packs, and who changed what."""
    row = queries.agreement_for_staff(staff_of(request), agreement_id)
    packs = list(row.packs.all())
    context = {
        "agreement": row,
        "lists": sorted(row.agreed_lists.all(), key=lambda each: each.position),
        "packs": packs,
        "conditions": conditions_in_words(row.conditions),
        "credit_limit": _credit_limit(row),
        "skus": assortment().skus([each.product_id for each in packs]),
        "history": journal.latest("agreement", str(row.pk), before=request.GET.get("earlier", "")),
        "manages": policies.manages_organizations(request.user),
    }
    return render(request, "akcept/panel/agreement.html", context)


def _credit_limit(row: Agreement) -> CreditLimit | UnitCreditLimit | None:
    """Return the credit limit of the unit an agreement is with, head office's being the organisation's; one statement.

    None for an agreement with everybody.
    """
    if row.unit is None or row.organization_id is None:
        return None
    return limit_of(row.organization_id) if row.unit.parent_id is None else limit_of_unit(row.unit.pk)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def add_for_everybody(request: HttpRequest) -> HttpResponse:
    """Agree something with everybody: what counts where nothing nearer does."""
    policies.require_manages_organizations(staff_of(request))
    title = _("An agreement with everybody")
    return _form(request, title=title, units=None, initial={}, back=reverse("akcept_panel:agreements"))


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, organization_id: int) -> HttpResponse:
    """Agree something with a unit of an organisation and those below."""
    policies.require_manages_organizations(staff_of(request))
    overview = organization_for_staff(staff_of(request), organization_id)
    units = [(unit.pk, unit.name) for unit in overview.units]
    title = _("An agreement with %(name)s") % {"name": overview.organization.name}
    back = f"{reverse('akcept_panel:agreements')}?organization={organization_id}"
    return _form(request, title=title, units=units, initial={}, back=back)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Change an agreement, or end it by its last day."""
    policies.require_manages_organizations(staff_of(request))
    row = queries.agreement_for_staff(staff_of(request), agreement_id)
    back = reverse("akcept_panel:agreement", kwargs={"agreement_id": row.pk})
    return _form(request, title=row.name, units=None, initial=initial_of(row), back=back, row=row)


def _form(
    request: HttpRequest,
    *,
    title: str,
    units: list[tuple[int, str]] | None,
    initial: dict[str, Any],
    back: str,
    row: Agreement | None = None,
) -> HttpResponse:
    form = AgreementForm(request.POST or None, units=units, initial=initial)
    page = FormPage(
        title=title,
        intro=_("Orders keep the version they were placed under, and pending orders keep their prices."),
        button=_("Save"),
        back=back,
        back_label=_("Agreements") if row is None else row.name,
    )

    def act() -> tuple[str, str]:
        saved = _saved(request, form, row)
        then = reverse("akcept_panel:agreement", kwargs={"agreement_id": saved.pk})
        return _("Saved. It applies from now on; pending orders keep their prices."), then

    return page.answer(request, form, act)


def _saved(request: HttpRequest, form: AgreementForm, row: Agreement | None) -> Agreement:
    actor, wanted = staff_of(request), form.typed()
    if row is None:
        return actions.add_agreement(wanted, actor=actor, unit_id=form.cleaned_data.get("unit"))
    version = form.cleaned_data["version"] or 0
    return actions.change_agreement(row.pk, wanted, actor=actor, version=version)
