"""What `make fast` leaves out besides Chromium, PostgreSQL and what is slow: modules that look at very much.

They go through every address, act or operation, against oracles and large sizes, or start a process for each test:
a twelfth of all tests, and half of their time.
"""

from __future__ import annotations

from typing import Final

import pytest

#: Folders and modules.
BROAD: Final = (
    "tests/api/test_matrix.py",
    "tests/api/test_schema_walked.py",
    "tests/console/test_rehearse_restore.py",
    "tests/contracts/test_addresses.py",
    "tests/contracts/test_checks.py",
    "tests/contracts/test_gets.py",
    "tests/contracts/test_locks.py",
    "tests/fulfilment/test_files_of_orders.py",
    "tests/ordering/test_foresight_holds.py",
    "tests/organizations/test_scale.py",
    "tests/organizations/test_searching.py",
    "tests/oscar_edge/search/test_search.py",
    "tests/oscar_edge/test_agreed_sweep.py",
    "tests/oscar_edge/test_findings_money.py",
    "tests/oscar_edge/test_guards.py",
    "tests/oscar_edge/test_oracle_orders.py",
    "tests/oscar_edge/test_prices_sweep.py",
    "tests/oscar_edge/test_refunds.py",
    "tests/races/",
    "tests/shop/test_doors.py",
    "tests/shop/test_limits.py",
    "tests/shop/test_settings.py",
    "tests/storefront/orders/test_deciding_scenarios.py",
    "tests/storefront/orders/test_old_pages.py",
    "tests/tooling/",
    "tests/transactions/test_commanding.py",
    "tests/webhooks/test_post.py",
)


def mark_broad(items: list[pytest.Item]) -> None:
    """Mark the tests of those modules, and on PostgreSQL those that run on both databases."""
    for item in items:
        parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        if item.nodeid.startswith(BROAD) or parameters.get("each_database") == "pg":
            item.add_marker(pytest.mark.broad)
