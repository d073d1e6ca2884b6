"""Of which sort each order of a filled shop is."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

#: Of a hundred orders: those of the large organisation, of the small ones; the rest is of private customers.
LARGE_SHARE, SMALL_SHARE = 50, 30
_WORK: Final = ("completed",) * 90 + ("shipped",) * 4 + ("in_progress",) * 3 + ("unhandled",) * 2 + ("cancelled",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large the shop is to be."""

    orders: int
    waiting: int
    products: int


@dataclass(frozen=True, slots=True)
class Kind:
    """Who orders, whether it waits, and what the shop says of it."""

    large: bool
    customer: bool
    waits: bool
    #: Went through acceptance at all; the others were within what their requester may decide.
    asked: bool
    status: str


class Kinds:
    """Of which sort the n-th order is."""

    def __init__(self, size: Size, chance: random.Random) -> None:
        late = range(size.orders - max(size.orders // 5, min(size.orders, 2 * size.waiting)), size.orders)
        self._waiting = frozenset(chance.sample(late, size.waiting))
        self._chance = chance

    def of(self, n: int) -> Kind:
        """Return the sort; asked once for each, in order, as chance has it."""
        if n in self._waiting:
            return Kind(True, True, True, True, "awaiting_acceptance")
        share = self._chance.randrange(100)
        large, customer = share < LARGE_SHARE, share < LARGE_SHARE + SMALL_SHARE
        asked = customer and self._chance.randrange(100) < 70
        rejected = asked and self._chance.randrange(100) < 2
        return Kind(large, customer, False, asked, "rejected" if rejected else self._chance.choice(_WORK))
