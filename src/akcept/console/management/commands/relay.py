"""`manage.py relay`: hands journal entries on. Run one beside the web process, or several on several machines."""

from __future__ import annotations

import argparse
import math
import signal
import threading
import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections

from akcept.journal import relay
from akcept.ordering.reactions.ticking import tick
from akcept.transactions import commanding

_HOUR = 3600
_MINUTE = 60


def _seconds(text: str) -> float:
    """Read a pause; at 0 an idle relay would ask the database without end."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= _HOUR:  # "nan" neither
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above 0, up to {_HOUR}")
    return seconds


class Command(commanding.Command):
    """Sends mails and tells subscribers what happened, until it is stopped."""

    help = "Hands journal entries to their subscribers (mails, Oscar's signals) until stopped with SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--once", action="store_true", help="hand on what is due now, then end")
        parser.add_argument("--interval", type=_seconds, default=0.5, help="seconds between looks when idle (0.5)")

    def handle(self, *, once: bool, interval: float, **_options: Any) -> None:
        """Loop: at once while there is work, then every `interval` seconds; finish the current row when stopped."""
        self.stop = threading.Event()
        if threading.current_thread() is threading.main_thread():
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: self.stop.set())
        self.stdout.write("relay: ready")
        ticked = -math.inf
        while not self.stop.is_set():
            if time.monotonic() - ticked >= _MINUTE:
                ticked = time.monotonic()
                self._tick(once=once)
            claimed = self._round(once=once)
            if once and claimed == 0:
                return
            if claimed == 0:
                self.stop.wait(interval)
        self.stdout.write("relay: stopped")

    def _tick(self, *, once: bool) -> None:
        """Let time do to waiting orders what it does; see `manage.py tick`."""
        close_old_connections()
        try:
            done = tick(stopped=self.stop.is_set)
        except (InterfaceError, OperationalError) as error:
            self._unreachable(error, once=once)
            return
        if done:
            told = ", ".join(f"{number} {what.value}" for what, number in sorted(done.items()))
            self.stdout.write(f"relay: waiting orders: {told}")

    def _unreachable(self, error: Exception, *, once: bool) -> None:
        if once:
            told = f"relay: database not reachable, nothing is lost: {commanding.first_line(error)}"
            raise CommandError(told, returncode=commanding.LATER) from error
        # The database restarts or is busy: what was claimed comes due again by itself.
        self.stderr.write(f"relay: database not reachable, trying again: {commanding.first_line(error)}")
        self.stop.wait(2)

    def _round(self, *, once: bool) -> int:
        close_old_connections()
        try:
            count = relay.run_once(stopped=self.stop.is_set)
        except (InterfaceError, OperationalError) as error:
            self._unreachable(error, once=once)
            return 0
        if count.claimed:
            self.stdout.write(
                f"relay: {count.done} done, {count.skipped} not needed, "
                f"{count.failed} to try again, {count.dead} given up"
            )
        return count.claimed
