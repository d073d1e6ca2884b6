"""A tree that lives: units are renamed, moved and closed; members, addresses and waiting orders go along or stay."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.core import mail

from akcept.journal.models import Entry
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from akcept.ordering import actions as ordering
from akcept.ordering import queries as ordering_queries
from akcept.organizations import actions, queries
from akcept.organizations.actions import AddressInput
from akcept.organizations.models import Invitation, Member, Unit, UnitAddress
from akcept.organizations.permissions import Permission
from akcept.testing import orders
from akcept.testing.cast import Cast, person
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.support.databases import Private
from tests.support.statements import statements
from tests.support.threads import together

ADDRESS = AddressInput(recipient="Nowa", line1="ul. Nowa 1", postcode="00-001", city="Warszawa")


def _unit(unit: Unit) -> Unit:
    return Unit.objects.get(pk=unit.pk)


def _deep(cast: Cast, levels: int) -> Unit:
    below = cast.skawina
    for level in range(levels):
        below = actions.add_unit(actor=cast.dora.actor, parent_id=below.pk, name=f"L{level}", address=ADDRESS)
    return below


def test_tree_has_more_than_five_levels(cast: Cast) -> None:
    assert _deep(cast, 6).depth == 8
    root = queries.unit_tree(cast.dora.actor).root
    (krakow, _tarnow) = root.children
    assert [root.unit.name, krakow.unit.name, krakow.children[0].unit.name] == [
        "Centrala",
        "Oddział Kraków",
        "Magazyn Skawina",
    ]


def test_unit_moves_with_everything_below_and_whoever_is_above_changes(cast: Cast) -> None:
    deepest = _deep(cast, 2)
    waiting = orders.place(cast.piotr).order_number
    boss = person("Teresa", "Tar", seat=cast.tarnow, rights="accept_orders")
    actions.move_unit(cast.skawina.pk, actor=cast.dora.actor, parent_id=cast.tarnow.pk, version=1)
    moved = _unit(cast.skawina)
    assert (moved.path, moved.version) == (f"{cast.tarnow.path}{moved.pk}/", 2)
    assert _unit(deepest).path.startswith(moved.path)
    for who, error in ((cast.ben, NotFound), (boss, None)):
        if error:
            with pytest.raises(error):
                ordering.accept(waiting, actor=who.actor, version=1)
        else:
            assert ordering.accept(waiting, actor=who.actor, version=1).state == "accepted"
    payload = Entry.objects.get(topic="unit.moved").payload
    assert (payload["before"]["parent"], payload["after"]["parent"]) == ("Oddział Kraków", "Serwis Tarnów")


@pytest.mark.parametrize(
    ("what", "where", "says"),
    [
        ("krakow", "skawina", "belong to itself"),
        ("krakow", "krakow", "belong to itself"),
        ("head_office", "krakow", "nowhere to move"),
    ],
)
def test_unit_that_cannot_move_there(cast: Cast, what: str, where: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        actions.move_unit(getattr(cast, what).pk, actor=cast.dora.actor, parent_id=getattr(cast, where).pk, version=1)
    assert refused.value.field == "parent"
    assert _unit(cast.krakow).path == cast.krakow.path


def test_unit_does_not_move_beside_one_of_the_same_name(cast: Cast) -> None:
    actions.add_unit(actor=cast.dora.actor, parent_id=cast.tarnow.pk, name="Magazyn Skawina", address=ADDRESS)
    with pytest.raises(Invalid, match="already a unit") as refused:
        actions.move_unit(cast.skawina.pk, actor=cast.dora.actor, parent_id=cast.tarnow.pk, version=1)
    assert refused.value.field == "name"


def test_moving_takes_the_same_statements_for_one_unit_and_many(cast: Cast) -> None:
    def move(to: Unit, version: int) -> int:
        call = lambda: actions.move_unit(cast.skawina.pk, actor=cast.dora.actor, parent_id=to.pk, version=version)  # noqa: E731
        return len(statements(call))

    actions.change_unit(cast.tarnow.pk, actor=cast.dora.actor, name="Tarnów", version=1)  # the chain's first fact
    few = move(cast.tarnow, 1)
    for name in ("A", "B", "C"):
        actions.add_unit(actor=cast.dora.actor, parent_id=cast.skawina.pk, name=name, address=ADDRESS)
    assert move(cast.krakow, 2) == few


def _move(cast: Cast, unit: Unit, under: Unit) -> Unit:
    return actions.move_unit(unit.pk, actor=cast.dora.actor, parent_id=under.pk, version=_unit(unit).version)


def test_two_moves_at_once_never_make_a_ring(pg: Private, cast: Cast) -> None:
    for _ in range(10):
        results = together(
            *[
                partial(_move, cast, unit, under)
                for unit, under in ((cast.krakow, cast.tarnow), (cast.tarnow, cast.krakow))
            ]
        )
        assert sum(isinstance(result, Unit) for result in results) == 1, results
        assert sum(isinstance(result, Invalid) for result in results) == 1, results
        for unit in Unit.objects.filter(organization=cast.acme).select_related("parent"):
            assert unit.path == f"{unit.parent.path if unit.parent else ''}{unit.pk}/"
        for unit in (cast.krakow, cast.tarnow):
            _move(cast, unit, cast.head_office)


def test_closing_says_first_what_it_takes_along_then_does_it(cast: Cast) -> None:
    waiting = orders.place(cast.anna).order_number
    second = orders.place(cast.piotr).order_number
    actions.invite(
        actor=cast.dora.actor,
        email="new@customer.example",
        first_name="",
        last_name="",
        unit_id=cast.skawina.pk,
        permissions=frozenset(),
        language="pl",
    )
    unit = queries.unit_to_manage(cast.dora.actor, cast.krakow.pk)
    said = queries.affected_by(unit)
    assert (said.units, said.members.count, said.invitations) == (["Magazyn Skawina"], 4, 1)
    assert (said.members.names[0], said.members.unnamed) == ("Ewa Dąbrowska", 0)
    assert ordering_queries.waiting_in(unit).names == (waiting, second)

    actions.close_unit(cast.krakow.pk, actor=cast.dora.actor, members_to=cast.tarnow.pk, version=1)
    assert {_unit(cast.krakow).closed_at is None, _unit(cast.skawina).closed_at is None} == {False}
    moved = Member.objects.filter(unit=cast.tarnow).values_list("user__first_name", flat=True)
    assert set(moved) == {"Anna", "Ben", "Ewa", "Piotr", "Jan"}
    assert Invitation.objects.get().unit == cast.tarnow
    # The order keeps its unit's name; who is above it decides, Ben's new branch is not.
    view = ordering_queries.order(cast.cora.actor, waiting)
    assert (view.unit, [who.name for who in view.approvers]) == ("Oddział Kraków", ["Cora Wiśniewska"])
    with pytest.raises(NotFound):
        ordering.accept(waiting, actor=cast.ben.actor, version=1)
    assert ordering.accept(waiting, actor=cast.cora.actor, version=1).state == "accepted"
    assert Entry.objects.get(topic="unit.closed").payload["closed"] == ["Oddział Kraków", "Magazyn Skawina"]


def test_closed_unit_is_nowhere_to_choose_and_its_name_is_free(cast: Cast) -> None:
    actions.close_unit(cast.tarnow.pk, actor=cast.dora.actor, members_to=cast.krakow.pk, version=1)
    assert "Serwis Tarnów" not in {node.unit.name for node in queries.unit_tree(cast.anna.actor).root.children}
    assert not queries.find_units(cast.anna.actor, text="Tarnów").rows
    assert "Serwis Tarnów" not in {unit.name for unit in queries.units_to_manage(cast.dora.actor)}
    for refused in (
        lambda: actions.change_unit(cast.tarnow.pk, actor=cast.dora.actor, name="X", version=2),
        lambda: actions.add_unit(actor=cast.dora.actor, parent_id=cast.tarnow.pk, name="X", address=ADDRESS),
        lambda: actions.close_unit(cast.tarnow.pk, actor=cast.dora.actor, members_to=cast.krakow.pk, version=2),
    ):
        with pytest.raises(NotFound):
            refused()
    again = actions.add_unit(
        actor=cast.dora.actor, parent_id=cast.head_office.pk, name="Serwis Tarnów", address=ADDRESS
    )
    assert again.closed_at is None


@pytest.mark.parametrize(
    ("what", "to", "error", "says"),
    [
        ("krakow", "skawina", Invalid, "stays open"),
        ("krakow", "krakow", Invalid, "stays open"),
        ("head_office", "krakow", Invalid, "Head office"),
        ("krakow", "terminal", NotFound, "no such unit"),
        ("terminal", "krakow", NotFound, "no such unit"),
    ],
)
def test_closing_that_cannot_be(cast: Cast, what: str, to: str, error: type[Refused], says: str) -> None:
    with pytest.raises(error, match=says):
        actions.close_unit(getattr(cast, what).pk, actor=cast.dora.actor, members_to=getattr(cast, to).pk, version=1)
    assert not Unit.objects.exclude(closed_at=None).exists()


def test_page_left_open_does_not_overwrite_a_newer_unit(cast: Cast) -> None:
    actions.change_unit(cast.krakow.pk, actor=cast.dora.actor, name="Kraków", version=1)
    for late in (
        lambda: actions.change_unit(cast.krakow.pk, actor=cast.dora.actor, name="X", version=1),
        lambda: actions.move_unit(cast.krakow.pk, actor=cast.dora.actor, parent_id=cast.tarnow.pk, version=1),
        lambda: actions.close_unit(cast.krakow.pk, actor=cast.dora.actor, members_to=cast.tarnow.pk, version=1),
    ):
        with pytest.raises(Stale):
            late()


def test_branch_manager_keeps_to_their_branch(cast: Cast) -> None:
    manager = person("Kora", "Kier", seat=cast.krakow, rights="manage_units").actor
    assert [unit.name for unit in queries.units_to_manage(manager, Permission.MANAGE_UNITS)] == [
        "Oddział Kraków",
        "Magazyn Skawina",
    ]
    actions.change_unit(cast.skawina.pk, actor=manager, name="Skawina", version=1)
    for foreign in (cast.tarnow, cast.head_office, cast.terminal):
        with pytest.raises(NotFound):
            actions.change_unit(foreign.pk, actor=manager, name="X", version=1)
    with pytest.raises(NotFound):
        actions.move_unit(cast.skawina.pk, actor=manager, parent_id=cast.tarnow.pk, version=2)
    with pytest.raises(NotAllowed):
        queries.units_to_manage(manager)  # managing units is not managing people


def _addresses(cast: Cast) -> list[tuple[str, bool]]:
    return [(row.line1, row.is_default) for row in UnitAddress.objects.filter(unit=cast.krakow).order_by("pk")]


def _save(cast: Cast, line1: str, **more: Any) -> UnitAddress:
    address = AddressInput(recipient="K", line1=line1, postcode="30-415", city="Kraków")
    return actions.save_address(cast.krakow.pk, actor=cast.dora.actor, address=address, **more)


def test_one_default_address_always(cast: Cast) -> None:
    second = _save(cast, "ul. Druga 2")
    assert _addresses(cast) == [("ul. Wadowicka 6", True), ("ul. Druga 2", False)]
    _save(cast, "ul. Druga 22", address_id=second.pk, is_default=True)
    assert _addresses(cast) == [("ul. Wadowicka 6", False), ("ul. Druga 22", True)]
    _save(cast, "ul. Druga 22", address_id=second.pk, is_default=False)
    assert _addresses(cast)[0][1] is not _addresses(cast)[1][1]
    default = UnitAddress.objects.get(unit=cast.krakow, is_default=True)
    with pytest.raises(Invalid, match="default"):
        actions.remove_address(cast.krakow.pk, actor=cast.dora.actor, address_id=default.pk)
    other = UnitAddress.objects.get(unit=cast.krakow, is_default=False)
    actions.remove_address(cast.krakow.pk, actor=cast.dora.actor, address_id=other.pk)
    assert UnitAddress.objects.filter(unit=cast.krakow).count() == 1


def test_address_of_another_unit_is_none_of_this_one(cast: Cast) -> None:
    foreign = UnitAddress.objects.get(unit=cast.tarnow)
    with pytest.raises(NotFound):
        _save(cast, "ul. X 1", address_id=foreign.pk)
    with pytest.raises(NotFound):
        actions.remove_address(cast.krakow.pk, actor=cast.dora.actor, address_id=foreign.pk)


def test_placed_order_keeps_its_address_when_the_unit_changes_it(cast: Cast) -> None:
    number = orders.place(cast.anna).order_number
    first = UnitAddress.objects.get(unit=cast.krakow)
    _save(cast, "ul. Zmieniona 9", address_id=first.pk)
    delivery = ordering_queries.order(cast.ben.actor, number).document.delivery_address
    assert delivery is not None
    assert delivery.line1 == "ul. Wadowicka 6"


def test_placed_order_keeps_the_cost_centre_of_its_unit_and_shows_it_to_both_sides(cast: Cast, visit: Visit) -> None:
    actions.change_unit(cast.krakow.pk, actor=cast.dora.actor, name=cast.krakow.name, cost_centre="MPK-7", version=1)
    number = orders.place(cast.anna).order_number
    actions.change_unit(cast.krakow.pk, actor=cast.dora.actor, name=cast.krakow.name, cost_centre="MPK-8", version=2)
    deliver()
    for where in (
        visit(cast.anna).get(f"/orders/{number}/"),
        visit(cast.mia).get(f"/dashboard/acceptance/{number}/"),
        visit(cast.mia).get("/dashboard/acceptance/export.csv"),
    ):
        text = b"".join(where).decode()
        assert ("MPK-7" in text, "MPK-8" in text) == (True, False), text
    asked = next(message for message in mail.outbox if message.to == ["ben@customer.example"])
    assert "Centrum kosztów: MPK-7" in asked.body
    ordering.accept(number, actor=cast.ben.actor, version=1)
    assert "MPK-7" in visit(cast.mia, superuser=True).get(f"/dashboard/orders/{number}/").content.decode()
