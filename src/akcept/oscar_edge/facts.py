"""The terms an order's lines and its delivery were priced on, beside Oscar's rows: read, kept, changed.

An order from before they were kept, whose rates nobody can tell, has none. Then both sides it came out at are taken for
agreed and stay in proportion; `manage.py check_money` lists it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from akcept.oscar_edge.models import PriceFacts
from akcept.oscar_edge.terms import Priced, Terms

#: For `select_related`: a line with its terms, an order with those of its delivery.
OF_LINE: Final = "akcept_price"
OF_DELIVERY: Final = "akcept_delivery_price"
_FIELDS: Final = ("unit_net", "unit_gross", "rate", "on_sums", "discount", "discounted", "off_gross")
_PLACES: Final = Decimal("1E-8")


def keep(order: Any, lines: Iterable[tuple[Any, Terms]], delivery: Terms | None) -> None:
    """Keep what an order was priced on; one statement."""
    rows = [_row(terms, line=line) for line, terms in lines]
    PriceFacts.objects.bulk_create([*rows, *([_row(delivery, order=order)] if delivery is not None else ())])


def of_line(row: Any) -> Terms:
    """Return an order line's terms; no statement where it was loaded with `OF_LINE`."""
    if not hasattr(row, "_akcept_terms"):
        kept = getattr(row, OF_LINE, None)
        row._akcept_terms = _terms(kept) if kept is not None else _as_it_came_out(row)
    terms: Terms = row._akcept_terms
    return terms


def set_line(row: Any, terms: Terms) -> None:
    """Let an order's line be priced on other terms, unsaved."""
    row._akcept_terms, row._akcept_repriced = terms, True


def of_delivery(order: Any) -> Terms:
    """Return the terms of an order's delivery; no statement where it was loaded with `OF_DELIVERY`."""
    kept = getattr(order, OF_DELIVERY, None)
    if kept is not None:
        return _terms(kept)
    return Terms(unit_net=order.shipping_excl_tax, unit_gross=order.shipping_incl_tax)


def are_kept(order: Any) -> bool:
    """Whether the terms of an order's delivery are known, and not only what it came to."""
    return getattr(order, OF_DELIVERY, None) is not None


def change_lines(rows: Sequence[Any]) -> None:
    """Write the terms of lines as they are on the rows now; at most two statements."""
    known = [row for row in rows if getattr(row, OF_LINE, None) is not None]
    for row in known:
        _copy(of_line(row), getattr(row, OF_LINE))
    if known:
        PriceFacts.objects.bulk_update([getattr(row, OF_LINE) for row in known], _FIELDS)
    new = [_row(of_line(row), line=row) for row in rows if getattr(row, OF_LINE, None) is None]
    if new:
        PriceFacts.objects.bulk_create(new)


def change_delivery(order: Any, terms: Terms) -> None:
    """Write other terms of an order's delivery; one statement."""
    row = getattr(order, OF_DELIVERY, None) or PriceFacts(order=order)
    _copy(terms, row)
    row.save()


def priced(row: Any, quantity: int) -> Priced:
    """Return what pieces of a line cost before the tax of sums; what came out where nothing else is known."""
    stands = getattr(row, OF_LINE, None) is None and not getattr(row, "_akcept_repriced", False)
    if stands and quantity == row.quantity:
        return Priced(net=row.line_price_excl_tax, gross=row.line_price_incl_tax)
    return of_line(row).price(quantity)


def _row(terms: Terms, *, line: Any = None, order: Any = None) -> PriceFacts:
    row = PriceFacts(line=line, order=order)
    _copy(terms, row)
    return row


def columns(terms: Terms) -> dict[str, Any]:
    """Return terms as the columns they are kept in."""
    return {name: getattr(terms, name) for name in _FIELDS}


def _copy(terms: Terms, row: PriceFacts) -> None:
    for name, value in columns(terms).items():
        setattr(row, name, value)


def _terms(row: PriceFacts) -> Terms:
    return Terms(**{name: getattr(row, name) for name in _FIELDS})


def _as_it_came_out(row: Any) -> Terms:
    """Return terms that lead to what a line without facts came out at; nobody knows its rate."""
    full = row.line_price_before_discounts_excl_tax
    unit = row.unit_price_excl_tax
    if unit is None or unit * row.quantity != full:
        unit = _places(Fraction(full) / (row.quantity or 1))
    net, gross = row.line_price_excl_tax, row.line_price_incl_tax
    before = row.line_price_before_discounts_incl_tax
    unit_gross = Fraction(unit) * Fraction(gross) / Fraction(net) if net else Fraction(before) / (row.quantity or 1)
    return Terms(unit_net=unit, unit_gross=_places(unit_gross), discount=max(Decimal(0), full - net), discounted=full)


def _places(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_PLACES)
