"""What Oscar's own columns of an order's line say: whole cents, computed from the line's terms."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from oscar.core.loading import get_model

from akcept.kernel.money import nearest_cent
from akcept.oscar_edge.terms import Priced, Terms


def before_discounts(terms: Terms, price: Priced, quantity: int) -> dict[str, Decimal]:
    """Return the columns of what a line costs before discounts; without one it is what the line costs."""
    full = price
    if terms.discount:
        full = terms.full(quantity)
        if terms.rate is not None and not terms.off_gross:
            full = Priced(net=full.net, gross=nearest_cent(Fraction(full.net) * (1 + Fraction(terms.rate))))
    return {
        "line_price_before_discounts_excl_tax": full.net,
        "line_price_before_discounts_incl_tax": full.gross,
    }


def line_price(order: Any, row: Any) -> Any:
    """Return Oscar's row of what a piece of a line costs after discounts, unsaved."""
    return get_model("order", "LinePrice")(
        order=order,
        line=row,
        quantity=row.quantity,
        price_incl_tax=nearest_cent(Fraction(row.line_price_incl_tax) / row.quantity),
        price_excl_tax=nearest_cent(Fraction(row.line_price_excl_tax) / row.quantity),
        tax_code=row.tax_code,
    )
