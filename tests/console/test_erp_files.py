"""Issue 12, point 8: `manage.py erp_files` writes each accepted order once, whole, wherever it is killed."""

from __future__ import annotations

import fcntl
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from lxml import etree

from akcept.console import erp_folder
from akcept.console.management.commands import erp_files
from akcept.ordering import actions
from akcept.testing import orders
from akcept.testing.cast import Cast
from akcept.transactions.commanding import LATER
from tests.fulfilment.schemas import order_schema
from tests.support.statements import statements


class Killed(BaseException):
    """The process ends here."""


def _accepted(cast: Cast, **terms: Any) -> str:
    placed = orders.place(cast.anna, **terms)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    return placed.order_number


def _run(folder: Path, *more: str) -> str:
    out = io.StringIO()
    call_command("erp_files", "--language=en", str(folder), *more, stdout=out, stderr=out)
    return out.getvalue()


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_each_order_is_a_file_once_and_held_ones_are_none(cast: Cast, tmp_path: Path) -> None:
    first, held = _accepted(cast), orders.place(cast.anna).order_number
    assert "1 order written" in _run(tmp_path)
    assert _files(tmp_path) == [f"{first}.json"]
    assert json.loads((tmp_path / f"{first}.json").read_text())["order_gross"] == "111.93"
    (tmp_path / f"{first}.json").unlink()  # the ERP has taken it
    assert "0 orders written" in _run(tmp_path)
    assert _files(tmp_path) == []
    actions.accept(held, actor=cast.ben.actor, version=1)
    private = orders.place(cast.paul, lines=1).order_number
    _run(tmp_path)
    assert _files(tmp_path) == sorted([f"{held}.json", f"{private}.json"])


def test_the_formats(cast: Cast, tmp_path: Path) -> None:
    number = _accepted(cast)
    for kind in ("ubl", "csv"):
        (tmp_path / kind).mkdir()
        _run(tmp_path / kind, "--format", kind)
    assert order_schema().validate(etree.parse(tmp_path / "ubl" / f"{number}.xml"))
    assert (tmp_path / "csv" / f"{number}.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_what_the_shop_cancelled_and_what_ended_unaccepted_is_not_written(cast: Cast, tmp_path: Path) -> None:
    cancelled, rejected = _accepted(cast), orders.place(cast.anna).order_number
    apps.get_model("order.Order").objects.filter(number=cancelled).update(status="cancelled")
    actions.reject(rejected, actor=cast.ben.actor, version=1, reason="nie")
    _run(tmp_path)
    assert _files(tmp_path) == []


def test_one_taken_back_is_named_and_written_anew_once_accepted_again(cast: Cast, tmp_path: Path) -> None:
    number = _accepted(cast)
    _run(tmp_path)
    (tmp_path / f"{number}.json").unlink()
    case = apps.get_model("akcept_approvals.Case").objects.get(order__number=number)
    actions.revoke(number, actor=cast.ben.actor, version=case.version, reason="Pomyłka")
    assert f"Order {number} was written, but the customer has withdrawn their acceptance since." in _run(tmp_path)
    assert _files(tmp_path) == []
    case.refresh_from_db()
    actions.accept(number, actor=cast.ben.actor, version=case.version)
    _run(tmp_path)
    assert _files(tmp_path) == [f"{number}.json"]


def _killed_at(line: int, folder: Path) -> bool:
    """Run the command and end it at the n-th line of ours that it comes to; False where it was done before."""
    ours, seen = {erp_folder.__file__, erp_files.__file__}, 0

    def trace(frame: Any, event: str, _argument: Any) -> Any:
        nonlocal seen
        if frame.f_code.co_filename not in ours:
            return None
        if event == "line":
            seen += 1
            if seen == line:
                raise Killed
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        _run(folder)
    except Killed:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.slow
def test_killed_at_any_line_it_loses_and_doubles_nothing(cast: Cast, tmp_path: Path) -> None:
    numbers = [_accepted(cast, lines=1) for _n in range(2)]
    whole_folder = tmp_path / "whole"
    whole_folder.mkdir()
    _run(whole_folder)
    right = {name: (whole_folder / name).read_bytes() for name in _files(whole_folder)}
    assert sorted(right) == sorted(f"{number}.json" for number in numbers)
    line = 1
    while True:
        folder = tmp_path / str(line)
        folder.mkdir()
        killed = _killed_at(line, folder)
        for name in _files(folder):
            assert (folder / name).read_bytes() == right[name], f"half a file after line {line}"
        _run(folder)
        assert {name: (folder / name).read_bytes() for name in _files(folder)} == right, line
        assert "0 orders written" in _run(folder)
        if not killed:
            break
        line += 1
    assert line > 40


def test_two_at_once_do_not_write_together(cast: Cast, tmp_path: Path) -> None:
    _accepted(cast)
    with (tmp_path / ".akcept-lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="Another process") as refused:
            _run(tmp_path)
    assert refused.value.returncode == LATER
    assert "1 order written" in _run(tmp_path)


def test_no_folder_and_days_out_of_reach_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is not a folder"):
        _run(tmp_path / "none")
    with pytest.raises(CommandError, match="--days"):
        _run(tmp_path, "--days", "0")


def test_a_folder_that_cannot_be_written_is_said(cast: Cast, tmp_path: Path) -> None:
    number = _accepted(cast)
    (tmp_path / f"{number}.json").mkdir()
    with pytest.raises(CommandError, match="cannot be written to"):
        _run(tmp_path)


def test_a_number_is_no_path(cast: Cast, tmp_path: Path) -> None:
    with erp_folder.opened(tmp_path) as folder:
        folder.write("../x/1", 0, suffix=".json", content=b"{}")
    assert (tmp_path / "..%2Fx%2F1.json").read_bytes() == b"{}"


def test_what_was_written_costs_one_statement_a_chunk(cast: Cast, tmp_path: Path) -> None:
    counts = []
    for expected in (1, 3):
        while apps.get_model("order.Order").objects.count() < expected:
            _accepted(cast)
        first = len(statements(lambda: _run(tmp_path)))
        counts.append((first, len(statements(lambda: _run(tmp_path)))))
    assert counts == [(7, 2), (7, 2)]
