"""How a budget stands, and what an order would do to it (pure). Money is in the budget's own currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from akcept.budgets.periods import Period

ZERO: Final = Decimal("0.00")


class Effect(StrEnum):
    """What happens to an order that exceeds a budget."""

    BLOCK = "block"
    ASK = "ask"
    WARN = "warn"


class Carry(StrEnum):
    """What becomes of a period's rest when the next one begins. A debt is never carried over."""

    NONE = "none"
    ALL = "all"
    UP_TO = "up_to"


class Over(StrEnum):
    """In what way an order exceeds a budget."""

    AMOUNT = "amount"
    ORDERS = "orders"
    SINGLE = "single"
    NO_RATE = "no_rate"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a budget grants. `amounts` says from which period on how much a period has, the oldest first.

    `max_orders` and `max_single` (one order's highest value) None means no such limit, 0 means none at all.
    """

    amounts: tuple[tuple[date, Decimal], ...]
    carry: Carry = Carry.NONE
    carry_most: Decimal = ZERO
    max_orders: int | None = None
    max_single: Decimal | None = None
    frozen: bool = False

    def allotted(self, start: date) -> Decimal:
        """Return the amount of the period that begins on a day; before the first one counts, that one counts too."""
        known = [amount for since, amount in self.amounts if since <= start]
        return known[-1] if known else self.amounts[0][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What the ledger's rows of one period add up to. `moved` are corrections and transfers, positive when given."""

    held: Decimal = ZERO
    spent: Decimal = ZERO
    moved: Decimal = ZERO
    orders: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Funds:
    """A budget in one period."""

    period: Period
    allotted: Decimal
    carried: Decimal = ZERO
    moved: Decimal = ZERO
    spent: Decimal = ZERO
    held: Decimal = ZERO
    orders: int = 0

    @property
    def available(self) -> Decimal:
        """All there is to spend in the period."""
        return self.allotted + self.carried + self.moved

    @property
    def used(self) -> Decimal:
        """What is spent or held."""
        return self.spent + self.held

    @property
    def free(self) -> Decimal:
        """What is left; negative when the budget is exceeded."""
        return self.available - self.used


def funds_of(terms: Terms, periods: Sequence[Period], used: Mapping[date, Used]) -> list[Funds]:
    """Return the budget in each of its periods, oldest first, each with what the ones before leave to it.

    In periods that were skipped nothing was booked, and the amount did not change: whoever leaves them out sees to it.
    """
    found: list[Funds] = []
    for period in periods:
        sums = used.get(period.start, Used())
        found.append(
            Funds(
                period=period,
                allotted=terms.allotted(period.start),
                carried=_carried(terms, found[-1], period.skipped) if found else ZERO,
                moved=sums.moved,
                spent=sums.spent,
                held=sums.held,
                orders=sums.orders,
            )
        )
    return found


def _carried(terms: Terms, before: Funds, skipped: int) -> Decimal:
    """Return what is left to a period by an earlier one, and by those skipped between them."""
    if terms.carry is Carry.NONE:
        return ZERO
    rest = max(before.free, ZERO)
    if skipped:
        rest = _capped(terms, rest) + skipped * terms.allotted(before.period.end)
    return _capped(terms, rest)


def _capped(terms: Terms, rest: Decimal) -> Decimal:
    return min(rest, terms.carry_most) if terms.carry is Carry.UP_TO else rest


def exceeded(
    terms: Terms, periods: Sequence[Period], used: Mapping[date, Used], *, start: date, amount: Decimal | None
) -> tuple[Over, ...]:
    """Return in what ways one more order of `amount` in the period of `start` exceeds the budget; up to and including.

    `used` is without that order, `amount` None when it cannot be converted. `periods` may go on after that period:
    what an earlier one carries over is gone there too, so none of them may be brought below zero.
    """
    found = []
    if terms.frozen:
        found.append(Over.FROZEN)
    if amount is None:
        found.append(Over.NO_RATE)
    elif not _has_room(terms, periods, used, start=start, amount=amount):
        found.append(Over.AMOUNT)
    if amount is not None and terms.max_single is not None and amount > terms.max_single:
        found.append(Over.SINGLE)
    if terms.max_orders is not None and used.get(start, Used()).orders >= terms.max_orders:
        found.append(Over.ORDERS)
    return tuple(found)


def _has_room(
    terms: Terms, periods: Sequence[Period], used: Mapping[date, Used], *, start: date, amount: Decimal
) -> bool:
    before = used.get(start, Used())
    with_it = {**used, start: replace(before, held=before.held + amount)}
    pairs = zip(funds_of(terms, periods, used), funds_of(terms, periods, with_it), strict=True)
    return not any(after.free < 0 and after.free < was.free for was, after in pairs)


def share(part: Decimal, whole: Decimal) -> Decimal:
    """Return a part in per cent of the whole, one decimal place; a whole of nothing is full as soon as it is used."""
    if whole <= 0:
        return Decimal("100.0") if part > 0 else Decimal("0.0")
    return (part * 100 / whole).quantize(Decimal("0.1"))


def reached(thresholds: Sequence[int], funds: Funds) -> tuple[int, ...]:
    """Return the thresholds (in per cent of all there is) that spending and holding have reached."""
    return tuple(
        level for level in sorted(thresholds) if funds.used > 0 and funds.used * 100 >= funds.available * level
    )
