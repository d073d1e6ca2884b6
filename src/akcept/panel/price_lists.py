"""The merchant's pages about price lists: found, made, changed, their prices as a table."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from akcept.agreements import actions, price_files, queries
from akcept.agreements.models import PriceList
from akcept.journal import queries as journal
from akcept.ordering.ports import assortment
from akcept.organizations import policies
from akcept.organizations.visitor import staff_of
from akcept.panel.agreement_forms import ListForm
from akcept.panel.form_pages import FormPage
from akcept.panel.refusals import staff_page

_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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
    form = ListForm(request.POST or None, initial=initial)
    if row is not None:
        form.fields["currency"].disabled = True

    def act() -> tuple[str, str]:
        return _said(), _own(_saved(request, form, row))

    return _page(title, row).answer(request, form, act)


def _saved(request: HttpRequest, form: ListForm, row: PriceList | None) -> PriceList:
    if row is None:
        return actions.add_list(form.typed(), actor=staff_of(request))
    version = form.cleaned_data["version"] or 0
    return actions.change_list(row.pk, form.typed(), actor=staff_of(request), version=version)


def _page(title: str, row: PriceList | None) -> FormPage:
    return FormPage(
        title=title,
        intro=_("Net prices, per piece. A list applies where an agreement names it."),
        button=_("Save"),
        back=_own(row) if row else reverse("akcept_panel:price_lists"),
        back_label=row.name if row else _("Price lists"),
    )


def _said() -> str:
    return _("Saved. It applies from now on; pending orders keep their prices.")


def _own(row: PriceList) -> str:
    return reverse("akcept_panel:price_list", kwargs={"list_id": row.pk})


@staff_page
@require_safe
def prices_file(request: HttpRequest, list_id: int, kind: str) -> HttpResponse:
    """All prices of products in a list as a file, CSV or XLSX, that can be changed and sent again."""
    row = queries.list_for_staff(staff_of(request), list_id)
    language = get_language() or "en"
    content = price_files.written(row.pk, skus=assortment().skus, language=language, file_format=kind)
    response = HttpResponse(content, content_type=_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="prices-{row.pk}.{kind}"'
    return response
