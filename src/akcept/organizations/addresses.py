"""A postal address as typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from akcept.organizations import checks, countries


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressInput:
    """A postal address as typed; checked by the action."""

    recipient: str
    line1: str
    postcode: str
    city: str
    #: ISO 3166-1 alpha-2; empty: the shop's own.
    country: str = ""
    phone: str = ""

    def parts(self) -> dict[str, Callable[[], str]]:
        """Return for each part what gives its column, or raises Invalid naming the field."""
        country = self.country.upper() or countries.default()
        return {
            "recipient": lambda: checks.required(
                self.recipient, field="recipient", text=_("Enter the recipient's name."), limit=200
            ),
            "line1": lambda: checks.required(self.line1, field="line1", text=_("Enter street and number."), limit=255),
            "postcode": lambda: checks.postcode(self.postcode, country=country),
            "city": lambda: checks.required(self.city, field="city", text=_("Enter the town."), limit=120),
            "country": lambda: country,
            "phone": lambda: checks.optional(self.phone, field="phone", limit=30),
        }

    def cleaned(self) -> dict[str, str]:
        """Return the columns of an address. Raises Invalid naming the field."""
        return {name: part() for name, part in self.parts().items()}
