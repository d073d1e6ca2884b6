"""Budgets for the next year, made from this year's: the same for the preview and for the deed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from akcept.budgets import policies
from akcept.budgets.models import Budget
from akcept.budgets.periods import a_year_later
from akcept.budgets.states import State
from akcept.kernel.errors import Invalid
from akcept.kernel.money import cents
from akcept.organizations.seats import Seat

_HIGHEST: Final = Decimal(1000)


def copies_for_next_year(seat: Seat, year: int, *, percent: Decimal, now: datetime) -> list[Budget]:
    """Return copies, in no table yet, of every budget the seat may change whose last day lies in a year.

    One that has its copy already (by its name) is left out. Two statements. Raises Invalid (percent).
    """
    if not percent.is_finite() or not -100 <= percent <= _HIGHEST:
        raise Invalid(_("Enter a percentage from -100 to 1000."), field="percent")
    every = Budget.objects.filter(organization_id=seat.organization_id).exclude(state=State.CLOSED.value)
    sources = policies.manageable(seat).filter(ends__year=year).exclude(state=State.CLOSED.value).order_by("pk")
    taken = set(every.values_list("name", flat=True))
    return [copy for source in sources if (copy := _copy(source, percent, now)).name not in taken]


def _copy(source: Budget, percent: Decimal, now: datetime) -> Budget:
    assert source.ends is not None  # noqa: S101  the caller's filter
    copy = Budget.objects.model(
        **{field.attname: getattr(source, field.attname) for field in Budget._meta.concrete_fields}
    )
    copy.pk, copy.version, copy.created_at = None, 1, now
    copy.starts, copy.ends = a_year_later(source.starts), a_year_later(source.ends)
    copy.name = _next_name(source.name, source.starts.year)
    amount = cents(Decimal(source.amounts[-1][1]) * (100 + percent) / 100)
    copy.amounts = [[copy.rhythm.containing(copy.starts).start.isoformat(), str(amount)]]
    return copy


def _next_name(name: str, year: int) -> str:
    """Return the name for the next year: the year in it counted on, or added."""
    if str(year) in name:
        return name.replace(str(year), str(year + 1))
    return f"{name[:114]} {year + 1}"
