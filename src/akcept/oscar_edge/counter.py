"""What a customer pays for goods, told without one at the counter: for staff who ask what was agreed comes to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from akcept.agreements.ports import MOST_TEXT, Offered, OfferedGoods, OfferedLine
from akcept.kernel.errors import Invalid
from akcept.oscar_edge import agreed, quotes
from akcept.oscar_edge.basket import filling, reading


class OscarCounter:
    """See `akcept.agreements.ports.Counter`."""

    def deliveries(self) -> list[tuple[str, str]]:
        """Return the ways of delivery the shop knows."""
        return [(method.code, str(method.name)) for method in quotes.known_methods()]

    def offered(self, text: str, *, unit_ids: Sequence[int | None], day: date) -> OfferedGoods:
        """Return what units pay on a day for goods; the same number of statements for each unit, however many lines."""
        lines = reading.read(text[:MOST_TEXT])
        if len(lines) > reading.LINES_LIMIT:
            refused = _("A list may have up to %(limit)d lines, yours has %(count)d.")
            raise Invalid(refused % {"limit": reading.LINES_LIMIT, "count": len(lines)}, field="codes")
        asked = filling.named(lines)
        agreements = [agreed.Agreed(agreed.Buyer(unit_id=unit_id), day=day) for unit_id in unit_ids]
        for each in agreements:
            each.know([product for _line, product, _why in asked])
        return OfferedGoods(
            lines=tuple(_offered(line, product, agreements) for line, product, _why in asked if product is not None),
            unknown=tuple((line.number, f"{line.code}: {why}") for line, product, why in asked if product is None),
        )


def _offered(line: reading.TypedLine, product: Any, agreements: Sequence[agreed.Agreed]) -> OfferedLine:
    record = next(iter(product.stockrecords.all()), None)
    return OfferedLine(
        code=line.code,
        name=product.get_title(),
        quantity=line.quantity,
        offered=tuple(
            Offered(answer=each.answer(product, record, line.quantity), steps=tuple(each.steps(product, record)))
            for each in agreements
        ),
    )
