"""Who must say yes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from akcept.approvals.routing import Facts, Reason, plan
from akcept.kernel.amounts import Amounts, Basis, Limit
from akcept.organizations.asking import ANY_ACCEPTOR

AMOUNTS = Amounts(
    currency="PLN",
    goods_net=Decimal(100),
    goods_gross=Decimal(123),
    total_net=Decimal(115),
    total_gross=Decimal("141.45"),
)


def _facts(*limits: Limit, may_accept: bool) -> Facts:
    return Facts(requester_may_accept=may_accept, requester_limits=limits, amounts=AMOUNTS)


def _limit(amount: str, basis: Basis = Basis.GOODS_NET, currency: str = "PLN") -> Limit:
    return Limit(amount=Decimal(amount), currency=currency, basis=basis)


@pytest.mark.parametrize(("may_accept", "waits"), [(True, False), (False, True)])
def test_who_may_accept_need_not_ask_anybody_else_is_asked_once(may_accept: bool, waits: bool) -> None:
    planned = plan(_facts(may_accept=may_accept))
    assert planned.waits is waits
    assert [(step.asks, step.quorum, step.needs_cover, step.reason) for step in planned.steps] == (
        [((ANY_ACCEPTOR,), 1, True, Reason.MAY_NOT_ACCEPT)] if waits else []
    )


@pytest.mark.parametrize(
    ("limits", "waits"),
    [
        ([_limit("100")], False),
        ([_limit("99.99")], True),
        ([_limit("100", Basis.TOTAL_NET)], True),
        ([_limit("123", Basis.GOODS_GROSS)], False),
        ([_limit("141.44", Basis.TOTAL_GROSS)], True),
        ([_limit("141.45", Basis.TOTAL_GROSS)], False),
        ([_limit("1000", currency="EUR")], True),
        ([_limit("1000", currency="EUR"), _limit("100")], False),
        ([_limit("0")], True),
    ],
)
def test_own_order_beyond_the_own_limit_is_asked_about(limits: list[Limit], waits: bool) -> None:
    planned = plan(_facts(*limits, may_accept=True))
    assert planned.waits is waits
    if waits:
        (step,) = planned.steps
        assert step.reason is Reason.OVER_LIMIT
        assert step.detail == {"limits": [limit.as_json() for limit in limits], "currency": "PLN"}


def test_limit_of_somebody_who_may_not_accept_says_nothing() -> None:
    assert plan(_facts(_limit("1000"), may_accept=False)).steps[0].reason is Reason.MAY_NOT_ACCEPT
