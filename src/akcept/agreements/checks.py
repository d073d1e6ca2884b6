"""What may be typed about an agreement or a list: each returns the cleaned value, or refuses with field and reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from akcept.agreements.answers import DEEPEST, Conditions
from akcept.agreements.inputs import GoodsInput, PriceInput
from akcept.agreements.models import PriceList
from akcept.kernel.clock import YEARS, is_sensible
from akcept.kernel.errors import Invalid
from akcept.organizations import checks

NAME_LIMIT: Final = 120
#: The longest code of an attribute, and value; as the shop keeps them.
ATTRIBUTE_LIMIT: Final = 128
VALUE_LIMIT: Final = 255
#: As many values of attributes are typed or sent at once: each is looked for by itself.
ATTRIBUTES_LIMIT: Final = 100
PIECES_LIMIT: Final = 1_000_000
#: As many as are kept of what an order's line costs; with the limit fifteen digits, which every database keeps.
PLACES: Final = 8
NET_LIMIT: Final = Decimal("9999999.99999999")
#: Days somebody may take to pay, at most: a year.
DAYS_LIMIT: Final = 365
#: What an order may be agreed to be worth, at the most.
WORTH_LIMIT: Final = Decimal("9999999999.99")
#: What a row of a list is the only one for: goods, quantity and first day.
Key = tuple[GoodsInput, int, date | None]


def attribute(named: tuple[str, str]) -> None:
    """Refuse an attribute without a code or a value, or longer than the shop keeps. Raises Invalid."""
    code, value = named
    if not (0 < len(code) <= ATTRIBUTE_LIMIT and 0 < len(value) <= VALUE_LIMIT):
        raise Invalid(_("Name an attribute and one of its values."), field="attributes")


def name(typed: str) -> str:
    """Return the name of an agreement or list. Raises Invalid."""
    return checks.required(typed, field="name", text=_("Enter a name."), limit=NAME_LIMIT)


def days(starts: date | None, ends: date | None) -> None:
    """Raise Invalid unless both days make sense and follow each other."""
    for field, day in (("starts", starts), ("ends", ends)):
        if day is not None and not is_sensible(day):
            raise Invalid(_("Enter a day between %(first)d and %(last)d.") % YEARS, field=field)
    if starts is not None and ends is not None and ends < starts:
        raise Invalid(_("The last day comes before the first one."), field="ends")


def currency(typed: str) -> str:
    """Return a currency's code. Raises Invalid."""
    if not re.fullmatch(r"[A-Z]{3}", typed):
        raise Invalid(_("Enter a currency as three letters, for example PLN."), field="currency")
    return typed


def places(typed: int) -> int:
    """Return to how many places per cent are rounded. Raises Invalid."""
    if not 2 <= typed <= PLACES:
        raise Invalid(_("Prices are rounded to 2 to %(most)d decimal places.") % {"most": PLACES}, field="places")
    return typed


def net(typed: Decimal) -> Decimal:
    """Return a net price of one piece. Raises Invalid."""
    if not typed.is_finite() or not 0 <= typed <= NET_LIMIT or typed != round(typed, PLACES):
        text = _("A price is 0 or more and less than 10 million, with eight decimal places at most.")
        raise Invalid(text, field="net")
    return typed


def per_cent(typed: Decimal) -> Decimal:
    """Return per cent off; below zero is dearer. Raises Invalid."""
    if not typed.is_finite() or not -100 <= typed <= 100 or typed != round(typed, 4):
        raise Invalid(_("Enter a percentage from -100 to 100; below 0 raises the price."), field="per_cent")
    return typed


def pieces(typed: int, *, field: str) -> int:
    """Return a number of pieces. Raises Invalid."""
    if not 1 <= typed <= PIECES_LIMIT:
        raise Invalid(_("Enter a number from 1 to %(most)d.") % {"most": PIECES_LIMIT}, field=field)
    return typed


