from django.urls import path, re_path

from akcept.storefront.views import budget_editing, budget_files, budgets, reports

patterns = [
    path("organization/budgets/", budgets.budgets, name="budgets"),
    path("organization/reports/", reports.reports, name="reports"),
    re_path(r"^organization/reports/export\.(?P<file_format>csv|xlsx)$", reports.export, name="export_reports"),
    path("organization/budgets/add/", budget_editing.add, name="add_budget"),
    path("organization/budgets/calendar/", budgets.calendar, name="budget_calendar"),
    path("organization/budgets/copy/", budgets.copy, name="copy_budgets"),
    path("organization/budgets/import/", budget_files.import_budgets, name="import_budgets"),
    re_path(r"^organization/budgets/export\.(?P<file_format>csv|xlsx)$", budget_files.export, name="export_budgets"),
    path("organization/budgets/<int:budget_id>/", budgets.budget, name="budget"),
    re_path(
        r"^organization/budgets/(?P<budget_id>\d{1,18})/ledger\.(?P<file_format>csv|xlsx)$",
        budget_files.ledger,
        name="export_ledger",
    ),
    path("organization/budgets/<int:budget_id>/change/", budget_editing.change, name="change_budget"),
    path("organization/budgets/<int:budget_id>/correct/", budget_editing.correct, name="correct_budget"),
    path("organization/budgets/<int:budget_id>/transfer/", budget_editing.transfer, name="transfer_budget"),
]
