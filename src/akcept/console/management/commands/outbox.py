"""`manage.py outbox`: what still has to be handed on, what was given up and why."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import ngettext

from akcept.journal import actions, queries
from akcept.journal.models import Delivery
from akcept.transactions import commanding


class Command(commanding.Command):
    """Shows the outbox; can set given-up deliveries going again."""

    help = "Shows how many deliveries are due, done, not needed or given up, and why the latest ones fail."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--retry-dead", action="store_true", help="try given-up deliveries again from now on")

    def handle(self, *, retry_dead: bool, **_options: Any) -> None:
        """Print counts and troubles."""
        if retry_dead:
            again = actions.retry_dead()
            told = ngettext("%(n)d delivery will be tried again.", "%(n)d deliveries will be tried again.", again)
            self.stdout.write(told % {"n": again})
        for state, number in sorted(queries.outbox().items()):
            self.stdout.write(f"{_state(state):16} {number}")
        for delivery in queries.troubled(limit=20):
            told = ngettext(
                "%(state)s after %(n)d attempt: %(what)s of entry %(entry)d: %(reason)s",
                "%(state)s after %(n)d attempts: %(what)s of entry %(entry)d: %(reason)s",
                delivery.attempts,
            )
            words = {"state": _state(delivery.state), "n": delivery.attempts, "entry": delivery.entry_id}
            what = f"{delivery.subscriber} {delivery.target}"
            self.stdout.write(told % (words | {"what": what, "reason": delivery.detail}))


def _state(state: str) -> str:
    return str(Delivery.State(state).label)
