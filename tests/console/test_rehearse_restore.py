"""`manage.py rehearse_restore`: what was backed up comes back, and what does not is named."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from akcept.budgets.models import LedgerRow
from akcept.console import rehearsal
from akcept.journal.models import Entry
from akcept.ordering import actions
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.support.databases import Private


def _rehearse(file: Path, **options: Any) -> str:
    out = io.StringIO()
    call_command("rehearse_restore", "--language=en", str(file), stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "shop.dump"


def test_everything_comes_back_and_nothing_is_left_beside(each_database: Private, cast: Cast, backup: Path) -> None:
    placed = orders.place(cast.anna)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    databases = _databases()
    said = _rehearse(backup)
    assert "the journal is intact" in said
    assert backup.stat().st_size > 0
    assert _databases() == databases
    assert orders.order(placed).status == "unhandled", "the shop goes on with its own database"


def _databases() -> list[str]:
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def _lose_an_entry() -> None:
    Entry.objects.filter(topic="order.placed").delete()


def _change_a_word() -> None:
    Entry.objects.filter(topic="order.placed").update(actor_name="Somebody Else")


@pytest.mark.parametrize(
    ("damage", "said"),
    [(_lose_an_entry, "rows of akcept_journal_entry: 1, restored: 0"), (_change_a_word, "its content was changed")],
)
def test_a_restored_database_that_differs_is_refused(
    each_database: Private,
    cast: Cast,
    backup: Path,
    damage: Callable[[], None],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    orders.place(cast.anna)
    restored = rehearsal.restored

    @contextmanager
    def damaged(file: Path, *, into: str) -> Iterator[None]:
        with restored(file, into=into):
            damage()
            yield

    monkeypatch.setattr(rehearsal, "restored", damaged)
    with pytest.raises(CommandError, match=said):
        _rehearse(backup)
    assert Entry.objects.get(topic="order.placed").actor_name != "Somebody Else"
    assert not LedgerRow.objects.exists()


def test_a_file_that_is_there_is_never_overwritten(each_database: Private, backup: Path) -> None:
    backup.write_text("the only one")
    with pytest.raises(CommandError, match="already exists"):
        _rehearse(backup)
    assert backup.read_text() == "the only one"


def test_a_folder_that_is_not_there_is_told_before_anything_is_read(sqlite_file: Private, backup: Path) -> None:
    with pytest.raises(CommandError, match="missing is not a folder this user may write to"):
        _rehearse(backup.parent / "missing" / "backup")
    assert not (backup.parent / "missing").exists()


def test_a_missing_program_is_said_in_words(pg: Private, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CommandError, match="pg_dump is not installed here"):
        _rehearse(backup)
