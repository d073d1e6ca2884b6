"""What people and spreadsheets write, read one way everywhere: text, numbers, days, codes (pure).

Pages, files, pasted lists and tables of rates all ask here, so that "2,500" is nowhere two and a half and elsewhere
two and a half thousand: what could be either is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from stdnum import ean
from stdnum.exceptions import ValidationError

#: Categories of characters nobody sees: controls, formats (zero-width, soft hyphen), private ones, unassigned ones.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})
#: Seen, but not as themselves: fillers, and marks that only choose a glyph.
_FILLERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe0e\ufe0f")
#: Join letters of some scripts and parts of pictures; between other letters they are invisible.
_JOINERS: Final = re.compile("[\u200c\u200d]")
_KEEP: Final = frozenset("\t\n\r")
#: What a text program writes for a hyphen, and nobody can tell from one.
_HYPHENS: Final = str.maketrans("\u2010\u2011", "--")
_NOT_ASCII: Final = re.compile(r"[^\x20-\x7e]")

#: More digits than this a spreadsheet does not know: what stands behind them is noise of its arithmetic.
_SIGNIFICANT: Final = 15
_THOUSANDS: Final = frozenset(" ',.")
_ONE: Final = Decimal(1)
_LONGEST_NUMBER: Final = 40
_MARK: Final = re.compile(r"[.,]")
_SCIENTIFIC: Final = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+")

#: Days as a spreadsheet counts them: from 30 December 1899, here from 1954 to 2119.
_FIRST_DAY: Final = date(1899, 12, 30)
_SERIAL: Final = (20_000, 80_000)
#: Days from there to 1 January 1904.
_LATER: Final = 1_462
_TIME: Final = r"(?:[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
_ISO: Final = re.compile(rf"([0-9]{{4}})([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}}){_TIME}")
_COMPACT: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_LOCAL: Final = re.compile(rf"([0-9]{{1,2}})([-/.])([0-9]{{1,2}})\2([0-9]{{4}}){_TIME}")


class Why(StrEnum):
    """Why something typed cannot be taken."""

    NONE = "none"  # it is no number, no day
    AMBIGUOUS = "ambiguous"
    SCIENTIFIC = "scientific"  # a spreadsheet cut it short: 5,90123E+12
    FRACTION = "fraction"  # a whole number was asked for


class Unreadable(ValueError):
    """Something typed that cannot be taken; `text` is what was typed."""

    def __init__(self, why: Why, text: str) -> None:
        super().__init__(f"{why.value}: {text[:_LONGEST_NUMBER]!r}")
        self.why = why
        self.text = text[:_LONGEST_NUMBER]


class Figure(str):
    """The text of a cell that is a number to its spreadsheet: with a point, never ambiguous."""

    __slots__ = ()


class LaterFigure(Figure):
    """A `Figure` of a workbook that counts its days from 1904, as those made on a Mac once did."""

    __slots__ = ()


# --- text ---


def visible(text: str) -> str:
    """Return the text composed (NFC), without characters nobody sees; line ends and tabs stay.

    Letters written apart and at once become the same text, and so do names with a soft hyphen or a byte order mark
    inside. Joiners stay where they join letters outside of Latin.
    """
    if not _NOT_ASCII.search(text):
        return text
    kept = (char for char in text if char in _KEEP or _JOINERS.match(char) or _is_seen(char))
    composed = unicodedata.normalize("NFC", "".join(kept))
    return _JOINERS.sub(lambda found: _joiner(composed, found.start()), composed)


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in _UNSEEN and char not in _FILLERS


def _joiner(text: str, at: int) -> str:
    """Return the joiner where it joins something outside of Latin, else nothing."""
    around = text[at - 1 : at] + text[at + 1 : at + 2]
    joins = len(around) == 2 and all(ord(char) > 0x5FF for char in around)
    return text[at] if joins else ""


def line(text: str) -> str:
    """Return one line of text as `visible`, with single blanks; no-break blanks and line ends are blanks."""
    return " ".join(visible(text.replace("\0", " ")).split())


def prose(text: str) -> str:
    """Return text of several lines as `visible`, its line ends as one character each, without blanks around it."""
    return visible(text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")).strip()


def same(text: str) -> str:
    """Return what two names are compared by: composed, visible, without regard to capitals."""
    return unicodedata.normalize("NFC", line(text).casefold())


# --- numbers ---


def number(text: str, *, grouped: bool = True, units: Iterable[str] = ()) -> Decimal:
    """Return the number: "1 234,56", "1.234,56", "1,234.56", "2,00", "-5".

    Blanks of any kind and apostrophes stand between thousands; noise of a spreadsheet's sums is rounded off. A single
    mark before three digits ("2,500", "12.000") could mean either, and is refused unless thousands are never marked in
    this source (`grouped=False`). `units` are words that may stand beside it: "zł", "%". Raises Unreadable.
    """
    figure = isinstance(text, Figure)
    compact = _without_units(line(text), units).replace("\u2212", "-").replace("’", "'")
    if _SCIENTIFIC.fullmatch(compact):
        raise Unreadable(Why.SCIENTIFIC, line(text))
    sign, digits = _signed(compact)
    if len(digits) > _LONGEST_NUMBER or not digits.isascii():
        raise Unreadable(Why.NONE, line(text))
    plain = _plain(digits, grouped=grouped and not figure)
    if plain is None:
        raise Unreadable(Why.NONE, line(text))
    if not plain:
        raise Unreadable(Why.AMBIGUOUS, line(text))
    return _without_noise(Decimal(sign + plain))


def _without_units(text: str, units: Iterable[str]) -> str:
    folded = text.casefold()
    for unit in sorted(units, key=len, reverse=True):
        said = unit.casefold()
        if folded.endswith(said):
            return text[: len(text) - len(said)].strip()
        if folded.startswith(said):
            return text[len(said) :].strip()
    return text


def _signed(text: str) -> tuple[str, str]:
    if text[:1] in ("-", "+"):
        return text[0].replace("+", ""), text[1:].strip()
    return "", text


def _plain(digits: str, *, grouped: bool) -> str | None:
    """Return the digits with a point, "" for what is ambiguous, None for what is no number."""
    marks = _MARK.findall(digits)
    by_blanks = re.search("[ ']", digits) is not None
    whole, fraction = digits, ""
    if marks and (len(set(marks)) == 2 or len(marks) == 1):
        whole, fraction = digits.rsplit(marks[-1], 1)
        if not fraction.isdigit():
            return None
    ungrouped = _ungrouped(whole)
    if ungrouped is None or not (ungrouped or fraction):
        return None
    could_group = len(marks) == 1 and not by_blanks and len(fraction) == 3 and re.fullmatch(r"[1-9][0-9]{0,2}", whole)
    if grouped and could_group:
        return ""
    return f"{ungrouped or '0'}.{fraction}" if fraction else ungrouped


def _ungrouped(whole: str) -> str | None:
    """Return the digits without what marks thousands, None where two signs or other groups than of three do."""
    used = {char for char in whole if not char.isdigit()}
    if not used:
        return whole
    if used - _THOUSANDS:
        return None
    mark = re.escape(used.pop())
    if not re.fullmatch(rf"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+", whole):
        return None
    return re.sub(mark, "", whole)


def _without_noise(value: Decimal) -> Decimal:
    """Return a number as its spreadsheet shows it: 1870.0000000000002 is 1870."""
    _sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or exponent > -6 or len(digits) <= _SIGNIFICANT:
        return value
    shown = round(value, exponent * -1 - (len(digits) - _SIGNIFICANT)).normalize()
    places = shown.as_tuple().exponent
    if not isinstance(places, int) or places < -8:
        return value
    return shown.quantize(_ONE) if places > 0 else shown


def unmistakable(value: Decimal) -> str:
    """Return a number with a point so that it is read back as itself: 1.234 could be thousands, 1.2340 could not."""
    said = format(value, "f")
    return f"{said}0" if re.fullmatch(r"-?[1-9][0-9]{0,2}\.[0-9]{3}", said) else said


def whole(text: str, *, units: Iterable[str] = ()) -> int:
    """Return the whole number: "2", "2,00", "1 000". Raises Unreadable."""
    value = number(text, units=units)
    if value != value.to_integral_value():
        raise Unreadable(Why.FRACTION, line(text))
    return int(value)


def figure(value: float) -> Figure:
    """Return a spreadsheet's number as text: what the spreadsheet shows, with a point, without an exponent."""
    if isinstance(value, int):
        return Figure(value)
    return Figure(format(_without_noise(Decimal(repr(value))).normalize(), "f"))


