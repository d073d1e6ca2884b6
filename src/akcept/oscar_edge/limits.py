"""How much an order holds, and a basket: so many pieces, as the shop's setting says, and so much money.

Every way into a basket, the checkout, and every change of an order ask here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from akcept.kernel.errors import Invalid
from akcept.ordering.ports import MOST_PIECES
from akcept.ui import formats

#: Oscar's columns of an order end at ten times that; a currency's budgets and limits add orders up.
MOST_OF_AN_ORDER: Final = Decimal("999999999.99")
#: Longer numbers are more than a decimal has digits for.
_GROUPED: Final = 10**15


def most_pieces() -> int:
    """Return how many pieces a basket, or an order, holds: `OSCAR_MAX_BASKET_QUANTITY_THRESHOLD`."""
    return min(MOST_PIECES, getattr(settings, "OSCAR_MAX_BASKET_QUANTITY_THRESHOLD", None) or MOST_PIECES)


def _shown(total: int) -> str:
    """Return a number of pieces somebody typed, of any length."""
    return formats.count(total) if total < _GROUPED else str(total)


def too_much(total: int) -> str:
    """Return why a basket cannot hold `total` pieces, "" if it can."""
    if total <= most_pieces():
        return ""
    words = {"limit": formats.count(most_pieces()), "total": _shown(total)}
    return _("A basket holds up to %(limit)s pieces; yours would hold %(total)s.") % words


def require_pieces(total: int) -> None:
    """Raise Invalid for a basket with more pieces than an order holds: baskets can be merged, and a limit lowered."""
    if total > most_pieces():
        words = {"limit": formats.count(most_pieces()), "total": _shown(total)}
        raise Invalid(_("An order holds up to %(limit)s pieces, and your basket has %(total)s. Order less.") % words)


def require_room(rows: Sequence[Any], wanted: Mapping[int, int]) -> None:
    """Raise Invalid (field `quantity-<line>`) when an order that is changed would hold more pieces than it can.

    One that has too many already may have less of them. What is named is the line that was raised the most.
    """
    total = sum(wanted.values())
    raised = max(rows, key=lambda row: wanted[row.pk] - row.quantity, default=None)
    if total <= most_pieces() or raised is None or wanted[raised.pk] <= raised.quantity:
        return
    words = {"limit": formats.count(most_pieces()), "total": _shown(total), "product": raised.title}
    text = _("%(product)s: an order holds up to %(limit)s pieces, and this one would hold %(total)s.")
    raise Invalid(text % words, field=f"quantity-{raised.pk}")


def require_sum(gross: Decimal) -> None:
    """Raise Invalid when what goods cost with VAT, before discounts, is more than an order has room for."""
    if gross > MOST_OF_AN_ORDER:
        text = _("An order may come to up to %(most)s with VAT. Order less, or in several orders.")
        raise Invalid(text % {"most": formats.amount(MOST_OF_AN_ORDER)})
