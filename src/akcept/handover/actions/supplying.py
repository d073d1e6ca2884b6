"""Stock and prices as the merchant's own system has them, many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Protocol, TypeVar

from django.utils.translation import gettext as _

from akcept.handover import topics
from akcept.handover.ports import Supply, warehouse
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel import typed
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, InvalidLines
from akcept.organizations import policies
from akcept.transactions.acting import action

ROWS_LIMIT: Final = 1_000
MOST_IN_STOCK: Final = 1_000_000_000
MOST_PRICE: Final = Decimal("9999999999.99")


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow:
    """How many pieces of a product there are, by its SKU or EAN; those reserved for orders are among them."""

    code: str
    in_stock: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """What a piece of a product costs, by its SKU or EAN, as the shop's catalogue keeps prices: net in this shop."""

    code: str
    price: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """How many products were changed, how many were so already, and which codes name none."""

    changed: int
    unchanged: int
    unknown: tuple[str, ...]


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


_Row = TypeVar("_Row", bound=_Coded)


@action
def set_stock(
    rows: Sequence[StockRow], *, actor: Actor, skip_unknown: bool = False, now: datetime | None = None
) -> Supplied:
    """Write how many pieces there are of up to `ROWS_LIMIT` products: all of them, or none.

    `skip_unknown` leaves out codes that name no product, and answers them. Six statements, whatever the number of
    rows, and the journal's. Journal: `handover.stock_set`. Raises NotAllowed, Invalid (field `lines`: none, too many),
    InvalidLines (of each row what is wrong with it).
    """
    policies.require_staff(actor)
    at = now or utc_now()

    def wrong(row: StockRow, _supply: Supply | None) -> str:
        return "" if 0 <= row.in_stock <= MOST_IN_STOCK else _("There are 0 pieces or more.")

    meant, unknown = _meant(rows, wrong, skip_unknown=skip_unknown)
    numbers = {supply.id: row.in_stock for row, supply in meant if supply.in_stock != row.in_stock}
    if numbers:
        warehouse().set_stock(numbers, at=at)
        _tell(topics.STOCK_SET, ("shop", "stock"), {"changed": len(numbers)}, actor=actor, now=at)
    return Supplied(changed=len(numbers), unchanged=len(meant) - len(numbers), unknown=unknown)


@action
def set_prices(
    rows: Sequence[PriceRow], *, actor: Actor, skip_unknown: bool = False, now: datetime | None = None
) -> Supplied:
    """Write what a piece costs of up to `ROWS_LIMIT` products, in the currency each has: all of them, or none.

    Orders that were placed keep their prices. `skip_unknown` as in `set_stock`. Four statements, whatever the number
    of rows, and the journal's. Journal: `handover.prices_set`. Raises NotAllowed, Invalid (field `lines`: none, too
    many), InvalidLines (of each row what is wrong with it).
    """
    policies.require_staff(actor)
    at = now or utc_now()

    def wrong(row: PriceRow, supply: Supply | None) -> str:
        if not 0 <= row.price <= MOST_PRICE or row.price != row.price.quantize(Decimal("0.01")):
            return _("A price is 0 or more and has up to two decimal places.")
        if supply is not None and supply.currency != row.currency:
            return _("This product is sold in %(currency)s.") % {"currency": supply.currency}
        return ""

    meant, unknown = _meant(rows, wrong, skip_unknown=skip_unknown)
    differing = [(row, supply) for row, supply in meant if supply.price != row.price]
    if differing:
        warehouse().set_prices({supply.id: row.price for row, supply in differing}, at=at)
        changes = [
            {"sku": supply.sku, "from": _text(supply.price), "to": _text(row.price), "currency": supply.currency}
            for row, supply in differing
        ]
        _tell(topics.PRICES_SET, ("shop", "prices"), {"changes": changes}, actor=actor, now=at)
    return Supplied(changed=len(differing), unchanged=len(meant) - len(differing), unknown=unknown)


def _meant(
    rows: Sequence[_Row], wrong: Callable[[Any, Supply | None], str], *, skip_unknown: bool
) -> tuple[list[tuple[_Row, Supply]], tuple[str, ...]]:
    """Return rows with what they mean, locked, and the codes that mean nothing. Raises Invalid, InvalidLines."""
    if not 1 <= len(rows) <= ROWS_LIMIT:
        raise Invalid(_("Send 1 to %(limit)d rows.") % {"limit": ROWS_LIMIT}, field="lines")
    codes = [typed.line(row.code) for row in rows]
    found = warehouse().lock([code for code in dict.fromkeys(codes) if code])
    meant: list[tuple[_Row, Supply]] = []
    unknown: list[str] = []
    problems: list[tuple[int, str]] = []
    seen: set[int] = set()
    for place, (row, code) in enumerate(zip(rows, codes, strict=True)):
        supplies = found.get(code, ())
        supply = supplies[0] if supplies else None
        if why := wrong(row, supply):
            problems.append((place, why))
        elif supply is None:
            unknown.append(code)
            if not skip_unknown:
                problems.append((place, _("No product has the code “%(code)s”.") % {"code": code[:60]}))
        elif len(supplies) > 1:
            problems.append((place, _("Several products have the code “%(code)s”.") % {"code": code[:60]}))
        elif supply.id in seen:
            problems.append((place, _("“%(code)s” is a product of a row above.") % {"code": code[:60]}))
        else:
            seen.add(supply.id)
            meant.append((row, supply))
    if problems:
        raise InvalidLines(_("Nothing was written: see each row."), problems=problems)
    return meant, tuple(unknown)


def _text(price: Decimal | None) -> str | None:
    return None if price is None else f"{price:.2f}"


def _tell(topic: str, subject: tuple[str, str], payload: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    journal.write(Event(topic, subject, payload), actor=actor, organization_id=None, now=now)
