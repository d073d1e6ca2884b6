"""A private Redis: its own server in a temporary folder, on a socket of its own; gone when the block ends.

Needs only Debian's `redis-server` package; never touches a Redis of the machine.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as NotThere

from tests.support.processes import die_with_parent


class RedisServer:
    """A Redis that can be started, stopped and started again at the same address."""

    def __init__(self) -> None:
        # Not below pytest's own folder: a socket's path must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="akcept-redis-"))
        self._socket = self.folder / "socket"
        self.url = f"unix://{self._socket}?db=0"
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it with nothing in it; raises RuntimeError with what it said where it does not answer."""
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("Redis is not installed: apt-get install redis-server")
        options = {"port": "0", "unixsocket": str(self._socket), "save": "", "appendonly": "no"}
        with (self.folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                [program, *(part for name, value in options.items() for part in (f"--{name}", value))],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is pytest's; the server ends by `stop`
                preexec_fn=die_with_parent,
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self._server.poll() is None:
            try:
                self.client().ping()
                return
            except NotThere:
                time.sleep(0.02)
        raise RuntimeError(f"Redis does not start: {(self.folder / 'log').read_text()[-2000:]}")

    def client(self) -> Redis:
        """Return a client of its own."""
        return Redis.from_url(self.url, protocol=2)

    def stop(self) -> None:
        """End the server; it keeps nothing."""
        if self._server is not None and self._server.poll() is None:
            self._server.kill()
            self._server.wait(15)
        self._socket.unlink(missing_ok=True)

    def close(self) -> None:
        """End the server and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
