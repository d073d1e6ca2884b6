"""What the list of orders is narrowed by, read from its address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from akcept.kernel import price_sight
from akcept.ordering.queries import OrderFilter
from akcept.ordering.queries.narrowing import Choices
from akcept.ordering.status import CUSTOMER_LABELS
from akcept.ui.choosing import NarrowingField, chosen
from akcept.ui.forms import AmountField, DayField, LineField, compare_days, compare_sums

_MONEY: dict[str, Any] = {"required": False, "min_value": 0, "max_digits": 12, "decimal_places": 2}
_WHOSE = ("unit", "requester")
_SUMS = ("net_from", "net_to")


class OrdersForm(forms.Form):
    """Every field may stay empty; what was typed wrongly is shown and does not narrow.

    `choices`: whose orders there are to choose from, None where all are the visitor's own. Who sees no prices cannot
    ask for sums either.
    """

    q = LineField(label=_("Number, product or person"), required=False, max_length=100)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All statuses")), *CUSTOMER_LABELS.items()]
    )
    placed_from = DayField(label=_("From day"), required=False)
    placed_to = DayField(label=_("To day"), required=False)
    unit = NarrowingField(_("Unit"), nothing=_("All units"))
    requester = NarrowingField(_("Ordered by"), nothing=_("Everybody"))
    net_from = AmountField(label=_("Net from"), **_MONEY)
    net_to = AmountField(label=_("Net to"), **_MONEY)

    def __init__(self, *args: Any, choices: Choices | None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if choices is None:
            self.fields["q"].label = _("Number or product")
            self._leave_out(_WHOSE)
        else:
            self.fields["unit"].offer(choices.units, whole=choices.whole)  # type: ignore[attr-defined]
            self.fields["requester"].offer(choices.requesters, whole=choices.whole)  # type: ignore[attr-defined]
        if not price_sight.are_seen():
            self._leave_out(_SUMS)
        for name, field in self.fields.items():
            is_select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select form-select-sm" if is_select else "form-control form-control-sm"
            if name in ("q", "placed_from", "placed_to", *_SUMS):
                field.widget.attrs["data-manual"] = ""

    def _leave_out(self, names: tuple[str, ...]) -> None:
        for name in names:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Compare the two ends of the days and of the value."""
        super().clean()
        compare_days(self, "placed_from", "placed_to")
        compare_sums(self, "net_from", "net_to")
        return self.cleaned_data

    def shown(self) -> list[forms.BoundField]:
        """Return the fields that are always in sight."""
        return [self["q"], self["status"]]

    def folded(self) -> list[forms.BoundField]:
        """Return those that open on demand, so that a phone shows orders first."""
        return [self[name] for name in self.fields if name not in ("q", "status")]

    def folded_used(self) -> bool:
        """Whether something is typed in one of the folded fields."""
        return any(bound.value() for bound in self.folded())

    def status_wanted(self) -> str:
        """Return the status that is wanted, empty for all."""
        return str(self.cleaned_data.get("status", ""))

    def wanted(self) -> OrderFilter:
        """Return what else the list is narrowed by."""
        data = self.cleaned_data
        return OrderFilter(
            **chosen(data, "unit", "requester"),
            text=data.get("q", ""),
            placed_from=data.get("placed_from"),
            placed_to=data.get("placed_to"),
            net_from=data.get("net_from"),
            net_to=data.get("net_to"),
        )
