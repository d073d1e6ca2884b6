"""Roles an organisation defines itself: they add up, change for everybody who holds them, and nobody gives too much."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from akcept.journal.models import Entry
from akcept.kernel.amounts import Basis, Limit
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from akcept.ordering import actions as ordering
from akcept.ordering import queries as ordering_queries
from akcept.organizations import actions, queries
from akcept.organizations.grants import sources
from akcept.organizations.models import Member, Organization, Role
from akcept.organizations.permissions import Permission
from akcept.organizations.tokens import token_for
from akcept.testing import carts, orders
from akcept.testing.cast import PASSWORD, Cast, Person, person
from tests.support.statements import statements

PLACE, ACCEPT, SEE_ALL = Permission.PLACE_ORDERS, Permission.ACCEPT_ORDERS, Permission.SEE_ALL_ORDERS
MANAGE = Permission.MANAGE_MEMBERS


def _limit(amount: str, basis: Basis = Basis.GOODS_NET) -> Limit:
    return Limit(amount=Decimal(amount), currency="PLN", basis=basis)


def _role(cast: Cast, name: str, *permissions: Permission, limit: Limit | None = None) -> Role:
    return actions.add_role(actor=cast.dora.actor, name=name, permissions=permissions, limit=limit)


def _give(cast: Cast, who: Person, *roles: Role, by: Person | None = None, **more: Any) -> Member:
    assert who.member is not None
    member = Member.objects.get(pk=who.member.pk)
    wanted: dict[str, Any] = {
        "unit_id": member.unit_id,
        "permissions": frozenset(),
        "active": True,
        "version": member.version,
        "role_ids": [role.pk for role in roles],
    }
    return actions.change_member(member.pk, actor=(by or cast.dora).actor, **(wanted | more))


def test_new_organisation_starts_with_the_ready_roles(cast: Cast) -> None:
    made = actions.sign_up(
        name="Nowa",
        nip="5261040828",
        address=actions.AddressInput(recipient="N", line1="ul. Nowa 1", postcode="00-001", city="Warszawa"),
        first_name="N",
        last_name="N",
        email="n@n.example",
        password=PASSWORD,
        language="en",
    )
    assert {role.name for role in made.roles.all()} == {
        "Requester",
        "Approver",
        "Branch manager",
        "Accountant",
        "Administrator",
    }


def test_roles_add_up_and_say_where_each_permission_comes_from(cast: Cast) -> None:
    buyer, boss = _role(cast, "Buyer", PLACE), _role(cast, "Boss", PLACE, ACCEPT, limit=_limit("500"))
    member = _give(cast, cast.ewa, buyer, boss, permissions=frozenset({SEE_ALL}))
    assert member.permissions == {PLACE, ACCEPT, SEE_ALL}
    assert sources(member.grants) == {PLACE: ("Boss", "Buyer"), ACCEPT: ("Boss",), SEE_ALL: ("",)}
    assert member.limits == (_limit("500"),)


def test_direct_acceptance_without_limit_lifts_the_roles_limit(cast: Cast) -> None:
    boss = _role(cast, "Boss", ACCEPT, limit=_limit("500"))
    assert _give(cast, cast.ewa, boss, permissions=frozenset({ACCEPT})).limits == ()
    assert _give(cast, cast.ewa, boss, permissions=frozenset({ACCEPT}), limit=_limit("900")).limits == (_limit("900"),)


def test_change_of_a_role_counts_for_all_its_holders_with_their_next_step(cast: Cast) -> None:
    boss = _role(cast, "Boss", ACCEPT)
    _give(cast, cast.ewa, boss)
    number = orders.place(cast.anna).order_number
    assert ordering_queries.inbox_count(cast.ewa.seat) == 1
    actions.change_role(boss.pk, actor=cast.dora.actor, name="Boss", permissions=[PLACE], version=1)
    assert ordering_queries.inbox_count(cast.ewa.seat) == 0
    with pytest.raises(NotFound):
        ordering.accept(number, actor=cast.ewa.actor, version=1)
    payload = Entry.objects.get(topic="role.changed").payload
    assert (payload["before"]["permissions"], payload["after"]["permissions"]) == (["accept_orders"], ["place_orders"])


def test_role_change_takes_the_same_statements_for_one_holder_and_three(cast: Cast) -> None:
    boss = _role(cast, "Boss", PLACE)
    taken = []
    for version, holders in ((1, [cast.ewa]), (2, [cast.anna, cast.jan])):
        for who in holders:
            _give(cast, who, boss)

        def change(version: int = version) -> None:
            actions.change_role(boss.pk, actor=cast.dora.actor, name="Boss", permissions=[PLACE], version=version)

        taken.append(len(statements(change)))
    assert taken[0] == taken[1]


def test_role_somebody_holds_is_not_removed_and_says_who(cast: Cast) -> None:
    boss = _role(cast, "Boss", PLACE)
    _give(cast, cast.ewa, boss)
    with pytest.raises(Invalid, match="Ewa Dąbrowska"):
        actions.remove_role(boss.pk, actor=cast.dora.actor, version=1)
    _give(cast, cast.ewa)
    actions.remove_role(boss.pk, actor=cast.dora.actor, version=1)
    assert not Role.objects.exists()


def test_role_somebody_is_invited_with_stays_until_the_invitation_is_over(cast: Cast) -> None:
    boss = _role(cast, "Boss", PLACE)
    invitation = actions.invite(
        actor=cast.dora.actor,
        email="new@customer.example",
        first_name="",
        last_name="",
        unit_id=cast.krakow.pk,
        permissions=frozenset(),
        role_ids=[boss.pk],
        language="pl",
    )
    with pytest.raises(Invalid, match="and possibly others are invited with this role"):
        actions.remove_role(boss.pk, actor=cast.dora.actor, version=1)
    actions.revoke_invitation(invitation.pk, actor=cast.dora.actor)
    actions.remove_role(boss.pk, actor=cast.dora.actor, version=1)


@pytest.mark.parametrize("name", ["", "  ", "Boss", "x" * 81])
def test_role_needs_a_name_of_its_own(cast: Cast, name: str) -> None:
    _role(cast, "Boss")
    with pytest.raises(Invalid) as refused:
        _role(cast, name)
    assert refused.value.field == "name"


@pytest.mark.parametrize(
    ("limit", "permissions"),
    [
        (_limit("-1"), [ACCEPT]),
        (_limit("10.001"), [ACCEPT]),
        (_limit("99999999999999"), [ACCEPT]),
        (_limit("100"), [PLACE]),
        (Limit(amount=Decimal("NaN"), currency="PLN", basis=Basis.GOODS_NET), [ACCEPT]),
        (Limit(amount=Decimal(1), currency="XX", basis=Basis.GOODS_NET), [ACCEPT]),
    ],
)
def test_limit_that_means_nothing_is_refused_at_its_field(
    cast: Cast, limit: Limit, permissions: list[Permission]
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.add_role(actor=cast.dora.actor, name="Boss", permissions=permissions, limit=limit)
    assert refused.value.field in ("amount", "currency")


def test_page_left_open_does_not_overwrite_a_newer_role(cast: Cast) -> None:
    boss = _role(cast, "Boss", PLACE)
    actions.change_role(boss.pk, actor=cast.dora.actor, name="Chief", permissions=[PLACE], version=1)
    with pytest.raises(Stale):
        actions.change_role(boss.pk, actor=cast.dora.actor, name="Boss", permissions=[], version=1)
    with pytest.raises(Stale):
        actions.remove_role(boss.pk, actor=cast.dora.actor, version=1)


def test_administrator_cannot_empty_the_role_that_makes_the_last_of_them(cast: Cast) -> None:
    chief = _role(cast, "Chief", MANAGE)
    _give(cast, cast.dora, chief)
    with pytest.raises(Invalid, match="nobody at head office"):
        actions.change_role(chief.pk, actor=cast.dora.actor, name="Chief", permissions=[], version=1)
    assert cast.dora.seat is not None
    assert cast.dora.seat.holds(MANAGE)


# --- below head office ---


@pytest.fixture
def manager(cast: Cast) -> Person:
    """Somebody who manages the Kraków branch's people, places orders, and accepts up to 600."""
    made = person("Kora", "Kier", seat=cast.krakow, rights="manage_members place_orders")
    boss = _role(cast, "Small boss", ACCEPT, limit=_limit("600"))
    _give(cast, made, boss, permissions=frozenset({MANAGE, PLACE}))
    return made


