"""CEL: what is taken, what is refused and how, and that nothing an administrator writes runs for long."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.approvals import expressions
from akcept.approvals.expressions import FACTS, LIST_LIMIT, BadExpression
from tests.approvals.building import facts

ORDER = facts(
    "2846.10",
    delivery="15.00",
    products=3,
    quantity=12,
    skus=("PAP-1", "TON-2"),
    category_names=("Office", "Paper"),
    first_bought=frozenset({4}),
    role_names=("Clerk",),
    requester_email="anna@customer.example",
    unit_names=("Centrala", "Oddział Kraków"),
)


@pytest.mark.parametrize(
    "text",
    [
        "goods_net > 2846.09 && goods_net <= 2846.10",
        "total_net == 2861.10 && delivery_net == 15.0",
        "goods_gross > goods_net && total_gross > total_net && delivery_gross > delivery_net",
        "currency in ['PLN', 'EUR']",
        "products == 3 && quantity >= 12",
        "skus.exists(s, s.startsWith('TON'))",
        "'Paper' in categories",
        "first_bought == 1",
        "requester.endsWith('@customer.example')",
        "'Clerk' in roles && !over_budget",
        "unit == 'Oddział Kraków' && units[0] == 'Centrala'",
        "requester.matches('^a.*e$')",
        "double(quantity) * 1.5 > 17.0",
    ],
)
def test_every_fact_can_be_asked_for(text: str) -> None:
    expressions.check(text)
    assert expressions.holds(text, ORDER) is True
    assert expressions.holds(f"!({text})", ORDER) is False


def test_every_documented_fact_is_given_in_its_type() -> None:
    for name, kind in FACTS.items():
        with pytest.raises(BadExpression) as wrong:
            expressions.check(name if kind != "bool" else f"{name} == 1")
        assert wrong.value.kind in ("not_bool", "types")
        assert expressions.holds(f"{name} == {name}", ORDER) is True


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "syntax"),
        ("goods_net >", "syntax"),
        ("goods_net > 1000", "whole_number"),
        ("goods_net > 'x'", "types"),
        ("price > 1.0", "unknown_name"),
        ("goods_net", "not_bool"),
        ("dyn(goods_net) > 1", "unknown_name"),
        ("'a' + 'b' == 'ab'", "types"),
        ("skus + skus == skus", "types"),
        ("skus.map(s, s).size() > 1", "types"),
        ("skus.filter(s, true).size() > 1", "types"),
        ("(" * 200 + "true" + ")" * 200, "syntax"),
        ("true" + " || true" * 100, "long"),
    ],
)
def test_what_is_no_expression_over_the_facts_is_refused_by_kind(text: str, kind: str) -> None:
    with pytest.raises(BadExpression) as refused:
        expressions.check(text)
    assert refused.value.kind == kind


@pytest.mark.parametrize("text", ["1 / (products - 3) > 0", "units[7] == 'x'", "nonsense >"])
def test_what_fails_on_an_order_cannot_be_told(text: str) -> None:
    assert expressions.holds(text, ORDER) is None


@pytest.mark.parametrize(
    "text",
    [
        "skus.all(a, skus.all(b, skus.all(c, skus.all(d, a.size() + b.size() + c.size() + d.size() > 0))))",
        " || ".join(["skus.exists(a, skus.exists(b, b.matches('(x+x+)+y') && a.matches('(a|a?)+b')))"] * 6),
        "requester.matches('(x{900}){900}')",
    ],
)
def test_the_worst_that_can_be_written_still_ends_at_once(text: str) -> None:
    worst = facts(skus=tuple(f"{'x' * 60}{i}" for i in range(LIST_LIMIT * 3)))
    expressions.check(text)
    begin = time.perf_counter()
    assert expressions.holds(text, worst) is not True
    assert time.perf_counter() - begin < 1


@given(cents=st.integers(0, 10**11), bound=st.integers(0, 10**11))
def test_comparing_with_a_written_number_is_exact_to_the_cent(cents: int, bound: int) -> None:
    value, limit = Decimal(cents) / 100, Decimal(bound) / 100
    order = facts(str(value))
    assert expressions.holds(f"goods_net > {limit:.2f}", order) is (value > limit)
    assert expressions.holds(f"goods_net == {limit:.2f}", order) is (value == limit)
