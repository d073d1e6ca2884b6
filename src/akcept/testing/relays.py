"""Handing on what happened, at once and in this process."""

from __future__ import annotations

from akcept.journal import relay


def deliver() -> relay.Count:
    """Run the relay until nothing is due; return what it did in all."""
    total = relay.Count()
    while (count := relay.run_once()).claimed:
        total.done += count.done
        total.skipped += count.skipped
        total.failed += count.failed
        total.dead += count.dead
    return total
