"""Budgets of the organisation: all of them, one with its ledger, the calendar, copies for next year."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from akcept.budgets import actions, queries
from akcept.budgets.queries import Question
from akcept.kernel.clock import is_sensible
from akcept.kernel.errors import Refused
from akcept.ordering.queries import visible_numbers
from akcept.organizations.visitor import actor_of
from akcept.storefront import refusals
from akcept.storefront.budgets.forms import CalendarForm, CopyForm
from akcept.storefront.form_pages import Words, form_answer
from akcept.storefront.tabs import require_module, tab_context
from akcept.ui.forms import onto

BACK = "akcept:budgets"
BUDGETS = gettext_lazy("Budgets")


def day_asked(request: HttpRequest, name: str) -> date | None:
    """Return a day of the query string; None for none, for what is no day, and for days out of any budget's reach."""
    try:
        found = parse_date(request.GET.get(name, ""))
    except ValueError:
        return None
    return found if found is not None and is_sensible(found) else None


def asked(request: HttpRequest) -> Question:
    """Return which budgets a page or a file is to show."""
    return Question(
        text=request.GET.get("text", "")[:100],
        on=day_asked(request, "on"),
        closed="closed" in request.GET,
    )


@refusals.page
@require_safe
def budgets(request: HttpRequest) -> HttpResponse:
    """The budgets the visitor may see, as a tree, in the period of a day."""
    require_module()
    question = asked(request)
    found = queries.overview(actor_of(request), question)
    context = {**tab_context(request, "budgets"), "found": found, "question": question}
    return render(request, "akcept/budgets/list.html", context)


@refusals.page
@require_safe
def budget(request: HttpRequest, budget_id: int) -> HttpResponse:
    """One budget: what is spent, held and free, its ledger, its periods, how it will end."""
    require_module()
    by_order = request.GET.get("show") == "orders"
    found = queries.detail(
        actor_of(request),
        budget_id,
        start=day_asked(request, "period"),
        after=request.GET.get("after", ""),
        by_order=by_order,
    )
    visible = visible_numbers(actor_of(request), {line.order_number for line in found.rows.rows})
    context = {**tab_context(request, "budgets"), "found": found, "visible": visible, "by_order": by_order}
    return render(request, "akcept/budgets/one.html", context)


@refusals.page
def calendar(request: HttpRequest) -> HttpResponse:
    """Time zone and fiscal year."""
    require_module()
    actor = actor_of(request)
    words = Words(_("Calendar of budgets"), back=BACK, back_label=BUDGETS)
    set_ = queries.calendar(actor)
    initial = {"time_zone": set_.time_zone, "fiscal_month": set_.fiscal_month}
    form = CalendarForm(request.POST or None, initial=initial)

    def set_anew() -> str:
        actions.set_calendar(actor=actor, **form.cleaned_data)
        return _("Saved. It applies from now on.")

    return form_answer(request, form, words, set_anew, then=BACK)


@refusals.page
def copy(request: HttpRequest) -> HttpResponse:
    """Make next year's budgets from this year's: first shown, then made."""
    require_module()
    actor = actor_of(request)
    form = CopyForm(request.POST or None, initial={"year": queries.today(actor).year})
    if request.method != "POST":
        return _copy_page(request, form)
    if not form.is_valid():
        return _copy_page(request, form, status=422)
    year, percent = form.cleaned_data["year"], form.cleaned_data["percent"] or Decimal(0)
    try:
        copies = queries.copies(actor, year, percent=percent)
        shown = hashlib.sha256(repr([(one.name, one.amounts) for one in copies]).encode()).hexdigest()[:32]
        if not copies or request.POST.get("shown") != shown:
            return _copy_page(request, form, copies=copies, shown=shown)
        made = actions.copy_to_next_year(year, actor=actor, percent=percent)
    except Refused as refusal:
        return _copy_page(request, form, status=onto(form, refusal))
    text = ngettext("%(n)d budget has been copied.", "%(n)d budgets have been copied.", len(made))
    messages.success(request, text % {"n": len(made)})
    return redirect(BACK)


def _copy_page(request: HttpRequest, form: CopyForm, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "akcept/budgets/copy.html", {"form": form, **more}, status=status)
