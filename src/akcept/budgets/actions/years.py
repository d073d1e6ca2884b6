"""Budgets for the next year, made from this year's."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from akcept.budgets import policies, topics
from akcept.budgets.actions.setting import facts
from akcept.budgets.models import Budget
from akcept.budgets.periods import a_year_later
from akcept.budgets.states import State
from akcept.journal import actions as journal
from akcept.journal.actions import Fact
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid
from akcept.kernel.money import cents
from akcept.organizations import queries as organizations

_HIGHEST = Decimal(1000)


@transaction.atomic(durable=True)
def copy_to_next_year(
    year: int, *, actor: Actor, percent: Decimal = Decimal(0), now: datetime | None = None
) -> list[Budget]:
    """Copy every budget whose last day lies in a year to the same days a year later, its amount changed by per cent.

    Budgets without a last day simply go on, and one that has its copy already is left out, so this may be repeated.
    A constant number of statements. Journal: `budget.added` for each. Raises NotAllowed, Invalid (percent).
    """
    at = now or utc_now()
    seat = policies.require_manager(organizations.seat_of(actor))
    if not percent.is_finite() or not -100 <= percent <= _HIGHEST:
        raise Invalid(_("Enter a number of per cent from -100 to 1000."), field="percent")
    sources = list(policies.manageable(seat).filter(ends__year=year).exclude(state=State.CLOSED.value).order_by("pk"))
    taken = set(
        Budget.objects.filter(organization_id=seat.organization_id)
        .exclude(state=State.CLOSED.value)
        .values_list("name", flat=True)
    )
    copies = [copy for source in sources if (copy := _copy(source, percent, at)).name not in taken]
    Budget.objects.bulk_create(copies)
    if copies:
        journal.write(
            [Fact(topics.ADDED, ("budget", str(copy.pk)), facts(copy)) for copy in copies],
            actor=actor,
            organization_id=seat.organization_id,
            now=at,
        )
    return copies


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
