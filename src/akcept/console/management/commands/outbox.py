"""`manage.py outbox`: what still has to be handed on, what was given up and why."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from akcept.journal import actions, queries
from akcept.transactions import commanding
from akcept.transactions.commanding import counted


class Command(commanding.Command):
    """Shows the outbox; can set given-up deliveries going again."""

    help = "Shows how many deliveries are due, done, not needed or given up, and why the latest ones fail."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--retry-dead", action="store_true", help="try given-up deliveries again from now on")

    def handle(self, *, retry_dead: bool, **_options: Any) -> None:
        """Print counts and troubles."""
        if retry_dead:
            self.stdout.write(f"{counted(actions.retry_dead(), 'delivery', 'deliveries')} will be tried again.")
        for state, number in sorted(queries.outbox().items()):
            self.stdout.write(f"{state:8} {number}")
        for delivery in queries.troubled(limit=20):
            tried = counted(delivery.attempts, "attempt")
            self.stdout.write(
                f"{delivery.state} after {tried}: {delivery.subscriber} {delivery.target}"
                f" of entry {delivery.entry_id}: {delivery.detail}"
            )
