"""Nasty goods and offers for the oracle, and the comparison of a quote or an order with its bill."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from akcept.ordering.ports import OrderDocument, Quote
from tests.support.oracle import Bill, Carriage
from tests.support.reductions import DELIVERIES, Item, Reduction

#: So many examples the oracle is compared on in all tests together.
_EXAMPLES: Final = int(os.environ.get("AKCEPT_ORACLE", "2000"))
RATES: Final = (0, 5, 8, 23)
_OFTEN: Final = ("0.01", "0.02", "0.12", "0.00001", "1.00", "24.50", "549.00", "2196.00", "12.34567")


def compared(per_cent: int) -> settings:
    """Return the settings of a test that makes so many of the examples; `AKCEPT_ORACLE` says how many there are."""
    found = HealthCheck.function_scoped_fixture, HealthCheck.too_slow
    return settings(max_examples=max(1, _EXAMPLES * per_cent // 100), deadline=None, suppress_health_check=found)


prices = st.one_of(
    st.sampled_from(_OFTEN),
    st.integers(1, 10_000_000).map(lambda n: str(Decimal(n).scaleb(-5))),
    st.integers(1, 1_000_000).map(lambda n: str(Decimal(n).scaleb(-2))),
)
pieces = st.one_of(st.integers(1, 12), st.sampled_from((100, 10_000, 10_001, 1_000_000)))
items = st.lists(st.builds(Item, price=prices, rate=st.sampled_from(RATES), pieces=pieces), min_size=1, max_size=8)
percents = st.integers(1, 10_000).map(lambda n: str(Decimal(n).scaleb(-2)))
sums = st.integers(1, 200_000).map(lambda n: str(Decimal(n).scaleb(-2)))
places = st.lists(st.integers(0, 7), min_size=1, max_size=3, unique=True).map(tuple)
#: What offers of every kind may be limited to.
_LIMITS: Final[dict[str, Any]] = {
    "on": st.one_of(st.just(()), places),
    "most": st.sampled_from((None, None, 1, 2, 5)),
    "times": st.sampled_from((None, None, 1, 2)),
    "exclusive": st.booleans(),
    "beside": st.one_of(st.none(), st.none(), st.lists(st.integers(0, 3), min_size=1, max_size=2).map(tuple)),
}
#: What they may want: pieces, a value or different products, of what they lower or of something else.
_WANTS: Final = (
    ("pieces", st.integers(1, 4).map(str)),
    ("value", st.integers(1, 20_000).map(lambda n: str(Decimal(n).scaleb(-2)))),
    ("products", st.integers(1, 3).map(str)),
)


def _offers(kind: str, value: Any, **more: Any) -> Any:
    wanted = more.pop("needed", None)
    if wanted is not None:
        return st.builds(Reduction, kind=st.just(kind), value=value, needed=wanted, **more)
    of = st.one_of(st.none(), st.just(()), places)
    built = (
        st.builds(Reduction, kind=st.just(kind), value=value, by=st.just(by), needed=needed, of=of, **more)
        for by, needed in _WANTS
    )
    return st.one_of(*built)


def _kinds(**more: Any) -> dict[str, Any]:
    unlimited = more | {"most": st.none()}  # Oscar limits the pieces of the others only
    once = unlimited | {"on": st.just(()), "times": st.none()}
    pieces = {"needed": st.integers(1, 4).map(str)} if "needed" in more else {}
    return {
        "percent": _offers("percent", percents, **more),
        "sum": _offers("sum", sums, **more),
        "each": _offers("each", sums, **more),
        "bundle": _offers("bundle", sums, **(unlimited | pieces)),
        "cheapest": _offers("cheapest", st.just("0"), **(unlimited | pieces)),
        "delivery percent": _offers("delivery percent", percents, **once),
        "delivery sum": _offers("delivery sum", sums, **once),
        "delivery to": _offers("delivery to", sums, **once),
    }


_PLAIN: Final[dict[str, Any]] = {name: st.just(Reduction("percent").__dict__[name]) for name in (*_LIMITS, "needed")}
_ON_GOODS: Final = ("percent", "sum", "each", "bundle", "cheapest")
alone = st.one_of(*(_kinds(**_PLAIN)[kind] for kind in _ON_GOODS))
limited = st.lists(st.one_of(*_kinds(**_LIMITS).values()), min_size=1, max_size=4)
together = st.lists(st.one_of(*(_kinds(**_PLAIN)[kind] for kind in ("percent", "each"))), min_size=2, max_size=3)
on_delivery = st.one_of(*(found for kind, found in _kinds(**_PLAIN).items() if kind in DELIVERIES))
reductions = st.builds(
    lambda goods, delivery: [*goods, *delivery],
    st.one_of(st.just([]), alone.map(lambda one: [one]), together),
    st.one_of(st.just([]), on_delivery.map(lambda one: [one])),
)
carriages = st.builds(
    Carriage, price=st.sampled_from(("0.00", "0.01", "19.00", "19.01", "89.00")), rate=st.sampled_from(RATES)
)


few_pieces = st.lists(
    st.builds(
        Item,
        price=st.one_of(st.just("0.00"), prices),
        rate=st.sampled_from(RATES),
        pieces=st.integers(1, 12),
    ),
    min_size=1,
    max_size=8,
).flatmap(lambda goods: st.lists(st.integers(0, len(goods) - 1), max_size=2).map(lambda at: _same(goods, at)))


def _same(goods: list[Item], again: list[int]) -> list[Item]:
    """Some products are on another line, too."""
    own = [replace(item, product=place) for place, item in enumerate(goods)]
    return own + [replace(own[place], pieces=1 + place) for place in again]


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
some = st.one_of(
    st.just([]),
    alone.filter(lambda one: one.kind != "bundle").map(lambda one: [one]),
    together,
    st.lists(st.one_of(*_kinds(**_LIMITS).values()), min_size=1, max_size=3),
)


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
