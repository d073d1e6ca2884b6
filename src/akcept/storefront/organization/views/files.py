"""Units and members from and to files: the upload, its preview, its confirmation, the export."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from akcept.kernel.errors import Changed, Invalid, Refused
from akcept.kernel.paging import key_of, page_of
from akcept.ordering.queries.affected import waiting_within
from akcept.organizations import accounts, actions, queries
from akcept.organizations.actions.importing import take_in
from akcept.organizations.bulk import sheets
from akcept.organizations.bulk.columns import COLUMNS, Kind, status_text
from akcept.organizations.bulk.planning import RowAct, RowPlan
from akcept.organizations.visitor import actor_of
from akcept.storefront import refusals
from akcept.storefront.foreseeing import told
from akcept.storefront.tabs import require_module, tab_context

#: Rows of a preview on one page.
ROWS = 100


@refusals.page
@require_safe
def files(request: HttpRequest) -> HttpResponse:
    """What can be exported and imported, and how the files look."""
    require_module()
    return _files(request)


def _files(request: HttpRequest, *, refusal: Invalid | None = None, refused: Kind | None = None) -> HttpResponse:
    context = {
        **tab_context(request, "files"),
        "kinds": [(kind.value, COLUMNS[kind]) for kind in queries.bulk_kinds(actor_of(request))],
        "formats": [*sheets.FORMATS],
        "refused": refused.value if refused else "",
        "refusal": refusal,
        "most_rows": sheets.MOST_ROWS,
        "most_megabytes": sheets.MOST_BYTES // 1_000_000,
    }
    return render(request, "akcept/files.html", context, status=refusal.status if refusal else 200)


@refusals.page
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Take a file, and lead to what importing it would do."""
    require_module()
    if request.method != "POST":
        return redirect("akcept:files")
    chosen = Kind(kind)
    given = request.FILES.get("file")
    try:
        if given is None:
            raise Invalid(_("Choose a file."), field="file")
        # One byte more than may be is enough to refuse it.
        content = given.read(sheets.MOST_BYTES + 1)
        draft = actions.draft_import(actor=actor_of(request), kind=chosen, file_name=given.name or "", content=content)
    except Invalid as refusal:
        return _files(request, refusal=refusal, refused=chosen)
    return redirect("akcept:import", draft_id=draft.pk)


@refusals.page
def preview(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Show what an import would do, row by row; POST does exactly that, or tries it out on the orders that wait."""
    require_module()
    if request.method != "POST":
        return _preview(request, draft_id)
    if "foresee" in request.POST:
        return _preview(request, draft_id, foresee=True)
    grave = queries.import_makes_administrators(actor_of(request), draft_id)
    if grave and (asked := accounts.of_login().confirm_first(request)):
        return asked
    try:
        counts = actions.carry_out_import(draft_id, actor=actor_of(request), digest=request.POST.get("digest", ""))
    except (Changed, Invalid) as refusal:
        return _preview(request, draft_id, refusal=refusal)
    messages.success(
        request,
        _("Imported. Added: %(created)d, changed: %(changed)d, left as they were: %(left)d.") % counts,
    )
    return redirect("akcept:files")


def _preview(
    request: HttpRequest, draft_id: int, *, refusal: Changed | Invalid | None = None, foresee: bool = False
) -> HttpResponse:
    """Show the plan; with `foresee` also who would be asked about waiting orders: that locks, so no GET does it."""
    found = queries.import_preview(actor_of(request), draft_id)
    plan, kind = found.plan, Kind(found.draft.kind)
    counts = plan.counts
    shown = request.GET.get("show", "")
    if shown not in counts:
        shown = RowAct.WRONG if counts[RowAct.WRONG] else RowAct.CREATED if counts[RowAct.CREATED] else RowAct.CHANGED
    after = key_of(request.GET.get("after", "")) or 0
    rows = [one for one in plan.of(RowAct(shown)) if one.row.line > after][: ROWS + 1]
    context = {
        **tab_context(request, "files"),
        "draft": found.draft,
        "plan": plan,
        "counts": counts,
        "shown": shown,
        "page": page_of(
            [_shown(one, kind) for one in rows], [str(one.row.line) for one in rows], size=ROWS, is_first=not after
        ),
        "moved": found,
        "waiting": waiting_within(found.draft.organization_id, found.moved),
        "refusal": refusal,
    }
    if foresee and found.moved and plan.possible:
        # What moves changes who decides what waits there: tried, told and undone.
        try:
            context |= told(
                lambda: take_in(draft_id, actor=actor_of(request), digest=plan.digest),
                organization_id=found.draft.organization_id,
            )
        except Refused as foretold:
            context["refusal"] = refusal or foretold
    return render(request, "akcept/import.html", context, status=refusal.status if refusal else 200)


def _shown(outcome: RowPlan[Any], kind: Kind) -> dict[str, Any]:
    """Return a row as the page shows it: headings and words in the visitor's language."""
    language = get_language() or "pl"
    headings = {column.code: column.heading(language) for column in COLUMNS[kind]}
    return {
        "line": outcome.row.line,
        "title": outcome.title,
        "key": outcome.key,
        "errors": outcome.errors,
        "note": outcome.note,
        "changes": [
            (headings[c.field], status_text(c.before, language), status_text(c.after, language))
            if c.field == "status"
            else (headings[c.field], c.before, c.after)
            for c in outcome.changes
        ],
    }


@refusals.page
@require_safe
def export(request: HttpRequest, kind: str, file_format: str) -> HttpResponse:
    """Answer with a file of all units, or all members, that the visitor looks after."""
    require_module()
    return _file(queries.export_rows(actor_of(request), Kind(kind)), Kind(kind), file_format, kind)


@refusals.page
@require_safe
def template(request: HttpRequest, kind: str, file_format: str) -> HttpResponse:
    """Answer with an empty file that has the right columns."""
    require_module()
    queries.require_bulk(actor_of(request), Kind(kind))
    return _file((), Kind(kind), file_format, f"{kind}-template")


def _file(rows: Any, kind: Kind, file_format: str, name: str) -> HttpResponse:
    content = sheets.written(rows, kind=kind, file_format=file_format, language=get_language() or "pl")
    return HttpResponse(
        content,
        content_type=sheets.FORMATS[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}.{file_format}"', "Cache-Control": "no-store"},
    )
