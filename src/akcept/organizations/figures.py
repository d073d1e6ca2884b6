"""Numbers, days and codes as people type them, refused in words: one reading for pages, files and pasted lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _

from akcept.kernel import typed
from akcept.kernel.errors import Invalid
from akcept.kernel.typed import Unreadable, Why

Read = TypeVar("Read")


def amount(text: str, *, field: str | None = None, units: Iterable[str] = (), otherwise: str = "") -> Decimal:
    """Return the number typed, as `kernel.typed.number`. Raises Invalid: "2,500" could be either.

    `otherwise` is what is said of what is no number at all.
    """
    return _read(lambda: typed.number(text, units=units), otherwise or _("“%(text)s” is not an amount."), field)


def whole(text: str, *, field: str | None = None, units: Iterable[str] = (), otherwise: str = "") -> int:
    """Return the whole number typed: "2", "2,00", "1 000". Raises Invalid, as `amount`."""
    return _read(lambda: typed.whole(text, units=units), otherwise or _("“%(text)s” is not a whole number."), field)


def wholes(text: str, *, field: str | None = None) -> list[int]:
    """Return whole numbers with whatever between them: "80, 100", "80 % 100 %". Raises Invalid, as `whole`."""
    return [whole(part, field=field) for part in re.split(r"[\s,;%]+", typed.line(text)) if part]


def day(text: str, *, field: str | None = None) -> date:
    """Return the day typed, as `kernel.typed.day`. Raises Invalid: 01/02/2026 could be either."""
    return _read(lambda: typed.day(text), _("“%(text)s” is not a date such as 2027-01-31."), field)


def code(text: str, *, field: str | None = None) -> str:
    """Return the code typed, as `kernel.typed.code`. Raises Invalid for what a spreadsheet cut short."""
    return _read(lambda: typed.code(text), "", field)


def gtin(text: str, *, field: str | None = None) -> str:
    """Return the digits of an EAN, however spaced. Raises Invalid."""
    wrong = _("“%(text)s” is not an EAN or GTIN of 8, 12, 13 or 14 digits, or its check digit is wrong.")
    return _read(lambda: typed.gtin(text), wrong, field)


def _read(reading: Callable[[], Read], otherwise: str, field: str | None) -> Read:
    try:
        return reading()
    except Unreadable as error:
        raise Invalid(_words(error, otherwise) % {"text": error.text}, field=field) from None


def _words(error: Unreadable, otherwise: str) -> str:
    if error.why is Why.SCIENTIFIC:
        return _("“%(text)s” was cut short by a spreadsheet: format the cell as text and enter it again.")
    if error.why is not Why.AMBIGUOUS:
        return otherwise
    if "/" in error.text or error.text.count("-") == 2:
        return _("“%(text)s” could be two days: write it such as 2027-01-31 or 31.01.2027.")
    return _("“%(text)s” could be two numbers: write it without a mark between thousands, or with two decimal places.")
