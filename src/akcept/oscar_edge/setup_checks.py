"""System checks: every guard and every class of ours is in force in the shop they were put into, forks included.

They run with `manage.py check` and before `migrate`, `runserver` and the like. Each says what to write where; a shop
that knows better silences one by its id (`SILENCED_SYSTEM_CHECKS`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from inspect import isclass
from pkgutil import iter_modules
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib import admin
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, connections
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string
from oscar.core.exceptions import AppNotFoundError
from oscar.core.loading import get_class, get_model

from akcept.ordering import status
from akcept.oscar_edge import data_checks, install, kept, transactions

GUIDE = "See docs/extend/install.md."


def connect() -> None:
    """Register the checks; called once, when the edge's app is ready."""
    for check in (app_configs, models, migrations, classes, pipelines, middleware, strategy):
        register(check)
    register(addresses, Tags.urls)
    register(order_admin, Tags.admin)
    for check in (database_triggers, data_checks.order_statuses, data_checks.own_classes_of_offers):
        register(check, Tags.database)


def _ours() -> Iterator[tuple[str, type[AppConfig]]]:
    """Yield Oscar's modules that we extend ("dashboard.orders") with our app of each."""
    for oscar, ours in install.OVERRIDES.items():
        yield oscar.removeprefix("oscar.apps."), import_string(ours)


def _installed(config: type[AppConfig]) -> AppConfig | None:
    label = str(getattr(config, "label", "") or config.name.rpartition(".")[2])
    return apps.app_configs.get(label)


def app_configs(**_kwargs: Any) -> list[CheckMessage]:
    """Find apps whose addresses are not ours: a fork's config that inherits from Oscar's."""
    found: list[CheckMessage] = []
    for _label, ours in _ours():
        adds = {name for name in vars(ours) if not name.startswith("__")} - {"name"}
        there = _installed(ours)
        if adds and there is not None and not isinstance(there, ours):
            found.append(
                Error(
                    f"The app {there.name} lacks Akcept's pages.",
                    hint=f"Let {type(there).__module__}.{type(there).__name__} inherit from {_path(ours)}. {GUIDE}",
                    id="akcept.E005",
                )
            )
    return found


def models(**_kwargs: Any) -> list[CheckMessage]:
    """Find models and managers without our guards: a fork's that inherit from Oscar's."""
    from akcept.oscar_edge.offer import abstract_models as of_offers
    from akcept.oscar_edge.order import abstract_models as of_orders

    found: list[CheckMessage] = []
    for label, name, base in (
        ("order", "Order", of_orders.AbstractOrder),
        ("order", "Line", of_orders.AbstractLine),
        ("order", "OrderDiscount", of_orders.AbstractOrderDiscount),
        ("offer", "ConditionalOffer", of_offers.AbstractConditionalOffer),
        ("offer", "Benefit", of_offers.AbstractBenefit),
    ):
        model = get_model(label, name)
        if not issubclass(model, base):
            hint = f"Let {_path(model)} inherit from {_path(base)}"
            if model.__module__.startswith("oscar."):
                hint = f"In your fork's models.py take akcept.oscar_edge.{label}.models for {model.__module__}"
                if apps.get_app_config(label).name.startswith("oscar."):
                    hint = "Write INSTALLED_APPS = install.with_akcept(INSTALLED_APPS) into the settings"
            found.append(
                Error(f"{name} is not guarded: acceptance can be passed by.", hint=f"{hint}. {GUIDE}", id="akcept.E002")
            )
    return found or _managers(of_orders)


def _managers(of_orders: Any) -> list[CheckMessage]:
    Order, Line = get_model("order", "Order"), get_model("order", "Line")
    OrderDiscount = get_model("order", "OrderDiscount")
    wanted = [(Order, of_orders.OrderQuerySet), (Line, of_orders.LineQuerySet)]
    found: list[CheckMessage] = [
        Error(
            f"The querysets of {_path(model)} are not guarded.",
            hint=f"Let its manager `objects` come from {_path(queryset)}. {GUIDE}",
            id="akcept.E003",
        )
        for model, queryset in wanted
        if not all(isinstance(each.all(), queryset) for each in (model.objects, model._default_manager))
    ]
    if not isinstance(OrderDiscount.objects, of_orders.CountedDiscounts) or not hasattr(OrderDiscount, "every"):
        hint = f"Let its manager `objects` inherit from {_path(of_orders.CountedDiscounts)}, and keep `every`. {GUIDE}"
        found.append(Error(f"{_path(OrderDiscount)} counts what was not accepted.", hint=hint, id="akcept.E003"))
    return found


