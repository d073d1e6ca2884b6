"""Oscar's basket forms; how much a basket holds is said as the quick order says it."""

# ruff: noqa: F403  Oscar's other forms are found in this module too
from __future__ import annotations

from typing import Any

from django import forms
from oscar.apps.basket.forms import *
from oscar.apps.basket.forms import AddToBasketForm as OscarAddToBasketForm
from oscar.apps.basket.forms import BasketLineForm as OscarBasketLineForm
from oscar.apps.basket.forms import SavedLineForm as OscarSavedLineForm
from oscar.apps.basket.forms import SimpleAddToBasketMixin

from akcept.oscar_edge import limits, packs
from akcept.oscar_edge.basket import currencies


class AddToBasketForm(OscarAddToBasketForm):
    """How many of a product to add."""

    def clean_quantity(self) -> int:
        """Return the quantity. Raises ValidationError when the basket would not hold it."""
        quantity: int = self.cleaned_data["quantity"]
        _require_room(self.basket.num_items + quantity)
        if not self.parent_product.is_parent:
            lines = self.basket.all_lines() if self.basket.pk else ()
            inside = sum(line.quantity for line in lines if line.product_id == self.parent_product.pk)
            _require_pack(self.basket.strategy, self.parent_product, inside + quantity)
        return quantity


class SimpleAddToBasketForm(SimpleAddToBasketMixin, AddToBasketForm):
    """As above, one piece."""


class BasketLineForm(OscarBasketLineForm):
    """How many of a line's product to order."""

    def check_max_allowed_quantity(self, qty: int) -> None:
        """Raise ValidationError when the basket would not hold that many, or the shop has not got them."""
        _require_room(self.instance.basket.num_items - self.instance.quantity + qty)
        super().check_max_allowed_quantity(qty)
        _require_pack(self.instance.basket.strategy, self.instance.product, qty)


class SavedLineForm(OscarSavedLineForm):
    """Whether a line that was put aside comes back into the basket."""

    def clean(self) -> Any:
        """Refuse one in another currency than the basket's, as Oscar does on the product's page, and one too many."""
        cleaned = super().clean()
        if cleaned and cleaned.get("move_to_basket"):
            _require_room(self.basket.num_items + self.instance.quantity)
            price = self.strategy.fetch_for_product(self.instance.product).price
            if refused := currencies.why_not(str(price.currency), currencies.of_basket(self.basket)):
                raise forms.ValidationError(refused[:1].upper() + refused[1:] + ".")
        return cleaned


def _require_pack(strategy: Any, product: Any, quantity: int) -> None:
    refused = packs.not_sold_so(strategy, product, quantity)
    if refused:
        raise forms.ValidationError(refused[:1].upper() + refused[1:] + ".")


def _require_room(total: int) -> None:
    refused = limits.too_much(total)
    if refused:
        raise forms.ValidationError(refused)
