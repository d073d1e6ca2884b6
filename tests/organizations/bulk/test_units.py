"""Units from a file: previewed row by row, done as previewed or not at all, the same again changes nothing."""

from __future__ import annotations

import pytest

from akcept.journal.models import Entry
from akcept.kernel.errors import Changed, Invalid, NotAllowed, NotFound
from akcept.ordering import queries as ordering_queries
from akcept.organizations import actions, queries
from akcept.organizations.bulk.columns import Kind
from akcept.organizations.bulk.sheets import written
from akcept.organizations.models import ImportDraft, Unit, UnitAddress
from akcept.testing import orders
from akcept.testing.cast import Cast, person
from akcept.testing.relays import deliver
from tests.organizations.bulk.sheets_of import bring_in, changes, csv_file, errors, new_unit, preview, unit_file
from tests.support.statements import statements


def _tree(cast: Cast) -> set[tuple[str, str, str]]:
    units = {unit.pk: unit for unit in Unit.objects.filter(organization=cast.acme, closed_at=None)}
    for unit in units.values():
        assert unit.path == f"{units[unit.parent_id].path if unit.parent_id else ''}{unit.pk}/"
    return {(unit.key, unit.name, units[unit.parent_id].name if unit.parent_id else "") for unit in units.values()}


def test_new_units_of_several_levels_in_any_order(cast: Cast) -> None:
    file = unit_file(
        new_unit("KR-1-A", "Regał A", "kr-1"),
        new_unit("KR-1", "Hala 1", cast.krakow.key, "MPK 7"),
        new_unit("WR", "Oddział Wrocław", cast.head_office.key),
    )
    seen = preview(cast.dora, Kind.UNITS, file)
    assert seen.plan.counts == {"wrong": 0, "created": 3, "changed": 0, "left": 0}
    assert Unit.objects.filter(organization=cast.acme).count() == 4
    assert actions.carry_out_import(seen.draft.pk, actor=cast.dora.actor, digest=seen.plan.digest)["created"] == 3
    assert _tree(cast) >= {
        ("KR-1", "Hala 1", "Oddział Kraków"),
        ("KR-1-A", "Regał A", "Hala 1"),
        ("WR", "Oddział Wrocław", "Centrala"),
    }
    hall = Unit.objects.get(code="KR-1")
    assert (hall.cost_centre, hall.addresses.get(is_default=True).line1) == ("MPK 7", "ul. Nowa 1")
    whole = Entry.objects.get(topic="organization.units_imported")
    assert (whole.payload["created"], whole.payload["import"]) == (3, "plik.csv")
    assert Entry.objects.filter(topic="unit.added").count() == 3


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    file = unit_file(new_unit("WR", "Oddział Wrocław", cast.head_office.key))
    bring_in(cast.dora, Kind.UNITS, file)
    again = preview(cast.dora, Kind.UNITS, file)
    assert (again.plan.counts["left"], again.plan.possible) == (1, False)
    with pytest.raises(Invalid, match="nothing to do"):
        actions.carry_out_import(again.draft.pk, actor=cast.dora.actor, digest=again.plan.digest)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["pl", "en"])
def test_export_comes_back_as_it_is(cast: Cast, file_format: str, language: str) -> None:
    UnitAddress.objects.filter(unit=cast.krakow).update(phone="+48 12 345 67 89", recipient="=Magazyn")
    rows = list(queries.export_rows(cast.dora.actor, Kind.UNITS))
    assert [row[1] for row in rows] == ["Centrala", "Oddział Kraków", "Magazyn Skawina", "Serwis Tarnów"]
    file = written(rows, kind=Kind.UNITS, file_format=file_format, language=language)
    seen = preview(cast.dora, Kind.UNITS, file)
    assert seen.plan.counts == {"wrong": 0, "created": 0, "changed": 0, "left": 4}


def test_units_change_name_place_and_address_at_once(cast: Cast) -> None:
    waiting = orders.place(cast.piotr).order_number
    boss = person("Teresa", "Tar", seat=cast.tarnow, rights="accept_orders")
    head, skawina = cast.head_office.key, cast.skawina.key
    file = unit_file(
        (cast.krakow.key, "Serwis Tarnów", head),  # the two exchange their names
        (cast.tarnow.key, "Oddział Kraków", head),
        (skawina, "Magazyn Skawina", cast.tarnow.key, "", "Skawina", "ul. Torowa 2", "32-050", "Skawina", ""),
    )
    seen = preview(cast.dora, Kind.UNITS, file)
    assert changes(seen)[skawina] == {
        "parent": (cast.krakow.key, cast.tarnow.key),
        "recipient": ("Acme, Magazyn Skawina", "Skawina"),
        "line1": ("ul. Wadowicka 6", "ul. Torowa 2"),
        "postcode": ("30-415", "32-050"),
        "city": ("Kraków", "Skawina"),
    }
    assert (seen.moved, seen.members) == ({cast.skawina.path}, 1)
    actions.carry_out_import(seen.draft.pk, actor=cast.dora.actor, digest=seen.plan.digest)
    assert _tree(cast) == {
        (head, "Centrala", ""),
        (cast.krakow.key, "Serwis Tarnów", "Centrala"),
        (cast.tarnow.key, "Oddział Kraków", "Centrala"),
        (skawina, "Magazyn Skawina", "Oddział Kraków"),
    }
    assert UnitAddress.objects.get(unit=cast.skawina).line1 == "ul. Torowa 2"
    deliver()
    view = ordering_queries.order(boss.actor, waiting)
    assert "Teresa Tar" in {who.name for who in view.approvers}
    assert Entry.objects.filter(topic="order.asked_again").count() == 1
    assert {e.payload["after"]["parent"] for e in Entry.objects.filter(topic="unit.moved")} == {"Serwis Tarnów"}


