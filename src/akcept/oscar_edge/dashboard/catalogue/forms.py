"""Oscar's forms about products."""

# ruff: noqa: F403  Oscar's other forms are found in this module too
from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from oscar.apps.dashboard.catalogue.forms import *
from oscar.apps.dashboard.catalogue.forms import ProductForm as OscarProductForm
from oscar.apps.dashboard.catalogue.forms import ProductSearchForm as OscarProductSearchForm
from oscar.apps.dashboard.catalogue.forms import StockRecordForm as OscarStockRecordForm

from akcept.kernel.typed import spellings
from akcept.oscar_edge.dashboard.fields import NearDays, as_code, as_ean


class ProductForm(NearDays, OscarProductForm):
    """A product; its EAN in digits, and no other product's."""

    def clean_upc(self) -> str | None:
        """Return the EAN or UPC as it is stored. Raises ValidationError: another product has it."""
        typed = self.cleaned_data.get("upc")
        found = as_ean(typed) if typed else typed
        if found and self._meta.model.objects.filter(upc__in=spellings(found)).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another product has this EAN or UPC."))
        return found


class StockRecordForm(NearDays, OscarStockRecordForm):
    """How many there are, at which price; the code in one line."""

    def clean_partner_sku(self) -> str:
        """Return the code as it is stored. Raises ValidationError: a spreadsheet cut it short."""
        return as_code(self.cleaned_data["partner_sku"])


class ProductSearchForm(NearDays, OscarProductSearchForm):
    """What products are searched by."""

    def clean_upc(self) -> str:
        """Return the EAN or UPC as it is stored."""
        return as_ean(self.cleaned_data["upc"])
