"""`make demo` keeps two programs running and ends them together."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator

import pytest

from tests.support.processes import Running

_STEADY = "import time; print('here', flush=True); time.sleep(600)"
_FALLING = "print('one line', flush=True); raise SystemExit(3)"
_STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
)


def _supervise(server: str, relay: str) -> Running:
    program = f"""
import os, sys
from tools import supervisor
from tools.supervisor import Program, Supervisor
supervisor._GRACE = 1.0
print("supervisor", os.getpid(), flush=True)
sys.exit(Supervisor([
    Program(name="server", command=[sys.executable, "-c", {server!r}], essential=True),
    Program(name="relay", command=[sys.executable, "-c", {relay!r}], essential=False),
], env=dict(os.environ)).run())
"""
    return Running([sys.executable, "-c", program])


@pytest.fixture
def started() -> Iterator[list[Running]]:
    programs: list[Running] = []
    yield programs
    for program in programs:
        program.close()


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return [int(child) for child in children.read().split()]


def _is_gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        with open(f"/proc/{pid}/stat") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "Z":
                return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_both_end_cleanly_when_asked(started: list[Running], how: signal.Signals) -> None:
    running = _supervise(_STEADY, _STEADY)
    started.append(running)
    running.wait_for_output("server | here")
    running.wait_for_output(" relay | here")
    children = _children(running.process.pid)
    assert len(children) == 2
    running.process.send_signal(how)
    assert running.process.wait(10) == 0
    assert all(_is_gone(child) for child in children)


def test_a_relay_that_falls_is_started_again_after_a_growing_pause(started: list[Running]) -> None:
    running = _supervise(_STEADY, _FALLING)
    started.append(running)
    running.wait_for_output("the relay ended (exit status 3); starting it again in 2 s")
    assert running.output.count(" relay | one line") == 2
    assert running.process.poll() is None, "the shop goes on without it"


def test_everything_ends_when_the_server_does(started: list[Running]) -> None:
    running = _supervise("print('cannot', flush=True); raise SystemExit(3)", _STEADY)
    started.append(running)
    assert running.process.wait(15) == 1
    assert "server | cannot" in running.output
    assert "akcept: the server ended by itself (exit status 3)" in running.output


def test_a_program_deaf_to_the_request_is_ended_all_the_same(started: list[Running]) -> None:
    running = _supervise(_STUBBORN, _STEADY)
    started.append(running)
    running.wait_for_output("server | deaf")
    children = _children(running.process.pid)
    running.process.terminate()
    assert running.process.wait(10) == 0
    assert all(_is_gone(child) for child in children)


def test_nothing_stays_when_the_supervisor_itself_is_killed(started: list[Running]) -> None:
    running = _supervise(_STEADY, _STEADY)
    started.append(running)
    running.wait_for_output("server | here")
    running.wait_for_output(" relay | here")
    children = _children(running.process.pid)
    running.kill()
    assert all(_is_gone(child) for child in children)