def test_every_error_is_told_by_row_and_nothing_is_imported(cast: Cast) -> None:
    file = unit_file(
        new_unit("OK", "Dobry", cast.head_office.key),
        ("", "Bez kodu", cast.head_office.key, "", "M", "ul. 1", "00-001", "W"),
        new_unit("OK", "Drugi", cast.head_office.key),
        ("X1", "", "", "x" * 41, "M", "", "1", "W"),
        new_unit("X2", "Sierota", "NIE-MA"),
        ("X3", "Bez adresu", cast.head_office.key),
        new_unit("X4", "Oddział Kraków", cast.head_office.key),
        new_unit("A", "Pierścień", "B"),
        new_unit("B", "Pierścień", "A"),
        (cast.head_office.key, "Centrala", cast.krakow.key),
        new_unit("U99999", "Cudzy", cast.head_office.key),
    )
    seen = preview(cast.dora, Kind.UNITS, file)
    assert errors(seen) == {
        3: ["The code is missing."],
        4: ["OK is already in row 2."],
        5: [
            "Enter the unit's name.",
            f"Say which unit it belongs to; the head office's code is {cast.head_office.key}.",
            "This may have up to 40 characters.",
            "Enter street and number.",
            "A Polish postcode looks like 30-415.",
        ],
        6: ["There is no unit with the code NIE-MA, neither here nor in the file."],
        7: ["A new unit needs a delivery address."],
        8: ["There is already a unit named Oddział Kraków in the same place."],
        9: ["A unit cannot belong to itself."],
        10: ["A unit cannot belong to itself."],
        11: ["The head office belongs to no other unit: leave that cell empty."],
        12: ["Codes such as U99999 stand for units without one: choose another."],
    }
    before = _tree(cast)
    with pytest.raises(Invalid):
        actions.carry_out_import(seen.draft.pk, actor=cast.dora.actor, digest=seen.plan.digest)
    assert _tree(cast) == before


def test_existing_units_make_no_ring_either(cast: Cast) -> None:
    file = unit_file((cast.krakow.key, "Oddział Kraków", cast.skawina.key))
    assert errors(preview(cast.dora, Kind.UNITS, file)) == {2: ["A unit cannot belong to itself."]}


def test_tree_ends_at_twenty_levels(cast: Cast) -> None:
    chain = [new_unit(f"L{n}", f"L{n}", f"L{n - 1}" if n else cast.head_office.key) for n in range(20)]
    seen = preview(cast.dora, Kind.UNITS, unit_file(*chain))
    assert errors(seen) == {21: ["The tree of units cannot be deeper than 20 levels."]}
    bring_in(cast.dora, Kind.UNITS, unit_file(*chain[:19]))
    assert Unit.objects.get(code="L18").depth == 19


def test_column_that_is_not_there_changes_nothing(cast: Cast) -> None:
    Unit.objects.filter(pk=cast.krakow.pk).update(cost_centre="MPK 1")
    file = csv_file(("Kod", "Nazwa", "Należy do"), (cast.krakow.key, "Kraków", cast.head_office.key))
    assert changes(preview(cast.dora, Kind.UNITS, file)) == {cast.krakow.key: {"name": ("Oddział Kraków", "Kraków")}}
    emptied = unit_file((cast.krakow.key, "", ""))
    assert preview(cast.dora, Kind.UNITS, emptied).plan.counts["left"] == 1
    cleared = unit_file((cast.krakow.key, "Oddział Kraków", cast.head_office.key, "-"))
    assert changes(preview(cast.dora, Kind.UNITS, cleared)) == {cast.krakow.key: {"cost_centre": ("MPK 1", "")}}
    for refused in (unit_file((cast.krakow.key, "-", "")), unit_file((cast.krakow.key, "", "clear"))):
        assert "cannot be cleared" in str(errors(preview(cast.dora, Kind.UNITS, refused)))


def test_what_is_confirmed_is_what_was_seen(cast: Cast) -> None:
    seen = preview(cast.dora, Kind.UNITS, unit_file((cast.krakow.key, "Kraków", cast.head_office.key)))
    actions.change_unit(cast.krakow.pk, actor=cast.dora.actor, name="Oddział Wieliczka", version=1)
    with pytest.raises(Changed):
        actions.carry_out_import(seen.draft.pk, actor=cast.dora.actor, digest=seen.plan.digest)
    now = queries.import_preview(cast.dora.actor, seen.draft.pk)
    assert changes(now) == {cast.krakow.key: {"name": ("Oddział Wieliczka", "Kraków")}}
    actions.carry_out_import(now.draft.pk, actor=cast.dora.actor, digest=now.plan.digest)
    with pytest.raises(NotFound):  # the second click
        actions.carry_out_import(now.draft.pk, actor=cast.dora.actor, digest=now.plan.digest)


