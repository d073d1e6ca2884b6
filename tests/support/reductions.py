"""What offers take off a basket's lines, reckoned independently: exact fractions, nothing of the code under test.

Offers come one after the other, and each is applied as long as the pieces it wants are there: a number of pieces, a
value of them, or a number of different products. A piece it lowered is not lowered by it again, nor by an exclusive
offer; an exclusive one lowers no piece of a line that one which is not exclusive took pieces of, and of a line that an
exclusive one took pieces of only the others. An offer that is to be combined with named ones only shares no line with
another one. Each takes pieces from the cheapest line on, and none of a line that costs nothing any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

ZERO = Fraction(0)


@dataclass(frozen=True)
class Item:
    """A line of a basket; `price` of one piece as it is written in the price list; `rate` in per cent.

    Its product is named by the place of the first line that has it: `product`, or its own place.
    """

    price: str
    rate: int
    pieces: int
    product: int | None = None


@dataclass(frozen=True)
class Reduction:
    """An offer: `kind` is `percent`, `sum`, `each`, `bundle` or `cheapest`, or of a delivery one of `DELIVERIES`.

    It wants `needed` of the products `of` (those it lowers, where None): pieces, or what `by` says, `value` or
    `products`. It lowers the products `on` (all where empty), `most` pieces each time, and is applied `times` at most.
    `beside` are the offers that alone may share its lines, by their places; all where None.
    """

    kind: str
    value: str = "0"
    needed: str = "1"
    by: str = "pieces"
    on: tuple[int, ...] = ()
    of: tuple[int, ...] | None = None
    most: int | None = None
    times: int | None = None
    exclusive: bool = False
    beside: tuple[int, ...] | None = None


#: Offers on a delivery: per cent off it, a sum off it, or it costs a sum at most.
DELIVERIES = ("delivery percent", "delivery sum", "delivery to")


def half_up(value: Fraction) -> int:
    """Round an amount to grosze, a half up."""
    doubled = value * 200 + 1
    return doubled.numerator // doubled.denominator // 2


class Reckoning:
    """Offers on a basket, one after the other; `offs` is what is taken off each line."""

    def __init__(self, items: Sequence[Item], offers: Sequence[Reduction]) -> None:
        self.offers = offers
        self.prices = [Fraction(item.price) for item in items]
        self.pieces = [item.pieces for item in items]
        self.products = [i if item.product is None else item.product for i, item in enumerate(items)]
        self.offs = [ZERO] * len(items)
        #: The first offer on a delivery that was applied: no other one lowers it.
        self.delivery: Reduction | None = None
        #: Of each line: how many pieces the offers took, by their place.
        self.used: list[dict[int, int]] = [{} for _item in items]
        for number in range(len(offers)):
            self._apply(number)

    def _apply(self, number: int) -> None:
        """Apply an offer as often as it goes."""
        offer = self.offers[number]
        if offer.kind in DELIVERIES:
            if self._wants(number):
                self._use_up(number, Fraction(offer.needed), [])
                self.delivery = self.delivery or offer
            return
        order = [i for i in self._by_price() if self.prices[i] and self._covers(self._lines(offer), i)]
        others = list(self.offs)
        values, offs = [ZERO] * len(order), [ZERO] * len(order)
        times = 0
        while times < (offer.times or 10**9) and self._wants(number):
            parts = self._once(number, order, others, offs)
            if not any(off for _i, _pieces, _worth, off in parts):
                break
            times += 1
            for i, pieces, worth, off in parts:
                place = order.index(i)
                values[place], offs[place] = values[place] + worth, offs[place] + off
                self._use(number, i, pieces)
            if offer.kind == "cheapest":
                self._use_up(number, Fraction(offer.needed), [i for i, *_rest in parts])
        if times and offer.kind == "sum":
            offs = self._sum(number, order, others, offs, times)
        if times and offer.kind == "bundle":
            offs = _bundles(offer, values, offs, times)
        for i, off in zip(order, offs, strict=True):
            self.offs[i] = min(self.prices[i] * self.pieces[i], others[i] + off)

    def _free(self, number: int, i: int) -> int:
        """Return how many pieces of a line an offer may take."""
        offer, own = self.offers[number], self._own(number, i)
        others = {n: took for n, took in self.used[i].items() if n != number and took}
        if not all(self._go_together(number, n) for n in others):
            return 0
        if offer.exclusive:
            open_ = all(self.offers[n].exclusive for n in others)
            return max(0, self.pieces[i] - sum(others.values()) - own) if open_ else 0
        return 0 if any(self.offers[n].exclusive for n in others) else self.pieces[i] - own

    def _go_together(self, one: int, other: int) -> bool:
        """Whether two offers may share a line: one of them names the other, or neither names any."""
        named, back = self.offers[one].beside, self.offers[other].beside
        return (named is None and back is None) or other in (named or ()) or one in (back or ())

    def _by_price(self) -> list[int]:
        return sorted(range(len(self.prices)), key=lambda i: self.prices[i])

    def _own(self, number: int, i: int) -> int:
        return self.used[i].get(number, 0)

    def _covers(self, on: Sequence[int], i: int) -> bool:
        return not on or self.products[i] in on

    def _lines(self, offer: Reduction) -> tuple[int, ...]:
        """Return the places of the lines an offer lowers: of a bundle those that it wants."""
        return offer.of if offer.kind == "bundle" and offer.of is not None else offer.on

    def _use(self, number: int, i: int, pieces: int) -> None:
        self.used[i][number] = self._own(number, i) + pieces

    def _wants(self, number: int) -> bool:
        """Whether what an offer wants is there."""
        offer = self.offers[number]
        wanted = offer.on if offer.of is None else offer.of
        there = [i for i in range(len(self.prices)) if self._covers(wanted, i) and self._free(number, i)]
        if offer.by == "products":
            return len({self.products[i] for i in there}) >= Fraction(offer.needed)
        worth = (self._free(number, i) * (self.prices[i] if offer.by == "value" else 1) for i in there)
        return sum(worth, ZERO) >= Fraction(offer.needed)

    def _use_up(self, number: int, wanted: Fraction, given: Sequence[int]) -> None:
        """What an offer wants is used up with the free piece: the dearest ones, of products in the basket's order."""
        offer = self.offers[number]
        among = offer.on if offer.of is None else offer.of
        counted = [i for i in given if self._covers(among, i)]
        if offer.by == "products":
            done = {self.products[i] for i in counted}
            for i in range(len(self.prices)):
                new = self._covers(among, i) and self.products[i] not in done and self._free(number, i)
                if new and len(done) < wanted:
                    done.add(self.products[i])
                    self._use(number, i, 1)
            return
        by_value = offer.by == "value"
        wanted -= sum((self.prices[i] if by_value else Fraction(1) for i in counted), ZERO)
        for i in sorted(range(len(self.prices)), key=lambda i: (-self.prices[i], i)):
            if wanted > 0 and self.prices[i] and self._covers(among, i):
                each = self.prices[i] if by_value else Fraction(1)
                pieces = min(self._free(number, i), -(-wanted // each))
                self._use(number, i, pieces)
                wanted -= pieces * each

    def _once(
        self, number: int, order: Sequence[int], others: Sequence[Fraction], so_far: Sequence[Fraction]
    ) -> list[tuple[int, int, Fraction, Fraction]]:
        """Return an application: of each line how many pieces, what they are worth, what is taken off them."""
        offer = self.offers[number]
        left = {i: self.prices[i] * self.pieces[i] - others[i] - off for i, off in zip(order, so_far, strict=True)}
        if offer.kind == "cheapest":
            open_ = [i for i in order if self._free(number, i) and left[i] > 0]
            if not open_ or any(self._own(number, i) for i in order):
                return []
            return [(open_[0], 1, self.prices[open_[0]], self.prices[open_[0]])]
        if offer.kind == "bundle":
            taken = self._bundle(number, order)
        else:
            room = offer.most if offer.most is not None else 10**9
            if offer.kind == "percent":
                room -= sum(self._own(number, i) for i in order)
            taken = []
            for i in order:
                pieces = max(0, min(self._free(number, i), room)) if left[i] > 0 else 0
                room -= pieces
                worth = self.prices[i] * pieces
                if pieces:
                    taken.append((i, pieces, min(worth, left[i]) if offer.kind == "sum" else worth))
        value, total = Fraction(offer.value), sum((worth for _i, _pieces, worth in taken), ZERO)
        if offer.kind == "percent":
            return [(i, pieces, worth, worth * value / 100) for i, pieces, worth in taken]
        if offer.kind == "each":
            return [(i, pieces, worth, min(worth, value * pieces)) for i, pieces, worth in taken]
        off = min(value, total) if offer.kind == "sum" else max(ZERO, total - value)
        return [(i, pieces, worth, off * worth / total if total else ZERO) for i, pieces, worth in taken]

    def _bundle(self, number: int, order: Sequence[int]) -> list[tuple[int, int, Fraction]]:
        """Return the pieces of a bundle: as many as it wants, of different products one each; of a value there is none.

        What costs nothing counts as there, so it may be of fewer.
        """
        offer, taken, products = self.offers[number], list[tuple[int, int, Fraction]](), set[int]()
        missing = int(offer.needed) if offer.by != "value" else 0
        for i in order:
            pieces = min(self._free(number, i), missing)
            if offer.by == "products":
                pieces = min(pieces, 0 if self.products[i] in products else 1)
            if pieces:
                products.add(self.products[i])
                taken.append((i, pieces, self.prices[i] * pieces))
                missing -= pieces
        return taken

    def _sum(
        self,
        number: int,
        order: Sequence[int],
        others: Sequence[Fraction],
        exact: Sequence[Fraction],
        times: int,
    ) -> list[Fraction]:
        """Whole grosze of each line, together the sum, or all that the lines cost."""
        places = [place for place, i in enumerate(order) if self._own(number, i)]
        left = [max(ZERO, self.prices[order[p]] * self.pieces[order[p]] - others[order[p]]) for p in places]
        shown, found = [half_up(value) for value in left], [ZERO] * len(order)
        everything = all(exact[p] >= value for p, value in zip(places, left, strict=True))
        wanted = half_up(Fraction(self.offers[number].value) * times if everything else sum(exact, ZERO))
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
