"""Products by what people and systems call them: their code in any capitals, or their EAN however it is written.

Whatever takes codes asks here: lists, boxes, files, rules, the API. "590-1234-123457", the fourteen digits of the same
article and ="007" of a spreadsheet are what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from django.db.models import Q
from oscar.core.loading import get_model

from akcept.kernel import typed
from akcept.kernel.folding import fold
from akcept.kernel.tables import unwrapped
from akcept.kernel.typed import Unreadable, article, same, spellings
from akcept.organizations.searching import folded

#: By what a product is found: which of the ways of `keys`, and the text.
Key = tuple[str, str]
#: As many codes in one statement; databases take no number of values.
_AT_ONCE: Final = 5_000
Found = TypeVar("Found")


def clean(code: str) -> str:
    """Return a code as it is looked for; nothing for what a spreadsheet cut short (5,90123E+12)."""
    try:
        return typed.code(unwrapped(code.strip()))
    except Unreadable:
        return ""


def keys(code: str) -> tuple[Key, Key, Key]:
    """Return what a product is found by: its code as it is, in any capitals, and the article of its EAN."""
    return ("code", code), ("any", same(code)), ("article", article(code))


def first(found: Mapping[Key, list[Found]], ways: Sequence[Key]) -> list[Found]:
    """Return what the first of these ways leads to."""
    return next((found[key] for key in ways if key in found), [])


def spelled(codes: Collection[str]) -> tuple[set[str], set[str]]:
    """Return how codes can be stored, as typed or in capitals or small letters, and how EANs with these digits."""
    tried = {spelling for code in codes for spelling in (code, code.upper(), code.lower())}
    return tried, tried | {way for code in codes if article(code).isdigit() for way in spellings(code)}


def records_named(codes: Iterable[str], of: Callable[[Q], Iterable[Any]]) -> dict[str, list[Any]]:
    """Return the stock records each code names, by the code as it came; a code that names none is missing.

    `of` returns records, with their products, of a condition. One statement for 5,000 codes, and one more for those
    that are stored in no way an index finds. A SKU is meant before an EAN, both before a SKU in other capitals.
    """
    cleaned = {code: name for code in codes if (name := clean(code))}
    found: dict[Key, list[Any]] = {}
    for names in _parts(set(cleaned.values())):
        skus, eans = spelled(names)
        _index(of(Q(partner_sku__in=skus) | Q(product__upc__in=eans)), found)
    left = {fold(name) for name in cleaned.values() if not first(found, _ways(name))}
    for folds in _parts(left):
        stored = get_model("partner", "StockRecord").objects.annotate(in_any=folded("partner_sku"))
        _index(of(Q(pk__in=stored.filter(in_any__in=folds).values("pk"))), found)
    named = {code: first(found, _ways(name)) for code, name in cleaned.items()}
    return {code: records for code, records in named.items() if records}


def _parts(names: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(names)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def _ways(code: str) -> tuple[Key, ...]:
    return ("sku", code), ("ean", code), ("any", same(code)), ("article", article(code))


def _index(records: Iterable[Any], found: dict[Key, list[Any]]) -> None:
    for record in records:
        sku, ean = record.partner_sku, record.product.upc
        ways = [("sku", sku), ("any", same(sku)), *([("ean", ean), ("article", article(ean))] if ean else [])]
        for way in ways:
            if all(other.pk != record.pk for other in found.setdefault(way, [])):
                found[way].append(record)
