"""The checks that run at start: each finds what it is for, and names what to write. Forks: `test_bare_shop.py`."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, connections
from django.http import HttpResponse
from django.test import override_settings
from oscar.apps.basket.middleware import BasketMiddleware as OscarBasketMiddleware
from oscar.apps.order.admin import OrderAdmin as OscarOrderAdmin
from oscar.apps.order.utils import OrderCreator as OscarOrderCreator
from oscar.apps.partner.strategy import Selector
from oscar.core.loading import get_class, get_model

from akcept.ordering import status
from akcept.oscar_edge import install, setup_checks, transactions, triggers


def _ids(found: list[Any]) -> set[str]:
    return {message.id for message in found}


def test_shop_itself_passes(db: None) -> None:
    triggers.install()
    for check in (
        *(setup_checks.app_configs, setup_checks.models, setup_checks.migrations, setup_checks.classes),
        *(setup_checks.pipelines, setup_checks.middleware, setup_checks.strategy, setup_checks.addresses),
        *(setup_checks.order_admin, setup_checks.database_triggers),
    ):
        assert check(databases=["default"]) == [], check.__name__


def test_every_class_that_we_extend_is_looked_at() -> None:
    names = {f"{module}.{name}" for module, name, _ours in setup_checks.overridden_classes()}
    assert names >= {
        "order.utils.OrderCreator",
        "order.reports.OrderReportGenerator",
        "basket.views.BasketAddView",
        "basket.forms.AddToBasketForm",
        "customer.utils.CustomerDispatcher",
        "customer.views.ProfileDeleteView",
        "dashboard.views.IndexView",
        "dashboard.orders.views.OrderListView",
        "dashboard.reports.reports.ReportCSVFormatter",
        "dashboard.users.views.UserDetailView",
    }


def test_g1_atomic_requests_without_our_middleware_is_an_error(settings: Any) -> None:
    ours = "akcept.oscar_edge.transactions.OwnTransactions"
    assert ours in settings.MIDDLEWARE
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != ours]
    assert _ids(setup_checks.middleware()) == {"akcept.E007"}
    before = connections.settings["default"].get("ATOMIC_REQUESTS")
    connections.settings["default"]["ATOMIC_REQUESTS"] = True
    try:
        (found,) = setup_checks.middleware()
    finally:
        connections.settings["default"]["ATOMIC_REQUESTS"] = before
    assert (found.id, "install.with_middleware" in str(found.hint)) == ("akcept.E001", True)


def test_g1_pages_of_ours_leave_the_transaction_and_oscars_stay() -> None:
    from akcept.oscar_edge.basket import views as basket
    from akcept.oscar_edge.checkout import views as checkout
    from akcept.panel import views as panel
    from akcept.storefront.orders.views import deciding

    class Own(basket.BasketView):
        """A shop's own basket."""

    for view in (deciding.accept, checkout.checkout, panel.held, basket.quick_order):
        assert transactions.is_ours(view)
    for view in (basket.BasketView.as_view(), Own.as_view(), admin.site.index):
        assert not transactions.is_ours(view)

    def page(_request: Any) -> None: ...

    page.__module__ = "akcept.storefront.views.new"
    transactions.OwnTransactions(lambda _request: HttpResponse()).process_view(None, page, (), {})
    assert page._non_atomic_requests == {"default"}  # type: ignore[attr-defined]


def test_oscars_basket_middleware_is_not_enough(settings: Any) -> None:
    theirs = f"{OscarBasketMiddleware.__module__}.{OscarBasketMiddleware.__name__}"
    ours = install.BASKET_MIDDLEWARE[theirs]
    settings.MIDDLEWARE = [theirs if each == ours else each for each in settings.MIDDLEWARE]
    (found,) = setup_checks.middleware()
    assert (found.id, ours in found.msg) == ("akcept.E007", True)


