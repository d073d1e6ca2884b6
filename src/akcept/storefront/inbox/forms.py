"""What the inbox is sorted and narrowed by, read from its address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from akcept.ordering.queries import InboxFilter, Sort
from akcept.ordering.queries.narrowing import Choices
from akcept.ui.choosing import NarrowingField, chosen
from akcept.ui.forms import AmountField

SORTS = [
    (Sort.OLDEST.value, _("Longest waiting")),
    (Sort.VALUE.value, _("Highest value")),
    (Sort.UNIT.value, _("Unit")),
]
MONEY: dict[str, Any] = {"required": False, "min_value": 0, "max_digits": 12, "decimal_places": 2}


class InboxForm(forms.Form):
    """Every field may stay empty; what was typed wrongly is shown and does not narrow."""

    sort = forms.ChoiceField(label=_("Sorted by"), choices=SORTS, required=False)
    unit = NarrowingField(_("Unit"), nothing=_("All units"))
    requester = NarrowingField(_("Ordered by"), nothing=_("Everybody"))
    net_from = AmountField(label=_("Net from"), **MONEY)
    net_to = AmountField(label=_("Net to"), **MONEY)
    q = forms.CharField(label=_("Order, product or note"), required=False, max_length=100)

    def __init__(self, *args: Any, choices: Choices, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["unit"].offer(choices.units, whole=choices.whole)  # type: ignore[attr-defined]
        self.fields["requester"].offer(choices.requesters, whole=choices.whole)  # type: ignore[attr-defined]
        for name in ("sort", "unit", "requester"):
            is_select = isinstance(self.fields[name].widget, forms.Select)
            kind = "form-select form-select-sm" if is_select else "form-control form-control-sm"
            self.fields[name].widget.attrs["class"] = kind
        for name in ("net_from", "net_to", "q"):
            self.fields[name].widget.attrs |= {"class": "form-control form-control-sm", "data-manual": ""}
        for name in ("net_from", "net_to"):
            self.fields[name].widget.attrs |= {"inputmode": "decimal"}
            self.fields[name].widget.input_type = "text"

    def shown(self) -> list[forms.BoundField]:
        """Return the fields that are always in sight."""
        return [self["sort"], self["unit"]]

    def folded(self) -> list[forms.BoundField]:
        """Return those that open on demand, so that a phone shows orders first."""
        return [self[name] for name in ("requester", "net_from", "net_to", "q")]

    def folded_used(self) -> bool:
        """Whether something is typed in one of the folded fields."""
        return any(bound.value() for bound in self.folded())

    def sorted_by(self) -> Sort:
        """Return the order of the list."""
        return Sort(self.cleaned_data.get("sort") or Sort.OLDEST)

    def wanted(self) -> InboxFilter:
        """Return what the list is narrowed by."""
        data = self.cleaned_data
        return InboxFilter(
            **chosen(data, "unit", "requester"),
            net_from=data.get("net_from"),
            net_to=data.get("net_to"),
            text=data.get("q", ""),
        )
