"""`manage.py send_webhooks`: sends what the relay wrote for other systems. Run one beside the relay, or several."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from django.core.management.base import CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils.translation import gettext as _

from akcept.kernel.clock import utc_now
from akcept.transactions import commanding
from akcept.webhooks import sending
from akcept.webhooks.sending import Count, Turn

_HOUR = 3600


class Command(commanding.Command):
    """Sends webhooks until it is stopped."""

    help = "Sends webhooks that are due, several receivers at once, until stopped with SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--once", action="store_true", help="send what is due now, then end")
        parser.add_argument("--interval", default="0.5", help="seconds between looks when idle (0.5)")
        parser.add_argument("--workers", type=int, default=8, help="how many receivers are sent to at once (8)")

    def handle(self, *, once: bool, interval: str, workers: int, **_options: Any) -> None:
        """Loop: as many receivers at once as there are workers, each by one of them."""
        pause = commanding.pause(interval)
        self.stop = threading.Event()
        if once:
            self._once()
            return
        if threading.current_thread() is threading.main_thread():
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: self.stop.set())
        self.stdout.write(_("webhooks: ready"))
        with ThreadPoolExecutor(max(1, workers), thread_name_prefix="webhooks") as pool:
            self._loop(pool, workers=max(1, workers), interval=max(0.05, pause))
        self.stdout.write(_("webhooks: stopped"))

    def _once(self) -> None:
        total = Count()
        while (done := sending.run_once()).tried:
            total += done
        sending.forget_old(now=utc_now())
        self._say(total)

    def _loop(self, pool: ThreadPoolExecutor, *, workers: int, interval: float) -> None:
        busy: set[Future[Count]] = set()
        forgot = 0.0
        while not self.stop.is_set():
            turns = self._claimed(workers - len(busy))
            busy |= {pool.submit(self._serve, turn) for turn in turns}
            if not turns:
                self.stop.wait(interval)
            done, busy = wait(busy, timeout=0 if len(busy) < workers else interval, return_when=FIRST_COMPLETED)
            for each in done:
                self._say(each.result())
            if time.monotonic() - forgot > _HOUR:
                forgot = time.monotonic()
                self._guarded(lambda: sending.forget_old(now=utc_now()))

    def _claimed(self, free: int) -> list[Turn]:
        close_old_connections()
        found: list[Turn] = []
        self._guarded(lambda: found.extend(sending.claimed(limit=free, now=utc_now())))
        return found

    def _serve(self, turn: Turn) -> Count:
        """Serve one endpoint, in a thread with a connection of its own; what fails comes due again by itself."""
        done: list[Count] = []
        try:
            self._guarded(lambda: done.append(sending.serve(turn, stopped=self.stop.is_set)))
        finally:
            connection.close()
        return done[0] if done else Count()

    def _guarded(self, work: Any) -> None:
        try:
            work()
        except (InterfaceError, OperationalError) as error:
            told = _("webhooks: the database cannot be reached, trying again: %(reason)s")
            self.stderr.write(told % {"reason": commanding.first_line(error)})
            self.stop.wait(2)

    def _say(self, count: Count) -> None:
        if count.tried:
            told = _("webhooks: delivered %(delivered)d, to be tried again %(failed)d, given up %(dead)d")
            words = {"delivered": count.delivered, "failed": count.failed, "dead": count.dead}
            self.stdout.write(told % words)
