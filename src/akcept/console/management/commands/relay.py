"""`manage.py relay`: hands journal entries on. Run one beside the web process, or several on several machines."""

from __future__ import annotations

import math
import signal
import threading
import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils.translation import gettext as _

from akcept.journal import relay
from akcept.ordering.reactions import ticking
from akcept.transactions import commanding

_MINUTE = 60


class Command(commanding.Command):
    """Sends mails and tells subscribers what happened, until it is stopped."""

    help = "Hands journal entries to their subscribers (mails, Oscar's signals) until stopped with SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--once", action="store_true", help="hand on what is due now, then end")
        parser.add_argument("--interval", default="0.5", help="seconds between looks when idle (0.5)")

    def handle(self, *, once: bool, interval: str, **_options: Any) -> None:
        """Loop: at once while there is work, then every `interval` seconds; finish the current row when stopped."""
        pause = commanding.pause(interval)
        self.stop = threading.Event()
        if threading.current_thread() is threading.main_thread():
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: self.stop.set())
        self.stdout.write(_("relay: ready"))
        ticked = -math.inf
        while not self.stop.is_set():
            if time.monotonic() - ticked >= _MINUTE:
                ticked = time.monotonic()
                self._tick(once=once)
            claimed = self._round(once=once)
            if once and claimed == 0:
                return
            if claimed == 0:
                self.stop.wait(pause)
        self.stdout.write(_("relay: stopped"))

    def _tick(self, *, once: bool) -> None:
        """Let time do to waiting orders what it does; see `manage.py tick`."""
        close_old_connections()
        try:
            done = ticking.tick(stopped=self.stop.is_set)
        except (InterfaceError, OperationalError) as error:
            self._unreachable(error, once=once)
            return
        if done:
            self.stdout.write(f"relay: {ticking.told(done)}")

    def _unreachable(self, error: Exception, *, once: bool) -> None:
        reason = commanding.first_line(error)
        if once:
            told = _("relay: the database cannot be reached, nothing is lost: %(reason)s")
            raise CommandError(told % {"reason": reason}, returncode=commanding.LATER) from error
        # The database restarts or is busy: what was claimed comes due again by itself.
        told = _("relay: the database cannot be reached, trying again: %(reason)s")
        self.stderr.write(told % {"reason": reason})
        self.stop.wait(2)

    def _round(self, *, once: bool) -> int:
        close_old_connections()
        try:
            count = relay.run_once(stopped=self.stop.is_set)
        except (InterfaceError, OperationalError) as error:
            self._unreachable(error, once=once)
            return 0
        if count.claimed:
            told = _(
                "relay: done %(done)d, no longer needed %(skipped)d, to be tried again %(failed)d, given up %(dead)d"
            )
            words = {"done": count.done, "skipped": count.skipped, "failed": count.failed, "dead": count.dead}
            self.stdout.write(told % words)
        return count.claimed
