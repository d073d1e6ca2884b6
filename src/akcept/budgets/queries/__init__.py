"""Every read of budgets for people. Reads start from what the actor may see (`policies.visible`)."""

from akcept.budgets.queries.affected import budgets_within
from akcept.budgets.queries.bulk import export_rows, import_plan
from akcept.budgets.queries.choices import calendar, copies, people_to_name, today
from akcept.budgets.queries.ledger import LedgerLine, OrderLine
from akcept.budgets.queries.one import BudgetPreview, Detail, budget_to_manage, detail, ledger_file, preview
from akcept.budgets.queries.overview import BudgetRow, Overview, Question, export, overview
from akcept.budgets.queries.thresholds import owners_to_tell

__all__ = [
    "BudgetPreview",
    "BudgetRow",
    "Detail",
    "LedgerLine",
    "OrderLine",
    "Overview",
    "Question",
    "budget_to_manage",
    "budgets_within",
    "calendar",
    "copies",
    "detail",
    "export",
    "export_rows",
    "import_plan",
    "ledger_file",
    "overview",
    "owners_to_tell",
    "people_to_name",
    "preview",
    "today",
]
