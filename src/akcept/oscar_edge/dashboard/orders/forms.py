"""Oscar's forms about orders; an address that goes to a company or a place has one name only."""

# ruff: noqa: F403  Oscar's other forms are found in this module too
from __future__ import annotations

import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from oscar.apps.dashboard.orders.forms import *
from oscar.apps.dashboard.orders.forms import OrderSearchForm as OscarOrderSearchForm
from oscar.apps.dashboard.orders.forms import OrderStatsForm as OscarOrderStatsForm
from oscar.apps.dashboard.orders.forms import ShippingAddressForm as OscarShippingAddressForm

from akcept.ordering import status
from akcept.ordering.queries.narrowing import midnight
from akcept.oscar_edge.dashboard.fields import NearDays, as_code, as_ean
from akcept.ui import formats
from akcept.ui.forms import AmountField, DayField, LineField, compare_days, compare_sums


class ShippingAddressForm(OscarShippingAddressForm):
    """Where an order goes: of the two names only those it has are needed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first_name", "last_name"):
            if self.instance.pk and not getattr(self.instance, name):
                self.fields[name].required = False


#: In the list of work: those that never became work.
ENDED: Final = "ended"


class OrderSearchForm(NearDays, OscarOrderSearchForm):
    """What orders are searched by; sums are gross with delivery, in each order's own currency, both ends included.

    Oscar's own fields stay for its own template.
    """

    text = LineField(label=_("Number, customer, NIP, unit or person"), required=False, max_length=100)
    product = LineField(label=_("Product, code or EAN"), required=False, max_length=100)
    date_from = DayField(label=_("From day"), required=False)
    date_to = DayField(label=_("To day"), required=False)
    gross_from = AmountField(label=_("Gross from"), required=False, min_value=0, max_digits=12)
    gross_to = AmountField(label=_("Gross to"), required=False, min_value=0, max_digits=12)
    organization = forms.IntegerField(required=False, min_value=1, max_value=2**53, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["status"]
        own = {name: label for name, label in status.LABELS.items() if name not in status.HELD}
        others = {name: label for name, label in chosen.choices if name and name not in status.LABELS}
        chosen.choices = [("", _("all")), *own.items(), *others.items(), (ENDED, _("ended"))]

    def clean_status(self) -> str:
        """Return the one status that is wanted; which are the ended ones is the list's to know."""
        return "" if self.cleaned_data["status"] == ENDED else str(self.cleaned_data["status"])

    def clean(self) -> dict[str, Any]:
        """Compare the two ends of the days and of the value."""
        super().clean()
        compare_days(self, "date_from", "date_to")
        compare_sums(self, "gross_from", "gross_to")
        return self.cleaned_data

    def clean_upc(self) -> str:
        """Return the EAN or UPC as it is stored."""
        return as_ean(self.cleaned_data["upc"])

    def clean_partner_sku(self) -> str:
        """Return the code as it is stored."""
        return as_code(self.cleaned_data["partner_sku"])


class OrderStatsForm(NearDays, OscarOrderStatsForm):
    """Which days the figures are about; both belong to them, as the shop's calendar has them."""

    def _determine_filter_metadata(self) -> None:
        """Oscar's own begin the last day and leave the rest of it out."""
        super()._determine_filter_metadata()
        self._filters = {}
        if self.errors:
            return
        first, last = self.cleaned_data["date_from"], self.cleaned_data["date_to"]
        if first or last:
            self._description = _("Orders placed %(term)s") % {"term": formats.term(first, last)}
        if first:
            self._filters["date_placed__gte"] = midnight(first)
        if last:
            self._filters["date_placed__lt"] = midnight(last + datetime.timedelta(days=1))
