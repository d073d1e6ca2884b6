from oscar.apps.dashboard.vouchers import apps


class VouchersDashboardConfig(apps.VouchersDashboardConfig):
    """Oscar's voucher pages, with days that make sense."""

    name = "akcept.oscar_edge.dashboard.vouchers"
