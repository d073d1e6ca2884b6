"""The merchant's page that tells what a customer pays for goods on a day, and why; beside another one's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from akcept.agreements.answers import Price
from akcept.agreements.ports import MOST_TEXT, Offered, OfferedGoods, OfferedLine, counter
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid
from akcept.organizations.queries import Customer, customers_for_staff
from akcept.organizations.visitor import staff_of
from akcept.panel.agreed_words import why, why_price
from akcept.panel.refusals import staff_page
from akcept.ui.forms import DayField, LineField, ProseField, SuggestInput


class PreviewForm(forms.Form):
    """Who, when and what; a customer that is left empty is somebody nothing was agreed with."""

    customer = LineField(
        label=gettext_lazy("Customer"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "Name or tax number of an organisation, “organisation, unit”, or the e-mail of a member. "
            "Leave empty for visitors."
        ),
    )
    other = LineField(label=gettext_lazy("Compared with"), required=False, max_length=300)
    day = DayField(label=gettext_lazy("Day"))
    codes = ProseField(
        label=gettext_lazy("Products"),
        help_text=gettext_lazy("One code or EAN per line, with a quantity if it matters. For example: P1;24"),
        max_length=MOST_TEXT,
        rows=5,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actor = actor

    def clean_customer(self) -> Customer | None:
        """Return the customer. Raises ValidationError where the text names none, or several."""
        return self._named("customer")

    def clean_other(self) -> Customer | None:
        """Return the other customer, in the same way."""
        return self._named("other")

    def _named(self, name: str) -> Customer | None:
        text = self.cleaned_data[name]
        if not text:
            return None
        found = customers_for_staff(self._actor, text)
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(_("No customer is called “%(text)s”.") % {"text": text})
        self.fields[name].widget = SuggestInput(suggestions=[(each.label, "") for each in found])
        listed = "; ".join(each.label for each in found)
        raise forms.ValidationError(
            _("Several customers match. Enter one of them: %(customers)s.") % {"customers": listed}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one customer pays for a product, with the reason in words."""

    customer: str
    offered: Offered
    why: str
    #: From how many pieces on which price counts, and why where another list makes it; nothing where one is for all.
    steps: list[tuple[int, Price, str]]

    @property
    def smallest(self) -> int:
        """How many are sold at least; 1 where any number is."""
        return self.offered.answer.pack.fitting(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A product that was asked about."""

    line: OfferedLine
    told: list[Told]

    @property
    def differs(self) -> bool:
        """Whether two customers pay another price, or one of them may not buy it."""
        prices = [(each.offered.answer.may_buy, each.offered.answer.price) for each in self.told]
        seen = {(may_buy, price and price.net, price and price.currency) for may_buy, price in prices}
        return len(seen) > 1


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest) -> HttpResponse:
    """What a customer pays for products on a day, why, and from how many pieces on less; nothing is written."""
    actor, sent = staff_of(request), request.POST if request.method == "POST" else None
    initial = {"day": timezone.localdate(), "customer": request.GET.get("customer", "")[:300]}
    form = PreviewForm(sent, actor=actor, initial=initial)
    goods = _offered(form) if sent is not None and form.is_valid() else None
    names = _names(form) if goods is not None else []
    context = {
        "form": form,
        "customers": names,
        "rows": [_row(line, names) for line in goods.lines] if goods else None,
        "unknown": goods.unknown if goods else (),
    }
    return render(request, "akcept/panel/price_preview.html", context, status=422 if form.errors else 200)


def _names(form: PreviewForm) -> list[str]:
    customer, other = form.cleaned_data["customer"], form.cleaned_data["other"]
    return [customer.label if customer else _("visitors"), *([other.label] if other else [])]


def _offered(form: PreviewForm) -> OfferedGoods | None:
    """Return what was asked about; None, with the reason on the form, where it cannot be."""
    data = form.cleaned_data
    units = [data["customer"].unit_id if data["customer"] else None]
    if data["other"]:
        units.append(data["other"].unit_id)
    try:
        return counter().offered(data["codes"], unit_ids=units, day=data["day"])
    except Invalid as refusal:
        form.add_error("codes", str(refusal))
        return None


def _row(line: OfferedLine, names: Sequence[str]) -> Row:
    return Row(line=line, told=[_told(name, each) for name, each in zip(names, line.offered, strict=True)])


def _told(customer: str, offered: Offered) -> Told:
    price = offered.answer.price
    known = price.list_id if price else None
    steps = [(least, each, why_price(each) if each.list_id != known else "") for least, each in offered.steps]
    return Told(customer=customer, offered=offered, why=why(offered.answer), steps=steps if len(steps) > 1 else [])
