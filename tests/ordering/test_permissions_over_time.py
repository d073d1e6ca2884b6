"""Who may do what with an order, and what becomes of it when people change; see docs/concepts/scenarios.md."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from akcept.approvals import actions as rules
from akcept.approvals import queries as approvals
from akcept.approvals.models import Case, Decision
from akcept.approvals.rules import Rule, RuleStep
from akcept.budgets.queries import people_to_name
from akcept.journal.models import Entry
from akcept.kernel.errors import NotAllowed, NotFound, Refused, Stale
from akcept.ordering import actions, queries
from akcept.ordering.queries import merchant
from akcept.organizations import actions as organization
from akcept.organizations import queries as people
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Member, Role, Unit
from akcept.organizations.permissions import Permission
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person, person, seated
from akcept.testing.relays import deliver
from akcept.ui.history import sentences
from tests.conftest import Visit


def _version(number: str) -> int:
    return Case.objects.get(order__number=number).version


def _row_of_the_shop(number: str) -> dict[str, Any]:
    """The order as the shop has it, with its lines and where it goes."""
    order = apps.get_model("order.Order").objects.filter(number=number)
    found = order.values("total_incl_tax", "shipping_incl_tax", "shipping_address__line1", "lines__quantity")
    return {"rows": list(found.order_by("lines__pk"))}


def _change(cast: Cast, who: Person, *rights: Permission, unit: Unit | None = None) -> None:
    member = Member.objects.get(pk=who.member.pk)
    organization.change_member(
        member.pk,
        actor=cast.dora.actor,
        unit_id=(unit or member.unit).pk,
        role_ids=[],
        permissions=frozenset(rights),
        active=True,
        version=member.version,
    )


def _remove(cast: Cast, who: Person) -> None:
    member = Member.objects.get(pk=who.member.pk)
    organization.remove_member(member.pk, actor=cast.dora.actor, version=member.version)


def _two_steps(cast: Cast) -> None:
    """Whatever Kraków orders needs Ben and then Cora."""
    steps = tuple(RuleStep(asks=(Ask(kind=AskKind.MEMBER, id=who.member.pk),)) for who in (cast.ben, cast.cora))
    rule = Rule(id=0, name="Ben, then Cora", unit_id=cast.krakow.pk, steps=steps)
    try:
        rules.save_rule(rule, actor=cast.dora.actor, version=0)
    except rules.LeadsNowhere as warned:
        rules.save_rule(rule, actor=cast.dora.actor, version=0, confirmed=warned.seal)


# --- who may ---


def test_one_role_in_two_branches_reaches_the_own_branch_only(cast: Cast) -> None:
    shared = Role.objects.create(organization=cast.acme, name="Approver", permissions=["accept_orders"])
    south = person("Sara", "South", seat=cast.tarnow)
    north = person("Nina", "North", seat=cast.krakow)
    for who in (south, north):
        who.member.roles.add(shared)
        who.member.recompute()
        who.member.save()
    number = orders.place(cast.anna).order_number
    assert [row.number for row in queries.orders(south.actor, scope="all").rows] == []
    assert queries.inbox(south.seat).rows == ()
    for attempt in (
        lambda: queries.order(south.actor, number),
        lambda: actions.accept(number, actor=south.actor, version=1),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert [row.number for row in queries.inbox(north.seat).rows] == [number]
    assert actions.accept(number, actor=north.actor, version=1).state == "accepted"


def test_accepting_carries_nothing_but_the_acceptance(cast: Cast, visit: Visit) -> None:
    placed = orders.place(cast.anna)
    before = _row_of_the_shop(placed.order_number)
    line = apps.get_model("order.Line").objects.filter(order_id=placed.order_id).values_list("pk", flat=True)[0]
    smuggled = {f"quantity-{line}": "1", "delivery_code": "free", "line1": "ul. Inna 1", "total_net": "1.00"}
    answer = visit(cast.ben).post(f"/orders/{placed.order_number}/accept/", {"version": "1", **smuggled})
    assert answer.status_code == 302
    assert orders.order(placed).status == "unhandled"
    assert _row_of_the_shop(placed.order_number) == before


def test_who_sees_an_order_but_may_not_accept_is_refused_and_it_is_written_down(cast: Cast, visit: Visit) -> None:
    onlooker = person("Olek", "Widz", seat=cast.krakow, rights="see_unit_orders")
    number = orders.place(cast.anna).order_number
    page = visit(onlooker).get(f"/orders/{number}/").content.decode()
    assert f"/orders/{number}/accept/" not in page
    for attempt in (
        lambda: actions.accept(number, actor=onlooker.actor, version=1),
        lambda: actions.reject(number, actor=onlooker.actor, version=1, reason="no"),
        lambda: actions.send_back(number, actor=onlooker.actor, version=1, question="why?"),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert _version(number) == 1
    tries = Entry.objects.filter(topic="order.decision_refused", subject_id=number)
    assert [(entry.actor_name, entry.payload["move"]) for entry in tries.order_by("pk")] == [
        ("Olek Widz", "accept"),
        ("Olek Widz", "reject"),
        ("Olek Widz", "send_back"),
    ]


def test_inbox_is_no_menu_entry_of_whoever_accepts_nothing_and_says_so(cast: Cast, visit: Visit) -> None:
    assert visit().get("/acceptance/")["Location"].startswith("/accounts/login/")
    anna = visit(cast.anna)
    assert 'href="/acceptance/"' not in anna.get("/orders/").content.decode()
    assert "You do not accept orders" in anna.get("/acceptance/").content.decode()
    assert 'href="/acceptance/"' in visit(cast.ben).get("/orders/").content.decode()


def test_whoever_only_keeps_units_and_addresses_manages_nothing_else(cast: Cast, visit: Visit) -> None:
    keeper = person("Kuba", "Adres", seat=cast.krakow, rights="manage_units")
    client = visit(keeper)
    page = client.get("/organization/").content.decode()
    ewa = cast.ewa.member.pk
    closed = (
        *("/organization/members/", "/organization/roles/", "/organization/rules/", "/organization/terms/"),
        *(f"/organization/members/{ewa}/", "/organization/members/invite/", "/organization/data/"),
    )
    for path in closed:
        assert f'href="{path}"' not in page, path
        assert client.get(path).status_code == 403, path
    assert client.get(f"/organization/units/{cast.krakow.pk}/").status_code == 200


def test_bought_before_is_only_what_one_may_see(cast: Cast, visit: Visit) -> None:
    number = orders.place(cast.anna, records=[carts.stock("SECRET")]).order_number
    ewa = visit(cast.ewa)
    for path in ("/quick-order/", "/orders/?scope=all", "/basket/", "/"):
        answer = ewa.get(path)
        assert number not in answer.content.decode(), path
    assert ewa.get(f"/orders/{number}/").status_code == 404
    assert "SECRET" not in ewa.get("/orders/?scope=all").content.decode()


def test_later_step_sees_the_order_from_the_start_and_decides_in_turn(
    cast: Cast, visit: Visit, mailoutbox: list[Any]
) -> None:
    _two_steps(cast)
    number = orders.place(cast.anna).order_number
    deliver()
    assert {mail.to[0] for mail in mailoutbox if number in mail.subject} == {
        "ben@customer.example",
        "anna@customer.example",
    }
    cora = visit(cast.cora)
    assert number in cora.get("/orders/?scope=all").content.decode()
    page = cora.get(f"/orders/{number}/").content.decode()
    assert number in page
    assert f'action="/orders/{number}/accept/"' not in page
    assert number not in cora.get("/acceptance/").content.decode()
    with pytest.raises(NotAllowed):
        actions.accept(number, actor=cast.cora.actor, version=1)
    mailoutbox.clear()
    actions.accept(number, actor=cast.ben.actor, version=1)
    deliver()
    assert [mail.to[0] for mail in mailoutbox if number in mail.subject] == ["cora@customer.example"]
    assert number in cora.get("/acceptance/").content.decode()


# --- people change ---


def test_who_changes_organisations_leaves_everything_behind(cast: Cast) -> None:
    own, waiting = orders.place(cast.ben, lines=1).order_number, orders.place(cast.anna).order_number
    _remove(cast, cast.ben)
    seated(cast.ben.user, cast.terminal, rights="place_orders accept_orders see_all_orders manage_members")
    assert cast.ben.seat is not None
    assert cast.ben.seat.organization_name == "Umbra"
    assert queries.orders(cast.ben.actor, scope="all").rows == ()
    for number in (own, waiting):
        for who in (cast.ben, cast.otto):
            with pytest.raises(NotFound):
                queries.order(who.actor, number)
    with pytest.raises(NotFound):
        actions.accept(waiting, actor=cast.ben.actor, version=1)
    assert queries.order(cast.cora.actor, waiting).placement.organization_id == cast.acme.pk


def test_order_half_way_keeps_the_answers_of_who_left(cast: Cast) -> None:
    _two_steps(cast)
    number = orders.place(cast.anna).order_number
    actions.accept(number, actor=cast.ben.actor, version=1)
    _remove(cast, cast.ben)
    case = Case.objects.get(order__number=number)
    assert (case.state, case.position) == ("awaiting", 2)
    assert not Decision.objects.get(case=case).voided
    assert actions.accept(number, actor=cast.cora.actor, version=case.version).state == "accepted"
    assert [line.who for line in sentences(_history(number)) if "accepted" in line.what] == [
        "Ben Nowak",
        "Cora Wiśniewska",
    ]


def test_resubmitting_asks_nobody_who_left(cast: Cast) -> None:
    number = orders.place(cast.anna).order_number
    actions.send_back(number, actor=cast.cora.actor, version=1, question="Ile?")
    _remove(cast, cast.ben)
    actions.resubmit(number, actor=cast.anna.actor, version=2, remark="Tyle")
    assert [row.asked for row in queries.orders(cast.anna.actor).rows] == [("Cora Wiśniewska",)]


def test_who_left_is_nowhere_to_choose_and_everywhere_to_read(cast: Cast, visit: Visit) -> None:
    decided, waiting = orders.place(cast.anna).order_number, orders.place(cast.ewa).order_number
    actions.accept(decided, actor=cast.ben.actor, version=1)
    _remove(cast, cast.ben)
    ben = cast.ben.member.pk
    dora = cast.dora.actor
    assert ben not in [member.pk for member in people.members(dora).rows]
    assert ben not in [person.member_id for person in approvals.choices(dora).acceptors]
    assert ben not in [member.pk for member in people_to_name(dora)]
    offered = people.substitutes_to_choose(cast.cora.actor)
    assert ben not in [member.pk for member in (*offered.substitutes, *offered.absent)]
    assert people.colleague(cast.cora.actor, "ben@customer.example") is None
    with pytest.raises(Refused):
        actions.forward(waiting, actor=cast.cora.actor, version=_version(waiting), to_member_id=ben)
    assert [person.member_id for person in queries.order(cast.cora.actor, waiting).approvers] == [cast.cora.member.pk]
    assert ben not in [
        pk for pk, _name in merchant.held_choices(cast.mia.actor, organization_id=cast.acme.pk).within.requesters
    ]
    page = visit(cast.anna).get(f"/orders/{decided}/").content.decode()
    assert "Ben Nowak" in page


def test_who_moves_leaves_the_order_with_the_branch_it_was_placed_in(cast: Cast) -> None:
    jan = person("Jola", "Nowa", seat=cast.tarnow, rights="accept_orders")
    number = orders.place(cast.anna).order_number
    _change(cast, cast.anna, Permission.PLACE_ORDERS, unit=cast.tarnow)
    assert [row.number for row in queries.inbox(cast.ben.seat).rows] == [number]
    assert queries.inbox(jan.seat).rows == ()
    with pytest.raises(NotFound):
        actions.accept(number, actor=jan.actor, version=1)
    assert actions.accept(number, actor=cast.ben.actor, version=1).state == "accepted"
    assert queries.order(cast.anna.actor, number).placement.unit_id == cast.krakow.pk


def test_right_taken_away_counts_for_a_page_left_open(cast: Cast) -> None:
    number = orders.place(cast.anna).order_number
    _change(cast, cast.ben, Permission.PLACE_ORDERS, Permission.SEE_UNIT_ORDERS)
    with pytest.raises((NotAllowed, Stale)):
        actions.accept(number, actor=cast.ben.actor, version=1)
    assert _version(number) == 1


def _history(number: str) -> list[Entry]:
    return list(Entry.objects.filter(subject_type="order", subject_id=number).order_by("pk"))
