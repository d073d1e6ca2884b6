"""What offers take off a basket's lines, reckoned independently: exact fractions, nothing of the code under test.

Offers come one after the other. A piece that an exclusive one lowered is lowered by no other, and an exclusive one
lowers no piece of a line that another one did. Each takes pieces from the cheapest line on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

ZERO = Fraction(0)


@dataclass(frozen=True)
class Item:
    """A line of a basket; `price` of one piece as it is written in the price list; `rate` in per cent."""

    price: str
    rate: int
    pieces: int


@dataclass(frozen=True)
class Reduction:
    """An offer: `kind` is `percent`, `sum`, `each`, `bundle` or `cheapest`; it wants `needed` pieces in the basket.

    `on` are the places of its lines (all where empty), `most` its pieces at most, `times` how often it may be applied.
    """

    kind: str
    value: str = "0"
    needed: int = 1
    on: tuple[int, ...] = ()
    most: int | None = None
    times: int | None = None
    exclusive: bool = False


def half_up(value: Fraction) -> int:
    """Round an amount to grosze, a half up."""
    doubled = value * 200 + 1
    return doubled.numerator // doubled.denominator // 2


class Reckoning:
    """Offers on a basket, one after the other; `offs` is what is taken off each line."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.prices = [Fraction(item.price) for item in items]
        self.pieces = [item.pieces for item in items]
        self.offs = [ZERO] * len(items)
        self.applied: list[Reduction] = []
        #: Of each line: how many pieces the offers so far took, by their place in `applied`.
        self.used: list[dict[int, int]] = [{} for _item in items]

    def apply(self, offer: Reduction) -> None:
        """Apply an offer as often as it goes."""
        self.applied.append(offer)
        order = [i for i in sorted(range(len(self.prices)), key=lambda i: self.prices[i]) if self._covers(offer, i)]
        others = list(self.offs)
        values, offs = [ZERO] * len(order), [ZERO] * len(order)
        times = 0
        while times < (offer.times or 10_000) and sum(self.free(offer, i) for i in order) >= offer.needed:
            parts = self._once(offer, order, others, offs)
            if not any(off for _i, _pieces, _worth, off in parts):
                break
            times += 1
            for i, pieces, worth, off in parts:
                place = order.index(i)
                values[place], offs[place] = values[place] + worth, offs[place] + off
                self._use(i, pieces)
            if offer.kind == "cheapest":
                self._needed_too(offer, order)
        if times and offer.kind == "sum":
            offs = self._sum(offer, order, others, offs, times)
        if times and offer.kind == "bundle":
            offs = _bundles(offer, values, offs, times)
        for i, off in zip(order, offs, strict=True):
            self.offs[i] = min(self.prices[i] * self.pieces[i], others[i] + off)

    def free(self, offer: Reduction, i: int) -> int:
        """Return how many pieces of a line the last offer may take."""
        own, others = self._own(i), {n: took for n, took in self.used[i].items() if n != self._last and took}
        if offer.exclusive:
            open_ = all(self.applied[n].exclusive for n in others)
            return self.pieces[i] - sum(others.values()) - own if open_ else 0
        return 0 if any(self.applied[n].exclusive for n in others) else self.pieces[i] - own

    @property
    def _last(self) -> int:
        return len(self.applied) - 1

    def _own(self, i: int) -> int:
        return self.used[i].get(self._last, 0)

    def _covers(self, offer: Reduction, i: int) -> bool:
        return bool(self.prices[i]) and (not offer.on or i in offer.on)

    def _use(self, i: int, pieces: int) -> None:
        self.used[i][self._last] = self._own(i) + pieces

    def _needed_too(self, offer: Reduction, order: Sequence[int]) -> None:
        """The other pieces that an offer wants for a free one are the dearest ones."""
        wanted = offer.needed - 1
        for i in sorted(order, key=lambda i: (-self.prices[i], i)):
            pieces = min(wanted, self.free(offer, i))
            self._use(i, pieces)
            wanted -= pieces

    def _once(
        self, offer: Reduction, order: Sequence[int], others: Sequence[Fraction], so_far: Sequence[Fraction]
    ) -> list[tuple[int, int, Fraction, Fraction]]:
        """Return an application: of each line how many pieces, what they are worth, what is taken off them."""
        if offer.kind == "cheapest":
            open_ = [i for i in order if self.free(offer, i)]
            if not open_ or any(self._own(i) for i in order):
                return []
            return [(open_[0], 1, self.prices[open_[0]], self.prices[open_[0]])]
        room = offer.needed if offer.kind == "bundle" else offer.most if offer.most is not None else 10**9
        if offer.kind == "percent":
            room -= sum(self._own(i) for i in order)
        taken = []
        for i in order:
            pieces = max(0, min(self.free(offer, i), room))
            room -= pieces
            worth = self.prices[i] * pieces
            if offer.kind == "sum":
                there = self.prices[i] * self.pieces[i] - others[i] - so_far[order.index(i)]
                worth = min(worth, max(ZERO, there))
            if pieces:
                taken.append((i, pieces, worth))
        value, total = Fraction(offer.value), sum((worth for _i, _pieces, worth in taken), ZERO)
        if offer.kind == "percent":
            return [(i, pieces, worth, worth * value / 100) for i, pieces, worth in taken]
        if offer.kind == "each":
            return [(i, pieces, worth, min(worth, value * pieces)) for i, pieces, worth in taken]
        off = min(value, total) if offer.kind == "sum" else max(ZERO, total - value)
        return [(i, pieces, worth, off * worth / total if total else ZERO) for i, pieces, worth in taken]

    def _sum(
        self,
        offer: Reduction,
        order: Sequence[int],
        others: Sequence[Fraction],
        exact: Sequence[Fraction],
        times: int,
    ) -> list[Fraction]:
        """Whole grosze of each line, together the sum, or all that the lines cost."""
        places = [place for place, i in enumerate(order) if self._own(i)]
        left = [max(ZERO, self.prices[order[p]] * self.pieces[order[p]] - others[order[p]]) for p in places]
        shown, found = [half_up(value) for value in left], [ZERO] * len(order)
        everything = all(exact[p] >= value for p, value in zip(places, left, strict=True))
        wanted = half_up(Fraction(offer.value) * times if everything else sum(exact, ZERO))
        grosze = largest_remainder([exact[p] for p in places], min(wanted, sum(shown)), shown)
        for p, share, most, value in zip(places, grosze, shown, left, strict=True):
            found[p] = value if share == most and exact[p] >= value else Fraction(share, 100)
        return found


