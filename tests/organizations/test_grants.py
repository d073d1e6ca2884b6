"""What roles and direct permissions add up to, and how far acceptance reaches."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.kernel.amounts import Amounts, Basis, Limit, covered, limit_from
from akcept.organizations.grants import Effective, Grant, effective, exceeds, sources
from akcept.organizations.permissions import Permission

ACCEPT, PLACE = Permission.ACCEPT_ORDERS, Permission.PLACE_ORDERS
CENTS = st.decimals(min_value=0, max_value=10**7, places=2)
LIMITS = st.builds(Limit, amount=CENTS, currency=st.sampled_from(["PLN", "EUR"]), basis=st.sampled_from(Basis))
GRANTS = st.builds(
    Grant,
    source=st.text(max_size=4),
    permissions=st.frozensets(st.sampled_from(Permission)),
    limit=st.none() | LIMITS,
)
AMOUNTS = st.builds(
    Amounts,
    currency=st.sampled_from(["PLN", "EUR"]),
    goods_net=CENTS,
    goods_gross=CENTS,
    total_net=CENTS,
    total_gross=CENTS,
)


def _may_accept(sum_: Effective, amounts: Amounts) -> bool:
    return ACCEPT in sum_.permissions and covered(sum_.limits, amounts)


@given(grants=st.lists(GRANTS, max_size=5), order=st.randoms())
def test_order_of_roles_does_not_matter(grants: list[Grant], order) -> None:
    shuffled = list(grants)
    order.shuffle(shuffled)
    assert effective(shuffled) == effective(grants)


@given(grants=st.lists(GRANTS, max_size=5), amounts=AMOUNTS)
def test_sum_accepts_exactly_what_one_of_the_grants_accepts_alone(grants: list[Grant], amounts: Amounts) -> None:
    alone = any(_may_accept(effective([grant]), amounts) for grant in grants)
    assert _may_accept(effective(grants), amounts) is alone


def test_of_each_currency_and_basis_the_furthest_limit_counts() -> None:
    def grant(amount: str, currency: str, *permissions: Permission) -> Grant:
        limit = Limit(amount=Decimal(amount), currency=currency, basis=Basis.TOTAL_NET)
        return Grant(source="role", permissions=frozenset(permissions), limit=limit)

    grants = [grant("100", "PLN", ACCEPT), grant("250", "PLN", ACCEPT, PLACE), grant("50", "EUR", ACCEPT)]
    found = effective([*grants, grant("900", "PLN", PLACE), grant("10", "PLN", ACCEPT)])
    assert [(limit.currency, limit.amount) for limit in found.limits] == [("EUR", 50), ("PLN", 250)]
    without = Grant(source="", permissions=frozenset({ACCEPT}))
    assert effective([*grants, without]).limits == ()


@given(grants=st.lists(GRANTS, max_size=4), more=GRANTS)
def test_another_grant_never_takes_anything_away(grants: list[Grant], more: Grant) -> None:
    before, after = effective(grants), effective([*grants, more])
    assert before.permissions <= after.permissions
    assert exceeds(before, after) == frozenset()


@given(grants=st.lists(GRANTS, max_size=4))
def test_every_permission_says_where_it_comes_from(grants: list[Grant]) -> None:
    told = sources(grants)
    assert set(told) == effective(grants).permissions
    for permission, given_by in told.items():
        assert list(given_by) == [grant.source for grant in grants if permission in grant.permissions]


@given(wanted=st.lists(GRANTS, max_size=3), own=st.lists(GRANTS, max_size=3), amounts=AMOUNTS)
def test_what_does_not_exceed_never_lets_the_other_accept_more(
    wanted: list[Grant], own: list[Grant], amounts: Amounts
) -> None:
    theirs, mine = effective(wanted), effective(own)
    if not exceeds(theirs, mine) and _may_accept(theirs, amounts):
        assert _may_accept(mine, amounts)


@given(limit=LIMITS)
def test_limit_survives_being_stored(limit: Limit) -> None:
    assert limit_from(limit.as_json()) == limit


@pytest.mark.parametrize("stored", [None, {}])
def test_no_limit_is_none_never_zero(stored: dict | None) -> None:
    assert limit_from(stored) is None
    assert covered((), _amounts("999999999"))


def _amounts(net: str, currency: str = "PLN") -> Amounts:
    value = Decimal(net)
    return Amounts(
        currency=currency,
        goods_net=value,
        goods_gross=value * Decimal("1.23"),
        total_net=value + 15,
        total_gross=(value + 15) * Decimal("1.23"),
    )


def _limit(amount: str, basis: Basis = Basis.GOODS_NET) -> Limit:
    return Limit(amount=Decimal(amount), currency="PLN", basis=basis)


@pytest.mark.parametrize(
    ("limit", "net", "within"),
    [
        (_limit("600"), "600.00", True),
        (_limit("600"), "600.01", False),
        (_limit("0"), "0", True),
        (_limit("0"), "0.01", False),
        (_limit("600", Basis.TOTAL_NET), "600", False),
        (_limit("615", Basis.TOTAL_NET), "600", True),
        (_limit("738", Basis.GOODS_GROSS), "600", True),
        (_limit("737.99", Basis.GOODS_GROSS), "600", False),
        (_limit("756.45", Basis.TOTAL_GROSS), "600", True),
        (_limit("756.44", Basis.TOTAL_GROSS), "600", False),
    ],
)
def test_limit_includes_its_own_amount_on_its_own_basis(limit: Limit, net: str, within: bool) -> None:
    assert limit.covers(_amounts(net)) is within
    assert not limit.covers(_amounts(net, "EUR"))


def test_limit_of_a_role_that_does_not_accept_binds_nothing() -> None:
    placing = Grant(source="Requester", permissions=frozenset({PLACE}), limit=_limit("1"))
    accepting = Grant(source="Approver", permissions=frozenset({ACCEPT}))
    assert effective([placing, accepting]).limits == ()
    assert effective([placing]).limits == ()


@pytest.mark.parametrize(
    ("given", "more"),
    [("500", False), ("499.99", False), ("500.01", True), (None, True)],
)
def test_acceptance_is_given_no_further_than_ones_own_reaches(given: str | None, more: bool) -> None:
    def upto(amount: str | None) -> tuple[Limit, ...]:
        return () if amount is None else (Limit(amount=Decimal(amount), currency="PLN", basis=Basis.GOODS_NET),)

    own = Effective(permissions=frozenset({ACCEPT}), limits=upto("500"))
    wanted = Effective(permissions=frozenset({ACCEPT}), limits=upto(given))
    assert exceeds(wanted, own) == (frozenset({ACCEPT}) if more else frozenset())
    assert exceeds(wanted, Effective(permissions=frozenset({ACCEPT}), limits=())) == frozenset()
    assert exceeds(wanted, Effective(permissions=frozenset({PLACE}), limits=upto("500"))) == {ACCEPT}
    placing = Effective(permissions=frozenset({PLACE, ACCEPT}), limits=upto("500"))
    assert exceeds(placing, own) == {PLACE}
