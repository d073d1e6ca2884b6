"""Programs that tests start: always on a free port, always ended, their output kept for the failure message."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def die_with_parent() -> None:
    """Ask the kernel to end this process when the one that started it is gone, even by `kill -9`."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def manage(*arguments: str, input: str = "", **environment: str) -> str:
    """Run `manage.py` of the ready-to-run shop to its end and return what it printed; fails with it when it fails."""
    shop = {"DJANGO_SETTINGS_MODULE": "shop.settings", "AKCEPT_SECRET_KEY": "x" * 50}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **shop, **environment},
        input=input,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


class Running:
    """A started program."""

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str] | None = None) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  closed in `stop`
        self.process = subprocess.Popen(
            [*command],
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
        )

    @property
    def output(self) -> str:
        """Everything the program has printed so far."""
        self._log.flush()
        return os.pread(self._log.fileno(), 10_000_000, 0).decode(errors="replace")

    def wait_for_http(self, url: str, *, timeout: float = 40) -> None:
        """Return when `url` answers with any status; raise with the output when the program ends or is too slow."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(url, timeout=5).close()  # noqa: S310  always our own http:// address
                return
            except urllib.error.HTTPError:
                return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                pass
            time.sleep(0.05)
        raise AssertionError(f"{url} does not answer; the program said:\n{self.output}")

    def wait_for_output(self, text: str, *, timeout: float = 40) -> None:
        """Return when the program has printed `text`; raise with the output when it ends or is too slow."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if text in self.output:
                return
            if self.process.poll() is not None and text not in self.output:
                break
            time.sleep(0.05)
        raise AssertionError(f"{text!r} was not printed; the program said:\n{self.output}")

    def kill(self) -> None:
        """End the program and what it started (a server's workers) as a power cut does."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        children = [int(pid) for pid in listed.read_text().split()] if listed.exists() else []
        for pid in [self.process.pid, *children]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, *, timeout: float = 20) -> int:
        """Ask the program to end, insist when it does not; return its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.wait()

    def close(self) -> None:
        """Stop the program and forget its output."""
        self.stop()
        self._log.close()


@contextlib.contextmanager
def running(command: Sequence[str], *, env: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Run a program for the length of a `with` block."""
    program = Running(command, env=env)
    try:
        yield program
    finally:
        program.close()
