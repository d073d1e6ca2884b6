"""What was agreed of orders and delivery beside a plain oracle: from the agreements of a day to the grosz charged.

The oracle has its own order of agreements, whole grosze, and a delivery that is a fixed charge with a value of its own
from which it is free; the code under test is asked for what it charges of that delivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from oscar.core.prices import Price

from akcept.agreements.answers import EVERYBODY, Addressed, Agreement, Conditions, Terms, conditions
from akcept.oscar_edge import figures
from tests.agreements.building import DAY, terms_of
from tests.agreements.test_answers_oracle import counted_on, periods

VAT = 23
WORDS = ("order_from", "order_up_to", "pays", "delivers", "pay_days", "addressed", "free_from")


@dataclass
class Delivery:
    """A delivery of so many grosze, net, free from a value of the goods where it has one."""

    charge: int
    free_from: int | None
    code: str = "any"

    def charging_always(self) -> Delivery:
        return Delivery(self.charge, None)

    def calculate(self, goods: Any) -> Price:
        free = self.free_from is not None and goods.total_excl_tax * 100 >= self.free_from
        net = Decimal(0 if free else self.charge) / 100
        return Price(currency=goods.currency, excl_tax=net, incl_tax=net * (100 + VAT) / 100)

    @property
    def vat_rate(self) -> Decimal:
        return Decimal(VAT) / 100


def _said(terms: Terms) -> dict[str, Any]:
    """Return each thing as the first agreement on the way up says it; a surcharge comes with its limit."""
    found: dict[str, Any] = {}
    for agreed in counted_on(terms, DAY):
        said = agreed.conditions
        for name in WORDS:
            value = getattr(said, name)
            if value is not None and value != () and value != "":
                found.setdefault(name, value)
        if said.small_below is not None and "small_below" not in found:
            found["small_below"], found["surcharge"] = said.small_below, said.surcharge
    return found


def _charged(said: dict[str, Any], delivery: Delivery, goods: int, currency: str) -> tuple[int, int]:
    """Return what a delivery costs in grosze, net and with VAT, rounded half up."""
    own = delivery.free_from is not None and goods >= delivery.free_from
    net = 0 if own else delivery.charge
    if currency == "PLN":
        if "free_from" in said:
            net = 0 if goods >= int(said["free_from"] * 100) else delivery.charge
        if "small_below" in said and goods < int(said["small_below"] * 100):
            net += int(said["surcharge"] * 100)
    return net, (net * (100 + VAT) * 2 + 100) // 200


#: Few values, so that they meet: on the limit, a grosz below, and a grosz above it.
_grosze = st.sampled_from([0, 1, 9_999, 10_000, 10_001, 49_999, 50_000, 50_001, 99_999, 100_000, 250_000])
_sums = _grosze.map(lambda grosze: Decimal(grosze) / 100)
_carriage = st.tuples(st.none() | _sums, st.none() | st.tuples(_sums, _sums)).map(
    lambda drawn: (
        {"free_from": drawn[0]} | ({} if drawn[1] is None else {"small_below": drawn[1][0], "surcharge": drawn[1][1]})
    )
)


@st.composite
def _conditions(draw: st.DrawFn) -> Conditions:
    return Conditions(
        order_from=draw(st.none() | _sums),
        order_up_to=draw(st.none() | _sums),
        pays=draw(st.sampled_from([(), ("transfer",), ("on_account", "transfer")])),
        delivers=draw(st.sampled_from([(), ("courier",), ("pallet", "pickup")])),
        pay_days=draw(st.sampled_from([None, None, 0, 14])),
        addressed=draw(st.sampled_from(Addressed)),
        **draw(_carriage),
    )


_agreements = st.builds(
    Agreement,
    id=st.integers(1, 1000),
    name=st.just("A"),
    depth=st.sampled_from([EVERYBODY, 0, 1, 2]),
    position=st.integers(0, 1),
    term=periods,
    alone=st.sampled_from([False, False, True]),
    conditions=_conditions(),
)
_deliveries = st.builds(Delivery, charge=st.sampled_from([0, 1, 749, 1_900]), free_from=st.none() | _grosze)


@settings(max_examples=200, deadline=None)
@given(
    agreements=st.lists(_agreements, max_size=4, unique_by=lambda each: each.id),
    delivery=_deliveries,
    goods=_grosze,
    currency=st.sampled_from(["PLN", "PLN", "EUR"]),
)
@example(
    agreements=[Agreement(id=1, name="A", conditions=Conditions(free_from=Decimal(1000)))],
    delivery=Delivery(1_900, 50_000),
    goods=50_000,
    currency="PLN",
)
def test_what_was_agreed_and_what_delivery_costs_are_the_oracles(
    agreements: list[Agreement], delivery: Delivery, goods: int, currency: str
) -> None:
    terms = terms_of(agreements)
    found, expected = conditions(terms, DAY), _said(terms)
    silent = Conditions()
    for name in (*WORDS, "small_below", "surcharge"):
        assert getattr(found, name) == expected.get(name, getattr(silent, name)), name
    basket = SimpleNamespace(total_excl_tax=Decimal(goods) / 100, currency=currency, is_shipping_required=lambda: True)
    taxed = SimpleNamespace(vat_rate=lambda _product: Decimal(VAT) / 100)
    price = figures.of_delivery(delivery, basket, strategy=taxed, said=found).price(1)
    assert (price.net * 100, price.gross * 100) == _charged(expected, delivery, goods, currency)
