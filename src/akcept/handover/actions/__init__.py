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
from akcept.handover.actions.supplying import ROWS_LIMIT, PriceRow, StockRow, Supplied, set_prices, set_stock

__all__ = [
    "CLAIM_LIMIT",
    "EXPORT_LIMIT",
    "LONGEST_MINUTES",
    "NUMBERS_LIMIT",
    "NUMBER_LIMIT",
    "ROWS_LIMIT",
    "TEXT_LIMIT",
    "Acknowledged",
    "LeaseLost",
    "Leased",
    "Marked",
    "PriceRow",
    "StockRow",
    "Supplied",
    "acknowledge",
    "claim",
    "mark_exported",
    "report_failure",
    "set_prices",
    "set_stock",
    "undo_export",
    "unmark",
]
