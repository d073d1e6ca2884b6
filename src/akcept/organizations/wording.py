"""Money and limits as people read them, in the active language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import (
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
    parse_pattern,
)
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from akcept.kernel import price_sight
from akcept.kernel.amounts import Limit
from akcept.organizations.labels import BASIS_LABELS


def money(amount: Decimal, currency: str) -> str:
    """Return "2 846,10 zł" or "PLN 2,846.10" in blanks that do not break, with a real minus; a dash without prices."""
    return _form(_language(), currency).of(amount) if price_sight.are_seen() else price_sight.UNTOLD


def figure(amount: Decimal) -> str:
    """Return "2 846,10" or "2,846.10", without a currency; a dash for whoever sees no prices."""
    return _form(_language(), "").of(amount) if price_sight.are_seen() else price_sight.UNTOLD


def with_percent(figures: str) -> str:
    """Return "86%" in English and "86 %" in Polish, where the blank does not break; `figures` as they stand."""
    return f"{figures}%" if _language() == "en" else f"{figures}\N{NO-BREAK SPACE}%"


def _language() -> str:
    return (get_language() or "pl").split("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How a language writes an amount; before and after it for one that is not negative, and for one that is."""

    before: tuple[str, str]
    after: tuple[str, str]
    places: int
    signs: dict[int, str]

    def of(self, amount: Decimal) -> str:
        number = Decimal(amount)
        negative = number.is_signed()
        figures = f"{number.copy_abs():,.{self.places}f}".translate(self.signs)
        return f"{self.before[negative]}{figures}{self.after[negative]}"


@cache
def _form(language: str, currency: str) -> _Form:
    """Ask Babel once: it looks everything up again for each amount, and a page of budgets has a thousand."""
    locale = Locale.parse(language)
    pattern = locale.currency_formats["standard"] if currency else parse_pattern("#,##0.00")
    symbol = get_currency_symbol(currency, locale=locale) if currency else ""

    def around(affix: tuple[str, str]) -> tuple[str, str]:
        plain, negative = (_unbroken(text.replace("¤", symbol)) for text in affix)
        return plain, negative.replace("-", "\N{MINUS SIGN}")

    before, after = around(pattern.prefix), around(pattern.suffix)
    signs = {",": get_group_symbol(locale), ".": get_decimal_symbol(locale)}
    return _Form(
        # Babel writes "PLN2,846.10".
        before=(_apart(before[0]), _apart(before[1])),
        after=after,
        places=get_currency_precision(currency) if currency else 2,
        signs={ord(sign): _unbroken(text) for sign, text in signs.items()},
    )


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _apart(before: str) -> str:
    return f"{before}\N{NO-BREAK SPACE}" if before[-1:].isupper() else before


def limit(value: Limit) -> str:
    """Return "PLN 1,000.00 net, without delivery"."""
    return f"{money(value.amount, value.currency)} {BASIS_LABELS[value.basis]}"


def limits(values: Iterable[Limit]) -> str:
    """Return several limits, any of which may be used up."""
    any_of = _("or")
    return f" {any_of} ".join(limit(value) for value in values)


def either(names: Sequence[str]) -> str:
    """Return "Ben Nowak or Cora Wiśniewska" in the active language."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s or %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
