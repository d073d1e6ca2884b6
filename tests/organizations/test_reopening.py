"""A closed unit opens again with what was closed by the same act, below any open unit, under a name that is free."""

from __future__ import annotations

from typing import Any

import pytest

from akcept.journal.models import Entry
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from akcept.ordering import queries as ordering_queries
from akcept.organizations import actions, queries
from akcept.organizations.actions import AddressInput
from akcept.organizations.models import Member, Unit, UnitAddress
from akcept.testing import orders
from akcept.testing.cast import Cast, Person, person, unit
from tests.support.statements import statements

ADDRESS = AddressInput(recipient="Nowa", line1="ul. Nowa 1", postcode="00-001", city="Warszawa")


def _unit(unit: Unit) -> Unit:
    return Unit.objects.get(pk=unit.pk)


def _close(cast: Cast, unit: Unit) -> None:
    actions.close_unit(unit.pk, actor=cast.dora.actor, members_to=cast.head_office.pk, version=_unit(unit).version)


def _reopen(cast: Cast, unit: Unit, **more: Any) -> Unit:
    now = _unit(unit)
    typed = {"parent_id": cast.head_office.pk, "name": now.name, "code": now.code, "version": now.version}
    return actions.reopen_unit(unit.pk, **{"actor": cast.dora.actor, **typed, **more})


def _open(cast: Cast) -> set[str]:
    return set(Unit.objects.filter(organization=cast.acme, closed_at=None).values_list("name", flat=True))


def test_unit_comes_back_with_what_was_closed_with_it_and_people_stay_where_they_went(cast: Cast) -> None:
    number = orders.place(cast.anna).order_number
    cellar = actions.add_unit(actor=cast.dora.actor, parent_id=cast.skawina.pk, name="Piwnica", address=ADDRESS)
    _close(cast, cellar)
    before = _open(cast)
    _close(cast, cast.krakow)
    said = queries.closed_unit(cast.dora.actor, cast.krakow.pk)
    assert (said.parent_id, said.together, said.staying) == (cast.head_office.pk, ["Magazyn Skawina"], ["Piwnica"])

    opened = _reopen(cast, cast.krakow)
    assert (opened.closed_at, opened.version, _open(cast)) == (None, 3, before)
    assert _unit(cellar).closed_at is not None
    assert UnitAddress.objects.filter(unit=opened, is_default=True).count() == 1
    assert Member.objects.get(pk=cast.anna.member.pk).unit == cast.head_office
    payload = Entry.objects.get(topic="unit.reopened").payload
    assert (payload["opened"], payload["parent"]) == (["Oddział Kraków", "Magazyn Skawina"], "Centrala")
    assert ordering_queries.order(cast.cora.actor, number).unit == "Oddział Kraków"


def test_unit_opens_elsewhere_with_all_below_it_and_whoever_is_above_decides(cast: Cast) -> None:
    number = orders.place(cast.piotr).order_number
    boss = person("Teresa", "Tar", seat=cast.tarnow, rights="accept_orders")
    _close(cast, cast.krakow)
    opened = _reopen(cast, cast.krakow, parent_id=cast.tarnow.pk)
    assert opened.path == f"{cast.tarnow.path}{opened.pk}/"
    assert _unit(cast.skawina).path == f"{opened.path}{cast.skawina.pk}/"
    view = ordering_queries.order(boss.actor, number)
    # Ben sits at head office since his branch was closed.
    assert {who.name for who in view.approvers} == {"Teresa Tar", "Ben Nowak", "Cora Wiśniewska"}


def test_unit_below_a_closed_one_opens_below_another_and_leaves_it(cast: Cast) -> None:
    _close(cast, cast.krakow)
    assert queries.closed_unit(cast.dora.actor, cast.skawina.pk).parent_id == cast.head_office.pk
    with pytest.raises(NotFound):
        _reopen(cast, cast.skawina, parent_id=cast.krakow.pk)
    assert _reopen(cast, cast.skawina, parent_id=cast.tarnow.pk).path.startswith(cast.tarnow.path)
    assert queries.closed_unit(cast.dora.actor, cast.krakow.pk).together == []
    _reopen(cast, cast.krakow)
    assert _unit(cast.skawina).parent == cast.tarnow


def test_name_and_code_others_have_by_now_are_refused_until_another_is_given(cast: Cast) -> None:
    actions.change_unit(cast.tarnow.pk, actor=cast.dora.actor, name="Tarnów", code="TAR", version=1)
    _close(cast, cast.tarnow)
    add = {"actor": cast.dora.actor, "parent_id": cast.head_office.pk, "address": ADDRESS}
    actions.add_unit(name="Tarnów", **add)
    actions.add_unit(name="Tarnów Nowy", code="TAR", **add)
    for typed, field, says in (
        ({}, "code", "Tarnów Nowy already has this code"),
        ({"code": "T2"}, "name", "already a unit named Tarnów"),
        ({"code": "T2", "name": " "}, "name", "Enter"),
    ):
        with pytest.raises(Invalid, match=says) as refused:
            _reopen(cast, cast.tarnow, **typed)
        assert refused.value.field == field
    assert _unit(cast.tarnow).closed_at is not None
    opened = _reopen(cast, cast.tarnow, name="Tarnów Stary", code="T2")
    assert (opened.name, opened.code) == ("Tarnów Stary", "T2")
    payload = Entry.objects.get(topic="unit.reopened").payload
    assert (payload["before"]["name"], payload["after"]["name"]) == ("Tarnów", "Tarnów Stary")


