"""Issue 12, point 7: "not yet exported" is a mark of an order, given once and taken back when it was a mistake."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from akcept.console import erp_folder
from akcept.handover import actions
from akcept.handover.models import Export, Exported, Handover
from akcept.kernel.errors import Invalid, NotAllowed, NotFound
from akcept.ordering import actions as ordering
from akcept.ordering.queries.whole import WorkFilter
from akcept.organizations import actions as organizations
from akcept.organizations.models import Member
from akcept.testing import orders
from akcept.testing.cast import Cast, person
from tests.conftest import Visit
from tests.support.api import system_of
from tests.support.history import history
from tests.support.statements import statements

ALL = WorkFilter()


def _mark(cast: Cast, wanted: WorkFilter = ALL) -> actions.Marked:
    return actions.mark_exported(wanted, actor=cast.mia.actor)


def test_each_order_is_in_one_export_and_held_ones_in_none(cast: Cast) -> None:
    held, first, private = (orders.place(who).order_number for who in (cast.anna, cast.ben, cast.paul))
    marked = _mark(cast)
    assert marked.numbers == (first, private)
    assert _mark(cast) == actions.Marked(export_id=None, numbers=())
    ordering.accept(held, actor=cast.ben.actor, version=1)
    assert _mark(cast).numbers == (held,)
    assert [entry.payload["orders"] for entry in history("export", str(marked.export_id))] == [[first, private]]
    assert Export.objects.count() == 2, "an export of nothing is none"


def test_undone_its_orders_can_be_exported_once_more(cast: Cast) -> None:
    numbers = tuple(orders.place(cast.ben).order_number for _each in range(3))
    marked = _mark(cast)
    assert actions.undo_export(marked.export_id, actor=cast.mia.actor) == 3
    with pytest.raises(NotFound):
        actions.undo_export(marked.export_id, actor=cast.mia.actor)
    assert _mark(cast).numbers == numbers
    assert actions.unmark([numbers[1], "none"], actor=cast.mia.actor) == (numbers[1],)
    assert actions.unmark([numbers[1]], actor=cast.mia.actor) == ()
    assert _mark(cast).numbers == (numbers[1],)


def test_taken_back_and_accepted_again_it_bears_no_mark(cast: Cast) -> None:
    number = orders.place(cast.anna).order_number
    ordering.accept(number, actor=cast.ben.actor, version=1)
    assert _mark(cast).numbers == (number,)
    ordering.revoke(number, actor=cast.ben.actor, version=2, reason="wrong")
    assert _mark(cast).numbers == ()
    ordering.accept(number, actor=cast.ben.actor, version=3)
    assert _mark(cast).numbers == (number,)
    assert _mark(cast).numbers == ()


def test_who_may_not_and_too_many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for who in (cast.ben, cast.dora, cast.otto):
        with pytest.raises(NotAllowed):
            actions.mark_exported(ALL, actor=who.actor)
        with pytest.raises(NotAllowed):
            actions.undo_export(1, actor=who.actor)
        with pytest.raises(NotAllowed):
            actions.unmark(["1"], actor=who.actor)
    with pytest.raises(Invalid):
        actions.unmark([], actor=cast.mia.actor)
    for _each in range(3):
        orders.place(cast.ben)
    monkeypatch.setattr(actions.exporting, "EXPORT_LIMIT", 2)
    with pytest.raises(Invalid, match="choose fewer days"):
        _mark(cast)
    assert not Exported.objects.exists()


@pytest.mark.parametrize("many", [1, 3])
def test_marking_costs_the_same_however_many(cast: Cast, many: int) -> None:
    for _each in range(many):
        orders.place(cast.ben)
    found: list[actions.Marked] = []
    counted = statements(lambda: found.append(_mark(cast)))
    assert (len(found[0].numbers), len(counted)) == (many, 12)


def test_a_system_asks_for_what_was_not_exported_and_marks_it(cast: Cast) -> None:
    held, first, second = (orders.place(who).order_number for who in (cast.anna, cast.ben, cast.ben))
    mia = system_of(cast.mia)

    def listed(**wanted: str) -> list[str]:
        return [row["number"] for row in mia.get("/work/orders", **wanted).json()["items"]]

    assert mia.post("/work/exported", {"numbers": [first, held, "none"]}).json() == {"numbers": [first]}
    assert mia.post("/work/exported", {"numbers": [first]}).json() == {"numbers": []}
    assert (listed(exported="false"), listed(exported="true")) == ([second], [first])
    apps.get_model("order.Order").objects.get(number=second).set_status("in_progress")
    assert (listed(exported="false"), listed(exported="false", status="any")) == ([], [second])
    assert listed(status="in_progress") == [second]
    refused = mia.get("/work/orders", status="awaiting_acceptance")
    assert (refused.status_code, refused.json()["field"]) == (422, "status")
    assert mia.post("/work/exported/undo", {"numbers": [first, held]}).json() == {"numbers": [first]}
    assert listed(exported="true") == []


def test_the_panel_marks_what_is_not_yet_exported_and_gives_the_file_of_exactly_these(cast: Cast, visit: Visit) -> None:
    held, first, second = (orders.place(who).order_number for who in (cast.anna, cast.ben, cast.ben))
    mia = visit(cast.mia)
    page = mia.get("/dashboard/order-files/?exported=no").content.decode()
    assert "2 orders" in page
    assert "Mark 2 orders as exported" in page
    assert "Mark 2 orders as exported" in mia.get("/dashboard/order-files/").content.decode()
    answer = mia.post("/dashboard/order-files/mark/", {"exported": "no"})
    export = Export.objects.get().pk
    assert answer["Location"].endswith(f"?export={export}")
    later = orders.place(cast.ben).order_number
    file = b"".join(mia.get(f"/dashboard/order-files/download/csv/?export={export}")).decode()
    assert set(re.findall(rf"{held}|{first}|{second}|{later}", file)) == {first, second}
    assert "1 order<" in mia.get("/dashboard/order-files/?exported=no").content.decode()
    both = mia.get("/dashboard/order-files/").content.decode()
    assert "3 orders" in both
    assert "Mark 1 order as exported" in both, "those that bear no mark, said by their number"
    assert "The others are marked already." in both
    for where in ("exported=yes", f"export={export}"):
        marked = mia.get(f"/dashboard/order-files/?{where}").content.decode()
        assert "All of these orders are marked as exported." in marked
        assert "mark/" not in marked
    again = mia.post("/dashboard/order-files/mark/", {"exported": "no"}, follow=True).content.decode()
    assert "1 order is marked as exported." in again
    assert "nothing to mark" in mia.post("/dashboard/order-files/mark/", {}, follow=True).content.decode()
    undone = mia.post(f"/dashboard/order-files/undo/{export}/", follow=True).content.decode()
    assert "The marks of 2 orders are taken back." in undone
    assert mia.post(f"/dashboard/order-files/undo/{export}/").status_code == 404
    assert mia.post("/dashboard/order-files/mark/", {"since": "never"}).status_code == 404
    for who in (cast.dora, cast.otto):
        assert visit(who).post("/dashboard/order-files/mark/").status_code in (302, 403)
    assert Exported.objects.count() == 1


def _run(folder: Path, *more: str) -> str:
    out = io.StringIO()
    call_command("erp_files", "--language=en", str(folder), "--unexported", *more, stdout=out, stderr=out)
    return out.getvalue()


def _files(folder: Path) -> set[str]:
    return {path.stem for path in folder.iterdir() if not path.name.startswith(".")}


def test_two_folders_share_what_is_not_exported(cast: Cast, tmp_path: Path) -> None:
    first = orders.place(cast.ben).order_number
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    orders.place(cast.anna)
    assert "1 order written" in _run(one)
    second = orders.place(cast.ben).order_number
    assert "1 order written" in _run(other)
    assert "0 orders written" in _run(one)
    assert (_files(one), _files(other)) == ({first}, {second})
    (one / f"{first}.json").unlink()
    actions.unmark([first], actor=cast.mia.actor)
    assert "1 order written" in _run(one)
    assert "0 orders written" in _run(other)


def test_killed_between_mark_and_file_the_folder_still_gets_its_order(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = orders.place(cast.ben).order_number
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()

    def killed(*_given: Any, **_more: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(erp_folder.Folder, "write", killed)
        with pytest.raises(SystemExit):
            _run(one)
    assert "0 orders written" in _run(other)
    assert "1 order written" in _run(one)
    assert (_files(one), _files(other)) == ({number}, set())


def test_a_shop_without_marks_says_so(
    cast: Cast, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, system, mia = apps.is_installed, system_of(cast.mia), visit(cast.mia)
    monkeypatch.setattr(apps, "is_installed", lambda name: name != "akcept.handover" and there(name))
    with pytest.raises(CommandError, match="does not mark exported orders"):
        _run(tmp_path)
    page = mia.get("/dashboard/order-files/?exported=no")
    assert (page.status_code, "Exported" in page.content.decode()) == (200, False)
    assert mia.post("/dashboard/order-files/mark/").status_code == 404
    assert mia.post("/dashboard/order-files/undo/1/").status_code == 404
    refused = system.get("/work/orders", exported="false")
    assert (refused.status_code, refused.json()["field"]) == (422, "exported")


def test_what_a_system_wrote_of_a_person_goes_with_their_name(cast: Cast) -> None:
    zenon = person("Zenon", "Wilk", seat=cast.head_office, rights="place_orders accept_orders")
    number = orders.place(zenon, lines=1).order_number
    (leased,) = actions.claim(actor=cast.mia.actor)
    actions.report_failure(number, actor=cast.mia.actor, lease=leased.lease, text="Zenon Wilk ma zły NIP")
    member = Member.objects.get(pk=zenon.member.pk)
    organizations.remove_member(member.pk, actor=cast.dora.actor, version=member.version)
    organizations.forget_member(member.pk, actor=cast.dora.actor)
    assert Handover.objects.get().failure == f"former member {member.pk} ma zły NIP"
