"""VAT per rate on the sum, shared out without a lost grosz."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.kernel.money import cents, nearest_cent
from akcept.oscar_edge import vat
from akcept.oscar_edge.terms import Priced, Terms

RATES = [Decimal("0.23"), Decimal("0.08"), Decimal("0.05"), Decimal("0")]
parts = st.lists(
    st.tuples(
        st.decimals(min_value=0, max_value=100_000, places=2, allow_nan=False, allow_infinity=False),
        st.sampled_from(RATES),
    ),
    max_size=40,
)


def _taxed(parts: list[tuple[Decimal, Decimal]], *, off_gross: bool = False) -> vat.Taxed:
    terms = [Terms(unit_net=v, unit_gross=v, rate=rate, on_sums=True, off_gross=off_gross) for v, rate in parts]
    return vat.taxed([Priced(net=value, gross=value) for value, _rate in parts], terms)


@given(parts)
def test_lines_add_up_to_the_tax_of_their_rate(parts: list[tuple[Decimal, Decimal]]) -> None:
    taxed = _taxed(parts)
    assert [row.rate for row in taxed.rows] == sorted({rate for _net, rate in parts}, reverse=True)
    for row in taxed.rows:
        mine = [part for (_net, rate), part in zip(parts, taxed.parts, strict=True) if rate == row.rate]
        assert row.rate is not None
        assert row.net == sum(part.net for part in mine)
        assert row.vat == cents(row.net * row.rate)
        assert sum(part.gross - part.net for part in mine) == row.vat
        assert all(abs(part.gross - part.net - part.net * row.rate) < Decimal("0.015") for part in mine)


@given(parts)
def test_sold_gross_the_customer_pays_what_was_agreed(parts: list[tuple[Decimal, Decimal]]) -> None:
    taxed = _taxed(parts, off_gross=True)
    assert [part.gross for part in taxed.parts] == [gross for gross, _rate in parts]
    for row in taxed.rows:
        gross = sum((value for value, rate in parts if rate == row.rate), Decimal(0))
        assert row.rate is not None
        assert row.vat == nearest_cent(Fraction(gross) * Fraction(row.rate) / (1 + Fraction(row.rate)))
        assert row.net == gross - row.vat


@pytest.mark.parametrize(
    ("nets", "tax"),
    [
        (["0.10", "0.10", "0.10"], "0.07"),  # 3 x 0.02 line by line would be 0.06
        (["0.02", "0.02"], "0.01"),  # line by line it would be nothing
        (["100.00"], "23.00"),
        ([], None),
    ],
)
def test_tax_is_computed_on_the_sum(nets: list[str], tax: str | None) -> None:
    rows = _taxed([(Decimal(net), Decimal("0.23")) for net in nets]).rows
    assert [row.vat for row in rows] == ([] if tax is None else [Decimal(tax)])


def test_priced_by_the_shops_own_strategy_is_kept() -> None:
    """Whether or not anybody knows the rate: a line keeps the tax it was priced with."""
    prices = [
        Priced(net=Decimal("100.00"), gross=Decimal("123.01")),
        Priced(net=Decimal("10.00"), gross=Decimal("10.83")),
    ]
    terms = [
        Terms(unit_net=p.net, unit_gross=p.gross, rate=r) for p, r in zip(prices, (Decimal("0.23"), None), strict=True)
    ]
    taxed = vat.taxed(prices, terms)
    assert [(row.rate, row.vat) for row in taxed.rows] == [(Decimal("0.23"), Decimal("23.01")), (None, Decimal("0.83"))]
    assert taxed.parts == tuple(prices)


@pytest.mark.parametrize(
    ("net", "gross", "rate"),
    [
        ("19.00", "23.37", "0.23"),
        ("6.00", "6.48", "0.08"),
        ("100.00", "100.00", "0.00"),
        ("0.02", "0.02", None),  # 0 to 24 per cent
        ("0.12", "0.15", None),  # 20 to 29 per cent, 23 among them
        ("10.00", "10.55", None),  # no whole per cent
        ("0.00", "0.00", None),
        ("-1.00", "-1.23", None),
    ],
)
def test_a_rate_is_told_from_values_only_where_there_is_one(net: str, gross: str, rate: str | None) -> None:
    found = vat.evident_rate(Decimal(net), Decimal(gross))
    assert found == (Decimal(rate) if rate is not None else None)


def test_what_an_order_comes_to_is_the_sum_of_its_parts() -> None:
    taxed = _taxed([(Decimal("0.10"), RATES[0])] * 3)
    assert (taxed.net, taxed.gross) == (Decimal("0.30"), Decimal("0.37"))
    assert (vat.taxed([], []).net, vat.taxed([], []).gross) == (0, 0)


def test_a_part_without_a_known_rate_keeps_its_tax_and_is_told_last() -> None:
    known, free, unknown = (
        Terms(unit_net=Decimal(10), unit_gross=Decimal(10), rate=rate, on_sums=True)
        for rate in (Decimal("0.23"), Decimal(0), None)
    )
    prices = [Priced(net=Decimal("10.00"), gross=Decimal("12.30"))] * 3
    taxed = vat.taxed(prices, [unknown, free, known])
    assert [part.gross for part in taxed.parts] == [Decimal("12.30"), Decimal("10.00"), Decimal("12.30")]
    assert [row.rate for row in taxed.rows] == [Decimal("0.23"), Decimal(0), None]


def test_each_part_has_a_rate_and_a_share(monkeypatch) -> None:
    part, terms = Priced(net=Decimal(10), gross=Decimal(10)), Terms(unit_net=Decimal(10), unit_gross=Decimal(10))
    with pytest.raises(ValueError, match="zip"):
        vat.rows_of([part], [])
    monkeypatch.setattr(vat, "split", lambda total, weights: [])
    with pytest.raises(ValueError, match="zip"):
        vat.taxed([part], [replace(terms, rate=Decimal("0.23"), on_sums=True)])


@pytest.mark.parametrize(
    ("net", "gross"),
    [("0.58", "0.61"), ("0.01", "0.01"), ("0.00", "0.00"), ("0.005", "0.01"), ("10.00", "9.99"), ("-10.00", "-9.00")],
)
def test_where_a_rate_is_not_evident_there_is_none(net: str, gross: str) -> None:
    """0.61 of 0.58 is 5 per cent or 4 per cent of 0.584: of what was rounded nobody can tell."""
    assert vat.evident_rate(Decimal(net), Decimal(gross)) is None
