"""The form that changes a held order: its requester before submitting it again, an approver who reduces it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from akcept.kernel import price_sight
from akcept.ordering import payments
from akcept.ordering.actions import NOTE_LIMIT, REMARK_LIMIT
from akcept.ordering.ports import QuoteLine
from akcept.ordering.queries import DeliveryChoice, OrderView
from akcept.ui.formats import money
from akcept.ui.forms import CountField, ProseField


class ChangeForm(forms.Form):
    """A quantity for every line, another way of delivery or to pay; the field names are those the core refuses by."""

    def __init__(self, data: Any, *, view: OrderView, delivery: DeliveryChoice, resubmits: bool) -> None:
        super().__init__(data)
        self._only_asks = self.is_bound and "preview" in self.data
        self._lines = view.document.lines
        for line in self._lines:
            self.fields[_name(line)] = _quantity(line, most=None if resubmits else line.quantity)
        if delivery.options and (delivery.given_up or resubmits):
            self.fields["delivery"] = _delivery(
                view, delivery, required=resubmits and delivery.given_up and not self._only_asks
            )
        if resubmits or view.validity.credit:
            self.fields["payment"] = _payment(view, resubmits=resubmits)
        texts = _requester_texts(view) if resubmits else _approver_texts()
        self.fields.update(texts)
        self._texts = tuple(texts)

    @property
    def lines(self) -> Iterator[tuple[QuoteLine, BoundField]]:
        """Yield each line of the order with its field."""
        return ((line, self[_name(line)]) for line in self._lines)

    @property
    def texts(self) -> Iterator[BoundField]:
        """Yield the fields beside the quantities."""
        return (self[name] for name in self._texts)

    @property
    def terms(self) -> Iterator[BoundField]:
        """Yield the fields for the way of delivery and to pay, where there is something to choose."""
        return (self[name] for name in ("delivery", "payment") if name in self.fields)

    @property
    def delivery_code(self) -> str | None:
        """The chosen way of delivery, None for the order's own."""
        return self.cleaned_data.get("delivery") or None

    @property
    def payment_code(self) -> str | None:
        """The chosen way to pay, None for the order's own."""
        return self.cleaned_data.get("payment") or None

    @property
    def quantities(self) -> dict[int, int]:
        """The typed quantities that can be taken, by line id."""
        typed = {line.line_id: self.cleaned_data.get(_name(line)) for line in self._lines}
        return {pk: number for pk, number in typed.items() if pk is not None and number is not None}


def _name(line: QuoteLine) -> str:
    return f"quantity-{line.line_id}"


def _quantity(line: QuoteLine, *, most: int | None) -> CountField:
    limits = {"min": 0, "inputmode": "numeric"} | ({} if most is None else {"max": most})
    return CountField(label=line.title, initial=line.quantity, widget=forms.NumberInput(limits))


def _delivery(view: OrderView, delivery: DeliveryChoice, *, required: bool) -> forms.ChoiceField:
    """Return the ways of delivery with what each costs; nothing is chosen where the order's own was given up."""
    currency = view.document.currency
    priced = price_sight.are_seen()
    choices = [
        (option.code, f"{option.name}, {money(option.net, currency)}" if priced else option.name)
        for option in delivery.options
    ]
    words = {"method": view.document.delivery_name}
    return forms.ChoiceField(
        label=_("Delivery, net"),
        required=required,
        choices=[("", _("Choose…")), *choices] if delivery.given_up else choices,
        initial="" if delivery.given_up else view.document.delivery_code,
        help_text=_("The shop no longer delivers by “%(method)s”.") % words if delivery.given_up else "",
        error_messages={"required": _("Choose another way of delivery.")},
    )


def _payment(view: OrderView, *, resubmits: bool) -> forms.ChoiceField:
    """Return the ways to pay; an approver only those that need no credit."""
    codes = payments.choices_for(has_organization=True)
    if not resubmits:
        codes = tuple(code for code in codes if code != payments.ON_ACCOUNT)
    choices = [(code, str(payments.LABELS[code]).capitalize()) for code in codes]
    return forms.ChoiceField(
        label=_("Payment"),
        required=False,
        choices=choices if resubmits else [("", _("as it is")), *choices],
        initial=view.placement.payment_code if resubmits else "",
        help_text=view.validity.credit,
    )


def _requester_texts(view: OrderView) -> dict[str, forms.CharField]:
    placement = view.placement
    answer_help = _("The approvers will see it; the shop will not.")
    return {
        "remark": ProseField(label=_("Your answer"), required=False, max_length=REMARK_LIMIT, help_text=answer_help),
        "note": ProseField(label=_("Note"), required=False, initial=placement.note, max_length=NOTE_LIMIT),
        "po_number": forms.CharField(label=_("Your order number"), required=False, initial=placement.po_number),
    }


def _approver_texts() -> dict[str, forms.CharField]:
    label = _("Why? The requester will see it.")
    return {"reason": ProseField(label=label, required=False, max_length=REMARK_LIMIT)}
