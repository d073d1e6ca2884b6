"""What `make fast` leaves out besides Chromium, PostgreSQL and what is slow: modules that look at very much.

They go through every address, act or operation, against oracles and large sizes, start a process for each test, or
draw whole pages: a quarter of the tests that are left, and two thirds of their time.
"""

from __future__ import annotations

from typing import Final

import pytest

#: Folders and modules.
BROAD: Final = (
    "tests/agreements/test_actions.py",
    "tests/api/test_matrix.py",
    "tests/api/test_orders.py",
    "tests/api/test_schema_walked.py",
    "tests/console/test_rehearse_restore.py",
    "tests/contracts/test_addresses.py",
    "tests/contracts/test_checks.py",
    "tests/contracts/test_gets.py",
    "tests/contracts/test_locks.py",
    "tests/contracts/test_messages.py",
    "tests/contracts/test_permissions.py",
    "tests/files/test_bounds.py",
    "tests/files/test_every_way_in.py",
    "tests/fulfilment/test_files_of_orders.py",
    "tests/fulfilment/test_papers.py",
    "tests/fulfilment/test_parcels_seen.py",
    "tests/insight/test_kept_figures.py",
    "tests/notices/test_scenarios.py",
    "tests/notices/test_ways.py",
    "tests/ordering/actions/test_changing.py",
    "tests/ordering/actions/test_deciding.py",
    "tests/ordering/actions/test_delivery.py",
    "tests/ordering/actions/test_placing.py",
    "tests/ordering/actions/test_tending.py",
    "tests/ordering/money/test_budget_scenarios.py",
    "tests/ordering/money/test_credit.py",
    "tests/ordering/queries/test_reading.py",
    "tests/ordering/reactions/test_asking_again.py",
    "tests/ordering/routing/test_bounds.py",
    "tests/ordering/routing/test_new_value.py",
    "tests/ordering/routing/test_routing_scenarios.py",
    "tests/ordering/routing/test_rules.py",
    "tests/ordering/test_agreed_carriage.py",
    "tests/ordering/test_agreed_terms.py",
    "tests/ordering/test_foresight_holds.py",
    "tests/ordering/validity/test_agreed_since.py",
    "tests/ordering/validity/test_today.py",
    "tests/organizations/test_privacy.py",
    "tests/organizations/test_privacy_everywhere.py",
    "tests/organizations/test_scale.py",
    "tests/organizations/test_searching.py",
    "tests/oscar_edge/search/test_search.py",
    "tests/oscar_edge/test_account_mails.py",
    "tests/oscar_edge/test_agreed.py",
    "tests/oscar_edge/test_agreed_sweep.py",
    "tests/oscar_edge/test_basket.py",
    "tests/oscar_edge/test_checkout.py",
    "tests/oscar_edge/test_checkout_guests.py",
    "tests/oscar_edge/test_checkout_refused.py",
    "tests/oscar_edge/test_dashboard_forms.py",
    "tests/oscar_edge/test_discounts.py",
    "tests/oscar_edge/test_findings_money.py",
    "tests/oscar_edge/test_guards.py",
    "tests/oscar_edge/test_money_odd_figures.py",
    "tests/oscar_edge/test_oracle_orders.py",
    "tests/oscar_edge/test_prices_sweep.py",
    "tests/oscar_edge/test_quick_order.py",
    "tests/oscar_edge/test_refunds.py",
    "tests/panel/",
    "tests/races/",
    "tests/shop/test_catalogue.py",
    "tests/shop/test_doors.py",
    "tests/shop/test_errors.py",
    "tests/shop/test_limits.py",
    "tests/shop/test_settings.py",
    "tests/storefront/",
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
