"""Who comes in, who sees prices, and of which kind: the decisions, by hand."""

from __future__ import annotations

import pytest

from akcept.organizations import gate
from akcept.organizations.gate import Gate, Kept, Shown
from akcept.organizations.grants import Effective, exceeds
from akcept.organizations.permissions import Permission


@pytest.mark.parametrize(
    ("kept", "comes_in", "sees"),
    [(Gate.OPEN, True, True), (Gate.WITHOUT_PRICES, True, False), (Gate.CLOSED, False, False)],
)
def test_what_a_visitor_may(kept: Gate, comes_in: bool, sees: bool) -> None:
    found = gate.of_visitor(Kept(gate=kept, shown=Shown.NET))
    assert (found.comes_in, found.sees_prices, found.buys, found.shown) == (comes_in, sees, sees, Shown.NET)


@pytest.mark.parametrize(
    ("shown", "net", "gross"), [(Shown.NET, True, False), (Shown.GROSS, False, True), (Shown.BOTH, True, True)]
)
def test_which_prices_are_shown(shown: Shown, net: bool, gross: bool) -> None:
    seen = gate.of_member(sees=True, shown=shown)
    assert (seen.net, seen.gross, seen.comes_in, seen.buys) == (net, gross, True, True)
    unseen = gate.of_member(sees=False, shown=shown)
    assert (unseen.net, unseen.gross, unseen.comes_in, unseen.buys) == (False, False, True, True)


def test_the_shops_people_see_everything_of_a_closed_shop() -> None:
    found = gate.of_staff(Kept(gate=Gate.CLOSED, shown=Shown.GROSS))
    assert (found.comes_in, found.sees_prices, found.shown) == (True, True, Shown.GROSS)


def test_whoever_decides_about_money_sees_it() -> None:
    including = {each for each in Permission if gate.includes_seeing({each})}
    assert including == {
        Permission.SEE_PRICES,
        Permission.ACCEPT_ORDERS,
        Permission.MANAGE_POLICIES,
        Permission.SEE_BUDGETS,
        Permission.MANAGE_BUDGETS,
    }
    assert not gate.includes_seeing(set())


@pytest.mark.parametrize(
    ("own", "more"),
    [
        ({Permission.MANAGE_MEMBERS}, {Permission.SEE_PRICES}),
        ({Permission.MANAGE_MEMBERS, Permission.SEE_PRICES}, set()),
        ({Permission.MANAGE_MEMBERS, Permission.ACCEPT_ORDERS}, set()),
    ],
)
def test_the_permission_is_given_by_whoever_sees_prices(own: set[Permission], more: set[Permission]) -> None:
    wanted = Effective(permissions=frozenset({Permission.SEE_PRICES}), limits=())
    assert exceeds(wanted, Effective(permissions=frozenset(own), limits=())) == more
