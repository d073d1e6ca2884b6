"""Why somebody pays a price, in a sentence for staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext as _

from akcept.agreements.answers import Answer, Conditions, Price
from akcept.agreements.ports import counter
from akcept.ordering import payments
from akcept.organizations.wording import money
from akcept.ui import formats


def why(found: Answer) -> str:
    """Return where an answer's price comes from, or which agreement keeps the product out."""
    if not found.may_buy:
        return _("“%(name)s” keeps it out of what may be bought") % {"name": found.assorted_by}
    if found.price is None:
        return _("no list has a price for it, nor has the shop")
    return why_price(found.price)


def why_price(price: Price) -> str:
    """Return where a price comes from: its list and step, what was taken off what, and the agreement."""
    if price.list_id is None:
        return _("the shop's own price")
    words = {"agreement": price.agreement_name}
    return (
        of_list(
            price.list_name,
            version=price.list_version,
            least=price.least,
            off=[(each.per_cent, each.list_name) for each in price.off],
        )
        + _(", agreed in “%(agreement)s”") % words
    )


def of_list(name: str, *, version: int, least: int, off: Sequence[tuple[Decimal, str]]) -> str:
    """Return which list a price is from, from how many pieces on, and what was taken off what on the way."""
    found = _("list “%(name)s”, version %(version)d") % {"name": name, "version": version}
    if least > 1:
        found += _(", from %(least)s pieces") % {"least": formats.count(least)}
    for per_cent, above in off:
        found += _off(per_cent, above)
    return found


def _off(per_cent: Decimal, above: str) -> str:
    words = {"per_cent": formats.per_cent(abs(per_cent)), "name": above}
    if above:
        text = _(", %(per_cent)s off “%(name)s”") if per_cent >= 0 else _(", %(per_cent)s on top of “%(name)s”")
        return text % words
    text = _(", %(per_cent)s off the shop's price") if per_cent >= 0 else _(", %(per_cent)s on the shop's price")
    return text % words


def conditions_in_words(said: Conditions) -> list[tuple[str, str]]:
    """Return what orders have to keep to, each with what it is called; nothing where nothing is said."""
    currency, found = str(settings.OSCAR_DEFAULT_CURRENCY), []
    if said.order_from is not None:
        found.append((_("Smallest order, net"), money(said.order_from, currency)))
    if said.order_up_to is not None:
        found.append((_("Largest order, net"), money(said.order_up_to, currency)))
    if said.pays:
        found.append((_("Ways to pay"), ", ".join(str(payments.LABELS.get(code, code)) for code in said.pays)))
    if said.addressed:
        from akcept.agreements.models import Addresses  # its tables are there only where it is installed

        found.append((_("Delivery addresses"), str(Addresses(said.addressed.value).label)))
    if said.pay_days is not None:
        found.append((_("Days to pay on account"), str(said.pay_days)))
    if said.free_from is not None:
        found.append((_("Delivery free from, net"), money(said.free_from, currency)))
    if said.small_below and said.surcharge is not None:
        words = {"surcharge": money(said.surcharge, currency), "limit": money(said.small_below, currency)}
        found.append((_("Surcharge, net"), _("%(surcharge)s below %(limit)s") % words))
    if said.delivers:
        names = dict(counter().deliveries())
        found.append((_("Ways of delivery"), ", ".join(names.get(code, code) for code in said.delivers)))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedBy:
    """What an order was placed under: the agreements, the nearest first, and by product where its price came from.

    `delivery` is what was agreed of it, each with what it is called.
    """

    agreements: tuple[str, ...] = ()
    delivery: tuple[tuple[str, str], ...] = ()
    lines: Mapping[int, str] = field(default_factory=dict)


def priced_by(order_id: int) -> PricedBy:
    """Return under what an order was placed, as it was kept then; nothing where nothing was agreed. One statement."""
    if not apps.is_installed("akcept.agreements"):
        return PricedBy()
    from akcept.agreements.ordered import delivered_by  # its tables are there only where it is installed
    from akcept.agreements.queries import ordered_under

    found = ordered_under(order_id)
    if found is None:
        return PricedBy()
    named = tuple(
        _("“%(name)s”, version %(version)d") % {"name": each["name"], "version": each["version"]}
        for each in found.agreements
    )
    return PricedBy(
        agreements=named,
        delivery=tuple(conditions_in_words(delivered_by(found))),
        lines={row["product"]: _row_in_words(row) for row in found.lines},
    )


def _row_in_words(row: Mapping[str, Any]) -> str:
    if row.get("list") is None:
        return _("the shop's own price")
    off = [(Decimal(per_cent), above) for per_cent, above in row["off"]]
    return of_list(row["list_name"], version=row["list_version"], least=row["least"], off=off)