def test_g10_creator_of_oscar_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = get_class
    monkeypatch.setattr(
        setup_checks,
        "get_class",
        lambda label, name: OscarOrderCreator if name == "OrderCreator" else real(label, name),
    )
    (found,) = setup_checks.classes()
    assert found.id == "akcept.E004"
    assert 'OSCAR_DYNAMIC_CLASS_LOADER = "akcept.oscar_edge.loading.load"' in str(found.hint)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"rejected": None}, "lacks the statuses rejected"),
        ({status.AWAITING_ACCEPTANCE: ("in_progress",)}, "leads out of awaiting_acceptance; only acceptance may"),
        ({"in_progress": (status.AWAITING_ACCEPTANCE,)}, "leads into acceptance from in_progress"),
    ],
)
def test_g10_pipeline_past_acceptance_is_found(monkeypatch: pytest.MonkeyPatch, changed: Any, text: str) -> None:
    Order = get_model("order", "Order")
    pipeline = {name: following for name, following in {**Order.pipeline, **changed}.items() if following is not None}
    monkeypatch.setattr(Order, "pipeline", pipeline)
    (found,) = (message for message in setup_checks.pipelines() if message.id == "akcept.E006")
    assert (found.id, text in found.msg) == ("akcept.E006", True)


@override_settings(OSCAR_INITIAL_ORDER_STATUS="Pending")
def test_g10_other_first_status_is_found() -> None:
    (found,) = setup_checks.pipelines()
    assert (found.id, found.msg) == ("akcept.E006", 'OSCAR_INITIAL_ORDER_STATUS has to be "unhandled".')


def test_g10_manager_without_guards_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import models

    Line = get_model("order", "Line")

    class Unguarded:
        def all(self) -> models.QuerySet[Any]:
            return models.QuerySet(Line)

    monkeypatch.setattr(Line, "objects", Unguarded())
    (found,) = setup_checks.models()
    assert (found.id, "abstract_models.LineQuerySet" in str(found.hint)) == ("akcept.E003", True)


def test_g10_strategy_that_needs_a_request_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def strategy(self: Any, request: Any = None, user: Any = None, **_kwargs: Any) -> Any:
        return request.session["prices"]

    monkeypatch.setattr(get_class("partner.strategy", "Selector"), "strategy", strategy)
    (found,) = setup_checks.strategy()
    assert found.id == "akcept.E010"
    assert Selector is not None


def test_g10_admin_of_oscar_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    Order = get_model("order", "Order")
    monkeypatch.setitem(admin.site._registry, Order, OscarOrderAdmin(Order, admin.site))
    (found,) = setup_checks.order_admin()
    assert (found.id, "use akcept.oscar_edge.order.admin instead of oscar.apps.order.admin" in str(found.hint)) == (
        "akcept.W001",
        True,
    )


def test_g10_missing_trigger_is_a_warning(db: None) -> None:
    triggers.install()
    assert setup_checks.database_triggers(databases=["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER akcept_order_status")
    (found,) = setup_checks.database_triggers(databases=["default"])
    assert (found.id, "akcept_order_status" in found.msg) == ("akcept.W002", True)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX akcept_order_recent")
        cursor.execute("DROP TRIGGER akceptsearch_insert_catalogue_product")
    (found,) = setup_checks.database_triggers(databases=["default"])
    names = "akcept_order_status, akcept_order_recent, akceptsearch_insert_catalogue_product"
    assert found.msg == f"The database lacks what Akcept keeps in it: {names}."
    assert setup_checks.database_triggers() == []


@override_settings(ROOT_URLCONF="tests.contracts.bare_shop.plain_urls")
def test_missing_addresses_are_found() -> None:
    assert _ids(setup_checks.addresses()) == {"akcept.E009"}


def test_g10_hidden_or_missing_migrations_are_found(settings: Any) -> None:
    settings.MIGRATION_MODULES = {"order": "oscar.apps.order.migrations"}
    assert [message.id for message in setup_checks.migrations()] == ["akcept.E008"] * 3