def migrations(**_kwargs: Any) -> list[CheckMessage]:
    """Find apps with tables that `migrate` would look for in the wrong place."""
    found: list[CheckMessage] = []
    expected = install.migration_modules(f"{_path(type(config))}" for config in apps.get_app_configs())
    for label in install.WITH_TABLES:
        name = apps.get_app_config(label).name
        default = f"{name}.migrations"
        told: Any = settings.MIGRATION_MODULES  # what runs without migrations stands in with no more than these two
        there = told[label] if label in told else default  # noqa: SIM401
        if label in expected and there == default:
            hint = f"Write MIGRATION_MODULES = install.migration_modules(INSTALLED_APPS) into the settings. {GUIDE}"
            found.append(Error(f"The app {name} has its tables from Oscar.", hint=hint, id="akcept.E008"))
        elif label not in expected and there == f"oscar.apps.{label}.migrations" and not name.startswith("oscar."):
            hint = f"Write MIGRATION_MODULES = install.migration_modules(INSTALLED_APPS) into the settings. {GUIDE}"
            found.append(Error(f"MIGRATION_MODULES hides the migrations of {name}.", hint=hint, id="akcept.E008"))
        elif there is not None and find_spec(there) is None:
            hint = f"Copy the folder migrations of oscar.apps.{label} into it, as oscar_fork_app does. {GUIDE}"
            found.append(Error(f"The app {name} has no migrations.", hint=hint, id="akcept.E008"))
    return found


def overridden_classes() -> Iterator[tuple[str, str, type]]:
    """Yield each class of Oscar's that we extend, as `get_class` is asked for it, with ours."""
    for label, ours in _ours():
        package = import_module(ours.name)
        for module in iter_modules(package.__path__):
            if module.ispkg or module.name in {"apps", "models", "abstract_models", "admin"}:
                continue
            oscar = f"oscar.apps.{label}.{module.name}"
            if find_spec(oscar) is None:
                continue
            mine, theirs = import_module(f"{ours.name}.{module.name}"), import_module(oscar)
            for name, each in vars(mine).items():
                if isclass(each) and each.__module__ == mine.__name__ and hasattr(theirs, name):
                    yield f"{label}.{module.name}", name, each


def classes(**_kwargs: Any) -> list[CheckMessage]:
    """Find views, forms and the creator of orders that are not ours: a fork's that inherit from Oscar's."""
    found: list[CheckMessage] = []
    for module, name, ours in overridden_classes():
        try:
            used = get_class(module, name)
        except AppNotFoundError:
            continue  # a shop without this part of Oscar
        if not issubclass(used, ours):
            hint = f"Let {_path(used)} inherit from {_path(ours)}"
            if used.__module__.startswith("oscar."):
                hint = f'Write OSCAR_DYNAMIC_CLASS_LOADER = "{install.CLASS_LOADER}" into the settings'
            text = f"{name} of {module} is not Akcept's: orders could pass acceptance by, or be counted before it."
            found.append(Error(text, hint=f"{hint}. {GUIDE}", id="akcept.E004"))
    return found


def pipelines(**_kwargs: Any) -> list[CheckMessage]:
    """Find ways past acceptance among the statuses an order and a line may go through."""
    found: list[CheckMessage] = []
    for model, first in (("Order", "OSCAR_INITIAL_ORDER_STATUS"), ("Line", "OSCAR_INITIAL_LINE_STATUS")):
        pipeline = get_model("order", model).pipeline
        missing = sorted((status.NOT_WORK | {status.UNHANDLED}) - set(pipeline))
        left = sorted(name for name in status.NOT_WORK & set(pipeline) if pipeline[name])
        entered = sorted(name for name, following in pipeline.items() if status.NOT_WORK & set(following))
        for names, text in (
            (missing, "lacks the statuses"),
            (left, "leads out of statuses that only acceptance leads out of:"),
            (entered, "leads into acceptance from"),
        ):
            if names:
                told = f"The pipeline of statuses of {model} {text} {', '.join(names)}."
                found.append(Error(told, hint=GUIDE, id="akcept.E006"))
        if getattr(settings, first, None) != status.UNHANDLED:
            found.append(Error(f'{first} has to be "{status.UNHANDLED}".', hint=GUIDE, id="akcept.E006"))
    return found + _cascade()


