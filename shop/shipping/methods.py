"""How this shop delivers. Charges are net, in the basket's currency, at the standard VAT rate."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from oscar.apps.shipping.methods import *  # noqa: F403  Oscar looks its own methods up here
from oscar.apps.shipping.methods import Base
from oscar.core.prices import Price

from akcept.kernel import price_sight
from akcept.kernel.money import vat
from akcept.ui.formats import money
from shop.pricing.strategy import STANDARD_RATE


def _described(how: Any, amount: Decimal, currency: str) -> str:
    if not price_sight.are_seen():
        return str(how)
    return gettext("%(how)s; free from %(amount)s net") % {"how": how, "amount": money(amount, currency)}


#: Said when somebody reads it: placing an order does not, and asks nobody what they may see.
_free_from = lazy(_described, str)


class _Charged(Base):
    """A fixed charge, free of charge from a goods value on."""

    #: By currency; a basket in another one is offered no delivery that has a charge.
    charges: ClassVar[Mapping[str, Decimal]] = {}
    free_from: ClassVar[Mapping[str, Decimal]] = {}
    vat_rate = STANDARD_RATE

    def for_currency(self, currency: str) -> Self:
        """Return the method as a basket in that currency is offered it: it says from which amount it is free."""
        free_from = self.free_from.get(currency)
        if free_from is None:
            return self
        offered = copy.copy(self)
        offered.description = _free_from(self.description, free_from, currency)
        return offered

    def charging_always(self) -> Self:
        """Return the method without a value from which it is free: another one was agreed with the buyer."""
        offered = copy.copy(self)
        offered.free_from, offered.description = {}, type(self).description  # type: ignore[misc]
        return offered

    def calculate(self, basket: Any) -> Price:
        """Return the charge for a basket, by its net value after discounts."""
        currency = str(basket.currency or "PLN")
        if currency not in self.charges:
            currency = "PLN" if self.charges else currency
        free_from = self.free_from.get(currency)
        free = free_from is not None and basket.total_excl_tax >= free_from
        net = Decimal(0) if free else self.charges.get(currency, Decimal(0))
        return Price(currency=currency, excl_tax=net, tax=vat(net, self.vat_rate), tax_code="vat-23")


class Courier(_Charged):
    """A parcel by courier."""

    code = "courier"
    name = _("Courier")
    description = _("delivered on the next working day")
    charges: ClassVar = {"PLN": Decimal("19.00"), "EUR": Decimal("4.50")}
    free_from: ClassVar = {"PLN": Decimal("500.00"), "EUR": Decimal("120.00")}


class Pallet(_Charged):
    """A pallet by lorry."""

    code = "pallet"
    name = _("Pallet")
    description = _("delivered by lorry within three working days")
    charges: ClassVar = {"PLN": Decimal("89.00"), "EUR": Decimal("21.00")}


class Pickup(_Charged):
    """Fetched at the shop."""

    code = "pickup"
    name = _("Pick-up")
    description = _("at our warehouse, from the next working day")
