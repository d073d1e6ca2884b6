"""Budgets from and to files: the upload with its preview, the confirmation, the export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from akcept.budgets import actions, queries
from akcept.budgets.bulk.columns import CHOICES, COLUMNS, FIGURES
from akcept.budgets.bulk.ledger import ledger_cells, ledger_columns
from akcept.budgets.labels import STATE_LABELS
from akcept.kernel import typed
from akcept.kernel.errors import Changed, Invalid, Refused
from akcept.organizations.bulk import sheets
from akcept.organizations.bulk.columns import Column
from akcept.organizations.bulk.planning import RowAct, RowPlan
from akcept.organizations.bulk.sheets import Cell, Sheet
from akcept.organizations.visitor import actor_of
from akcept.organizations.wording import with_percent
from akcept.storefront import refusals
from akcept.storefront.budgets.views.budgets import BACK, asked, day_asked
from akcept.storefront.tabs import require_module, tab_context
from akcept.ui import formats

#: Rows a preview shows of what goes well; whatever is wrong is shown whole.
SHOWN = 200
#: The file goes to the browser and comes back with the confirmation, signed: what is imported is what was shown.
_SALT = "akcept.budgets.import"
_KEPT = 24 * 60 * 60


@refusals.page
def import_budgets(request: HttpRequest) -> HttpResponse:
    """Take a file and show what it would do; POST with the confirmation does exactly that."""
    require_module()
    queries.today(actor_of(request))  # refuses whoever manages no budgets before anything is read
    if request.method != "POST":
        return _page(request)
    try:
        if "sheet" in request.POST:
            return _confirmed(request)
        given = request.FILES.get("file")
        if given is None:
            raise Invalid(_("Choose a file."), field="file")
        content = given.read(sheets.MOST_BYTES + 1)  # one byte more than may be is enough to refuse it
        return _page(request, sheet=sheets.read_table(content, columns=(*COLUMNS, *FIGURES)))
    except Invalid as refusal:
        return _page(request, refusal=refusal)


def _confirmed(request: HttpRequest) -> HttpResponse:
    try:
        stored = signing.loads(request.POST["sheet"], salt=_SALT, max_age=_KEPT)
    except signing.BadSignature:
        raise Invalid(_("Please choose the file again."), field="file") from None
    sheet = sheets.sheet_from(stored)
    try:
        counts = actions.import_budgets(sheet, actor=actor_of(request), digest=request.POST.get("digest", ""))
    except (Changed, Invalid) as refusal:
        return _page(request, sheet=sheet, refusal=refusal)
    messages.success(
        request, _("Imported. Added: %(created)d, changed: %(changed)d, left as they were: %(left)d.") % counts
    )
    return redirect(BACK)


def _page(request: HttpRequest, *, sheet: Sheet | None = None, refusal: Refused | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        **tab_context(request, "budgets"),
        "columns": COLUMNS,
        "most_rows": sheets.MOST_ROWS,
        "most_megabytes": sheets.MOST_BYTES // 1_000_000,
        "refusal": refusal,
    }
    if sheet is not None:
        plan = queries.import_plan(actor_of(request), sheet)
        context |= {
            "plan": plan,
            "counts": plan.counts,
            "rows": [_shown(one) for one in _in_order(plan.outcomes)],
            "sheet": signing.dumps(sheet.as_json(), salt=_SALT, compress=True),
        }
    return render(request, "akcept/budgets/import.html", context, status=refusal.status if refusal else 200)


def _in_order(outcomes: list[RowPlan[Any]]) -> list[RowPlan[Any]]:
    wrong = [one for one in outcomes if one.act is RowAct.WRONG]
    return wrong or [one for one in outcomes if one.act is not RowAct.LEFT][:SHOWN]


def _shown(outcome: RowPlan[Any]) -> dict[str, Any]:
    language = get_language() or "pl"
    headings = {column.code: column.heading(language) for column in COLUMNS}
    wanted = outcome.wanted
    currency = wanted.currency if wanted is not None else ""
    units = {wanted.unit.key: wanted.unit.name} if wanted is not None and wanted.unit is not None else {}
    return {
        "line": outcome.row.line,
        "name": outcome.title,
        "errors": outcome.errors,
        "note": outcome.note,
        "is_new": outcome.known is None,
        "changes": [
            (headings[c.field], *(_said(c.field, cell, currency, units) for cell in (c.before, c.after)))
            for c in outcome.changes
            if c.field != "name"
        ],
    }


def _said(code: str, cell: str, currency: str, units: Mapping[str, str]) -> str:
    """Return a cell as a page says it: a file has codes, plain figures and days as computers write them."""
    if not cell:
        return ""
    if code == "unit":
        return units.get(cell, cell)
    if code in CHOICES:
        labels = STATE_LABELS if code == "state" else CHOICES[code]  # one word is enough in a cell
        return str(next(label for choice, label in labels.items() if choice.value == cell))
    if code in ("amount", "carry_most", "max_single"):
        return formats.money(typed.number(cell), currency)
    if code in ("starts", "ends"):
        return date_format(date.fromisoformat(cell))
    if code == "thresholds":
        return ", ".join(with_percent(part) for part in cell.split(", "))
    return cell


@refusals.page
@require_safe
def export(request: HttpRequest, file_format: str) -> HttpResponse:
    """Answer with a file of the budgets the page shows, in the form that can be imported again."""
    require_module()
    return _file(
        queries.export_rows(actor_of(request), asked(request)),
        columns=(*COLUMNS, *FIGURES),
        title=_("Budgets"),
        name="budgets",
        file_format=file_format,
    )


@refusals.page
@require_safe
def ledger(request: HttpRequest, budget_id: int, file_format: str) -> HttpResponse:
    """Answer with a file of the rows of a budget in the period its page shows."""
    require_module()
    found = queries.ledger_file(actor_of(request), int(budget_id), start=day_asked(request, "period"))
    budget, funds, lines = found
    return _file(
        [ledger_cells(line, budget) for line in lines],
        columns=ledger_columns(timezone.get_current_timezone_name()),
        title=budget.name,
        name=f"ledger-{budget.pk}-{funds.period.start}",
        file_format=file_format,
    )


def _file(
    rows: list[list[Cell]], *, columns: Sequence[Column], title: str, name: str, file_format: str
) -> HttpResponse:
    content = sheets.written_table(
        rows, columns=columns, title=title, file_format=file_format, language=get_language() or "pl"
    )
    return HttpResponse(
        content,
        content_type=sheets.FORMATS[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}.{file_format}"', "Cache-Control": "no-store"},
    )
