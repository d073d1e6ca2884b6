"""An order split into parts that are placed at the same moment is still added up. Real threads on PostgreSQL."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from akcept.approvals import actions as rules
from akcept.approvals import queries as approvals
from akcept.approvals.conditions import Compare, Together
from akcept.approvals.facts import Scope
from akcept.approvals.models import Step
from akcept.approvals.rules import Rule, RuleStep
from akcept.ordering import actions as ordering
from akcept.ordering.actions import Decided, Placed
from akcept.ordering.routing import routes
from akcept.organizations.asking import Ask, AskKind
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.support.threads import together

pytestmark = pytest.mark.postgres

ROUNDS = 20


def _rule(cast: Cast, amount: int) -> None:
    """Let Cora accept whatever goes beyond the amount together with the requester's orders of a day."""
    assert cast.cora.member is not None
    cora = RuleStep(asks=(Ask(kind=AskKind.MEMBER, id=cast.cora.member.pk),))
    together_above = Together(
        scope=Scope.REQUESTER, hours=24, compare=Compare.ABOVE, amount=Decimal(amount), currency="PLN"
    )
    number = approvals.policy_of(cast.acme.pk).version or 0
    typed = Rule(
        id=number and 1, name="Parts", unit_id=cast.head_office.pk, conditions=(together_above,), steps=(cora,)
    )
    rules.save_rule(typed, actor=cast.dora.actor, version=number)


def _two_halves_at_once(cast: Cast, number: int) -> list[Any]:
    """Place two orders of 60.00 at one moment, from two baskets."""
    baskets = [
        carts.fill(cast.ben, records=[carts.stock(f"H{number}-{half}", price="60.00")], quantity=1) for half in (1, 2)
    ]
    return together(*[lambda cart=cart: orders.place_cart(cast.ben, cart) for cart in baskets])


def _held(results: list[Any]) -> list[bool]:
    assert all(isinstance(result, Placed) for result in results), results
    return sorted(result.held for result in results)


def test_one_of_two_halves_placed_at_once_waits(cast: Cast) -> None:
    for number in range(ROUNDS):
        _rule(cast, 100 + number * 120)  # what earlier rounds placed counts too
        assert _held(_two_halves_at_once(cast, number)) == [False, True]


def test_without_the_lock_both_halves_slip_through(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "one_after_another", lambda _unit_id: None)
    slipped = 0
    for number in range(ROUNDS):
        _rule(cast, 100 + number * 120)
        slipped += _held(_two_halves_at_once(cast, number)) == [False, False]
    assert slipped


def _both_raised_at_once(cast: Cast, number: int) -> list[int]:
    """Let Anna raise two waiting orders of 30.00 to 60.00 at one moment; return how many were asked for by the rule."""
    placed = []
    for half in (1, 2):
        cart = carts.fill(cast.anna, records=[carts.stock(f"R{number}-{half}", price="30.00")], quantity=1)
        placed.append(orders.place_cart(cast.anna, cart))
    line = apps.get_model("order.Line").objects
    raised = {each.order_number: {line.get(order_id=each.order_id).pk: 2} for each in placed}
    results = together(
        *[
            lambda order_number=order_number, quantities=quantities: ordering.resubmit(
                order_number, actor=cast.anna.actor, version=1, quantities=quantities
            )
            for order_number, quantities in raised.items()
        ]
    )
    assert all(isinstance(result, Decided) for result in results), results
    ids = [each.order_id for each in placed]
    return sorted(Step.objects.filter(case_id__in=ids, round=2, rule="Parts").values_list("case_id", flat=True))


def test_one_of_two_orders_raised_at_once_is_asked_about(cast: Cast) -> None:
    for number in range(ROUNDS):
        _rule(cast, 100 + number * 120)
        assert len(_both_raised_at_once(cast, number)) == 1


def test_without_the_lock_both_raised_orders_slip_through(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "one_after_another", lambda _unit_id: None)
    slipped = 0
    for number in range(ROUNDS):
        _rule(cast, 100 + number * 120)
        slipped += not _both_raised_at_once(cast, number)
    assert slipped
