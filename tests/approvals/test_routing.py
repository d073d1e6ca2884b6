"""Who must say yes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from akcept.approvals.routing import Facts, Reason, plan


def _facts(*, may_accept: bool) -> Facts:
    return Facts(
        requester_name="Anna",
        requester_may_accept=may_accept,
        unit_name="Kraków",
        currency="PLN",
        goods_net=Decimal(100),
        total_net=Decimal(115),
        total_gross=Decimal("141.45"),
    )


@pytest.mark.parametrize(("may_accept", "waits"), [(True, False), (False, True)])
def test_who_may_accept_need_not_ask_anybody_else_is_asked_once(may_accept: bool, waits: bool) -> None:
    planned = plan(_facts(may_accept=may_accept))
    assert planned.waits is waits
    assert [(step.permission, step.reason) for step in planned.steps] == (
        [("accept_orders", Reason.MAY_NOT_ACCEPT)] if waits else []
    )