def test_code_of_a_unit_below_that_another_has_by_now_names_both(cast: Cast) -> None:
    actions.change_unit(cast.skawina.pk, actor=cast.dora.actor, name="Skawina", code="SKA", version=1)
    _close(cast, cast.krakow)
    actions.add_unit(actor=cast.dora.actor, parent_id=cast.tarnow.pk, name="Nowa Skawina", code="SKA", address=ADDRESS)
    with pytest.raises(Invalid, match="Skawina would open too, but its code SKA is used by Nowa Skawina"):
        _reopen(cast, cast.krakow)
    assert _unit(cast.krakow).closed_at is not None


def test_only_a_closed_unit_opens_and_only_as_it_was_seen(cast: Cast) -> None:
    with pytest.raises(NotFound):
        _reopen(cast, cast.krakow)
    _close(cast, cast.krakow)
    with pytest.raises(Stale):
        _reopen(cast, cast.krakow, version=1)
    _reopen(cast, cast.krakow)
    with pytest.raises(NotFound):
        _reopen(cast, cast.krakow)


@pytest.mark.parametrize(
    ("who", "error"), [("otto", NotFound), ("branch", NotFound), ("below", NotFound), ("anna", NotAllowed)]
)
def test_outsiders_neither_see_nor_open_it(cast: Cast, who: str, error: type[Refused]) -> None:
    people: dict[str, Person] = {
        "otto": cast.otto,
        "anna": cast.anna,
        "branch": person("Teresa", "Tar", seat=cast.tarnow, rights="manage_units"),
        "below": person("Kora", "Kier", seat=cast.skawina, rights="manage_units"),
    }
    _close(cast, cast.krakow)
    # Whoever sat below sits at head office now; somebody of a unit hung elsewhere must not reach up either.
    if who == "below":
        _reopen(cast, cast.skawina, parent_id=cast.tarnow.pk)
        Member.objects.filter(pk=people[who].member.pk).update(unit=cast.skawina)  # type: ignore[union-attr]
    actor = people[who].actor
    parent = {"otto": cast.terminal, "branch": cast.tarnow, "below": cast.skawina, "anna": cast.head_office}[who]
    with pytest.raises(error):
        _reopen(cast, cast.krakow, actor=actor, parent_id=parent.pk)
    with pytest.raises(error):
        queries.closed_unit(actor, cast.krakow.pk)
    if who == "anna":
        with pytest.raises(NotAllowed):
            queries.closed_units(actor)
    else:
        assert queries.closed_units(actor).rows == ()
    assert _unit(cast.krakow).closed_at is not None


def test_branch_manager_opens_below_their_branch_only(cast: Cast) -> None:
    manager = person("Kora", "Kier", seat=cast.krakow, rights="manage_units").actor
    _close(cast, cast.skawina)
    with pytest.raises(NotFound):
        _reopen(cast, cast.skawina, actor=manager)
    assert _reopen(cast, cast.skawina, actor=manager, parent_id=cast.krakow.pk).parent == cast.krakow


def test_closed_units_come_page_by_page_the_latest_first_at_a_constant_cost(cast: Cast) -> None:
    _close(cast, cast.krakow)
    few = len(statements(lambda: queries.closed_units(cast.dora.actor)))
    for name in ("A", "B"):
        _close(cast, unit(cast.acme, name, under=cast.tarnow))
    seen: list[tuple[str, list[str]]] = []
    after = ""
    while True:
        page = queries.closed_units(cast.dora.actor, after=after, size=2)
        seen += [(row.name, above) for row, above in page.rows]
        if not (after := page.next_after or ""):
            break
    assert seen == [
        ("B", ["Centrala", "Serwis Tarnów"]),
        ("A", ["Centrala", "Serwis Tarnów"]),
        ("Oddział Kraków", ["Centrala"]),
        ("Magazyn Skawina", ["Centrala", "Oddział Kraków"]),
    ]
    assert len(statements(lambda: queries.closed_units(cast.dora.actor))) == few


def test_reopening_takes_the_same_statements_for_one_unit_and_many(cast: Cast) -> None:
    actions.change_unit(cast.tarnow.pk, actor=cast.dora.actor, name="Tarnów", version=1)  # the chain's first fact
    taken = []
    for names in ((), ("A", "B", "C")):
        for name in names:
            unit(cast.acme, name, under=_unit(cast.krakow))
        _close(cast, cast.krakow)
        taken.append(len(statements(lambda: _reopen(cast, cast.krakow))))
    assert taken[0] == taken[1]
