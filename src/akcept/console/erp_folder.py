"""A folder that an ERP reads: each order a file, written whole or not at all, and once.

Beside the files lies a little database of what was written. A file is there before it is noted: a process killed in
between writes the same bytes under the same name once more, and never leaves an order out.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

NOTED: Final = ".akcept-written.sqlite3"
_LOCK: Final = ".akcept-lock"


class Busy(Exception):
    """Another process writes into the folder."""


class Folder:
    """The folder, while nobody else writes into it; see `opened`."""

    def __init__(self, path: Path, noted: sqlite3.Connection) -> None:
        self._path = path
        self._noted = noted

    @property
    def id(self) -> str:
        """What this folder is told from others by, wherever it is mounted; made the first time it is asked for."""
        self._noted.execute("CREATE TABLE IF NOT EXISTS folder (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT)")
        self._noted.execute("INSERT OR IGNORE INTO folder (one, id) VALUES (1, ?)", (secrets.token_hex(16),))
        return str(self._noted.execute("SELECT id FROM folder").fetchone()[0])

    def new_among(self, orders: Iterable[tuple[int, str, int]]) -> dict[int, tuple[str, int]]:
        """Return, by key, number and version of those that were not written in this version."""
        found: dict[int, tuple[str, int]] = {}
        for key, number, version in orders:
            row = self._noted.execute("SELECT version FROM written WHERE number = ?", (number,)).fetchone()
            if row is None or row[0] != version:
                found[key] = (number, version)
        return found

    def has(self, number: str) -> bool:
        """Whether an order was ever written here."""
        return self._noted.execute("SELECT 1 FROM written WHERE number = ?", (number,)).fetchone() is not None

    def write(self, number: str, version: int, *, suffix: str, content: bytes) -> None:
        """Write an order's file, whole or not at all, then note it. Raises OSError."""
        name = f"{quote(number, safe='')}{suffix}"
        part = self._path / f".{name}.part"
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path / name)
        _sync(self._path)
        self._noted.execute("INSERT OR REPLACE INTO written (number, version) VALUES (?, ?)", (number, version))


@contextmanager
def opened(path: Path) -> Iterator[Folder]:
    """Open a folder for writing. Raises Busy while another process does, OSError, sqlite3.Error."""
    with (path / _LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        # Each statement is its own transaction, on the disk when it returns.
        with closing(sqlite3.connect(path / NOTED, isolation_level=None)) as noted:
            noted.execute("PRAGMA synchronous = FULL")
            noted.execute("CREATE TABLE IF NOT EXISTS written (number TEXT PRIMARY KEY, version INTEGER NOT NULL)")
            yield Folder(path, noted)


def _sync(path: Path) -> None:
    """Have the folder itself on the disk: a renamed file is in it for good."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
