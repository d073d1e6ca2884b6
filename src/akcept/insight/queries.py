"""Kept figures as reports and the merchant's home read them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet, Sum

from akcept.insight.models import KeptMonth, Spending, Turnover, changed_since
from akcept.insight.months import Stretch, rest
from akcept.kernel.money import cents
from akcept.ordering.queries.spending import Added, Covered

#: Before every order, and after: what is asked for without a day.
ALWAYS: Final = datetime(1, 1, 2, tzinfo=UTC)
FOR_EVER: Final = datetime(9999, 12, 30, tzinfo=UTC)


def _standing(organization_id: int | None, since: datetime, until: datetime) -> QuerySet[KeptMonth]:
    """Return the kept months between two moments in which nothing has changed since, of an organisation or the shop."""
    whole = KeptMonth.objects.filter(starts_at__gte=since, ends_at__lte=until)
    return whole.filter(~changed_since(organization_id=organization_id)).order_by("starts_at")


class Figures:
    """Reports' source of kept sums: see `ordering.queries.spending.Kept`."""

    def covered(self, organization_id: int, since: datetime, until: datetime) -> Covered:
        """Return the months by their keys; one statement."""
        months = list(_standing(organization_id, since, until))
        stretches = [(month.starts_at, month.ends_at) for month in months]
        return Covered(months=[month.pk for month in months], rest=list(rest(since, until, stretches)))

    def sums(self, organization_id: int, months: Collection[Any], by: str, *, unit_path: str) -> Iterable[Added]:
        """Return what they come to; one statement."""
        found = Spending.objects.filter(organization_id=organization_id, month_id__in=months)
        if unit_path:
            found = found.filter(unit__path__startswith=unit_path)
        column = "month__starts_at" if by == "month" else by
        for currency, key, orders, net in found.values_list("currency", column).annotate(
            number=Sum("orders"), sum=Sum("net")
        ):
            yield (currency, _day(key) if by == "month" else key), orders, cents(net)


def _day(start: datetime) -> Any:
    return start.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


#: What a row of turnover is: status, currency, orders, lines, gross total.
TurnedOver = tuple[str, str, int, int, Decimal]


def turnover(since: datetime = ALWAYS, until: datetime = FOR_EVER) -> tuple[list[TurnedOver], list[Stretch]]:
    """Return what kept months between two moments come to, and what of the time they leave; two statements."""
    months = list(_standing(None, since, until))
    found = Turnover.objects.filter(month__in=months).order_by().values_list("status", "currency")
    rows = found.annotate(number=Sum("orders"), pieces=Sum("lines"), sum=Sum("total")) if months else ()
    left = rest(since, until, [(month.starts_at, month.ends_at) for month in months])
    return [
        (standing, currency, number, lines, cents(total)) for standing, currency, number, lines, total in rows
    ], list(left)
