"""Orders on account at once: the credit is never used twice."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from akcept.approvals.models import Case
from akcept.kernel.errors import CreditExceeded
from akcept.ordering import actions, payments
from akcept.ordering.models import CreditLimit
from akcept.ordering.ports import receivables
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.support.threads import together

pytestmark = pytest.mark.postgres

GROSS = Decimal("146.37")
AT_ONCE, FITTING, ROUNDS = 6, 2, 5


def _limit(cast: Cast) -> None:
    CreditLimit.objects.create(organization=cast.acme, amount=FITTING * GROSS, currency="PLN")


def _settle() -> None:
    from django.apps import apps

    for order in apps.get_model("order.Order").objects.filter(status="unhandled"):
        order.set_status("cancelled")


def test_placed_at_once_only_those_that_fit(cast: Cast) -> None:
    _limit(cast)
    record = carts.stock("A", price="100.00", number=10_000)
    for _ in range(ROUNDS):
        terms: dict[str, Any] = {"payment_code": payments.ON_ACCOUNT}
        filled = [carts.fill(cast.ben, records=[record], quantity=1) for _ in range(AT_ONCE)]
        results = together(*(partial(orders.place_cart, cast.ben, cart, **terms) for cart in filled))
        refused = [result for result in results if isinstance(result, CreditExceeded)]
        assert (len(refused), len(results)) == (AT_ONCE - FITTING, AT_ONCE), results
        assert receivables().owed(cast.acme.pk, "PLN") == FITTING * GROSS
        _settle()


def test_accepted_while_others_are_placed(cast: Cast) -> None:
    _limit(cast)
    record = carts.stock("A", price="100.00", number=10_000)
    for _ in range(ROUNDS):
        terms: dict[str, Any] = {"records": [record], "quantity": 1, "payment_code": payments.ON_ACCOUNT}
        waiting = [orders.place(cast.anna, **terms) for _ in range(3)]
        filled = [carts.fill(cast.ben, records=[record], quantity=1) for _ in range(3)]
        calls: list[Any] = [
            partial(actions.accept, each.order_number, actor=cast.ben.actor, version=1) for each in waiting
        ]
        calls += [partial(orders.place_cart, cast.ben, cart, payment_code=payments.ON_ACCOUNT) for cart in filled]
        results = together(*calls)
        done = [result for result in results if not isinstance(result, Exception)]
        assert len(done) == FITTING, results
        assert all(isinstance(result, CreditExceeded) for result in results if isinstance(result, Exception)), results
        assert receivables().owed(cast.acme.pk, "PLN") == FITTING * GROSS
        for case in Case.objects.filter(state="awaiting"):
            actions.reject(case.order.number, actor=cast.ben.actor, version=case.version, reason="koniec")
        _settle()
