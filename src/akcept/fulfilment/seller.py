"""Who sells, as papers and UBL say it: the setting `AKCEPT_SELLER`, else the shop's name alone."""

from __future__ import annotations

from dataclasses import dataclass, fields

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """The shop's owner; what is empty is left out of papers."""

    name: str
    nip: str = ""
    line1: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "PL"
    email: str = ""


def seller() -> Seller:
    """Return the seller; keys of the setting are the names of `Seller`'s fields."""
    told = getattr(settings, "AKCEPT_SELLER", None) or {}
    known = {field.name: str(told[field.name]) for field in fields(Seller) if told.get(field.name)}
    return Seller(**{"name": str(getattr(settings, "OSCAR_SHOP_NAME", "")), **known})