def test_upload_replaces_the_former_one_and_is_forgotten_after_a_day(cast: Cast) -> None:
    file = unit_file((cast.krakow.key, "Kraków", cast.head_office.key))
    first = preview(cast.dora, Kind.UNITS, file)
    second = preview(cast.dora, Kind.UNITS, file)
    with pytest.raises(NotFound):
        queries.import_preview(cast.dora.actor, first.draft.pk)
    ImportDraft.objects.update(created_at=second.draft.created_at.replace(year=2020))
    preview(cast.otto, Kind.UNITS, unit_file((cast.terminal.key, "T", "")))
    assert not ImportDraft.objects.filter(organization=cast.acme).exists()


def test_otto_and_the_wrong_branch_reach_nothing(cast: Cast) -> None:
    seen = preview(cast.dora, Kind.UNITS, unit_file((cast.krakow.key, "Kraków", cast.head_office.key)))
    tarnow = person("Teresa", "Tar", seat=cast.tarnow, rights="manage_units")
    for stranger in (cast.otto, tarnow):
        with pytest.raises(NotFound):
            queries.import_preview(stranger.actor, seen.draft.pk)
        with pytest.raises(NotFound):
            actions.carry_out_import(seen.draft.pk, actor=stranger.actor, digest=seen.plan.digest)
        (row,) = queries.export_rows(stranger.actor, Kind.UNITS)
        assert row[1] in ("Terminal", "Serwis Tarnów")
    # Otto's own organisation has no such codes: to him they are new ones, and refused as such.
    assert list(errors(preview(cast.otto, Kind.UNITS, unit_file(new_unit(cast.krakow.key, "X", ""))))) == [2]
    file = unit_file((cast.krakow.key, "X", cast.tarnow.key), (cast.tarnow.key, "Serwis", cast.krakow.key))
    assert errors(preview(tarnow, Kind.UNITS, file)) == {
        2: [f"{cast.krakow.key} is a unit you do not manage: leave it to head office."],
        3: [f"There is no unit with the code {cast.krakow.key}, neither here nor in the file."],
    }
    assert Unit.objects.get(pk=cast.krakow.pk).name == "Oddział Kraków"


def test_branch_manager_changes_their_branch_and_adds_below_it(cast: Cast) -> None:
    manager = person("Kora", "Kier", seat=cast.krakow, rights="manage_units")
    rows = list(queries.export_rows(manager.actor, Kind.UNITS))
    assert [row[1] for row in rows] == ["Oddział Kraków", "Magazyn Skawina"]
    file = unit_file((cast.krakow.key, "Kraków", cast.head_office.key), new_unit("KR-2", "Hala 2", cast.krakow.key))
    assert bring_in(manager, Kind.UNITS, file)["created"] == 1


def test_who_manages_no_units_imports_none(cast: Cast) -> None:
    members_only = person("Kora", "Kier", seat=cast.head_office, rights="manage_members")
    for who in (cast.anna, cast.ben, cast.paul, cast.mia, members_only):
        with pytest.raises(NotAllowed):
            actions.draft_import(actor=who.actor, kind=Kind.UNITS, file_name="x", content=unit_file())
        with pytest.raises(NotAllowed):
            list(queries.export_rows(who.actor, Kind.UNITS))


def test_right_lost_between_preview_and_confirmation(cast: Cast) -> None:
    manager = person("Kora", "Kier", seat=cast.krakow, rights="manage_units")
    seen = preview(manager, Kind.UNITS, unit_file((cast.krakow.key, "Kraków", cast.head_office.key)))
    assert manager.member
    manager.member.granted = {}
    manager.member.recompute()
    manager.member.save()
    with pytest.raises(NotAllowed):
        actions.carry_out_import(seen.draft.pk, actor=manager.actor, digest=seen.plan.digest)


def test_statements_do_not_grow_with_the_rows(cast: Cast) -> None:
    actions.change_unit(cast.krakow.pk, actor=cast.dora.actor, name="Kraków", version=1)  # the chain's first fact
    head = cast.head_office.key

    def taken(numbers: range, name: str) -> tuple[int, int]:
        file = unit_file(*(new_unit(f"N{n}", f"{name}{n}", head) for n in numbers))
        seen = preview(cast.dora, Kind.UNITS, file)
        looked = len(statements(lambda: queries.import_preview(cast.dora.actor, seen.draft.pk)))
        call = lambda: actions.carry_out_import(seen.draft.pk, actor=cast.dora.actor, digest=seen.plan.digest)  # noqa: E731
        return looked, len(statements(call))

    assert taken(range(1), "a") == taken(range(10, 40), "b")
    assert taken(range(1), "c") == taken(range(10, 40), "d")  # changed now
