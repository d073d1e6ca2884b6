"""The rows of a budget's ledger as a file."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy

from akcept.budgets.bulk.columns import column
from akcept.budgets.labels import KIND_LABELS
from akcept.budgets.models import Budget
from akcept.budgets.queries import LedgerLine
from akcept.organizations.bulk.columns import Column
from akcept.organizations.bulk.sheets import Cell


def ledger_columns(zone: str) -> tuple[Column, ...]:
    """Return the columns of a file of ledger rows; times are those of a zone, which the heading names."""
    return (
        column("at", f"When ({zone})", f"Kiedy ({zone})", gettext_lazy("When it was booked, the latest first.")),
        column("what", "What", "Co", gettext_lazy("Held, released, spent, credited, corrected or transferred.")),
        column("order", "Order", "Zamówienie", gettext_lazy("Number of the order it was booked for.")),
        column("counterpart", "Other budget", "Drugi budżet", gettext_lazy("Of a transfer.")),
        column("who", "Who", "Kto", gettext_lazy("Who ordered, decided or booked.")),
        column("reason", "Reason", "Powód", gettext_lazy("What was said about it.")),
        column("original", "Order's value", "Wartość zamówienia", gettext_lazy("In the order's own currency.")),
        column("original_currency", "Order's currency", "Waluta zamówienia", ""),
        column("rate", "Rate", "Kurs", gettext_lazy("By which it was converted.")),
        column("rate_day", "Day of the rate", "Dzień kursu", ""),
        column("rate_source", "Table of the rate", "Tabela kursów", ""),
        column("amount", "Amount", "Kwota", gettext_lazy("Negative when it takes money, positive when it gives back.")),
        column("left", "Left", "Zostało", gettext_lazy("What was left in the period after this row.")),
        column("currency", "Currency", "Waluta", gettext_lazy("Of the budget.")),
    )


def ledger_cells(line: LedgerLine, budget: Budget) -> list[Cell]:
    """Return a row of the ledger as `ledger_columns` name its cells."""
    converted = line.rate is not None and line.rate_day is not None
    return [
        timezone.localtime(line.at).strftime("%Y-%m-%d %H:%M:%S"),
        str(KIND_LABELS[line.kind]),
        line.order_number,
        line.counterpart,
        line.who,
        line.reason,
        "" if line.original is None else line.original,
        line.original_currency,
        line.rate if converted and line.rate else "",
        line.rate_day or "",
        line.rate_source,
        line.amount,
        line.left,
        budget.currency,
    ]
