"""Oscar's forms about products."""

# ruff: noqa: F403  Oscar's other forms are found in this module too
from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from oscar.apps.dashboard.catalogue.forms import *
from oscar.apps.dashboard.catalogue.forms import ProductForm as OscarProductForm
from oscar.apps.dashboard.catalogue.forms import ProductSearchForm as OscarProductSearchForm
from oscar.apps.dashboard.catalogue.forms import StockRecordForm as OscarStockRecordForm

from akcept.kernel.errors import Invalid
from akcept.kernel.typed import spellings
from akcept.oscar_edge import outlook
from akcept.oscar_edge.dashboard.fields import NearDays, as_code, as_ean, near
from akcept.oscar_edge.models import ProductOutlook


class ProductForm(NearDays, OscarProductForm):
    """A product; its EAN in digits, and no other product's; what is said of it once nothing is left."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_parent:
            return  # its variants are what is sold
        said = ProductOutlook.objects.select_related("successor").filter(product_id=self.instance.pk).first()
        for name, field in _outlook_fields().items():
            self.fields[name] = field
        for name in ("expected_on", "ended"):
            self.initial[name] = getattr(said, name, None)
        self.initial["successor"] = outlook.code_of(said.successor) if said is not None and said.successor else ""

    def clean_successor(self) -> Any:
        """Return the product in the place of this one, None for none. Raises ValidationError."""
        typed = self.cleaned_data["successor"]
        try:
            return outlook.require_successor(as_code(typed), of_product=self.instance) if typed else None
        except Invalid as refusal:
            raise ValidationError(str(refusal)) from None

    def clean(self) -> Any:
        """Refuse what would never count: of what nobody counts there is always something left."""
        cleaned = super().clean() or self.cleaned_data
        said = [name for name in _outlook_fields() if cleaned.get(name)]
        if said and not self.instance.get_product_class().track_stock:
            self.add_error(said[0], _("This counts once nothing is left, and stock of this type is not counted."))
        return cleaned

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save the product and what is said of it."""
        product = super().save(*args, **kwargs)
        if "ended" in self.cleaned_data:
            successor = self.cleaned_data["successor"]
            outlook.say(
                product.pk,
                expected_on=self.cleaned_data["expected_on"],
                ended=self.cleaned_data["ended"],
                successor_id=successor.pk if successor is not None else None,
            )
        return product

    def clean_upc(self) -> str | None:
        """Return the EAN or UPC as it is stored. Raises ValidationError: another product has it."""
        typed = self.cleaned_data.get("upc")
        found = as_ean(typed) if typed else typed
        if found and self._meta.model.objects.filter(upc__in=spellings(found)).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another product has this EAN or UPC."))
        return found


def _outlook_fields() -> dict[str, forms.Field]:
    """Return what is said of a product once nothing is left, by name."""
    return {
        "expected_on": forms.DateField(
            label=_("More is expected on"),
            required=False,
            validators=[near],
            help_text=_("Shown to customers once nothing is left."),
        ),
        "ended": forms.BooleanField(
            label=_("Not sold any more"), required=False, help_text=_("What is left is still sold.")
        ),
        "successor": forms.CharField(
            label=_("Replaced by"),
            required=False,
            max_length=128,
            help_text=_("Code or EAN of the product that takes its place once nothing is left."),
        ),
    }


class StockRecordForm(NearDays, OscarStockRecordForm):
    """How many there are, at which price; the code in one line."""

    def clean_partner_sku(self) -> str:
        """Return the code as it is stored. Raises ValidationError: a spreadsheet cut it short."""
        return as_code(self.cleaned_data["partner_sku"])


class ProductSearchForm(NearDays, OscarProductSearchForm):
    """What products are searched by."""

    out_of_stock = forms.BooleanField(label=gettext_lazy("Out of stock"), required=False)

    def clean_upc(self) -> str:
        """Return the EAN or UPC as it is stored."""
        return as_ean(self.cleaned_data["upc"])
