"""Whether what is kept is what the orders come to, month by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from akcept.insight import counting
from akcept.insight.models import KeptMonth, Spending, Turnover, changed_since

_OF: Final[dict[type[Any], tuple[str, ...]]] = {
    Spending: ("organization_id", "unit_id", "requester_id", "currency", "orders", "net"),
    Turnover: ("status", "currency", "orders", "lines", "total"),
}


def months() -> Iterator[tuple[KeptMonth, bool]]:
    """Yield each kept month in which nothing has changed since, oldest first, and whether it is right.

    Five statements a month, whose rows are held.
    """
    for month in KeptMonth.objects.filter(~changed_since()).order_by("starts_at"):
        yield month, _is_right(month)


def _is_right(month: KeptMonth) -> bool:
    counted = {Spending: counting.spent(month), Turnover: counting.turned_over(month)}
    return all(
        Counter(model.objects.filter(month=month).values_list(*names))
        == Counter(tuple(getattr(row, name) for name in names) for row in counted[model])
        for model, names in _OF.items()
    )