def _cascade() -> list[CheckMessage]:
    """Find lines that would not follow their order: a cascade of the statuses that were before."""
    Order, Line = get_model("order", "Order"), get_model("order", "Line")
    unknown = sorted({*(set(Order.cascade) - set(Order.pipeline)), *(set(Order.cascade.values()) - set(Line.pipeline))})
    if not unknown:
        return []
    text = f"OSCAR_ORDER_STATUS_CASCADE names statuses that no pipeline has: {', '.join(unknown)}."
    hint = f'Write there which status lines get with each of the order\'s: "in_progress": "in_progress". {GUIDE}'
    return [Warning(text, hint=hint, id="akcept.W005")]


def middleware(**_kwargs: Any) -> list[CheckMessage]:
    """Find missing middleware; without one of them a shop with ATOMIC_REQUESTS could not even place an order."""
    loaded = [import_string(path) for path in settings.MIDDLEWARE]
    wanted = (*install.BASKET_MIDDLEWARE.values(), install.SESSION_MIDDLEWARE, *install.ANSWERS)
    found: list[CheckMessage] = []
    for path in wanted:
        ours = import_string(path)
        if any(each is ours or (isclass(each) and issubclass(each, ours)) for each in loaded):
            continue
        hint = f"Write MIDDLEWARE = install.with_middleware(MIDDLEWARE) into the settings. {GUIDE}"
        if ours is transactions.OwnTransactions and connections.settings[DEFAULT_DB_ALIAS].get("ATOMIC_REQUESTS"):
            text = f"ATOMIC_REQUESTS is on and {path} is missing: no page of Akcept could change anything."
            found.append(Error(text, hint=hint, id="akcept.E001"))
        else:
            found.append(Error(f"{path} is missing.", hint=hint, id="akcept.E007"))
    return found


def strategy(**_kwargs: Any) -> list[CheckMessage]:
    """Try whether prices can be had where there is no request: in the action, and in the relay's process."""
    try:
        get_class("partner.strategy", "Selector")().strategy(request=None, user=None)
    except Exception as error:  # noqa: BLE001, RUF100  it is the shop's code, whatever it raises
        text = f"The shop's strategy of prices does not work without a request: {error!r}"
        hint = "Let partner.strategy.Selector.strategy take request=None and go by the user."
        return [Error(text, hint=hint, id="akcept.E010")]
    return []


def addresses(**_kwargs: Any) -> list[CheckMessage]:
    """Find out whether our pages have addresses."""
    found: list[CheckMessage] = []
    for name, module in (("akcept:orders", "akcept.storefront.urls"), ("akcept_panel:held", "akcept.panel.urls")):
        try:
            reverse(name)
        except NoReverseMatch:
            found.append(Error(f"The addresses of {module} are missing.", hint=GUIDE, id="akcept.E009"))
    return found


def order_admin(**_kwargs: Any) -> list[CheckMessage]:
    """Find out whether the admin says itself that an order is held, before the model refuses."""
    registered = admin.site._registry.get(get_model("order", "Order"))
    if registered is None:
        return []
    from akcept.oscar_edge.order.admin import OrderAdmin

    if isinstance(registered, OrderAdmin):
        return []
    hint = f"Let {_path(type(registered))} inherit from {_path(OrderAdmin)}"
    if type(registered).__module__.startswith("oscar."):
        hint = f"In your fork's admin.py take {OrderAdmin.__module__} for {type(registered).__module__}"
    return [Warning("The admin offers to change orders that are held.", hint=f"{hint}.", id="akcept.W001")]


def database_triggers(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Find out whether the database's own guards are there, and what the lists and the search stand on."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    missing = kept.missing(DEFAULT_DB_ALIAS)
    if not missing:
        return []
    text = f"The database lacks what Akcept keeps in it: {', '.join(missing)}."
    return [Warning(text, hint="Run `manage.py migrate`: it makes them.", id="akcept.W002")]


def _path(thing: type) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"
