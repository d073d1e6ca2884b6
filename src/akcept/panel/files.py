"""Files of the shop's orders for its ERP: chosen by day, status and customer, downloaded in the format it reads."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import IO, Any, Final

from django.apps import apps
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from akcept.fulfilment import papers, sheets, ubl
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid
from akcept.ordering.models import Placement
from akcept.ordering.queries import whole
from akcept.ordering.queries.whole import WholeOrder
from akcept.ordering.queries.work import HeldByCustomer
from akcept.organizations.visitor import staff_of
from akcept.panel.forms import OrderFilesForm
from akcept.panel.refusals import staff_page
from akcept.ui.downloads import made

#: Files that are made whole before they are sent take time for each order; more are to be narrowed, or taken as CSV.
MOST_MADE: Final = 5_000
#: Counted up to here on the page.
_COUNTED: Final = 9_999
_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


@staff_page
@require_safe
def order_files(request: HttpRequest) -> HttpResponse:
    """What a file would have, and the formats it comes in."""
    form = OrderFilesForm(request.GET)
    valid, staff = form.is_valid(), staff_of(request)
    found = _found(staff, form)
    number = whole.number_found(found, most=_COUNTED)
    context = {
        **_marks(staff, form, found, number),
        "form": form,
        "number": number if number <= _COUNTED else None,
        "counted": _COUNTED,
        "valid": valid,
        "too_many": number > MOST_MADE,
        "most_made": MOST_MADE,
    }
    return render(request, "akcept/panel/order_files.html", context, status=200 if valid else 422)


@staff_page
@require_safe
def download(request: HttpRequest, kind: str) -> HttpResponse:
    """The chosen orders as a file; never one that is held."""
    if kind not in _TYPES:
        raise Http404
    form = OrderFilesForm(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('akcept_panel:order_files')}?{request.GET.urlencode()}")
    found = _found(staff_of(request), form)
    if kind in _MADE and whole.number_found(found, most=MOST_MADE) > MOST_MADE:
        raise Invalid(
            _("This file holds up to %(most)d orders. Choose fewer days, or download CSV.") % {"most": MOST_MADE}
        )
    orders = (order for chunk in whole.in_chunks(found) for order in chunk)
    response: Any
    response = made(partial(_MADE[kind], orders)) if kind in _MADE else StreamingHttpResponse(_STREAMED[kind](orders))
    response["Content-Type"] = _TYPES[kind]
    name = "orders-ubl" if kind == "zip" else "orders"
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response  # type: ignore[no-any-return]


def _found(staff: Actor, form: OrderFilesForm) -> QuerySet[Placement]:
    found = whole.work_orders(staff, form.wanted())
    if not _has_marks():
        return found
    from akcept.handover import queries

    found = queries.narrowed(found, exported=form.is_exported())
    return queries.of_export(found, form.export_id() or 0) if form.export_id() else found


def _has_marks() -> bool:
    return apps.is_installed("akcept.handover")


def _marks(staff: Actor, form: OrderFilesForm, found: QuerySet[Placement], number: int) -> dict[str, Any]:
    """Return what the page says of exports, and how many of the orders bear no mark; nothing in a shop without them."""
    if not _has_marks():
        return {}
    from akcept.handover import queries

    unmarked = 0 if form.is_exported() or form.export_id() else number
    if unmarked and form.is_exported() is None:
        unmarked = whole.number_found(queries.narrowed(found, exported=False), most=_COUNTED)
    return {
        "has_marks": True,
        "exports": queries.latest(staff),
        "unmarked": unmarked,
        "markable": 0 < unmarked <= MOST_MADE,
    }


@staff_page
@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Mark the chosen orders that bear no mark yet as exported, and lead to the file of exactly these."""
    form = OrderFilesForm(request.POST)
    if not (_has_marks() and form.is_valid()):
        raise Http404
    from akcept.handover import actions

    marked = actions.mark_exported(form.wanted(), actor=staff_of(request))
    if marked.export_id is None:
        messages.info(request, _("There is nothing to mark: these orders are marked as exported already."))
        return redirect("akcept_panel:order_files")
    n = len(marked.numbers)
    text = ngettext("%(n)d order is marked as exported.", "%(n)d orders are marked as exported.", n) % {"n": n}
    messages.success(request, text)
    return redirect(f"{reverse('akcept_panel:order_files')}?export={marked.export_id}")


@staff_page
@require_POST
def undo(request: HttpRequest, export_id: int) -> HttpResponse:
    """Take the marks of an export back."""
    if not _has_marks():
        raise Http404
    from akcept.handover import actions

    n = actions.undo_export(export_id, actor=staff_of(request))
    text = ngettext("The mark of %(n)d order is taken back.", "The marks of %(n)d orders are taken back.", n) % {"n": n}
    messages.success(request, text)
    return redirect(f"{reverse('akcept_panel:order_files')}?exported=no")


def _write_zip(orders: Iterable[WholeOrder], file: IO[bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for order in orders:
            # Without a time of its own, so that the same orders are the same file.
            packed.writestr(
                zipfile.ZipInfo(f"{order.number}.xml"), ubl.xml_of(order), compress_type=zipfile.ZIP_DEFLATED
            )


_STREAMED: Final[dict[str, Callable[[Iterable[WholeOrder]], Iterator[str]]]] = {
    "csv": sheets.csv_lines,
    "json": sheets.json_parts,
}
_MADE: Final[dict[str, Callable[[Iterable[WholeOrder], IO[bytes]], None]]] = {
    "xlsx": sheets.write_xlsx,
    "zip": _write_zip,
}


@staff_page
@require_safe
def ubl_of_one(request: HttpRequest, number: str) -> HttpResponse:
    """One order of the shop's work as UBL; refused while it is held, or when it ended unaccepted."""
    order = whole.whole_order_for_staff(staff_of(request), number)
    if not order.is_work:
        raise HeldByCustomer(
            _("Order %(number)s is not the shop's work: its customer has not accepted it.") % {"number": number}
        )
    response = HttpResponse(ubl.xml_of(order), content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{number}.xml"'
    return response


@staff_page
@require_safe
def document(request: HttpRequest, number: str) -> HttpResponse:
    """Any order as PDF; one that is held says on each page that it is unconfirmed."""
    content = papers.pdf_of(whole.whole_order_for_staff(staff_of(request), number))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response
