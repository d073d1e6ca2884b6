"""Keeping the figures of months that are over, and counting those anew in which something has changed since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db.models import Q, QuerySet

from akcept.insight import counting
from akcept.insight.models import Change, KeptMonth, Spending, Turnover, changed_since
from akcept.insight.months import Stretch, closed
from akcept.transactions.acting import together
from akcept.transactions.locking import lock

#: So many months are counted at one round, the latest first: a round stays short in a shop that has many.
AT_ONCE: Final = 12
_BLOCK: Final = 1000


def tend(*, now: datetime, stopped: Callable[[], bool]) -> None:
    """Count what months that are over came to, and anew where something changed; two statements when nothing is due."""
    wanted = _wanted(now)
    kept = {(row.starts_at, row.ends_at): row for row in _kept()}
    _forget([kept[stretch] for stretch in kept.keys() - set(wanted)])
    new = [KeptMonth(starts_at=start, ends_at=end) for start, end in wanted if (start, end) not in kept]
    changed = [row for row in kept.values() if getattr(row, "changed", False)]
    for row in [*changed, *new][:AT_ONCE]:
        if stopped():
            return
        keep(row)


def _wanted(now: datetime) -> list[Stretch]:
    orders: Any = apps.get_model("order", "Order")._default_manager
    first = orders.order_by("date_placed").values_list("date_placed", flat=True).first()
    return closed(first, now, ZoneInfo(settings.TIME_ZONE)) if first is not None else []


def _kept() -> QuerySet[KeptMonth]:
    return KeptMonth.objects.annotate(changed=changed_since())


def _forget(rows: list[KeptMonth]) -> None:
    """Drop months of another time zone, and those from before the first order that is left."""
    if rows:
        KeptMonth.objects.filter(pk__in=[row.pk for row in rows]).delete()


def keep(month: KeptMonth) -> None:
    """Count a month, or of one that is kept what has changed; one transaction, several at once do it one by one.

    What says that something changed goes first: a change that is committed later keeps its own sign, and one that was
    committed before is in what is counted after it.
    """
    with together():
        row, new = KeptMonth.objects.get_or_create(starts_at=month.starts_at, defaults={"ends_at": month.ends_at})
        lock(KeptMonth.objects.filter(pk=row.pk)).get()
        changes = Change.objects.filter(at__gte=row.starts_at, at__lt=row.ends_at)
        touched = set(changes.order_by().values_list("organization_id", flat=True).distinct())
        organizations = {each for each in touched if each is not None}
        of_these = Q(organization_id__in=organizations)
        seen = changes.filter(of_these | Q(organization_id=None) if None in touched else of_these)
        seen._raw_delete(seen.db)
        if new or None in touched:
            Turnover.objects.filter(month=row).delete()
            Turnover.objects.bulk_create(counting.turned_over(row))
        _count_spending(row, None if new else organizations)


def _count_spending(month: KeptMonth, organizations: set[int] | None) -> None:
    if organizations is not None:
        Spending.objects.filter(month=month, organization_id__in=organizations).delete()
    if organizations is None or organizations:
        Spending.objects.bulk_create(counting.spent(month, organizations), batch_size=_BLOCK)
