"""Changing many prices of a list at once: by per cent, by a file or pasted rows; looked at before it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from akcept.agreements import actions, price_changes, price_files, queries
from akcept.agreements.inputs import PriceInput
from akcept.agreements.models import PriceList
from akcept.agreements.price_changes import Change
from akcept.kernel.errors import Refused
from akcept.kernel.spreadsheets import LARGE
from akcept.ordering.ports import assortment
from akcept.organizations import policies
from akcept.organizations.visitor import staff_of
from akcept.panel.agreement_forms import PricesForm, products_of, text_box
from akcept.panel.refusals import staff_page
from akcept.ui.form_pages import form_answered
from akcept.ui.forms import PercentField, onto

#: How many bad lines of a file are named on its page; how many changes are shown before they are made.
SHOWN_TROUBLES: Final = 20
SHOWN_CHANGES: Final = 100


class PerCentForm(forms.Form):
    """By how much all net prices of a list change, or those of some products."""

    per_cent = PercentField(
        label=gettext_lazy("Per cent"),
        max_digits=7,
        decimal_places=4,
        help_text=gettext_lazy("3.5 makes it dearer, -3.5 cheaper. Rounded to the places of the list."),
    )
    codes = text_box(
        gettext_lazy("Products"), gettext_lazy("One code or EAN per line. Leave empty for all net prices of the list.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_codes(self) -> list[int] | None:
        """Return the products that are named, None for all. Raises ValidationError naming those that are not there."""
        return products_of(self.cleaned_data["codes"]) or None


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def by_per_cent(request: HttpRequest, list_id: int) -> HttpResponse:
    """Make net prices of a list dearer or cheaper by per cent; rows of per cent follow what they are off."""
    policies.require_manages_organizations(staff_of(request))
    row = queries.list_for_staff(staff_of(request), list_id)
    form = PerCentForm(request.POST or None, initial={"version": row.version})

    def wanted(before: list[PriceInput]) -> list[PriceInput]:
        data = form.cleaned_data
        return price_changes.by_per_cent(before, data["per_cent"], places=row.places, product_ids=data["codes"])

    return _answered(request, form, row, wanted, title=_("Change prices of %(name)s by per cent") % {"name": row.name})


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def prices(request: HttpRequest, list_id: int) -> HttpResponse:
    """Change prices by a file or pasted rows, all or nothing; what they do not say stays."""
    policies.require_manages_organizations(staff_of(request))
    row = queries.list_for_staff(staff_of(request), list_id)
    form = PricesForm(request.POST or None, request.FILES or None, initial={"version": row.version})

    def wanted(_before: list[PriceInput]) -> list[PriceInput]:
        reading = price_files.read(form.content(LARGE.bytes), find=assortment().products)
        merged, missing = price_files.merged(row.pk, reading.rows)
        troubles = sorted([*reading.troubles, *missing])[:SHOWN_TROUBLES]
        if troubles:
            text = _("line %(line)d: %(reason)s")
            raise ValidationError([text % {"line": line, "reason": reason} for line, reason in troubles])
        form.keep(price_files.as_text(reading.rows))
        return merged

    return _answered(request, form, row, wanted, title=_("Prices of %(name)s") % {"name": row.name})


def _answered(
    request: HttpRequest,
    form: Any,
    row: PriceList,
    wanted: Callable[[list[PriceInput]], list[PriceInput]],
    *,
    title: str,
) -> HttpResponse:
    """Answer with the page, with what would change where that was asked for, or with the prices changed.

    `wanted` returns all prices as they shall be, of those that are; what it refuses stands at its field.
    """
    context = {"form": form, "title": title, "list": row, "back": _own(row)}

    def page(status: int) -> HttpResponse:
        return render(request, "akcept/panel/price_changes.html", context, status=status)

    def act() -> tuple[str, str]:
        after = wanted(price_changes.prices_of(row))
        actions.set_prices(row.pk, after, actor=staff_of(request), version=form.cleaned_data["version"])
        return _("Saved. It applies from now on; pending orders keep their prices."), _own(row)

    if request.method != "POST" or "look" not in request.POST or not form.is_valid():
        return form_answered(request, form, page, act)
    before = price_changes.prices_of(row)
    try:
        context |= _looked_at(price_changes.differences(before, wanted(before)))
    except Refused as refusal:
        return page(onto(form, refusal))
    except ValidationError as errors:
        form.add_error(None, errors)
        return page(422)
    return page(200)


def _looked_at(changes: list[Change]) -> dict[str, Any]:
    """Return what the page shows of changes: how many, the first of them, what their products are called."""
    first = changes[:SHOWN_CHANGES]
    categories = assortment().categories() if any(each.goods.category_id for each in first) else []
    return {
        "changes": first,
        "number": len(changes),
        "added": sum(each.before is None for each in changes),
        "skus": assortment().skus({each.goods.product_id for each in first if each.goods.product_id is not None}),
        "categories": {each.id: each.name for each in categories},
    }


def _own(row: PriceList) -> str:
    return reverse("akcept_panel:price_list", kwargs={"list_id": row.pk})
