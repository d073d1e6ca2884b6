"""How often an offer is applied, by lines: the same as one time after the other, in no more steps than lines (A3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from akcept.oscar_edge.offer import rounds
from akcept.oscar_edge.offer.rounds import Group, Needs, Part, Pick, Stand

_MANY = 10**9


def _stand(price: str, free: int, product: int = 0) -> Stand:
    value = Fraction(price)
    return Stand(product=product, price=value, free=free, left=value * free)


def _pieces(least: int = 1, *places: int) -> Needs:
    return Needs("pieces", Fraction(least), frozenset(places or (0,)))


def test_a3_a_sum_off_a_million_pieces_one_by_one_is_one_step() -> None:
    asked = list[int]()

    def counting(stands: Sequence[Stand]) -> Group:
        asked.append(1)
        return rounds.cheapest_first([0], 1)(stands)

    found, times = rounds.run(
        [_stand("24.50", 1_000_000)], counting, rounds.sum_off(Fraction(5)), most=_MANY, needs=_pieces()
    )
    assert (times, found[0].pieces, found[0].off) == (1_000_000, 1_000_000, Fraction(5_000_000))
    assert len(asked) == 1


def test_a3_three_hundred_lines_of_ten_thousand_pieces_are_three_hundred_steps() -> None:
    stands = [_stand(f"{n}.{n % 100:02}", 10_000, n) for n in range(1, 301)]
    asked = list[int]()

    def counting(now: Sequence[Stand]) -> Group:
        asked.append(1)
        return rounds.cheapest_first(range(300), 3)(now)

    needs = Needs("pieces", Fraction(1), frozenset(range(300)))
    _found, times = rounds.run(stands, counting, rounds.sum_off(Fraction("0.01")), most=_MANY, needs=needs)
    assert times == 1_000_000
    assert len(asked) <= 600  # a line's run, and the one that ends it together with the next line


def test_a3_a_sum_off_ends_with_what_a_line_costs() -> None:
    """Of 10 pieces at 10.00 another offer left 12.00: 5.00 is taken off three times, the last time 2.00."""
    stand = replace(_stand("10.00", 10), left=Fraction(12))
    found, times = rounds.run([stand], rounds.cheapest_first([0], 1), rounds.sum_off(Fraction(5)), most=_MANY)
    assert (times, found[0].pieces, found[0].off) == (3, 3, Fraction(12))


def test_an_offer_ends_where_too_few_pieces_are_left_for_what_it_wants() -> None:
    """Off each piece of 10, one at a time, while three are free: eight times."""
    pick, lower = rounds.cheapest_first([0], 1), rounds.off_each(Fraction(1))
    _found, times = rounds.run([_stand("10.00", 10)], pick, lower, most=_MANY, needs=_pieces(3))
    assert times == 8


def test_an_offer_ends_where_too_little_value_is_left_for_what_it_wants() -> None:
    """Ten pieces at 10.00, while 75.00 is free: 100, 90, 80."""
    needs = Needs("value", Fraction(75), frozenset({0}))
    pick, lower = rounds.cheapest_first([0], 1), rounds.off_each(Fraction(1))
    _found, times = rounds.run([_stand("10.00", 10)], pick, lower, most=_MANY, needs=needs)
    assert times == 3


def test_an_offer_ends_where_a_product_it_wants_is_used_up() -> None:
    stands = [_stand("1.00", 4, product=1), _stand("2.00", 9, product=2)]
    needs = Needs("products", Fraction(2), frozenset({0, 1}))
    pick, lower = rounds.bundle([0, 1], 2, different=True), rounds.priced_at(Fraction(1))
    found, times = rounds.run(stands, pick, lower, most=_MANY, needs=needs)
    assert (times, [part.pieces for part in found.values()]) == (4, [4, 4])


def test_an_offer_is_applied_no_more_often_than_it_may_be() -> None:
    """One piece at a time: both of the first line, then one of the second."""
    stands = [_stand("10.00", 2), _stand("20.00", 2)]
    found, times = rounds.run(stands, rounds.cheapest_first([0, 1], 1), rounds.off_each(Fraction(1)), most=3)
    assert times == 3
    assert found == {0: Part(pieces=2, value=Fraction(20), off=Fraction(2)), 1: Part(1, Fraction(20), Fraction(1))}
    assert [(stand.free, stand.left) for stand in stands] == [(0, 18), (1, 39)]


def test_pieces_that_cost_nothing_any_more_are_not_taken() -> None:
    spent, cent = replace(_stand("1.00", 3), left=Fraction(0)), _stand("0.01", 1)
    assert rounds.cheapest_first([0, 1, 2], 2)([spent, cent, _stand("5.00", 9)]) == [(1, 1), (2, 1)]
    assert rounds.cheapest_first([0], 2)([_stand("1.00", 1)]) == [(0, 1)]


def test_a_bundle_is_full_when_it_has_what_it_wants() -> None:
    stands = [_stand("1.00", 4, product=number) for number in range(3)]
    assert rounds.bundle([0, 1, 2], 2, different=True)(stands) == [(0, 1), (1, 1)]
    assert rounds.bundle([0, 1, 2], 6, different=False)(stands) == [(0, 4), (1, 2)]


_ONE, _TWO = [(0, 3)], [(0, 3), (1, 1)]


def _two() -> list[Stand]:
    """Three pieces at 2.00 and one at 3.00 are 9.00."""
    return [_stand("2.00", 10), _stand("3.00", 10)]


def test_a_sum_off_is_shared_by_what_lines_cost() -> None:
    assert rounds.sum_off(Fraction(3))(_two(), _TWO, 1) == (1, [Fraction(2), Fraction(1)])
    assert rounds.sum_off(Fraction(1, 2))(_two(), _TWO, 1) == (1, [Fraction(1, 3), Fraction(1, 6)])
    assert rounds.sum_off(Fraction(0))(_two(), _TWO, 1) == (0, ())
    assert rounds.sum_off(Fraction(50))(_two(), _ONE, 1) == (1, (Fraction(6),))


def test_a_sum_off_each_piece_is_taken_off_each() -> None:
    assert rounds.off_each(Fraction(1))(_two(), _TWO, 1) == (1, [Fraction(3), Fraction(1)])
    assert rounds.off_each(Fraction(0))(_two(), _TWO, 1)[0] == 0
    assert rounds.off_each(Fraction(1, 2))(_two(), _ONE, 1) == (1, (Fraction(3, 2),))
    assert rounds.off_each(Fraction(1))(_two(), [(0, 1)], 5) == (5, (Fraction(5),))
    assert rounds.off_each(Fraction(0))(_two(), [(0, 1)], 5) == (0, (Fraction(0),))


def test_a_price_of_a_group_is_shared_by_what_lines_cost() -> None:
    assert rounds.priced_at(Fraction(3))(_two(), _TWO, 2) == (2, [Fraction(8), Fraction(4)])
    assert rounds.priced_at(Fraction(8))(_two(), _TWO, 2) == (2, [Fraction(4, 3), Fraction(2, 3)])
    assert rounds.priced_at(Fraction(9))(_two(), _TWO, 2) == (0, ())


_prices = st.integers(1, 500).map(lambda n: str(Fraction(n, 100)))
_stands = st.lists(
    st.builds(_stand, price=_prices, free=st.integers(0, 12), product=st.integers(0, 2)), min_size=1, max_size=5
)
_needs = st.builds(
    Needs,
    kind=st.sampled_from(("pieces", "value", "products")),
    least=st.integers(1, 6).map(Fraction),
    places=st.frozensets(st.integers(0, 4), min_size=1),
)
_ways = st.sampled_from(("sum", "each", "bundle", "different"))


def _way(kind: str, room: int, value: Fraction, number: int) -> tuple[Pick, Callable[..., Any]]:
    if kind in ("sum", "each"):
        return rounds.cheapest_first(range(number), room), (rounds.sum_off if kind == "sum" else rounds.off_each)(value)
    return rounds.bundle(range(number), room, different=kind == "different"), rounds.priced_at(value)


@given(
    _stands, _needs, _ways, st.integers(1, 5), st.integers(1, 300).map(lambda n: Fraction(n, 100)), st.integers(1, 40)
)
def test_a3_many_at_once_are_what_they_are_one_after_the_other(
    stands: list[Stand], needs: Needs, kind: str, room: int, value: Fraction, most: int
) -> None:
    needs = replace(needs, places=frozenset(place for place in needs.places if place < len(stands)))
    pick, lower = _way(kind, room, value, len(stands))
    single, times = dict[int, Part](), 0
    now = [replace(stand) for stand in stands]
    while times < most:
        found, once = rounds.run(now, pick, lower, most=1, needs=needs)
        if not once:
            break
        times += once
        for place, part in found.items():
            sums = single.setdefault(place, Part())
            sums.pieces, sums.value, sums.off = (
                sums.pieces + part.pieces,
                sums.value + part.value,
                sums.off + part.off,
            )
    assert rounds.run([replace(stand) for stand in stands], pick, lower, most=most, needs=needs) == (single, times)
