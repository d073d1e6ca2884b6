"""How this shop delivers. Charges are net, in PLN, at the standard VAT rate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from oscar.apps.shipping.methods import *  # noqa: F403  Oscar looks its own methods up here
from oscar.apps.shipping.methods import Base
from oscar.core.prices import Price

from akcept.kernel.money import vat
from shop.pricing.strategy import STANDARD_RATE


class _Charged(Base):
    """A fixed charge, free of charge from a goods value on."""

    charge = Decimal(0)
    free_from: Decimal | None = None
    vat_rate = STANDARD_RATE

    def calculate(self, basket: Any) -> Price:
        """Return the charge for a basket, by its net value after discounts."""
        free = self.free_from is not None and basket.total_excl_tax >= self.free_from
        net = Decimal(0) if free else self.charge
        return Price(currency="PLN", excl_tax=net, tax=vat(net, self.vat_rate), tax_code="vat-23")


class Courier(_Charged):
    """A parcel by courier."""

    code = "courier"
    name = _("Courier")
    description = _("delivered on the next working day; free from 500 PLN net")
    charge = Decimal("19.00")
    free_from = Decimal("500.00")


class Pallet(_Charged):
    """A pallet by lorry."""

    code = "pallet"
    name = _("Pallet")
    description = _("delivered by lorry within three working days")
    charge = Decimal("89.00")


class Pickup(_Charged):
    """Fetched at the shop."""

    code = "pickup"
    name = _("Own pickup")
    description = _("at our warehouse, from the next working day")
