"""Handing the shop's work to other systems. A public function here is a whole transaction."""

from akcept.handover.actions.exporting import EXPORT_LIMIT, NUMBERS_LIMIT, Marked, mark_exported, undo_export, unmark
from akcept.handover.actions.leasing import (
    CLAIM_LIMIT,
    LONGEST_MINUTES,
    NUMBER_LIMIT,
    TEXT_LIMIT,
    Acknowledged,
    Leased,
    LeaseLost,
    acknowledge,
    claim,
    report_failure,
)

__all__ = [
    "CLAIM_LIMIT",
    "EXPORT_LIMIT",
    "LONGEST_MINUTES",
    "NUMBERS_LIMIT",
    "NUMBER_LIMIT",
    "TEXT_LIMIT",
    "Acknowledged",
    "LeaseLost",
    "Leased",
    "Marked",
    "acknowledge",
    "claim",
    "mark_exported",
    "report_failure",
    "undo_export",
    "unmark",
]