def test_branch_manager_sees_their_people_only(cast: Cast, manager: Person) -> None:
    seen = {member.user.first_name for member in queries.members(manager.actor).rows}
    assert seen == {"Anna", "Ben", "Ewa", "Kora", "Piotr"}
    for outsider in (cast.jan, cast.cora, cast.dora, cast.otto):
        assert outsider.member is not None
        with pytest.raises(NotFound):
            queries.member_to_manage(manager.actor, outsider.member.pk)
        with pytest.raises(NotFound):
            _give(cast, outsider, by=manager)
        with pytest.raises(NotFound):
            actions.remove_member(outsider.member.pk, actor=manager.actor, version=1)


@pytest.mark.parametrize(
    "given",
    [
        {"permissions": frozenset({SEE_ALL})},
        {"permissions": frozenset({ACCEPT})},
        {"permissions": frozenset({ACCEPT}), "limit": _limit("600.01")},
        {"permissions": frozenset({ACCEPT}), "limit": _limit("1", Basis.TOTAL_GROSS)},
        {"permissions": frozenset({Permission.MANAGE_POLICIES})},
    ],
)
def test_branch_manager_gives_nothing_they_do_not_have(cast: Cast, manager: Person, given: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed, match="what you may do yourself"):
        _give(cast, cast.ewa, by=manager, **given)
    _give(cast, cast.ewa, by=manager, permissions=frozenset({ACCEPT, PLACE}), limit=_limit("600"))


