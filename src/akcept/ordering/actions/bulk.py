"""Deciding several orders at once: each in its own transaction, on its own version, with its own result."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import OperationalError
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid, Refused
from akcept.ordering.actions.deciding import accept, reject
from akcept.ordering.actions.parts.outcomes import Decided, Through
from akcept.ordering.actions.parts.texts import checked_reason, checked_remark

log = logging.getLogger("akcept.bulk")

BULK_LIMIT: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """An order to decide, as whoever chose it saw it."""

    order_number: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkResult:
    """What became of one order: decided, or why not."""

    order_number: str
    decided: Decided | None = None
    refused: str = ""


def accept_many(
    chosen: Sequence[Chosen], *, actor: Actor, remark: str = "", now: datetime | None = None
) -> tuple[BulkResult, ...]:
    """Accept each of up to `BULK_LIMIT` orders as `accept` would; one that cannot be accepted stops no other.

    Never the actor's own orders. Journal: as `accept` for each. Raises Invalid before anything is done: none chosen,
    too many, the remark; what is raised for one order, as `accept` does, is in its result.
    """
    said = checked_remark(remark)

    def one(order: Chosen) -> Decided:
        return accept(
            order.order_number, actor=actor, version=order.version, remark=said, now=now, through=Through.BULK
        )

    return _each(chosen, one)


def reject_many(
    chosen: Sequence[Chosen], *, actor: Actor, reason: str, now: datetime | None = None
) -> tuple[BulkResult, ...]:
    """Reject each of up to `BULK_LIMIT` orders with one reason for all; one that cannot be rejected stops no other.

    Journal: as `reject` for each. Raises as `accept_many`: Invalid for the reason, too; the rest is in the results.
    """
    why = checked_reason(reason)

    def one(order: Chosen) -> Decided:
        return reject(order.order_number, actor=actor, version=order.version, reason=why, now=now, through=Through.BULK)

    return _each(chosen, one)


def _each(chosen: Sequence[Chosen], act: Callable[[Chosen], Decided]) -> tuple[BulkResult, ...]:
    orders = list({order.order_number: order for order in chosen}.values())
    if not orders:
        raise Invalid(_("Choose at least one order."), field="chosen")
    if len(orders) > BULK_LIMIT:
        raise Invalid(
            _("You can decide on up to %(limit)d orders at a time; you chose %(n)d. Nothing was decided.")
            % {"limit": BULK_LIMIT, "n": len(orders)},
            field="chosen",
        )
    return tuple(_result(order, act) for order in orders)


def _result(order: Chosen, act: Callable[[Chosen], Decided]) -> BulkResult:
    try:
        return BulkResult(order_number=order.order_number, decided=act(order))
    except Refused as refusal:
        return BulkResult(order_number=order.order_number, refused=str(refusal))
    except OperationalError as error:  # a lock that did not come free, say; the orders before it are decided
        log.warning("order %s could not be decided: %s", order.order_number, str(error).strip().partition("\n")[0])
        return BulkResult(
            order_number=order.order_number, refused=_("The shop was too busy. Nothing was decided; please try again.")
        )
