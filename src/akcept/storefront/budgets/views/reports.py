"""Reports: what the organisation spent, as a table with its chart beside it, and as a file."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from akcept.ordering.queries import spending
from akcept.ordering.queries.spending import Dimension, Question
from akcept.organizations.bulk import sheets
from akcept.organizations.bulk.columns import Column
from akcept.organizations.visitor import actor_of
from akcept.storefront import refusals
from akcept.storefront.budgets.views.budgets import day_asked
from akcept.storefront.tabs import require_module, tab_context

LABELS: Final = {
    Dimension.UNIT: gettext_lazy("Unit"),
    Dimension.MEMBER: gettext_lazy("Member"),
    Dimension.CATEGORY: gettext_lazy("Category"),
    Dimension.MONTH: gettext_lazy("Month"),
}
_HEADINGS: Final = {
    Dimension.UNIT: ("Unit", "Oddział"),
    Dimension.MEMBER: ("Member", "Osoba"),
    Dimension.CATEGORY: ("Category", "Kategoria"),
    Dimension.MONTH: ("Month", "Miesiąc"),
}


def _asked(request: HttpRequest) -> Question:
    by = request.GET.get("by", "")
    return Question(
        by=next((each for each in Dimension if each == by), Dimension.UNIT),
        since=day_asked(request, "since"),
        until=day_asked(request, "until"),
        currency=request.GET.get("currency", "")[:3],
    )


@refusals.page
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Spending by unit, member, category or month."""
    require_module()
    found = spending.report(actor_of(request), _asked(request))
    context = {**tab_context(request, "reports"), "found": found, "dimensions": LABELS, "heading": LABELS[found.by]}
    return render(request, "akcept/reports.html", context)


@refusals.page
@require_safe
def export(request: HttpRequest, file_format: str) -> HttpResponse:
    """Answer with a file of the same rows."""
    require_module()
    found = spending.report(actor_of(request), _asked(request))
    english, polish = _HEADINGS[found.by]
    columns = (
        Column(code="label", english=english, polish=polish, explained=_("What the row adds up.")),
        Column(code="orders", english="Orders", polish="Zamówienia", explained=_("How many orders it counts.")),
        Column(code="net", english="Net", polish="Netto", explained=_("Value of the products, net, without delivery.")),
        Column(code="currency", english="Currency", polish="Waluta", explained=_("Currency of the value.")),
    )
    content = sheets.written_table(
        [[row.label, row.orders, row.net, found.currency] for row in found.rows],
        columns=columns,
        title=_("Reports"),
        file_format=file_format,
        language=get_language() or "pl",
    )
    return HttpResponse(
        content,
        content_type=sheets.FORMATS[file_format],
        headers={"Content-Disposition": f'attachment; filename="spending.{file_format}"', "Cache-Control": "no-store"},
    )
