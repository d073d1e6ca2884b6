"""Whose turn it is with an order that waits: those asked, or the requester who has it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from akcept.approvals.models import Case
from akcept.ordering.actions.parts.locked import asked_payload
from akcept.organizations.seats import Person


def turn(case: Case, people: Sequence[Person] | None) -> dict[str, Any]:
    """Return how the journal keeps it; `people` are those asked, None for an order that was sent back."""
    if people is None:
        return {"returned": True, "asked": [], "asked_ids": [], "requester_id": case.requester.user_id}
    return {"returned": False, "requester_id": case.requester.user_id, **asked_payload(list(people))}
