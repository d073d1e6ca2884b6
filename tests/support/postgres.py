"""A private PostgreSQL: its own cluster in a temporary folder on a free port, gone when the block ends.

Used by the tests and by `bench/`. Needs only Debian's `postgresql` package; never touches a cluster of the machine.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg

from tests.support.processes import die_with_parent, free_port

_OWNER = "akcept"

#: A cluster that lives for minutes: nothing has to survive a power cut, nobody may wait for ever.
_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "statement_timeout": "60s",
    "lock_timeout": "30s",
    "max_connections": "80",
}


class Unavailable(RuntimeError):
    """PostgreSQL is not installed or does not start; the text says what to do."""


class Postgres:
    """A started cluster."""

    def __init__(self, *, settings: Mapping[str, str] | None = None) -> None:
        self._programs = _programs()
        self._account = _account()
        # Not below pytest's own folder: that one belongs to root alone, and a socket's path must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="akcept-pg-"))
        if self._account:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        try:
            self._initialise()
            self._start(_THROWAWAY if settings is None else settings)
        except BaseException:
            self.stop()
            raise

    def _run_as(self) -> dict[str, Any]:
        if not self._account:
            return {}
        return {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}

    def _initialise(self) -> None:
        done = subprocess.run(
            [
                *(self._programs / "initdb", "-D", self.folder / "data"),
                *("-U", _OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"),
            ],
            cwd=self.folder,
            env={**os.environ, "TZ": "UTC"},
            capture_output=True,
            text=True,
            check=False,
            **self._run_as(),
        )
        if done.returncode:
            raise Unavailable(f"PostgreSQL's initdb failed: {done.stderr.strip()}")

    def _start(self, settings: Mapping[str, str]) -> None:
        self.port = free_port()
        log = (self.folder / "log").open("wb")
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.folder), **settings}
        with log:
            self._server = subprocess.Popen(
                [
                    *(self._programs / "postgres", "-D", self.folder / "data", "-p", str(self.port)),
                    *(f"--{name}={value}" for name, value in options.items()),
                ],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is pytest's; the cluster ends by `stop`
                preexec_fn=die_with_parent,
                **self._run_as(),
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self._server.poll() is None:
            with contextlib.suppress(psycopg.OperationalError):
                self.run("SELECT 1")
                return
            time.sleep(0.05)
        raise Unavailable(f"PostgreSQL does not start: {(self.folder / 'log').read_text()[-2000:]}")

    def url(self, database: str) -> str:
        """Return the address of a database for `AKCEPT_DATABASE_URL`."""
        return f"postgres://{_OWNER}@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str) -> None:
        """Execute one statement outside a transaction, in the cluster's `postgres` database."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def create_database(self, name: str, *, template: str = "template0") -> str:
        """Create a database, as a copy of `template`, and return its address."""
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database and whoever is still connected to it."""
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def program(self, name: str) -> Path:
        """Return the path of a PostgreSQL program of the same version, such as `pgbench`."""
        return self._programs / name

    def stop(self) -> None:
        """End the server and remove its folder."""
        server = getattr(self, "_server", None)
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait(15)
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def postgres(*, settings: Mapping[str, str] | None = None) -> Iterator[Postgres]:
    """Run a private cluster for the length of a `with` block.

    `settings` are server settings; without them the cluster trades durability for speed, which is right for
    tests and wrong for measuring: pass `{}` for PostgreSQL's own defaults (fsync and synchronous_commit on).
    """
    cluster = Postgres(settings=settings)
    try:
        yield cluster
    finally:
        cluster.stop()


def _programs() -> Path:
    """Return the folder of the newest PostgreSQL server programs: Debian keeps them off the PATH."""
    if chosen := os.environ.get("AKCEPT_POSTGRES_BIN"):
        return Path(chosen)
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise Unavailable("PostgreSQL is not installed: apt-get install postgresql")
    return Path(on_path).resolve().parent


def _account() -> pwd.struct_passwd | None:
    """Return whom the server runs as when we are root (which it refuses to be), else None: as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Unavailable("PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody`")
