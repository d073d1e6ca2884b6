"""The merchant's pages about price lists: found, made, changed, their prices as a table."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from akcept.agreements import actions, price_files, queries
from akcept.agreements.models import PriceList
from akcept.journal import queries as journal
from akcept.kernel.errors import Refused
from akcept.kernel.spreadsheets import LARGE
from akcept.ordering.ports import assortment
from akcept.organizations import policies
from akcept.organizations.visitor import staff_of
from akcept.panel.agreement_forms import ListForm, PricesForm
from akcept.panel.refusals import staff_page
from akcept.ui.forms import onto

#: How many bad lines of a file are named on its page.
SHOWN_TROUBLES = 20


@staff_page
@require_safe
def price_lists(request: HttpRequest) -> HttpResponse:
    """All price lists, by name."""
    text = request.GET.get("q", "")
    context = {
        "page": queries.lists_page(staff_of(request), text=text, after=request.GET.get("after", "")),
        "text": text,
        "manages": policies.manages_organizations(request.user),
    }
    return render(request, "akcept/panel/price_lists.html", context)


@staff_page
@require_safe
def price_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """One list: its prices, those of a code, and who changed what."""
    row, code = queries.list_for_staff(staff_of(request), list_id), request.GET.get("code", "").strip()
    ids = [each.id for each in assortment().products([code]).values()] if code else None
    page = queries.rows_page(staff_of(request), list_id, product_ids=ids, after=request.GET.get("after", ""))
    context = {
        "list": row,
        "page": page,
        "code": code,
        "skus": assortment().skus([each.product_id for each in page.rows if each.product_id is not None]),
        "history": journal.latest("price_list", str(row.pk), before=request.GET.get("earlier", "")),
        "manages": policies.manages_organizations(request.user),
    }
    return render(request, "akcept/panel/price_list.html", context)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Make a price list."""
    policies.require_manages_organizations(staff_of(request))
    return _form(request, title=_("Add a price list"), initial={}, row=None)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, list_id: int) -> HttpResponse:
    """Change a list's days and what it is based on; its currency stays."""
    policies.require_manages_organizations(staff_of(request))
    row = queries.list_for_staff(staff_of(request), list_id)
    names = ("name", "currency", "starts", "ends", "places", "offers", "version")
    initial = {name: getattr(row, name) for name in names}
    return _form(request, title=row.name, initial={**initial, "base": row.base.name if row.base else ""}, row=row)


def _form(request: HttpRequest, *, title: str, initial: dict[str, Any], row: PriceList | None) -> HttpResponse:
    form, status = ListForm(request.POST or None, initial=initial), 200
    if row is not None:
        form.fields["currency"].disabled = True
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                saved = _saved(request, form, row)
            except Refused as refusal:
                status = onto(form, refusal)
            else:
                messages.success(request, _("Saved. It applies from now on; orders that wait keep their prices."))
                return redirect("akcept_panel:price_list", list_id=saved.pk)
    return _page(request, form, title=title, row=row, status=status)


def _saved(request: HttpRequest, form: ListForm, row: PriceList | None) -> PriceList:
    if row is None:
        return actions.add_list(form.typed(), actor=staff_of(request))
    version = form.cleaned_data["version"] or 0
    return actions.change_list(row.pk, form.typed(), actor=staff_of(request), version=version)


def _page(request: HttpRequest, form: Any, *, title: str, row: PriceList | None, status: int) -> HttpResponse:
    words = {
        "title": title,
        "intro": _("Prices are net, of one piece. A list counts where an agreement names it."),
        "button": _("Save"),
        "back": _own(row) if row else reverse("akcept_panel:price_lists"),
        "back_label": row.name if row else _("Price lists"),
        "danger": False,
    }
    return render(request, "akcept/panel/form.html", {"form": form, "words": words}, status=status)


def _own(row: PriceList) -> str:
    return reverse("akcept_panel:price_list", kwargs={"list_id": row.pk})


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def prices(request: HttpRequest, list_id: int) -> HttpResponse:
    """Change prices by a file or pasted rows, all or nothing; what they do not say stays."""
    policies.require_manages_organizations(staff_of(request))
    row = queries.list_for_staff(staff_of(request), list_id)
    title = _("Prices of %(name)s") % {"name": row.name}
    form = PricesForm(request.POST or None, request.FILES or None, initial={"version": row.version})
    if request.method != "POST":
        return _page(request, form, title=title, row=row, status=200)
    status = _import(request, form, row) if form.is_valid() else 422
    if status >= 400:
        return _page(request, form, title=title, row=row, status=status)
    return redirect("akcept_panel:price_list", list_id=row.pk)


def _import(request: HttpRequest, form: PricesForm, row: PriceList) -> int:
    """Let a list have the prices that were sent; otherwise say on the form why not. Return the status."""
    reading = price_files.read(form.content(LARGE.bytes), find=assortment().products)
    merged, missing = price_files.merged(row.pk, reading.rows)
    troubles = sorted([*reading.troubles, *missing])
    for line, reason in troubles[:SHOWN_TROUBLES]:
        form.add_error(None, _("line %(line)d: %(reason)s") % {"line": line, "reason": reason})
    if troubles:
        return 422
    try:
        actions.set_prices(row.pk, merged, actor=staff_of(request), version=form.cleaned_data["version"])
    except Refused as refusal:
        return onto(form, refusal)
    messages.success(request, _("Saved. It applies from now on; orders that wait keep their prices."))
    return 200


@staff_page
@require_safe
def prices_csv(request: HttpRequest, list_id: int) -> HttpResponse:
    """All prices of products in a list as a file that can be changed and sent again."""
    row = queries.list_for_staff(staff_of(request), list_id)
    content = price_files.written(row.pk, skus=assortment().skus, language=get_language() or "en")
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="prices-{row.pk}.csv"'
    return response
