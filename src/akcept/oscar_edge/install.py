"""What a project's settings need to put Akcept into an Oscar shop; imports neither Django nor Oscar."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

#: Oscar apps that Akcept extends. The label stays Oscar's, so no migration is copied and `get_class` finds ours. An app
#: that the shop has forked stays the shop's: its models inherit from ours, and CLASS_LOADER finds the rest.
OVERRIDES = {
    "oscar.apps.order": "akcept.oscar_edge.order.apps.OrderConfig",
    "oscar.apps.offer": "akcept.oscar_edge.offer.apps.OfferConfig",
    "oscar.apps.basket": "akcept.oscar_edge.basket.apps.BasketConfig",
    "oscar.apps.customer": "akcept.oscar_edge.customer.apps.CustomerConfig",
    "oscar.apps.checkout": "akcept.oscar_edge.checkout.apps.CheckoutConfig",
    "oscar.apps.dashboard": "akcept.oscar_edge.dashboard.apps.DashboardConfig",
    "oscar.apps.dashboard.users": "akcept.oscar_edge.dashboard.users.apps.UsersDashboardConfig",
    "oscar.apps.dashboard.reports": "akcept.oscar_edge.dashboard.reports.apps.ReportsDashboardConfig",
    "oscar.apps.dashboard.catalogue": "akcept.oscar_edge.dashboard.catalogue.apps.CatalogueDashboardConfig",
    "oscar.apps.dashboard.offers": "akcept.oscar_edge.dashboard.offers.apps.OffersDashboardConfig",
    "oscar.apps.dashboard.vouchers": "akcept.oscar_edge.dashboard.vouchers.apps.VouchersDashboardConfig",
    "oscar.apps.dashboard.reviews": "akcept.oscar_edge.dashboard.reviews.apps.ReviewsDashboardConfig",
    "oscar.apps.dashboard.orders": "akcept.oscar_edge.dashboard.orders.apps.OrdersDashboardConfig",
}

#: Our own rooms, lowest first.
ROOMS = (
    "akcept.journal.apps.JournalConfig",
    "akcept.organizations.apps.OrganizationsConfig",
    "akcept.approvals.apps.ApprovalsConfig",
    "akcept.budgets.apps.BudgetsConfig",
    "akcept.ordering.apps.OrderingConfig",
    "akcept.ui.apps.UiConfig",
    "akcept.storefront.apps.StorefrontConfig",
    "akcept.panel.apps.PanelConfig",
    "akcept.notices.apps.NoticesConfig",
    "akcept.console.apps.ConsoleConfig",
    "akcept.oscar_edge.apps.OscarEdgeConfig",
)

#: Of those, the apps with tables, by label.
WITH_TABLES = ("order", "offer", "basket", "customer")

#: For `OSCAR_DYNAMIC_CLASS_LOADER`: a fork's classes first, then ours, then Oscar's.
CLASS_LOADER = "akcept.oscar_edge.loading.load"

#: Exchanged for ours in a project's `MIDDLEWARE`: a basket for each organisation somebody belongs to.
BASKET_MIDDLEWARE = {
    "oscar.apps.basket.middleware.BasketMiddleware": "akcept.oscar_edge.basket_middleware.BasketMiddleware"
}

#: After those of sessions, accounts and messages.
SESSION_MIDDLEWARE = "akcept.organizations.sessions.EndedSessions"

#: In front of all others: a page for a database that is down.
TROUBLE = "akcept.ui.database_trouble.DatabaseTrouble"

#: After the one of accounts: what every page answers, and in which transaction.
ANSWERS = (
    "akcept.oscar_edge.transactions.OwnTransactions",
    "akcept.ui.gate.ShopGate",
    "akcept.ui.middleware.PrivatePages",
    "akcept.ui.middleware.ToldMethods",
    "akcept.ui.middleware.NoNul",
    "akcept.oscar_edge.answers.OthersAnswers",
)

#: Where Akcept's translations are, for a project's `LOCALE_PATHS`.
LOCALE_PATH = Path(__file__).resolve().parent.parent / "locale"


def with_akcept(installed_apps: Iterable[str]) -> list[str]:
    """Return `installed_apps` with Oscar's apps exchanged for ours and our rooms in front of them.

    Ours come first so that our templates win over Oscar's; both spellings of an Oscar app
    (`oscar.apps.order`, `oscar.apps.order.apps.OrderConfig`) are recognised.
    """
    exchanged = []
    for app in installed_apps:
        module = app.rsplit(".apps.", 1)[0] if app.endswith("Config") and not app.startswith("django") else app
        exchanged.append(OVERRIDES.get(module, app))
    return [*ROOMS, *exchanged]


def migration_modules(installed_apps: Iterable[str]) -> dict[str, str]:
    """Return `MIGRATION_MODULES` for the apps that `with_akcept` exchanged: they keep Oscar's tables and migrations.

    An app that the shop has forked is not among them: it has its own.
    """
    exchanged = set(installed_apps)
    return {
        label: f"oscar.apps.{label}.migrations"
        for label in WITH_TABLES
        if OVERRIDES[f"oscar.apps.{label}"] in exchanged
    }


def with_middleware(middleware: Iterable[str]) -> list[str]:
    """Return `MIDDLEWARE` with the basket exchanged for ours, ended sessions before it; TROUBLE first, ANSWERS last."""
    ours: list[str] = []
    for name in middleware:
        if name in BASKET_MIDDLEWARE and SESSION_MIDDLEWARE not in ours:
            ours.append(SESSION_MIDDLEWARE)
        ours.append(BASKET_MIDDLEWARE.get(name, name))
    if SESSION_MIDDLEWARE not in ours:
        ours.append(SESSION_MIDDLEWARE)
    return [TROUBLE, *ours, *ANSWERS]
