"""Above and below in the tree of units, without a database."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.kernel.amounts import Amounts, Basis, Limit
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.gate import Gate, Kept, Shown
from akcept.organizations.grants import Effective
from akcept.organizations.paths import ancestors_of, ids_in, is_root
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Door, Mandate, Matter, Premises, Seat, door_for

SEAT = Seat(
    member_id=1,
    user_id=1,
    name="Ben",
    email="ben@customer.example",
    active=True,
    permissions=frozenset({Permission.ACCEPT_ORDERS}),
    organization_id=1,
    organization_name="Acme",
    organization_status="active",
    organization_premises=Premises(line1="ul. Prosta 18", postcode="00-850", city="Warszawa", country="PL"),
    unit_id=17,
    unit_name="Kraków",
    unit_path="3/17/",
    module_enabled=True,
)
PATHS = st.lists(st.integers(1, 120), min_size=1, max_size=5).map(lambda ids: "/".join(map(str, ids)) + "/")


@pytest.mark.parametrize(
    ("path", "covered"), [("3/17/", True), ("3/17/4/", True), ("3/", False), ("3/171/", False), ("3/1/", False)]
)
def test_seat_covers_its_own_unit_and_those_below(path: str, covered: bool) -> None:
    assert SEAT.covers(path) is covered


@given(upper=PATHS, lower=PATHS, below=st.booleans())
def test_up_and_down_the_tree_agree(upper: str, lower: str, below: bool) -> None:
    """The inbox looks downwards by prefix, "who may accept" upwards by a list of paths: they must never differ."""
    path = upper + lower if below else lower
    assert replace(SEAT, unit_path=upper).covers(path) is (upper in ancestors_of(path))


@pytest.mark.parametrize(
    ("changes", "holds"),
    [({}, True), ({"active": False}, False), ({"organization_status": "pending"}, False),
     ({"organization_status": "blocked"}, False), ({"permissions": frozenset()}, False)],
)  # fmt: skip
def test_permission_counts_for_active_people_of_active_organisations(changes: dict[str, object], holds: bool) -> None:
    assert replace(SEAT, **changes).holds(Permission.ACCEPT_ORDERS) is holds  # type: ignore[arg-type]


def test_whoever_is_blocked_may_still_look() -> None:
    blocked = replace(SEAT, organization_status="blocked")
    assert blocked.sees(Permission.ACCEPT_ORDERS)
    assert not blocked.sees(Permission.PLACE_ORDERS)
    assert not replace(blocked, active=False).sees(Permission.ACCEPT_ORDERS)


def test_head_office_is_the_root_and_what_a_seat_may_give_is_what_it_has() -> None:
    limit = Limit(amount=Decimal(500), currency="PLN", basis=Basis.GOODS_NET)
    assert [replace(SEAT, unit_path=path).at_head_office for path in ("3/", "3/17/")] == [True, False]
    assert replace(SEAT, limits=(limit,)).effective == Effective(permissions=SEAT.permissions, limits=(limit,))


# --- who may answer ---

AMOUNTS = Amounts(
    currency="PLN",
    goods_net=Decimal(500),
    goods_gross=Decimal(615),
    total_net=Decimal(500),
    total_gross=Decimal(615),
)
MATTER = Matter(organization_id=1, unit_path="3/17/4/", requester_id=100)
ABSENT = Mandate(member_id=7, name="Cora", unit_id=17, unit_path="3/17/", limits=())


def upto(amount: str) -> tuple[Limit, ...]:
    return (Limit(amount=Decimal(amount), currency="PLN", basis=Basis.GOODS_NET),)


@pytest.mark.parametrize(
    ("seat", "matter", "may"),
    [
        ({}, {}, True),
        ({"active": False}, {}, False),
        ({"organization_status": "blocked"}, {}, False),
        ({"permissions": frozenset()}, {}, False),
        ({"organization_id": 2}, {}, False),
        ({}, {"unit_path": "3/18/"}, False),
        ({}, {"answered": frozenset({1})}, False),
        ({}, {"answered": frozenset({2})}, True),
        ({"limits": upto("500")}, {"amounts": AMOUNTS}, True),
        ({"limits": upto("499.99")}, {"amounts": AMOUNTS}, False),
        ({"limits": upto("499.99")}, {}, True),
        ({}, {"asks": (Ask(kind=AskKind.MEMBER, id=1),), "unit_path": "9/"}, True),
        ({}, {"asks": (Ask(kind=AskKind.MEMBER, id=2),)}, False),
        ({}, {"asks": (Ask(kind=AskKind.UNIT, id=17),), "unit_path": "9/"}, True),
        ({}, {"asks": (Ask(kind=AskKind.UNIT, id=4),)}, False),
        ({"role_ids": frozenset({5})}, {"asks": (Ask(kind=AskKind.ROLE, id=5),)}, True),
        ({"role_ids": frozenset({5})}, {"asks": (Ask(kind=AskKind.ROLE, id=5),), "unit_path": "9/"}, False),
        ({"role_ids": frozenset({5})}, {"asks": (Ask(kind=AskKind.ROLE, id=6),)}, False),
        ({}, {"asks": (Ask(kind=AskKind.ROLE, id=6), Ask(kind=AskKind.MEMBER, id=1))}, True),
        ({}, {"asks": ()}, False),
    ],
)
def test_who_may_answer_in_their_own_right(seat: dict[str, Any], matter: dict[str, Any], may: bool) -> None:
    door = door_for(replace(SEAT, **seat), replace(MATTER, **matter))
    assert door == (Door() if may else None)


@pytest.mark.parametrize(
    ("seat", "may", "door"),
    [
        ({}, False, None),
        ({}, True, Door(own_order=True)),
        ({"limits": upto("1")}, True, Door(own_order=True)),  # beyond their limit: that is what it is allowed for
        ({"permissions": frozenset(), "mandates": (ABSENT,)}, True, None),  # no substitute decides their own order
    ],
)
def test_own_orders_are_decided_only_where_the_organisation_allows_it(
    seat: dict[str, Any], may: bool, door: Door | None
) -> None:
    own = replace(MATTER, requester_id=1, requester_may=may, amounts=AMOUNTS)
    assert door_for(replace(SEAT, **seat), own) == door


@pytest.mark.parametrize(
    ("mandate", "matter", "may"),
    [
        ({}, {}, True),
        ({}, {"requester_id": 7}, False),
        ({}, {"answered": frozenset({7})}, False),
        ({}, {"requester_id": None}, True),
        ({"unit_path": "3/18/"}, {}, False),
        ({"limits": upto("499.99")}, {"amounts": AMOUNTS}, False),
        ({"limits": upto("500")}, {"amounts": AMOUNTS}, True),
    ],
)
def test_a_substitute_decides_by_the_right_of_whoever_is_away(
    mandate: dict[str, Any], matter: dict[str, Any], may: bool
) -> None:
    substitute = replace(SEAT, permissions=frozenset(), mandates=(replace(ABSENT, **mandate),))
    assert substitute.decides
    door = door_for(substitute, replace(MATTER, **matter))
    assert door == (Door(member_id=7, name="Cora") if may else None)


def test_the_own_right_comes_before_a_substitutes_and_the_first_mandate_that_fits_is_taken() -> None:
    second = replace(ABSENT, member_id=8, name="Jan")
    both = replace(SEAT, mandates=(ABSENT, second))
    assert door_for(both, MATTER) == Door()
    away = replace(MATTER, asks=(Ask(kind=AskKind.MEMBER, id=8),))
    assert door_for(both, away) == Door(member_id=8, name="Jan")


def test_paths() -> None:
    assert [is_root(path) for path in ("3/", "3/17/", "")] == [True, False, False]
    assert ids_in("3/17/") == (3, 17)
    assert ancestors_of("3/17/4/") == ["3/", "3/17/", "3/17/4/"]


MANDATE = Mandate(member_id=2, name="Cora", unit_id=3, unit_path="3/", limits=())


@pytest.mark.parametrize(
    ("seat", "sees"),
    [
        ({"prices_by_right": False, "permissions": frozenset()}, True),
        ({"permissions": frozenset()}, False),
        ({"permissions": frozenset({Permission.PLACE_ORDERS, Permission.MANAGE_MEMBERS})}, False),
        ({"permissions": frozenset({Permission.SEE_PRICES})}, True),
        ({}, True),
        ({"permissions": frozenset(), "mandates": (MANDATE,)}, True),
        ({"permissions": frozenset(), "module_enabled": False}, True),
    ],
)
def test_who_sees_prices_where_an_organisation_shows_them_by_permission(seat: dict[str, Any], sees: bool) -> None:
    """Whoever decides sees what they decide on, for whomever; without the module there are no permissions."""
    found = replace(SEAT, **{"prices_by_right": True, **seat})
    assert (found.sees_prices, found.sight.sees_prices) == (sees, sees)


@pytest.mark.parametrize("as_visitor", [{"active": False}, {"organization_status": "pending"}])
def test_whoever_the_shop_does_not_know_as_a_customer_is_a_visitor(as_visitor: dict[str, Any]) -> None:
    closed = replace(SEAT, kept=Kept(gate=Gate.CLOSED, shown=Shown.NET), shown=Shown.GROSS)
    assert (closed.sight.comes_in, closed.sight.shown) == (True, Shown.GROSS)
    assert replace(closed, organization_status="blocked").sight.comes_in
    stranger = replace(closed, **as_visitor).sight
    assert (stranger.comes_in, stranger.sees_prices, stranger.shown) == (False, False, Shown.NET)
