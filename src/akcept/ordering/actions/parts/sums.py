"""What a placement repeats of its order, for lists."""

from __future__ import annotations

from akcept.ordering.models import Placement
from akcept.ordering.ports import Quote


def summary_of(quote: Quote) -> str:
    """Return the first goods of an order in a line, for lists."""
    text = ", ".join(line.title for line in quote.lines[:3])
    more = len(quote.lines) > 3 or len(text) > 190
    return f"{text[:190]}…" if more else text


def keep_sums(placement: Placement, quote: Quote) -> None:
    """Write what an order costs now beside it; one statement."""
    placement.goods_net, placement.goods_gross = quote.goods_net, quote.amounts.goods_gross
    placement.total_net, placement.total_gross = quote.total_net, quote.total_gross
    placement.line_count, placement.summary = len(quote.lines), summary_of(quote)
    placement.save(update_fields=["goods_net", "goods_gross", "total_net", "total_gross", "line_count", "summary"])
