"""The pure answer beside a plain oracle that reckons the same in another way, written out from rows to prices."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from akcept.agreements.answers import (
    EVERYBODY,
    Agreement,
    Answer,
    Assorted,
    Choice,
    Pack,
    PriceList,
    PriceRow,
    Product,
    Target,
    Term,
    Terms,
    answer,
)
from tests.agreements.building import DAY, terms_of

# --- the oracle: everything written out, from rows to prices, without the code's own helpers ---


def _oracle_price(terms: Terms, list_id: int | None, product: Product, quantity: int, day: date, room: int) -> Any:
    if list_id is None:
        return (product.net, product.currency) if product.net is not None else None
    if room == 0 or list_id not in terms.lists:
        return None
    of = terms.lists[list_id]
    if not _on(of.term, day):
        return None
    best = None
    for row in of.rows:
        if row.least > quantity or not _on(row.term, day):
            continue
        if row.target.product_id is not None:
            if row.target.product_id != product.id:
                continue
            near = 1000
        elif row.target.category:
            if not [path for path in product.categories if path[: len(row.target.category)] == row.target.category]:
                continue
            near = len(row.target.category)
        else:
            near = 0
        key = (near, row.least, row.term.starts.toordinal() if row.term.starts else 0, row.id)
        if best is None or key > best[0]:
            best = (key, row)
    if best is None:
        return None
    row = best[1]
    if row.net is not None:
        return row.net, of.currency
    base = _oracle_price(terms, of.base, product, quantity, day, room - 1)
    if base is None or base[1] != of.currency:
        return None
    exact = Fraction(base[0]) * (1 - Fraction(row.per_cent) / 100) * 10**of.places
    away = int(abs(exact) * 2 + 1) // 2  # half away from zero
    return Decimal(away if exact >= 0 else -away).scaleb(-of.places), of.currency


def _on(term: Term, day: date) -> bool:
    return not (term.starts and day < term.starts) and not (term.ends and day > term.ends)


def counted_on(terms: Terms, day: date) -> list[Agreement]:
    """Return the agreements of a day from the deepest unit up to everybody, none above one that stands alone."""
    counted: list[Agreement] = []
    for depth in (2, 1, 0, EVERYBODY):
        level = [each for each in terms.agreements if each.depth == depth and _on(each.term, day)]
        for each in sorted(level, key=lambda each: (each.position, each.id)):
            if not any(before.alone for before in counted):
                counted.append(each)
    return counted


def _oracle(terms: Terms, product: Product, quantity: int, day: date) -> tuple[bool, Any, tuple[int, int]]:
    counted = counted_on(terms, day)
    speaking = [each for each in counted if each.assorted != "as_above"]
    may = True
    if speaking:
        inside = False
        for target in speaking[0].goods:
            inside |= target.product_id == product.id if target.product_id is not None else False
            if target.attribute is not None:
                inside |= target.attribute in product.attributes
            elif target.product_id is None:
                inside |= target.category == "" or any(p.startswith(target.category) for p in product.categories)
        may = {"all": True, "only": inside, "all_but": not inside}[speaking[0].assorted]
    packs = [each.packs[product.id] for each in counted if product.id in each.packs]
    pack = (packs[0].multiple, packs[0].smallest) if packs else (1, 1)
    prices = [_oracle_price(terms, one, product, quantity, day, 4) for each in counted for one in each.lists]
    prices = [price for price in [*prices, _oracle_price(terms, None, product, quantity, day, 4)] if price]
    if not may or not prices:
        return may, None, pack
    if counted and counted[0].choice == "best":
        return may, (min(net for net, currency in prices if currency == prices[0][1]), prices[0][1]), pack
    return may, prices[0], pack


days = st.none() | st.integers(-3, 3).map(lambda number: DAY + timedelta(days=number))

periods = st.builds(Term, starts=days, ends=days)

_targets = st.sampled_from(
    [Target(), Target(product_id=1), Target(product_id=2), *(Target(category=c) for c in ("0001", "00010002", "0003"))]
)

_goods = _targets | st.sampled_from([Target(attribute=("brand", name)) for name in ("Leitz", "Esselte")])

_nets = st.decimals("0.00", "50.00", places=2)

_rows = st.builds(
    PriceRow,
    id=st.integers(1, 10_000),
    target=_targets,
    least=st.sampled_from([1, 2, 10]),
    net=_nets,
    term=periods,
) | st.builds(
    PriceRow,
    id=st.integers(1, 10_000),
    target=_targets,
    least=st.sampled_from([1, 2, 10]),
    per_cent=st.sampled_from([Decimal(text) for text in ("0", "0.01", "12.5", "33.33", "100", "-7")]),
    term=periods,
)


@st.composite
def _lists(draw: st.DrawFn) -> tuple[PriceList, ...]:
    return tuple(
        PriceList(
            id=number,
            name=str(number),
            currency=draw(st.sampled_from(["PLN", "PLN", "EUR"])),
            rows=tuple(draw(st.lists(_rows, max_size=5, unique_by=lambda row: row.id))),
            base=draw(st.none() | st.integers(1, 5)),
            term=draw(periods),
            places=draw(st.sampled_from([2, 2, 4])),
        )
        for number in range(1, 5)
    )


_agreements = st.builds(
    Agreement,
    id=st.integers(1, 1000),
    name=st.just("A"),
    depth=st.sampled_from([EVERYBODY, 0, 1, 2]),
    position=st.integers(0, 1),
    term=periods,
    choice=st.sampled_from(Choice),
    alone=st.sampled_from([False, False, True]),
    lists=st.lists(st.integers(1, 5), max_size=4, unique=True).map(tuple),
    assorted=st.sampled_from([*Assorted, Assorted.AS_ABOVE, Assorted.AS_ABOVE]),
    goods=st.lists(_goods, max_size=2).map(tuple),
    packs=st.dictionaries(
        st.integers(1, 2), st.builds(Pack, multiple=st.integers(1, 12), smallest=st.integers(1, 20)), max_size=2
    ),
)

_products = st.builds(
    Product,
    id=st.integers(1, 2),
    categories=st.sampled_from([frozenset(), frozenset({"0001", "00010002"}), frozenset({"00010002", "0003"})]),
    attributes=st.sampled_from([frozenset(), frozenset({("brand", "Leitz")}), frozenset({("size", "A4")})]),
    net=st.none() | _nets,
    currency=st.sampled_from(["PLN", "EUR"]),
)


@settings(max_examples=150, deadline=None)
@given(
    agreements=st.lists(_agreements, max_size=5, unique_by=lambda each: each.id),
    lists=_lists(),
    product=_products,
    quantity=st.sampled_from([1, 2, 9, 10, 1_000_000]),
)
def test_the_answer_is_the_oracle_s(
    agreements: list[Agreement], lists: tuple[PriceList, ...], product: Product, quantity: int
) -> None:
    terms = terms_of(agreements, *lists)
    found: Answer = answer(terms, product, quantity=quantity, day=DAY)
    price = (found.price.net, found.price.currency) if found.price else None
    expected = _oracle(terms, product, quantity, DAY)
    assert (found.may_buy, price, (found.pack.multiple, found.pack.smallest)) == expected
    sold = found.pack.fitting(quantity)
    assert sold >= max(quantity, found.pack.smallest)
    assert sold % found.pack.multiple == 0
    assert sold - found.pack.multiple < max(quantity, found.pack.smallest)
