"""Oscar's forms about orders; an address that goes to a company or a place has one name only."""

# ruff: noqa: F403  Oscar's other forms are found in this module too
from __future__ import annotations

import datetime
from typing import Any

from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from oscar.apps.dashboard.orders.forms import *
from oscar.apps.dashboard.orders.forms import OrderSearchForm as OscarOrderSearchForm
from oscar.apps.dashboard.orders.forms import OrderStatsForm as OscarOrderStatsForm
from oscar.apps.dashboard.orders.forms import ShippingAddressForm as OscarShippingAddressForm

from akcept.oscar_edge.dashboard.fields import NearDays, as_code, as_ean
from akcept.ui import formats


class ShippingAddressForm(OscarShippingAddressForm):
    """Where an order goes: of the two names only those it has are needed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first_name", "last_name"):
            if self.instance.pk and not getattr(self.instance, name):
                self.fields[name].required = False


class OrderSearchForm(NearDays, OscarOrderSearchForm):
    """What orders are searched by."""

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
            self._filters["date_placed__gte"] = _midnight(first)
        if last:
            self._filters["date_placed__lt"] = _midnight(last + datetime.timedelta(days=1))


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), get_current_timezone())