def worth(low: Decimal | None, high: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """Return what an order is worth at least and at most, net. Raises Invalid."""
    _amounts(order_from=low, order_up_to=high)
    if low is not None and high is not None and high < low:
        raise Invalid(_("The largest order is smaller than the smallest one."), field="order_up_to")
    return low, high


def _amounts(**typed: Decimal | None) -> None:
    for field, each in typed.items():
        if each is not None and (not each.is_finite() or not 0 <= each <= WORTH_LIMIT or each != round(each, 2)):
            raise Invalid(_("Enter an amount from 0 to %(most)s.") % {"most": WORTH_LIMIT}, field=field)


def carriage(said: Conditions) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Return from which value delivery is free, below which it has a surcharge, and that one, net. Raises Invalid."""
    _amounts(free_from=said.free_from, small_below=said.small_below, surcharge=said.surcharge)
    if said.small_below is not None and said.surcharge is None:
        raise Invalid(_("Enter the surcharge."), field="surcharge")
    if said.surcharge is not None and said.small_below is None:
        raise Invalid(_("Enter below which value the surcharge applies."), field="small_below")
    return said.free_from, said.small_below, said.surcharge


def pay_days(typed: int | None) -> int | None:
    """Return within how many days orders on account are paid. Raises Invalid."""
    if typed is not None and not 0 <= typed <= DAYS_LIMIT:
        raise Invalid(_("Enter a number from 0 to %(most)d.") % {"most": DAYS_LIMIT}, field="pay_days")
    return typed


def ways(codes: tuple[str, ...], *, limit: int, field: str) -> str:
    """Return codes as they are kept. Raises Invalid for what cannot be a list of codes."""
    kept = ",".join(codes)
    if len(kept) > limit or any("," in code or not code for code in codes):
        raise Invalid(_("Choose from the list."), field=field)
    return kept


def base(wanted: PriceList | None, *, of: PriceList) -> PriceList | None:
    """Return the list another one's per cent are off. Raises Invalid for a circle, another currency or too deep."""
    if wanted is None:
        return None
    if wanted.currency != of.currency:
        text = _("“%(name)s” is in %(currency)s: a list takes its per cent off one in its own currency.")
        raise Invalid(text % {"name": wanted.name, "currency": wanted.currency}, field="base")
    above = 1
    found: PriceList | None = wanted
    while found is not None:
        if found.pk == of.pk:
            raise Invalid(_("“%(name)s” takes its prices from this list.") % {"name": wanted.name}, field="base")
        above, found = above + 1, found.base
        if above > DEEPEST + 1:
            break
    if above + _below(of) > DEEPEST:
        text = _("A price is taken from up to %(most)d lists, one off another.")
        raise Invalid(text % {"most": DEEPEST}, field="base")
    return wanted


def _below(of: PriceList) -> int:
    """Return how many lists, one after another, take their prices from a list."""
    depth, level = 0, [of.pk] if of.pk else []
    while level and depth <= DEEPEST:
        level = list(PriceList.objects.filter(base_id__in=level).values_list("pk", flat=True))
        depth += bool(level)
    return depth


def rows(wanted: Sequence[PriceInput]) -> None:
    """Refuse a row that cannot be, and two that would be one. Raises Invalid."""
    seen: set[Key] = set()
    for each in wanted:
        if (each.net is None) == (each.per_cent is None):
            raise Invalid(_("A row has either a net price or per cent."), field="net")
        if each.goods.product_id is not None and each.goods.category_id is not None:
            raise Invalid(_("Name a product or a category."), field="goods")
        if each.net is not None:
            net(each.net)
        if each.per_cent is not None:
            per_cent(each.per_cent)
        pieces(each.least, field="least")
        days(each.starts, each.ends)
        key = (each.goods, each.least, each.starts)
        if key in seen:
            raise Invalid(_("Two rows have the same product, quantity and first day."), field="goods")
        seen.add(key)
