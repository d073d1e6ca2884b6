"""Above and below in the tree of units, without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.organizations.paths import ancestors_of
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Premises, Seat

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
