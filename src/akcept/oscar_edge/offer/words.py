"""What an offer, a benefit or a condition of Oscar's says of itself: numbers, plurals, days as the reader writes them.

Oscar's own sentences say "15.00% discount" and "1 item(s)" in every language, and write the merchant's names small.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from akcept.organizations.wording import money, with_percent

#: A shop's own class of benefit or condition says it itself.
_OSCARS: Final = ("oscar.apps.offer.benefits", "oscar.apps.offer.conditions")
#: How the range of products is named in a sentence.
Naming = Callable[[Any], str]


def named(found: Any) -> str:
    """Return a range's name as the merchant wrote it."""
    return str(found) if found is not None else ""


def linked(found: Any) -> str:
    """Return a link to the range's page in the panel, as HTML."""
    if found is None:
        return ""
    return format_html('<a href="{}">{}</a>', reverse("dashboard:range-update", kwargs={"pk": found.pk}), found.name)


def told(row: Any, *, naming: Naming) -> str | None:
    """Return what a benefit or a condition says, with its range named so; None where it is not one of Oscar's."""
    sentence = _sentence(row)
    if sentence is None:
        return None
    value = row.value if row.value is not None else Decimal(0)
    words = {"percent": with_percent(_number(value)), "amount": _money(value), "n": _number(value)}
    return sentence(int(value)) % (words | {"range": naming(row.range)})


def lacks_range(row: Any) -> bool:
    """Whether one of Oscar's benefits or conditions speaks of a range and has none."""
    sentence = _sentence(row)
    return row.range is None and sentence is not None and "%(range)s" in sentence(1)


def _sentence(row: Any) -> Callable[[int], str] | None:
    proxy = type(row.proxy())
    return _SENTENCES.get(proxy.__name__) if proxy.__module__ in _OSCARS else None


_SENTENCES: Final[dict[str, Callable[[int], str]]] = {
    "PercentageDiscountBenefit": lambda _n: _("%(percent)s off %(range)s"),
    "AbsoluteDiscountBenefit": lambda _n: _("%(amount)s off %(range)s"),
    "FixedUnitDiscountBenefit": lambda _n: _("%(amount)s off each piece of %(range)s"),
    "FixedPriceBenefit": lambda _n: _("The products that meet the condition cost %(amount)s together"),
    "MultibuyDiscountBenefit": lambda _n: _("The cheapest product of %(range)s is free"),
    "ShippingAbsoluteDiscountBenefit": lambda _n: _("%(amount)s off delivery"),
    "ShippingFixedPriceBenefit": lambda _n: _("Delivery for %(amount)s"),
    "ShippingPercentageDiscountBenefit": lambda _n: _("%(percent)s off delivery"),
    "CountCondition": lambda n: ngettext(
        "At least %(n)s piece of %(range)s in the basket", "At least %(n)s pieces of %(range)s in the basket", n
    ),
    "CoverageCondition": lambda n: ngettext(
        "At least %(n)s different product of %(range)s in the basket",
        "At least %(n)s different products of %(range)s in the basket",
        n,
    ),
    "ValueCondition": lambda _n: _("Products of %(range)s worth at least %(amount)s in the basket"),
}


def restrictions(offer: Any) -> list[dict[str, Any]]:
    """Return when and how often an offer may be used, each with whether it may be by that now; as Oscar's."""
    found: list[tuple[str, bool]] = []
    if offer.is_suspended:
        found.append((_("Offer is suspended"), False))
    if most := offer.max_global_applications:
        left = max(0, most - offer.num_applications)
        text = ngettext("Up to %(n)s use, %(left)s left", "Up to %(n)s uses, %(left)s left", most)
        found.append((text % {"n": _number(most), "left": _number(left)}, left > 0))
    if most := offer.max_user_applications:
        text = ngettext("Up to %(n)s use per customer", "Up to %(n)s uses per customer", most)
        found.append((text % {"n": _number(most)}, True))
    if most := offer.max_basket_applications:
        text = ngettext("Up to %(n)s use per basket", "Up to %(n)s uses per basket", most)
        found.append((text % {"n": _number(most)}, True))
    if offer.start_datetime or offer.end_datetime:
        found.append(_term(offer.start_datetime, offer.end_datetime))
    if offer.max_discount:
        text = _("Discounts of up to %(amount)s in all") % {"amount": _money(offer.max_discount)}
        found.append((text, offer.total_discount < offer.max_discount))
    return [{"description": text, "is_satisfied": satisfied} for text, satisfied in found]


def _term(starts: datetime | None, ends: datetime | None) -> tuple[str, bool]:
    now = timezone.now()
    satisfied = (starts is None or starts <= now) and (ends is None or now <= ends)
    words = {"start": _moment(starts), "end": _moment(ends)}
    if starts and ends:
        return _("Available from %(start)s to %(end)s") % words, satisfied
    return (_("Available from %(start)s") if starts else _("Available until %(end)s")) % words, satisfied


def _moment(at: datetime | None) -> str:
    if at is None:
        return ""
    local = timezone.localtime(at)
    if local.hour == local.minute == 0:
        return format_date(local, "d MMM y", locale=_locale())
    return format_datetime(local, "d MMM y, HH:mm", locale=_locale())


def _money(value: Decimal) -> str:
    return money(value, settings.OSCAR_DEFAULT_CURRENCY)


def _number(value: Decimal | int) -> str:
    text = format_decimal(value, format="#,##0.####", locale=_locale())
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _locale() -> str:
    return (get_language() or "pl").split("-")[0]
