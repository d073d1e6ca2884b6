"""A basket made of a list that somebody else's system sent: a code or EAN and a quantity a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from akcept.kernel import typed
from akcept.kernel.errors import EmptyCart, InvalidLines
from akcept.kernel.tables import unwrapped
from akcept.kernel.typed import Unreadable
from akcept.ordering.ports import MOST_PIECES, WantedLine
from akcept.oscar_edge import agreed, quotes
from akcept.oscar_edge.basket import filling
from akcept.oscar_edge.basket.reading import LINES_LIMIT, Fault, TypedLine
from akcept.oscar_edge.models import BasketOrigin, MemberBasket


def fill_new(wanted: Sequence[WantedLine], *, buyer: Any, member_id: int | None, origin: int | None = None) -> int:
    """Make a basket of its own for a list and return its id; the buyer's open one stays as it is.

    `origin` is the ended order it is ordered in place of, remembered with the basket.
    Nothing is locked: nobody else knows the basket. Raises EmptyCart, InvalidLines.
    """
    if not wanted:
        raise EmptyCart(_("The list has no lines."), field="lines")
    if len(wanted) > LINES_LIMIT:
        refused = _("A list may have up to %(limit)d lines, yours has %(count)d.")
        raise InvalidLines(refused % {"limit": LINES_LIMIT, "count": len(wanted)})
    basket = MemberBasket(owner=buyer)
    basket.home_member_id = member_id
    basket.strategy = quotes.strategy_for(buyer, agreed.Buyer(member_id=member_id))
    checked = filling.check(basket, [_line(number, line) for number, line in enumerate(wanted)])
    problems = [*checked.problems, *checked.rounded]  # what does not fit a pack is nothing a machine rounds
    if problems:
        raise InvalidLines(
            _("The list cannot be ordered as it is: see each line."),
            problems=sorted((line.number, why) for line, why in problems),
        )
    if checked.refused:
        raise InvalidLines(checked.refused)
    basket.save()
    filling.put_new(basket, checked)
    if origin is not None:
        BasketOrigin.objects.create(basket_id=basket.pk, order_id=origin)
    return int(basket.pk)


def _line(number: int, line: WantedLine) -> TypedLine:
    try:
        code = typed.code(unwrapped(line.code.strip()))
    except Unreadable:
        return TypedLine(number=number, code=line.code, quantity=0, fault=Fault.CODE)
    if line.quantity < 1:
        return TypedLine(number=number, code=code, quantity=0, fault=Fault.QUANTITY)
    if line.quantity > MOST_PIECES:
        return TypedLine(number=number, code=code, quantity=0, fault=Fault.TOO_MANY)
    return TypedLine(number=number, code=code, quantity=line.quantity)
