"""`manage.py tick`: reminders, escalation and expiry of waiting orders. For cron; the relay does the same by itself."""

from __future__ import annotations

from typing import Any

from akcept.ordering.reactions import ticking
from akcept.transactions import commanding


class Command(commanding.Command):
    """Looks once through the orders that wait; running it twice, or beside the relay, does nothing twice."""

    help = "Reminds of waiting orders, escalates and ends those whose term has passed. Safe to run at any time."

    def handle(self, **_options: Any) -> None:
        """Do what is due now and say how much it was."""
        self.stdout.write(ticking.told(ticking.tick()))
