"""Oscar's forms about orders; an address that goes to a company or a place has one name only."""

# ruff: noqa: F403  Oscar's other forms are found in this module too
from __future__ import annotations

from typing import Any

from oscar.apps.dashboard.orders.forms import *
from oscar.apps.dashboard.orders.forms import ShippingAddressForm as OscarShippingAddressForm


class ShippingAddressForm(OscarShippingAddressForm):
    """Where an order goes: of the two names only those it has are needed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first_name", "last_name"):
            if self.instance.pk and not getattr(self.instance, name):
                self.fields[name].required = False
