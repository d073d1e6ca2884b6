"""Which pieces an offer takes each time it is applied, and how often: found by lines, not piece by piece (pure).

An offer for one piece, applied to ten thousand of them, takes the same from each: such a run is computed at once. Every
run but the last one uses a line up, so there are no more of them than lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

#: So many pieces of the line at a place.
Group = Sequence[tuple[int, int]]
_NOTHING: Final = Fraction(0)


@dataclass(slots=True)
class Stand:
    """A basket's line as an offer meets it: `free` pieces it may take, at `price` each, and what is `left` to pay."""

    product: int
    price: Fraction
    free: int
    left: Fraction


@dataclass(frozen=True, slots=True)
class Needs:
    """What an offer wants of the lines at some places before it is applied: pieces, their value, different products."""

    kind: Literal["pieces", "value", "products"]
    least: Fraction
    places: frozenset[int]

    def met(self, stands: Sequence[Stand]) -> bool:
        """Whether the pieces that are free are enough."""
        return self._there(stands) >= self.least

    def lasts(self, stands: Sequence[Stand], group: Group, most: int) -> int:
        """Return how often in a row it is met, `most` at most, when a group is taken each time and no line runs out."""
        if self.kind == "products":
            return most
        taken = sum((self._worth(stands[i]) * pieces for i, pieces in group if i in self.places), _NOTHING)
        return most if not taken else min(most, int((self._there(stands) - self.least) / taken) + 1)

    def _there(self, stands: Sequence[Stand]) -> Fraction:
        found = [stands[i] for i in self.places if stands[i].free > 0]
        if self.kind == "products":
            return Fraction(len({each.product for each in found}))
        return sum((self._worth(each) * each.free for each in found), _NOTHING)

    def _worth(self, stand: Stand) -> Fraction:
        return stand.price if self.kind == "value" else Fraction(1)


@dataclass(slots=True)
class Part:
    """Of so many `pieces` of a line, worth `value`, `off` is taken off."""

    pieces: int = 0
    value: Fraction = _NOTHING
    off: Fraction = _NOTHING


#: The pieces of the next application; none ends it.
Pick = Callable[[Sequence[Stand]], Group]
#: What a group taken so many times in a row loses: how many of these times count, and what each line loses in them.
Lower = Callable[[Sequence[Stand], Group, int], tuple[int, Sequence[Fraction]]]


def run(
    stands: Sequence[Stand], pick: Pick, lower: Lower, *, most: int, needs: Needs | None = None
) -> tuple[dict[int, Part], int]:
    """Apply an offer `most` times at most, and return each line's part by its place, and how often that was.

    The stands are used up by it. Without `needs` it is not asked whether it may be applied another time.
    """
    parts: dict[int, Part] = {}
    times = 0
    while times < most and (needs is None or needs.met(stands)) and (group := pick(stands)):
        number = min(most - times, *(stands[i].free // pieces for i, pieces in group))
        if needs is not None:
            number = needs.lasts(stands, group, number)
        number, offs = lower(stands, group, number)
        if not number:
            break
        for (i, pieces), off in zip(group, offs, strict=True):
            _take(stands[i], parts.setdefault(i, Part()), pieces * number, off)
        times += number
    return parts, times


def _take(stand: Stand, part: Part, pieces: int, off: Fraction) -> None:
    stand.free -= pieces
    stand.left -= off
    part.pieces += pieces
    part.value += stand.price * pieces
    part.off += off


def cheapest_first(order: Sequence[int], room: int) -> Pick:
    """Take so many pieces of the lines at these places, in this order; none of a line that costs nothing any more."""

    def pick(stands: Sequence[Stand]) -> Group:
        group, left = list[tuple[int, int]](), room
        for i in order:
            pieces = min(stands[i].free, left) if stands[i].left > 0 else 0
            if pieces > 0:
                group.append((i, pieces))
                left -= pieces
        return group

    return pick


def bundle(order: Sequence[int], wanted: int, *, different: bool) -> Pick:
    """Take so many pieces in this order, only one of each product where they are to be `different`.

    It may be fewer: a piece that costs nothing counts as there, and is not taken.
    """

    def pick(stands: Sequence[Stand]) -> Group:
        group, products, missing = list[tuple[int, int]](), set[int](), wanted
        for i in order:
            pieces = min(stands[i].free, 1 if different else missing)
            if missing > 0 and pieces > 0 and not (different and stands[i].product in products):
                products.add(stands[i].product)
                group.append((i, pieces))
                missing -= pieces
        return group

    return pick


def sum_off(value: Fraction) -> Lower:
    """Take a sum off a group, in proportion to what its lines cost, and no more than they cost."""

    def lower(stands: Sequence[Stand], group: Group, number: int) -> tuple[int, Sequence[Fraction]]:
        if len(group) == 1:
            return _while_there(stands[group[0][0]], min(value, stands[group[0][0]].price * group[0][1]), number)
        worth = [min(stands[i].price * pieces, stands[i].left) for i, pieces in group]
        total = sum(worth, _NOTHING)
        off = min(value, total)
        return (1, [off * each / total for each in worth]) if off > 0 else (0, ())

    return lower


def off_each(value: Fraction) -> Lower:
    """Take a sum off each piece, and no more than it costs."""

    def lower(stands: Sequence[Stand], group: Group, number: int) -> tuple[int, Sequence[Fraction]]:
        offs = [min(value, stands[i].price) * pieces for i, pieces in group]
        if len(group) == 1:
            return _while_there(stands[group[0][0]], offs[0], number)
        return (1 if value > 0 else 0), [min(off, stands[i].left) for (i, _), off in zip(group, offs, strict=True)]

    return lower


def _while_there(stand: Stand, off: Fraction, number: int) -> tuple[int, Sequence[Fraction]]:
    """Take a sum off one line so many times in a row, while it costs something."""
    number = min(number, -(-stand.left // off)) if off > 0 else 0
    return number, (min(off * number, stand.left),)


def priced_at(value: Fraction) -> Lower:
    """Let a group cost a sum, in proportion to what its lines cost; a group that costs less stays as it is."""

    def lower(stands: Sequence[Stand], group: Group, number: int) -> tuple[int, Sequence[Fraction]]:
        worth = [stands[i].price * pieces for i, pieces in group]
        total = sum(worth, _NOTHING)
        off = total - value
        return (number, [off * number * each / total for each in worth]) if off > 0 else (0, ())

    return lower
