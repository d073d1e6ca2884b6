"""Oscar's forms about vouchers."""

# ruff: noqa: F403  Oscar's other forms are found in this module too
from __future__ import annotations

from oscar.apps.dashboard.vouchers.forms import *
from oscar.apps.dashboard.vouchers.forms import VoucherForm as OscarVoucherForm
from oscar.apps.dashboard.vouchers.forms import VoucherSetForm as OscarVoucherSetForm

from akcept.oscar_edge.dashboard.fields import NearDays


class VoucherForm(NearDays, OscarVoucherForm):
    """A voucher."""


class VoucherSetForm(NearDays, OscarVoucherSetForm):
    """A set of vouchers."""
