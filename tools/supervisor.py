"""Two programs, one terminal: the server and the relay beside it, started, watched and ended together."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from tools.steps import ROOT, die_with_parent

_GRACE = 12.0  # seconds between asking a program to end and insisting
_STEADY = 30.0  # a program that lived this long had started well: restart it at once when it falls
_LONGEST_PAUSE = 30.0


@dataclass(kw_only=True)
class Program:
    """A program to keep running; when an `essential` one ends, everything ends."""

    name: str
    command: Sequence[str]
    essential: bool
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    falls: int = 0
    due: float = 0.0  # when to start it (again), in the monotonic clock's seconds
    reader: threading.Thread | None = field(default=None, repr=False)


class Supervisor:
    """Runs programs until one essential ends or somebody says stop."""

    def __init__(self, programs: Sequence[Program], *, env: Mapping[str, str]) -> None:
        self._programs = programs
        self._env = dict(env)
        self._width = max(len(program.name) for program in programs)
        self._stopping = threading.Event()
        self._asked_by: int | None = None

    def run(self) -> int:
        """Run everything; return 0 when asked to stop (Ctrl-C, SIGTERM), 1 when an essential program ended."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)
        try:
            while not self._stopping.is_set():
                for program in self._programs:
                    if program.process is None and time.monotonic() >= program.due:
                        self._start(program)
                    elif program.process is not None and program.process.poll() is not None and self._fell(program):
                        return 1
                self._stopping.wait(0.2)
            print("\n  stopping…" if self._asked_by == signal.SIGINT else "  stopping…", flush=True)
            return 0
        finally:
            self._stop_all()

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked_by = number
        self._stopping.set()

    def _start(self, program: Program) -> None:
        program.process = subprocess.Popen(
            program.command,
            cwd=ROOT,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C reaches us alone; we end the others in order
            preexec_fn=die_with_parent,
        )
        program.started = time.monotonic()
        program.reader = threading.Thread(target=self._relay_output, args=(program,), daemon=True)
        program.reader.start()

    def _relay_output(self, program: Program) -> None:
        process = program.process
        if process is None or process.stdout is None:
            return
        with process.stdout as output:
            for line in output:
                sys.stdout.write(f"{program.name:>{self._width}} | {line.rstrip()}\n")
                sys.stdout.flush()

    def _fell(self, program: Program) -> bool:
        """Take note of a program that ended by itself; True when nothing can go on without it."""
        code = program.process.returncode if program.process else None
        self._drain(program)
        program.process = None
        if program.essential:
            print(f"akcept: the {program.name} ended by itself (exit status {code})", file=sys.stderr, flush=True)
            return True
        lived = time.monotonic() - program.started
        program.falls = 1 if lived > _STEADY else program.falls + 1
        pause = min(_LONGEST_PAUSE, 2.0 ** (program.falls - 1))
        program.due = time.monotonic() + pause
        print(f"  the {program.name} ended (exit status {code}); starting it again in {pause:.0f} s", flush=True)
        return False

    def _drain(self, program: Program) -> None:
        if program.reader is not None:
            program.reader.join(2)

    def _stop_all(self) -> None:
        running = [program for program in self._programs if program.process and program.process.poll() is None]
        for program in running:
            if program.process:
                program.process.terminate()
        deadline = time.monotonic() + _GRACE
        for program in running:
            if program.process:
                try:
                    program.process.wait(max(0.1, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    program.process.kill()
                    program.process.wait()
            self._drain(program)