def test_branch_manager_takes_nothing_they_do_not_have(cast: Cast, manager: Person) -> None:
    assert cast.ben.member is not None
    with pytest.raises(NotAllowed):  # Ben accepts without limit
        _give(cast, cast.ben, by=manager, permissions=frozenset({PLACE}))
    with pytest.raises(NotAllowed):
        actions.remove_member(cast.ben.member.pk, actor=manager.actor, version=1)


def test_branch_manager_gives_no_role_beyond_their_own_and_defines_none(cast: Cast, manager: Person) -> None:
    wide = _role(cast, "Wide", ACCEPT)
    assert {role.name for role in queries.roles_to_give(manager.actor)} == {"Small boss"}
    with pytest.raises(NotAllowed):
        _give(cast, cast.ewa, wide, by=manager)
    with pytest.raises(NotAllowed, match="head office"):
        actions.add_role(actor=manager.actor, name="Mine", permissions=[ACCEPT])
    with pytest.raises(NotAllowed, match="head office"):
        queries.role_to_manage(manager.actor, wide.pk)


def test_branch_manager_invites_into_their_branch_only(cast: Cast, manager: Person) -> None:
    def invite(unit_id: int, *permissions: Permission) -> Any:
        return actions.invite(
            actor=manager.actor,
            email="n@customer.example",
            first_name="",
            last_name="",
            unit_id=unit_id,
            permissions=frozenset(permissions),
            language="pl",
        )

    for foreign in (cast.tarnow, cast.head_office):
        with pytest.raises(Invalid) as refused:
            invite(foreign.pk, PLACE)
        assert refused.value.field == "unit"
    with pytest.raises(NotAllowed):
        invite(cast.skawina.pk, SEE_ALL)
    made = invite(cast.skawina.pk, PLACE)
    assert [row.pk for row in queries.invitations(manager.actor).rows] == [made.pk]
    teresa = person("Teresa", "Tar", seat=cast.tarnow, rights="manage_members").actor
    assert queries.invitations(teresa).rows == ()
    with pytest.raises(NotFound):
        actions.revoke_invitation(made.pk, actor=teresa)


