"""What the shop does in a requester's place, with a reason: changing and withdrawing a held order, ordering again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from akcept.kernel import typed
from akcept.kernel.actor import Actor
from akcept.kernel.errors import InvalidLines
from akcept.kernel.typed import Unreadable
from akcept.ordering import actions, behalf
from akcept.ordering.ports import QuoteLine, WantedLine
from akcept.ordering.queries import OrderView
from akcept.ordering.queries.merchant import order_for_staff
from akcept.organizations import policies
from akcept.organizations.visitor import staff_of
from akcept.panel.form_pages import FormPage
from akcept.panel.refusals import staff_page
from akcept.ui.forms import CountField, LineField, ProseField, seen_version

#: Characters of a list of other products.
_MORE_LIMIT: Final = 5000


class BecauseForm(forms.Form):
    """Why the shop does something in a customer's place; the version is that of the order as it was shown."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    because = ProseField(
        label=gettext_lazy("Why"),
        max_length=behalf.REASON_LIMIT,
        help_text=gettext_lazy("Both of you read it in the history, and in the e-mails: “asked by phone”."),
    )


class QuantitiesForm(BecauseForm):
    """A quantity for every line as well; 0 drops it."""

    def __init__(self, data: Any, *, lines: Sequence[QuoteLine], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self._lines = {f"quantity-{line.line_id}": line for line in lines}
        because = self.fields.pop("because")
        for name, line in self._lines.items():
            label = f"{line.title} ({line.sku})" if line.sku else line.title
            limits = forms.NumberInput({"min": 0, "inputmode": "numeric"})
            self.fields[name] = CountField(label=label, initial=line.quantity, widget=limits)
        self.fields["because"] = because

    @property
    def quantities(self) -> dict[int, int]:
        """The typed quantities by line id."""
        found = {line.line_id: self.cleaned_data.get(name) for name, line in self._lines.items()}
        return {pk: number for pk, number in found.items() if pk is not None and number is not None}


class AgainForm(QuantitiesForm):
    """A quantity for every line of an order that is ordered again, and products that were not in it."""

    def __init__(self, data: Any, *, lines: Sequence[QuoteLine], initial: dict[str, Any]) -> None:
        super().__init__(data, lines=lines, initial=initial)
        because = self.fields.pop("because")
        self.fields["more"] = forms.CharField(
            label=_("Other products"),
            required=False,
            max_length=_MORE_LIMIT,
            widget=forms.Textarea({"rows": 4}),
            help_text=_("One a line: its code or EAN, a space, and how many."),
        )
        self.fields["po_number"] = LineField(
            label=_("The customer's order number"), required=False, max_length=actions.PO_NUMBER_LIMIT
        )
        self.fields["because"] = because

    def clean_more(self) -> list[WantedLine]:
        """Return the other products. Raises ValidationError with the line that cannot be read."""
        found = []
        for text in filter(None, map(typed.line, self.cleaned_data["more"].splitlines())):
            code, _blank, quantity = text.rpartition(" ")
            try:
                found.append(WantedLine(code=code, quantity=typed.whole(quantity)))
            except Unreadable:
                code = ""
            if not code:
                raise forms.ValidationError(_("Write a code and how many pieces, not “%(line)s”.") % {"line": text})
        return found

    @property
    def wanted(self) -> tuple[WantedLine, ...]:
        """All that is to be ordered, pieces of one code together."""
        pieces = Counter[str]()
        for name, line in self._lines.items():
            pieces[line.sku] += self.cleaned_data.get(name) or 0
        for line in self.cleaned_data["more"]:
            pieces[line.code] += line.quantity
        return tuple(WantedLine(code=code, quantity=number) for code, number in pieces.items() if number)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def order_again(request: HttpRequest, number: str) -> HttpResponse:
    """Order for the requester of an order: its products in other quantities, others too, at today's prices."""
    policies.require_manages_organizations(staff_of(request))
    view = order_for_staff(staff_of(request), number)
    requester = view.placement.requester
    if requester is None:
        raise Http404(_("There is no such order."))
    document = view.document
    form = AgainForm(request.POST or None, lines=document.lines, initial={})
    page = FormPage(
        title=_("Order for %(name)s") % _words(view),
        intro=_(
            "At today's prices and as agreed with the customer; delivery (%(delivery)s) and payment as in order "
            "%(number)s. It goes the way it would go had %(name)s placed it, and is held where it has to be accepted."
        )
        % {**_words(view), "delivery": document.delivery_name},
        button=_("Place the order"),
        back=_page(number),
        back_label=_("Order %(number)s") % _words(view),
    )

    def act() -> tuple[str, str]:
        actor = behalf.in_place_of(requester, actor=staff_of(request), because=form.cleaned_data["because"])
        try:
            placed = actions.place_list(
                form.wanted,
                actor=actor,
                delivery_code=document.delivery_code,
                delivery_address=document.delivery_address,
                payment_code=view.placement.payment_code,
                po_number=form.cleaned_data["po_number"],
            )
        except InvalidLines as refusal:
            why = [f"{form.wanted[at].code}: {text}" for at, text in refusal.problems]
            raise forms.ValidationError([str(refusal), *why]) from refusal
        return _("Order %(number)s is placed.") % {"number": placed.order_number}, _page(placed.order_number)

    return page.answer(request, form, act)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw an order for its requester."""
    view = _waiting(request, number)
    form = BecauseForm(request.POST or None, initial={"version": _version(view)})
    page = FormPage(
        title=_("Withdraw order %(number)s for %(name)s") % _words(view),
        intro=_(
            "The order ends and its products are no longer reserved. %(name)s and those who are asked get an e-mail."
        )
        % _words(view),
        button=_("Withdraw the order"),
        back=_page(number),
        back_label=_("Order %(number)s") % _words(view),
        danger=True,
    )

    def act() -> tuple[str, str]:
        actions.withdraw(number, actor=_in_place(request, view, form), version=seen_version(request))
        return _("Order %(number)s is withdrawn.") % _words(view), page.back

    return page.answer(request, form, act)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Change the quantities of an order for its requester, which submits it again."""
    view = _waiting(request, number)
    form = QuantitiesForm(request.POST or None, lines=view.document.lines, initial={"version": _version(view)})
    page = FormPage(
        title=_("Change order %(number)s for %(name)s") % _words(view),
        intro=_(
            "It is submitted again as if %(name)s had changed it: all who have to accept it are asked again. "
            "The shop decides nothing for its customer."
        )
        % _words(view),
        button=_("Change the order"),
        back=_page(number),
        back_label=_("Order %(number)s") % _words(view),
    )

    def act() -> tuple[str, str]:
        version, quantities = seen_version(request), form.quantities
        actions.resubmit(number, actor=_in_place(request, view, form), version=version, quantities=quantities)
        return _("Order %(number)s is changed.") % _words(view), page.back

    return page.answer(request, form, act)


def _waiting(request: HttpRequest, number: str) -> OrderView:
    """Return an order that waits. Raises NotAllowed, NotFound, Http404 for any other."""
    policies.require_manages_organizations(staff_of(request))
    view = order_for_staff(staff_of(request), number)
    if view.case is None or not view.is_open:
        raise Http404(_("This order is no longer waiting for its customer."))
    return view


def _in_place(request: HttpRequest, view: OrderView, form: forms.Form) -> Actor:
    assert view.case is not None  # noqa: S101  see _waiting
    return behalf.in_place_of(view.case.requester, actor=staff_of(request), because=form.cleaned_data["because"])


def _version(view: OrderView) -> int:
    return view.case.version if view.case is not None else 0


def _words(view: OrderView) -> dict[str, str]:
    return {"number": view.placement.number, "name": view.requester}


def _page(number: str) -> str:
    return reverse("akcept_panel:order", kwargs={"number": number})
