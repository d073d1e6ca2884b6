"""Template tags for budgets: the bar with its words, periods and days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import template
from django.utils.text import capfirst

from akcept.budgets import wording
from akcept.budgets.binding import Standing
from akcept.budgets.labels import KIND_LABELS
from akcept.budgets.models import Budget
from akcept.budgets.periods import Period
from akcept.budgets.standing import ZERO, Funds
from akcept.budgets.states import RowKind
from akcept.ordering.queries.spending import Dimension, Report
from akcept.ui import formats

register = template.Library()


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A part of a bar, in per cent of its width, as SVG wants it whatever the reader's language."""

    kind: str
    x: str
    width: str


#: The least part of a bar that can be seen.
_SEEN: Final = Decimal("0.02")


def segments(funds: Funds, this: Decimal = ZERO) -> list[Segment]:
    """Return what a bar consists of: spent, held, this order; what goes beyond the money there is is `over`."""
    parts = [("spent", max(funds.spent, ZERO)), ("held", max(funds.held, ZERO)), ("this", max(this, ZERO))]
    used = sum((part for _kind, part in parts), ZERO)
    whole = max(funds.available, used, Decimal("0.01"))
    found, at = [], ZERO
    for kind, part in parts:
        inside = min(part, max(funds.available - at, ZERO))
        found += [(kind, at, inside), ("over", at + inside, part - inside)]
        at += part
    if used > funds.available:  # a cent too much is seen too
        beyond = max(used - max(funds.available, ZERO), whole * _SEEN)
        found = [each for each in found if each[0] != "over"] + [("over", whole - beyond, beyond)]
    return [
        Segment(kind=kind, x=f"{x * 100 / whole:.2f}", width=f"{width * 100 / whole:.2f}")
        for kind, x, width in found
        if width > 0
    ]


@register.inclusion_tag("akcept/ui/budget_bar.html")
def budget_bar(funds: Funds, text: str) -> dict[str, Any]:
    """Draw a budget's bar; `text` says the same to who cannot see it."""
    return {"segments": segments(funds), "text": text}


@register.inclusion_tag("akcept/ui/budget_bar.html")
def order_bar(standing: Standing) -> dict[str, Any]:
    """Draw a budget's bar with what an order takes, described in words."""
    return {"segments": segments(standing.funds, standing.this or ZERO), "text": wording.described(standing)}


@register.simple_tag
def mail_bar(standing: Standing) -> list[Segment]:
    """Return the parts of the same bar for a mail, with what stays free, in whole per cent."""
    parts = segments(standing.funds, standing.this or ZERO)
    whole = [Segment(kind=part.kind, x=part.x, width=str(max(1, round(Decimal(part.width))))) for part in parts]
    free = 100 - sum(int(part.width) for part in whole)
    return [*whole, Segment(kind="free", x="", width=str(free))] if free > 0 else whole


@register.filter
def described(standing: Standing) -> str:
    """Return the bar in words."""
    return wording.described(standing)


@register.filter
def period_text(value: Period) -> str:
    """Return a period in words."""
    return wording.period(value)


@register.filter
def day_text(value: date) -> str:
    """Return a day with its year."""
    return wording.day(value)


@register.filter
def outcome(standing: Standing) -> str:
    """Return what an order does to a budget, in a sentence."""
    return wording.outcome(standing)


@register.filter
def rest(free: Decimal, currency: str) -> str:
    """Return what is left of a budget, or by how much it is over."""
    return wording.rest(free, currency)


@register.filter
def rate_text(standing: Standing) -> str:
    """Return by which rate an order was converted."""
    return wording.conversion(standing)


@register.filter
def pressing_first(standings: Iterable[Standing]) -> list[Standing]:
    """Return the budgets of an order, those first that refuse it, then those it exceeds."""
    return sorted(standings, key=lambda standing: (not standing.refuses, not standing.over))


@register.filter
def share_of(standing: Standing) -> str:
    """Return how much of a budget is used with the order, in per cent; nothing where that cannot be said."""
    if standing.this is None:
        return ""
    return wording.percent(standing.funds.used + (standing.this or ZERO), standing.funds.available)


@register.filter
def ledger_kind(kind: RowKind) -> str:
    """Return what a row of the ledger did."""
    return str(capfirst(KIND_LABELS[kind]))


@register.filter
def first_amount(budget: Budget) -> str:
    """Return what a budget has in its first period."""
    return formats.money(budget.terms.amounts[0][1], budget.currency)


@register.filter
def signed(value: Decimal) -> str:
    """Return an amount with its sign, a real minus."""
    text = formats.amount(abs(value))
    return f"\N{MINUS SIGN}{text}" if value < 0 else f"+{text}"


@register.filter
def plain_rate(value: Decimal) -> str:
    """Return an exchange rate without needless zeros."""
    return wording.rate(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar of a chart: in the chart's own units, written as SVG wants numbers."""

    label: str
    value: str
    y: int
    text_y: int
    width: str


#: Bars a chart draws; more could not be told apart.
DRAWN = 15
_ROW = 38
_LABEL = 34


@register.inclusion_tag("akcept/ui/spending_chart.html")
def spending_chart(report: Report) -> dict[str, Any]:
    """Draw a report's rows as bars; the months in their order, of others the largest."""
    rows = report.rows[-DRAWN:] if report.by is Dimension.MONTH else report.rows[:DRAWN]
    bars = [
        Bar(
            label=row.label if len(row.label) <= _LABEL else f"{row.label[: _LABEL - 1]}…",
            value=formats.amount(row.net),
            y=place * _ROW + 20,
            text_y=place * _ROW + 14,
            width=f"{max(row.width * 4, Decimal(0)):.1f}",
        )
        for place, row in enumerate(rows)
    ]
    return {"bars": bars, "height": max(len(bars), 1) * _ROW, "more": len(report.rows) - len(bars)}
