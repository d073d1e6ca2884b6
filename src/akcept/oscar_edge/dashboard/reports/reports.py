"""The files of Oscar's reports."""

# ruff: noqa: F403  what else Oscar has here is found in this module too
from __future__ import annotations

from typing import Any

from oscar.apps.dashboard.reports.reports import *
from oscar.apps.dashboard.reports.reports import ReportCSVFormatter as OscarReportCSVFormatter

from akcept.oscar_edge.dashboard.files import Writer


class ReportCSVFormatter(OscarReportCSVFormatter):
    """Writes a report as our own files are written."""

    def get_csv_writer(self, file_handle: Any, **kwargs: Any) -> Writer:
        """Return what writes the rows."""
        return Writer(file_handle)
