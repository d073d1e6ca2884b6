"""A basket is of one currency: what would bring in another one is refused, and a basket that has two is not ordered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from akcept.kernel.errors import TwoCurrencies

#: So many products of each currency are named; the rest is seen in the basket.
_NAMED: Final = 5


def of_line(line: Any) -> str:
    """Return the currency of a basket line's price of today, empty for one without a price."""
    price = line.purchase_info.price
    return str(price.currency) if price.exists else ""


def of_basket(basket: Any) -> str:
    """Return the currency a basket has by its first line with a price, empty for an empty one."""
    lines = basket.all_lines() if basket.pk else ()
    return next(filter(None, (of_line(line) for line in lines if line.quantity > 0)), "")


def all_of(basket: Any) -> list[str]:
    """Return the currencies a basket's lines have prices in, in their order; more than one cannot be ordered."""
    lines = basket.all_lines() if basket.pk else ()
    return list(dict.fromkeys(filter(None, (of_line(line) for line in lines if line.quantity > 0))))


def why_not(currency: str, basket_currency: str) -> str:
    """Return why a product in a currency cannot join a basket, empty where it can."""
    if not basket_currency or currency == basket_currency:
        return ""
    words = {"currency": currency, "basket": basket_currency}
    return _("its price is in %(currency)s and your basket is in %(basket)s; order it separately") % words


def require_one(lines: Sequence[Any]) -> None:
    """Raise TwoCurrencies, naming the lines of each, when basket lines have prices in several currencies."""
    titles: dict[str, list[str]] = {}
    for line in lines:
        if currency := of_line(line):
            titles.setdefault(currency, []).append(line.product.get_title())
    if len(titles) > 1:
        named = "; ".join(f"{currency}: {_list(found)}" for currency, found in titles.items())
        text = _(
            "An order is in one currency, and your basket has several: %(lines)s. "
            "Remove the products you will order separately."
        )
        raise TwoCurrencies(text % {"lines": named})


def _list(titles: Sequence[str]) -> str:
    more = len(titles) - _NAMED
    return ", ".join(titles[:_NAMED]) + (f" (+{more})" if more > 0 else "")
