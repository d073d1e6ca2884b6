"""Budgets and reports."""

from django.urls import path, re_path

from akcept.storefront.budgets.views import budgets, editing, files, reports

urlpatterns = [
    path("organization/budgets/", budgets.budgets, name="budgets"),
    path("organization/reports/", reports.reports, name="reports"),
    re_path(r"^organization/reports/export\.(?P<file_format>csv|xlsx)$", reports.export, name="export_reports"),
    path("organization/budgets/add/", editing.add, name="add_budget"),
    path("organization/budgets/calendar/", budgets.calendar, name="budget_calendar"),
    path("organization/budgets/copy/", budgets.copy, name="copy_budgets"),
    path("organization/budgets/import/", files.import_budgets, name="import_budgets"),
    re_path(r"^organization/budgets/export\.(?P<file_format>csv|xlsx)$", files.export, name="export_budgets"),
    path("organization/budgets/<int:budget_id>/", budgets.budget, name="budget"),
    re_path(
        r"^organization/budgets/(?P<budget_id>\d{1,18})/ledger\.(?P<file_format>csv|xlsx)$",
        files.ledger,
        name="export_ledger",
    ),
    path("organization/budgets/<int:budget_id>/change/", editing.change, name="change_budget"),
    path("organization/budgets/<int:budget_id>/correct/", editing.correct, name="correct_budget"),
    path("organization/budgets/<int:budget_id>/transfer/", editing.transfer, name="transfer_budget"),
]
