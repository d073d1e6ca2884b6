from oscar.apps.dashboard.reports import apps


class ReportsDashboardConfig(apps.ReportsDashboardConfig):
    """Oscar's reports; their files run nothing in a spreadsheet."""

    name = "akcept.oscar_edge.dashboard.reports"
