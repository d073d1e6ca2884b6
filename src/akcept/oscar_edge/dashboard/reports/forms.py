"""Oscar's form about reports."""

# ruff: noqa: F403  Oscar's other forms are found in this module too
from __future__ import annotations

from oscar.apps.dashboard.reports.forms import *
from oscar.apps.dashboard.reports.forms import ReportForm as OscarReportForm

from akcept.oscar_edge.dashboard.fields import NearDays


class ReportForm(NearDays, OscarReportForm):
    """Which report, from which day to which."""