# --- days ---


def day(text: str) -> date:
    """Return the day: 2026-11-29, 29.11.2026, 29/11/2026, 20261129, with or without a time, or a spreadsheet's.

    With slashes or dashes a day of twelve or less could be a month: refused, unless both are alike.
    Raises Unreadable.
    """
    said = line(text)
    if isinstance(text, Figure) or re.fullmatch(r"[0-9]{5}", said):
        return _serial(said, later=_LATER if isinstance(text, LaterFigure) else 0)
    if found := _ISO.fullmatch(said):
        return _date(said, found[1], found[3], found[4])
    if found := _COMPACT.fullmatch(said):
        return _date(said, *found.groups())
    if found := _LOCAL.fullmatch(said):
        first, mark, second, year = found.groups()
        if mark == "." or int(first) > 12 or first == second:
            return _date(said, year, second, first)
        if int(second) > 12 and mark == "/":
            return _date(said, year, first, second)
        raise Unreadable(Why.AMBIGUOUS, said)
    raise Unreadable(Why.NONE, said)


def _serial(said: str, *, later: int) -> date:
    try:
        count = float(said) + later
    except ValueError:
        raise Unreadable(Why.NONE, said) from None
    if not _SERIAL[0] <= count < _SERIAL[1]:
        if len(said) == 8 and said.isdigit():
            return _date(said, said[:4], said[4:6], said[6:])
        raise Unreadable(Why.NONE, said)
    return _FIRST_DAY + timedelta(days=int(count))