def _bundles(offer: Reduction, values: Sequence[Fraction], offs: Sequence[Fraction], times: int) -> list[Fraction]:
    """The price of bundles is what is handed out, in whole grosze: all of them together cost it to the grosz."""
    paid = [value - off for value, off in zip(values, offs, strict=True)]
    total = int(Fraction(offer.value) * 100) * times
    most = [int(value * 100) for value in values]
    if sum(most) < total:
        most = [-int(-value * 100 // 1) for value in values]
    grosze = largest_remainder(paid, total, most)
    return [max(ZERO, value - Fraction(share, 100)) for value, share in zip(values, grosze, strict=True)]


def largest_remainder(exact: Sequence[Fraction], total: int, most: Sequence[int]) -> list[int]:
    """Whole grosze that add up to a total: each its own rounded down, the missing ones where most was cut off."""
    whole = [min(cap, int(share * 100)) for share, cap in zip(exact, most, strict=True)]
    left = total - sum(whole)
    by_remainder = sorted(range(len(whole)), key=lambda i: (whole[i] - exact[i] * 100, i))
    while left and any(whole[i] < most[i] for i in by_remainder):
        for i in by_remainder:
            if left and whole[i] < most[i]:
                whole[i], left = whole[i] + 1, left - 1
    assert not left, "the oracle lost a grosz"
    return whole
