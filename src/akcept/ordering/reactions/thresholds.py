"""Looks, after an order took money of budgets, whether its owner wants to hear how much of one is used by now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from akcept.budgets import thresholds
from akcept.journal import subscribers
from akcept.journal.models import Entry
from akcept.kernel.clock import utc_now
from akcept.ordering import topics

SUBSCRIBER: Final = "ordering.budget_thresholds"
_NOW: Final = ("now",)


def connect() -> None:
    """Register the subscriber; called once, when the room's app is ready."""
    subscribers.register(
        SUBSCRIBER,
        topics=[topics.PLACED, topics.RESUBMITTED, topics.AMENDED, topics.REPRICED],
        targets=_targets,
        at_once=True,
        handle=_look,
        transactional=True,
    )


def _targets(entry: Entry) -> Iterable[str]:
    """Return one look for an order that budgets bind, or may bind."""
    return _NOW if entry.payload.get("budgets", True) else ()


def _look(entry: Entry, _target: str) -> None:
    if entry.organization_id is not None:
        thresholds.look_at(entry.payload["order_id"], organization_id=entry.organization_id, now=utc_now())
