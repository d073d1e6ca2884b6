"""Rounding and splitting."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.kernel import money
from akcept.kernel.amounts import Amounts, Basis, Limit, covered, limit_from

amounts = st.decimals(min_value=-10_000_000, max_value=10_000_000, places=2, allow_nan=False, allow_infinity=False)
weights = st.lists(st.decimals(min_value=0, max_value=100_000, places=2, allow_nan=False), min_size=1, max_size=50)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.005", "0.01"), ("0.004999", "0.00"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("1", "1.00")],
)
def test_half_a_grosz_rounds_up(exact: str, rounded: str) -> None:
    assert str(money.cents(Decimal(exact))) == rounded


@pytest.mark.parametrize(
    ("net", "rate", "tax"),
    [
        ("0.50", "0.23", "0.12"),  # 0.115: half a grosz goes up, to the even and to the odd one alike
        ("1.50", "0.23", "0.35"),  # 0.345
        ("0.10", "0.05", "0.01"),  # 0.005
        ("0.30", "0.05", "0.02"),  # 0.015
        ("0.02", "0.23", "0.00"),  # 0.0046
        ("-0.50", "0.23", "-0.12"),  # a correction mirrors what it corrects
        ("9999999.99", "0.23", "2300000.00"),  # 2299999.9977
        ("100.00", "0", "0.00"),
    ],
)
def test_vat_of_half_a_grosz(net: str, rate: str, tax: str) -> None:
    assert str(money.vat(Decimal(net), Decimal(rate))) == tax


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        (Fraction(1, 200), "0.01"),
        (Fraction(-1, 200), "-0.01"),
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"),
        (Fraction(10**30 * 2 + 1, 2 * 10**30 * 100), "0.01"),  # a hair over one grosz
        (Fraction(10**30 - 1, 2 * 10**30 * 100), "0.00"),  # a hair under half of one
        (Decimal("0.005"), "0.01"),
        (Fraction(0), "0.00"),
    ],
)
def test_an_exact_value_is_rounded_once(exact: Decimal | Fraction, rounded: str) -> None:
    assert str(money.nearest_cent(exact)) == rounded


@given(amounts, weights)
def test_split_loses_no_grosz_and_is_fair(total: Decimal, shares: list[Decimal]) -> None:
    whole = sum(shares)
    if whole == 0 and total != 0:
        with pytest.raises(ValueError, match="weights"):
            money.split(total, shares)
        return
    parts = money.split(total, shares)
    assert sum(parts) == total
    assert len(parts) == len(shares)
    if whole:
        assert all(
            abs(part - total * share / whole) < Decimal("0.01") for part, share in zip(parts, shares, strict=True)
        )


@given(amounts, st.lists(st.decimals(min_value=0, max_value=10**20, places=8, allow_nan=False), min_size=1, max_size=9))
def test_split_stays_exact_where_decimals_run_out_of_digits(total: Decimal, shares: list[Decimal]) -> None:
    shares = [*shares, Decimal("0.00000001")]
    assert sum(money.split(total, shares)) == total


def test_split_gives_nothing_to_a_line_that_is_free() -> None:
    assert money.split(Decimal("0.05"), [Decimal(0), Decimal(1), Decimal(1), Decimal(0)]) == [
        Decimal("0.00"),
        Decimal("0.03"),
        Decimal("0.02"),
        Decimal("0.00"),
    ]


@pytest.mark.parametrize("total", ["0.005", "10.001", "-0.0001"])
def test_split_of_less_than_a_grosz_is_refused_not_lost(total: str) -> None:
    with pytest.raises(ValueError, match="whole cents"):
        money.split(Decimal(total), [Decimal(1), Decimal(1)])


@given(st.integers(0, 10**12), st.sampled_from(["0.23", "0.08", "0.05", "0"]))
def test_gross_is_net_and_tax_to_the_grosz(net_grosze: int, rate: str) -> None:
    net = Decimal(net_grosze) / 100
    tax = money.vat(net, Decimal(rate))
    # Half a grosz up, in integers: the figure no rounding mode of Decimal had a hand in.
    assert tax * 100 == (net_grosze * int(Decimal(rate) * 100) * 2 + 100) // 200
    assert tax.as_tuple().exponent == -2


def test_split_of_a_negative_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="weights"):
        money.split(Decimal("1.00"), [Decimal(2), Decimal(-1)])


def test_one_sum_that_is_higher_is_enough_to_exceed() -> None:
    def sums(*parts: str) -> Amounts:
        net, gross, total_net, total_gross = map(Decimal, parts)
        return Amounts(currency="PLN", goods_net=net, goods_gross=gross, total_net=total_net, total_gross=total_gross)

    before = sums("100.00", "123.00", "110.00", "135.30")
    assert not before.exceeds(before)
    assert not sums("99.99", "123.00", "110.00", "135.30").exceeds(before)
    for at in range(4):
        parts = ["0.00"] * 4
        parts[at] = ["100.01", "123.01", "110.01", "135.31"][at]
        assert sums(*parts).exceeds(before)


@pytest.mark.parametrize(
    ("currency", "amount", "covers"), [("PLN", "10.00", True), ("PLN", "9.99", False), ("EUR", "99", False)]
)
def test_a_limit_covers_up_to_and_including_itself(currency: str, amount: str, covers: bool) -> None:
    limit = Limit(amount=Decimal(amount), currency=currency, basis=Basis.TOTAL_GROSS)
    order = Amounts(
        currency="PLN", goods_net=Decimal(100), goods_gross=Decimal(100), total_net=Decimal(0), total_gross=Decimal(10)
    )
    assert limit.covers(order) is covers
    assert covered([limit], order) is covers
    assert covered([], order)
    assert limit_from(limit.as_json()) == limit
    assert limit_from(None) is None


@pytest.mark.parametrize(
    ("exact", "total", "most", "right"),
    [
        (("1.5", "1.5"), 3, None, [2, 1]),
        (("0.2", "0.7", "0.1"), 1, None, [0, 1, 0]),
        (("2.9", "0.1"), 3, (2, 9), [2, 1]),
        (("1", "1"), 7, (5, 3), [4, 3]),
        (("0", "0"), 1_000_000_001, (1_000_000_000, 1_000_000_000), [500_000_001, 500_000_000]),
        ((), 0, None, []),
    ],
)
def test_shares_as_whole_numbers_add_up_and_stay_below_their_most(
    exact: tuple[str, ...], total: int, most: tuple[int, ...] | None, right: list[int]
) -> None:
    assert money.apportion([Fraction(share) for share in exact], total, most) == right


@pytest.mark.parametrize(("exact", "total", "most"), [(("5",), 4, None), (("1", "1"), 5, (2, 2)), ((), 1, None)])
def test_shares_that_cannot_add_up_are_refused(
    exact: tuple[str, ...], total: int, most: tuple[int, ...] | None
) -> None:
    with pytest.raises(ValueError, match="add up"):
        money.apportion([Fraction(share) for share in exact], total, most)


@given(
    st.lists(st.tuples(st.fractions(0, 50, max_denominator=9), st.integers(0, 60)), min_size=1, max_size=8), st.data()
)
def test_shares_add_up_within_their_room_and_lose_less_than_one(
    shares: list[tuple[Fraction, int]], data: st.DataObject
) -> None:
    exact, most = [share for share, _room in shares], [room for _share, room in shares]
    down = [min(int(share), room) for share, room in shares]
    total = data.draw(st.integers(sum(down), sum(most))) if sum(down) < sum(most) else sum(down)
    found = money.apportion(exact, total, most)
    assert sum(found) == total
    assert all(low <= part <= room for low, part, room in zip(down, found, most, strict=True))
    if total - sum(down) < len([1 for low, room in zip(down, most, strict=True) if low < room]):
        assert all(part - low <= 1 for low, part in zip(down, found, strict=True))


def test_each_share_has_its_room() -> None:
    with pytest.raises(ValueError, match="zip"):
        money.apportion([Fraction(1), Fraction(1)], 2, [5])
