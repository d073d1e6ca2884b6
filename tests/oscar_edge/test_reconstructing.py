"""What lines from before terms were kept were priced by: only where one rate is left."""

from __future__ import annotations

from decimal import Decimal

import pytest

from akcept.oscar_edge.reconstructing import Came, adds_up, rate_of, rate_of_delivery, terms_of
from akcept.oscar_edge.terms import Priced


def came(quantity: int, unit: tuple[str | None, str | None], net: str, gross: str, *, full: str | None = None) -> Came:
    unit_net, unit_gross = (None if part is None else Decimal(part) for part in unit)
    return Came(
        quantity=quantity,
        unit_net=unit_net,
        unit_gross=unit_gross,
        full=Decimal(full or net),
        net=Decimal(net),
        gross=Decimal(gross),
    )


CENTS = came(10_000, ("0.02", "0.02"), "200.00", "246.00")


def test_the_value_tells_what_unit_prices_do_not() -> None:
    assert rate_of(CENTS, changed=False) == Decimal("0.23")


def test_of_a_changed_order_values_are_no_evidence() -> None:
    assert rate_of(CENTS, changed=True) is None
    assert rate_of(CENTS, changed=True, told=Decimal("0.08")) == Decimal("0.08")
    assert rate_of(came(1, ("100.00", "108.00"), "1", "9"), changed=True) == Decimal("0.08")


@pytest.mark.parametrize(
    ("told", "rate"),
    [(None, None), ("0.23", "0.23"), ("0.08", "0.08"), ("0.31", None), ("0.085", None)],
)
def test_what_its_product_has_today_decides_among_several(told: str | None, rate: str | None) -> None:
    anything = came(1, (None, None), "0.01", "0.01")
    found = rate_of(anything, changed=False, told=None if told is None else Decimal(told))
    assert found == (None if rate is None else Decimal(rate))


def test_where_prices_and_values_disagree_there_is_no_rate() -> None:
    assert rate_of(came(1, ("100.00", "123.00"), "100.00", "108.00"), changed=False, told=Decimal("0.23")) is None


@pytest.mark.parametrize("unit", [(None, "123.00"), ("100.00", None)])
def test_one_unit_price_alone_says_nothing(unit: tuple[str | None, str | None]) -> None:
    assert rate_of(came(1, unit, "100.00", "108.00"), changed=False) == Decimal("0.08")


@pytest.mark.parametrize(
    ("net", "gross", "rate"),
    [
        ("15.00", "18.45", "0.23"),
        ("15.00", "15.00", "0"),
        ("100.00", "130.00", "0.30"),
        ("100.00", "131.00", None),
        ("0.00", "0.00", None),
        # 23 % of 15.00 are 3.45: two cents beside it rounding can make, four it cannot.
        ("15.00", "18.47", "0.23"),
        ("15.00", "18.49", None),
    ],
)
def test_the_rate_of_a_delivery_is_the_only_one_it_can_have(net: str, gross: str, rate: str | None) -> None:
    assert rate_of_delivery(Decimal(net), Decimal(gross)) == (None if rate is None else Decimal(rate))


def test_terms_make_of_a_line_what_it_came_out_at() -> None:
    line = came(3, ("0.33", "0.41"), "0.90", "1.11", full="1.00")
    terms = terms_of(line, Decimal("0.23"))
    assert (terms.unit_net, terms.unit_gross) == (Decimal("0.33333333"), Decimal("0.41000000"))
    assert (terms.rate, terms.on_sums) == (Decimal("0.23"), True)
    assert (terms.discount, terms.discounted) == (Decimal("0.10"), Decimal("1.00"))
    assert terms.price(3).net == Decimal("0.90")


def test_a_unit_price_that_is_exact_stays_and_what_costs_more_has_no_discount() -> None:
    terms = terms_of(came(2, ("0.50", "0.62"), "1.01", "1.24", full="1.00"), Decimal("0.23"))
    assert (terms.unit_net, terms.unit_gross) == (Decimal("0.50"), Decimal("0.61500000"))
    assert (terms.discount, terms.discounted) == (0, 0)
    assert terms_of(came(4, (None, None), "1.00", "1.23"), Decimal("0.23")).unit_net == Decimal("0.25")


@pytest.mark.parametrize(("gross", "right"), [("246.00", True), ("246.01", False)])
def test_whether_an_order_adds_up(gross: str, right: bool) -> None:
    lines = [came(10_000, ("0.02", "0.02"), "200.00", gross)]
    charge = terms_of(came(1, ("15.00", "18.45"), "15.00", "18.45"), Decimal("0.23"))
    delivery = Priced(net=Decimal("15.00"), gross=Decimal("18.45"))
    assert adds_up(lines, delivery, [terms_of(lines[0], Decimal("0.23"))], charge) is right
    other = Priced(net=Decimal("15.00"), gross=Decimal("18.46"))
    assert not adds_up(lines, other, [terms_of(lines[0], Decimal("0.23"))], charge)


def test_rates_are_looked_for_up_to_thirty_per_cent() -> None:
    anything = came(1, (None, None), "0.01", "0.01")
    assert rate_of(anything, changed=True, told=Decimal("0.30")) == Decimal("0.30")
    assert rate_of(anything, changed=True, told=Decimal("0.31")) is None


def test_a_unit_price_that_does_not_make_the_value_is_reckoned_from_it() -> None:
    assert terms_of(came(3, ("2.00", "2.46"), "5.00", "6.15"), Decimal("0.23")).unit_net == Decimal("1.66666667")
    assert terms_of(came(3, ("2.00", "2.46"), "6.00", "7.38"), Decimal("0.23")).unit_net == Decimal("2.00")


def test_each_line_has_its_terms() -> None:
    free = Priced(net=Decimal(0), gross=Decimal(0))
    with pytest.raises(ValueError, match="zip"):
        adds_up([CENTS], free, [], terms_of(CENTS, Decimal("0.23")))