# --- acceptance up to an amount ---


@pytest.mark.parametrize(("quantity", "may"), [(60, True), (61, False)])
def test_order_reaches_whoever_may_accept_its_amount(cast: Cast, quantity: int, may: bool) -> None:
    small = _role(cast, "Small boss", ACCEPT, limit=_limit("600"))
    for who in (cast.ben, cast.ewa):
        _give(cast, who, small)
    number = orders.place(cast.anna, records=[carts.stock("P10", price="10.00")], quantity=quantity).order_number
    view = ordering_queries.order(cast.cora.actor, number)
    expected = {"Ben Nowak", "Ewa Dąbrowska", "Cora Wiśniewska"} if may else {"Cora Wiśniewska"}
    assert {who.name for who in view.approvers} == expected
    assert ordering_queries.inbox_count(cast.ben.seat) == (1 if may else 0)
    if may:
        assert ordering.accept(number, actor=cast.ben.actor, version=1).state == "accepted"
    else:  # the manager sees it, because it is the branch's, and is told why not
        with pytest.raises(NotAllowed, match="above your acceptance limit"):
            ordering.accept(number, actor=cast.ben.actor, version=1)


@pytest.mark.parametrize(("quantity", "held"), [(60, False), (61, True)])
def test_own_order_within_the_own_limit_need_not_wait(cast: Cast, quantity: int, held: bool) -> None:
    _give(cast, cast.ben, _role(cast, "Buyer and boss", PLACE, ACCEPT, limit=_limit("600")))
    placed = orders.place(cast.ben, records=[carts.stock("P10", price="10.00")], quantity=quantity)
    assert placed.held is held
    if held:
        view = ordering_queries.order(cast.ben.actor, placed.order_number)
        assert "above your limit of PLN\N{NO-BREAK SPACE}600.00" in view.why
        assert not view.may_decide


def test_removed_member_keeps_their_name_on_orders_and_comes_back_by_invitation(cast: Cast) -> None:
    waiting = orders.place(cast.anna).order_number
    decided = orders.place(cast.anna).order_number
    ordering.accept(decided, actor=cast.ben.actor, version=1)
    for who in (cast.anna, cast.ben):
        assert who.member is not None
        actions.remove_member(who.member.pk, actor=cast.dora.actor, version=1)
    assert {m.user.first_name for m in queries.members(cast.dora.actor).rows}.isdisjoint({"Anna", "Ben"})
    assert ordering_queries.order(cast.cora.actor, waiting).requester == "Anna Kowalska"
    history = ordering_queries.order(cast.cora.actor, decided).told
    assert [entry.actor_name for entry in history][:2] == ["Anna Kowalska", "Ben Nowak"]
    invitation = actions.invite(
        actor=cast.dora.actor,
        email="ben@customer.example",
        first_name="",
        last_name="",
        unit_id=cast.tarnow.pk,
        permissions=frozenset({PLACE}),
        language="pl",
    )
    back = actions.accept_invitation(token_for(invitation), actor=cast.ben.actor)
    assert (back.pk, back.unit, back.permissions) == (cast.ben.member.pk, cast.tarnow, {PLACE})


def test_roles_of_another_organisation_do_not_exist_here(cast: Cast) -> None:
    theirs = Role.objects.create(organization=Organization.objects.get(pk=cast.umbra.pk), name="Theirs")
    with pytest.raises(Invalid) as refused:
        _give(cast, cast.ewa, theirs)
    assert refused.value.field == "roles"
