"""Nasty goods and offers for the oracle, and the comparison of a quote or an order with its bill."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from akcept.ordering.ports import OrderDocument, Quote
from tests.support.oracle import Bill, Carriage
from tests.support.reductions import Item, Reduction

RATES: Final = (0, 5, 8, 23)
_OFTEN: Final = ("0.01", "0.02", "0.12", "0.00001", "1.00", "24.50", "549.00", "2196.00", "12.34567")


prices = st.one_of(
    st.sampled_from(_OFTEN),
    st.integers(1, 10_000_000).map(lambda n: str(Decimal(n).scaleb(-5))),
    st.integers(1, 1_000_000).map(lambda n: str(Decimal(n).scaleb(-2))),
)
pieces = st.one_of(st.integers(1, 12), st.sampled_from((100, 10_000, 10_001, 1_000_000)))
items = st.lists(st.builds(Item, price=prices, rate=st.sampled_from(RATES), pieces=pieces), min_size=1, max_size=8)
percents = st.integers(1, 10_000).map(lambda n: str(Decimal(n).scaleb(-2)))
sums = st.integers(1, 200_000).map(lambda n: str(Decimal(n).scaleb(-2)))
limits: Final[dict[str, Any]] = {
    "on": st.one_of(st.just(()), st.lists(st.integers(0, 7), min_size=1, max_size=3, unique=True).map(tuple)),
    "most": st.sampled_from((None, None, 1, 2, 5)),
    "times": st.sampled_from((None, None, 1, 2)),
    "exclusive": st.booleans(),
}
_PLAIN: Final[dict[str, Any]] = {name: st.just(Reduction("percent").__dict__[name]) for name in limits}


def _kinds(**more: Any) -> dict[str, Any]:
    unlimited = more | {"most": st.none()}  # Oscar limits the pieces of the others only
    return {
        "percent": st.builds(Reduction, kind=st.just("percent"), value=percents, **more),
        "sum": st.builds(Reduction, kind=st.just("sum"), value=sums, **more),
        "each": st.builds(Reduction, kind=st.just("each"), value=sums, **more),
        "bundle": st.builds(Reduction, kind=st.just("bundle"), value=sums, needed=st.integers(1, 4), **unlimited),
        "cheapest": st.builds(Reduction, kind=st.just("cheapest"), needed=st.integers(1, 4), **unlimited),
    }


alone = st.one_of(*_kinds(**_PLAIN).values())
limited = st.lists(st.one_of(*_kinds(**limits).values()), min_size=1, max_size=4)
together = st.lists(st.one_of(*(_kinds(**_PLAIN)[kind] for kind in ("percent", "each"))), min_size=2, max_size=3)
reductions = st.one_of(st.just([]), alone.map(lambda one: [one]), together)
carriages = st.builds(
    Carriage,
    price=st.sampled_from(("0.00", "0.01", "19.00", "19.01", "89.00")),
    rate=st.sampled_from(RATES),
    kind=st.sampled_from(("", "", "percent", "sum", "to")),
    value=st.one_of(percents, st.just("100")),
)


few_pieces = st.lists(
    st.builds(Item, price=prices, rate=st.sampled_from(RATES), pieces=st.integers(1, 12)), min_size=1, max_size=8
)
few = st.lists(
    st.builds(
        Item,
        price=st.sampled_from(("0.01", "0.02", "0.12", "6.00", "24.50", "549.00")),
        rate=st.sampled_from((5, 8, 23)),
        pieces=st.sampled_from((1, 3, 7, 100, 10_000)),
    ),
    min_size=1,
    max_size=4,
)
some = st.one_of(st.just([]), alone.filter(lambda one: one.kind not in ("bundle",)).map(lambda one: [one]), together)


def grosze(value: Decimal) -> int:
    assert value == value.quantize(Decimal("0.01")), f"{value} is not in whole grosze"
    return int(value * 100)


def same(found: Quote | OrderDocument, right: Bill) -> None:
    assert [grosze(line.net) for line in found.lines] == right.nets
    assert (grosze(found.goods_net), grosze(found.delivery_net)) == (sum(right.nets), right.carriage[0])
    assert {int((row.rate or 0) * 100): grosze(row.vat) for row in found.vat if row.vat} == {
        rate: tax for rate, tax in right.vat.items() if tax
    }
    assert ([grosze(line.gross) for line in found.lines], grosze(found.delivery_gross)) == (
        right.grosses,
        right.carriage[1],
    )
    assert (grosze(found.total_net), grosze(found.total_gross)) == (right.net, right.gross)


A1 = [Item("0.02", 23, 10_000)]
COURIER = Carriage("19.00")