def _date(said: str, year: str, month: str, of_month: str) -> date:
    try:
        return date(int(year), int(month), int(of_month))
    except ValueError:
        raise Unreadable(Why.NONE, said) from None


# --- codes ---


def code(text: str) -> str:
    """Return a product's or unit's code as typed, in one line; of "123.0", which a program made of a code, 123.

    A hyphen that keeps a line together is a hyphen. Raises Unreadable for what a spreadsheet cut short (5,90123E+12).
    """
    said = line(text).translate(_HYPHENS)
    if _SCIENTIFIC.fullmatch(said) and re.search(r"[eE]\+", said):
        raise Unreadable(Why.SCIENTIFIC, said)
    return said.partition(".")[0] if re.fullmatch(r"[0-9]+\.0+", said) else said


def gtin(text: str) -> str:
    """Return the digits of a GTIN (EAN-8, EAN-13, UPC, GTIN-14), however it is spaced. Raises Unreadable."""
    digits = str(ean.compact(code(text)))
    try:
        return str(ean.validate(digits))
    except ValidationError:
        raise Unreadable(Why.NONE, line(text)) from None


def article(digits: str) -> str:
    """Return what a GTIN's articles are compared by: fourteen digits; twelve, thirteen and fourteen of one are one."""
    compact = re.sub(r"[\s-]", "", digits)
    return compact.zfill(14) if compact.isascii() and compact.isdigit() else digits


def spellings(digits: str) -> frozenset[str]:
    """Return every way one article's GTIN may be stored: with fourteen, thirteen, twelve or eight digits."""
    full = article(digits)
    ways = {full[-length:] for length in (14, 13, 12, 8) if full.isdigit() and not int(full[:-length] or "0")}
    return frozenset(ways or {digits})
