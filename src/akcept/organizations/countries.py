"""In which countries organisations and addresses may be, as the shop around us has it; the first one is preset.

`AKCEPT_COUNTRIES` names them (ISO 3166-1 alpha-2); without it they are those the shop delivers to, which the edge to
the shop registers, with what postcodes look like.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language


@dataclass(slots=True)
class _Shop:
    delivers_to: Callable[[], Sequence[str]] = tuple
    postcodes: Mapping[str, str] = field(default_factory=dict)


_shop = _Shop()


def register(*, delivers_to: Callable[[], Sequence[str]], postcodes: Mapping[str, str]) -> None:
    """Say which countries the shop delivers to, the usual one first, and the pattern of postcodes by country.

    Patterns are of postcodes in capitals without blanks; a country without one has no postcodes that can be checked.
    """
    _shop.delivers_to, _shop.postcodes = delivers_to, postcodes


def codes() -> tuple[str, ...]:
    """Return the countries offered; no statement where the settings name them."""
    named: Sequence[str] | None = getattr(settings, "AKCEPT_COUNTRIES", None)
    return tuple(named if named is not None else _shop.delivers_to())


def default() -> str:
    """Return the country that is meant where none is chosen, empty where the shop knows none."""
    return next(iter(codes()), "")


def choices(*, own: str = "") -> list[tuple[str, str]]:
    """Return the countries offered with their names in the active language; `own` is among them in any case."""
    offered = codes()
    return [(code, name_of(code)) for code in (*offered, *([own] if own and own not in offered else []))]


def name_of(code: str) -> str:
    """Return a country's name in the active language; its code where that has none."""
    locale = Locale.parse((get_language() or settings.LANGUAGE_CODE).replace("-", "_").split("_")[0])
    return str(locale.territories.get(code, code))


def has_postcode(code: str) -> bool:
    """Whether addresses of a country need a postcode."""
    return code in _shop.postcodes


def is_postcode(text: str, code: str) -> bool:
    """Whether a text looks like a postcode of a country; anything does where that is not known."""
    pattern = _shop.postcodes.get(code)
    return pattern is None or re.match(pattern, "".join(text.upper().split())) is not None
