"""VAT per rate on the sum, shared out without a lost grosz."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.kernel.money import cents
from akcept.oscar_edge import vat

RATES = [Decimal("0.23"), Decimal("0.08"), Decimal("0.05"), Decimal("0")]
parts = st.lists(
    st.tuples(
        st.decimals(min_value=0, max_value=100_000, places=2, allow_nan=False, allow_infinity=False),
        st.sampled_from(RATES),
    ),
    max_size=40,
)


@given(parts)
def test_lines_add_up_to_the_tax_of_their_rate(parts: list[tuple[Decimal, Decimal]]) -> None:
    taxed = vat.by_rate(parts)
    assert [row.rate for row in taxed.rows] == sorted({rate for _net, rate in parts}, reverse=True)
    for row in taxed.rows:
        mine = [(net, gross) for (net, rate), gross in zip(parts, taxed.gross, strict=True) if rate == row.rate]
        assert row.rate is not None
        assert row.net == sum(net for net, _gross in mine)
        assert row.vat == cents(row.net * row.rate)
        assert sum(gross - net for net, gross in mine) == row.vat
        assert all(abs(gross - net - net * row.rate) < Decimal("0.015") for net, gross in mine)


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
    rows = vat.by_rate([(Decimal(net), Decimal("0.23")) for net in nets]).rows
    assert [row.vat for row in rows] == ([] if tax is None else [Decimal(tax)])


def test_priced_by_the_shops_own_strategy_is_kept() -> None:
    taxed = vat.as_priced([(Decimal("100.00"), Decimal("123.00")), (Decimal("10.00"), Decimal("10.80"))])
    assert [(row.rate, row.vat) for row in taxed.rows] == [
        (Decimal("0.23"), Decimal("23.00")),
        (Decimal("0.08"), Decimal("0.80")),
    ]
    assert taxed.gross == (Decimal("123.00"), Decimal("10.80"))
