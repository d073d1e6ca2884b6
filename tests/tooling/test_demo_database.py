"""`make demo` opens a shop in which the people it prints can log in, whatever was run in the folder before."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tools import demo
from tools.demo import has_people
from tools.supervisor import Program


def _database(path: Path, *statements: str) -> Path:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ((), False),  # a command only connected
        (("CREATE TABLE accounts_user (id integer)",), False),  # `manage.py migrate`
        (("CREATE TABLE accounts_user (id integer)", "INSERT INTO accounts_user VALUES (1)"), True),
    ],
)
def test_h1_a_database_without_people_is_no_demo(tmp_path: Path, statements: tuple[str, ...], *, found: bool) -> None:
    assert has_people(_database(tmp_path / "with space ą.sqlite3", *statements)) is found


def test_h1_no_database_is_none(tmp_path: Path) -> None:
    assert not has_people(tmp_path / "none.sqlite3")
    assert not (tmp_path / "none.sqlite3").exists()


def test_h5_what_the_relay_says_is_in_the_language_of_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Program] = []

    class Told:
        def __init__(self, programs: list[Program], *, env: dict[str, str]) -> None:
            started.extend(programs)

        def run(self) -> int:
            return 0

    monkeypatch.setattr(demo, "Supervisor", Told)
    monkeypatch.setattr(demo, "require_free_port", lambda port: None)
    monkeypatch.setattr(demo, "_announce", lambda url: None)
    demo._serve(8000, {})
    (relay,) = [list(each.command) for each in started if each.name == "relay"]
    done = subprocess.run(
        [*relay, "--interval", "0"], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert "is not a number of seconds greater than 0" in done.stderr
