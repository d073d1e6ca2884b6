"""The form that changes a held order: its requester before submitting it again, an approver who reduces it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from akcept.ordering.ports import QuoteLine
from akcept.ordering.queries import OrderView


class ChangeForm(forms.Form):
    """A quantity for every line; the field names are those the core refuses by."""

    def __init__(self, data: Any, *, view: OrderView, resubmits: bool) -> None:
        super().__init__(data)
        self._lines = view.document.lines
        for line in self._lines:
            self.fields[_name(line)] = _quantity(line, most=None if resubmits else line.quantity)
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
    def quantities(self) -> dict[int, int]:
        """The typed quantities that can be taken, by line id."""
        typed = {line.line_id: self.cleaned_data.get(_name(line)) for line in self._lines}
        return {pk: number for pk, number in typed.items() if pk is not None and number is not None}


def _name(line: QuoteLine) -> str:
    return f"quantity-{line.line_id}"


def _quantity(line: QuoteLine, *, most: int | None) -> forms.IntegerField:
    limits = {"min": 0, "inputmode": "numeric"} | ({} if most is None else {"max": most})
    return forms.IntegerField(label=line.title, initial=line.quantity, widget=forms.NumberInput(limits))


def _requester_texts(view: OrderView) -> dict[str, forms.CharField]:
    placement, area = view.placement, forms.Textarea({"rows": 3})
    answer_help = _("Whoever is asked to accept the order reads it; the shop does not.")
    return {
        "remark": forms.CharField(label=_("Your answer"), required=False, widget=area, help_text=answer_help),
        "note": forms.CharField(label=_("Note"), required=False, initial=placement.note, widget=area),
        "po_number": forms.CharField(label=_("Your order number"), required=False, initial=placement.po_number),
    }


def _approver_texts() -> dict[str, forms.CharField]:
    area = forms.Textarea({"rows": 3})
    return {"reason": forms.CharField(label=_("Why? Whoever placed the order reads it."), required=False, widget=area)}
