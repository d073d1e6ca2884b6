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
from typing import Any, Final

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib import admin
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, connections
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from oscar.core.exceptions import AppNotFoundError
from oscar.core.loading import get_class, get_model

from akcept.ordering import status
from akcept.oscar_edge import data_checks, install, kept, transactions
from akcept.oscar_edge.data_checks import guide

_MIGRATIONS: Final = "MIGRATION_MODULES = install.migration_modules(INSTALLED_APPS)"


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
                    _("The app %(app)s lacks Akcept's pages.") % {"app": there.name},
                    hint=_inherit(f"{type(there).__module__}.{type(there).__name__}", ours),
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
            hint = _inherit(_path(model), base)
            if model.__module__.startswith("oscar."):
                hint = _instead("models.py", f"akcept.oscar_edge.{label}.models", model.__module__)
                if apps.get_app_config(label).name.startswith("oscar."):
                    hint = _write("INSTALLED_APPS = install.with_akcept(INSTALLED_APPS)")
            text = _("%(name)s is not guarded: acceptance can be bypassed.") % {"name": name}
            found.append(Error(text, hint=hint, id="akcept.E002"))
    return found or _managers(of_orders)


def _managers(of_orders: Any) -> list[CheckMessage]:
    Order, Line = get_model("order", "Order"), get_model("order", "Line")
    OrderDiscount = get_model("order", "OrderDiscount")
    wanted = [(Order, of_orders.OrderQuerySet), (Line, of_orders.LineQuerySet)]
    found: list[CheckMessage] = [
        Error(
            _("The querysets of %(model)s are not guarded.") % {"model": _path(model)},
            hint=_("Let its manager `objects` come from %(base)s.") % {"base": _path(queryset)} + f" {guide()}",
            id="akcept.E003",
        )
        for model, queryset in wanted
        if not all(isinstance(each.all(), queryset) for each in (model.objects, model._default_manager))
    ]
    if not isinstance(OrderDiscount.objects, of_orders.CountedDiscounts) or not hasattr(OrderDiscount, "every"):
        hint = _("Let its manager `objects` inherit from %(base)s, and keep `every`.")
        hint = f"{hint % {'base': _path(of_orders.CountedDiscounts)}} {guide()}"
        text = _("%(model)s counts what was not accepted.") % {"model": _path(OrderDiscount)}
        found.append(Error(text, hint=hint, id="akcept.E003"))
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
            text = _("The app %(app)s has its tables from Oscar.") % {"app": name}
            found.append(Error(text, hint=_write(_MIGRATIONS), id="akcept.E008"))
        elif label not in expected and there == f"oscar.apps.{label}.migrations" and not name.startswith("oscar."):
            text = _("MIGRATION_MODULES hides the migrations of %(app)s.") % {"app": name}
            found.append(Error(text, hint=_write(_MIGRATIONS), id="akcept.E008"))
        elif there is not None and find_spec(there) is None:
            hint = _("Copy the folder `migrations` of %(app)s into it, as oscar_fork_app does.")
            hint = f"{hint % {'app': f'oscar.apps.{label}'}} {guide()}"
            text = _("The app %(app)s has no migrations.") % {"app": name}
            found.append(Error(text, hint=hint, id="akcept.E008"))
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
            hint = _inherit(_path(used), ours)
            if used.__module__.startswith("oscar."):
                hint = _write(f'OSCAR_DYNAMIC_CLASS_LOADER = "{install.CLASS_LOADER}"')
            text = _("%(name)s of %(module)s is not Akcept's: orders could bypass acceptance, or be counted before it.")
            found.append(Error(text % {"name": name, "module": module}, hint=hint, id="akcept.E004"))
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
            (missing, _("The status pipeline of %(model)s lacks the statuses %(names)s.")),
            (left, _("The status pipeline of %(model)s leads out of %(names)s; only acceptance may.")),
            (entered, _("The status pipeline of %(model)s leads into acceptance from %(names)s.")),
        ):
            if names:
                told = text % {"model": model, "names": ", ".join(names)}
                found.append(Error(told, hint=guide(), id="akcept.E006"))
        if getattr(settings, first, None) != status.UNHANDLED:
            told = _('%(setting)s has to be "%(status)s".') % {"setting": first, "status": status.UNHANDLED}
            found.append(Error(told, hint=guide(), id="akcept.E006"))
    return found + _cascade()


def _cascade() -> list[CheckMessage]:
    """Find lines that would not follow their order: a cascade of the statuses that were before."""
    Order, Line = get_model("order", "Order"), get_model("order", "Line")
    unknown = sorted({*(set(Order.cascade) - set(Order.pipeline)), *(set(Order.cascade.values()) - set(Line.pipeline))})
    if not unknown:
        return []
    text = _("OSCAR_ORDER_STATUS_CASCADE names statuses that no pipeline has: %(names)s.")
    hint = _("Write there which status lines get with each status of their order: %(example)s.")
    hint = hint % {"example": '"in_progress": "in_progress"'}
    return [Warning(text % {"names": ", ".join(unknown)}, hint=f"{hint} {guide()}", id="akcept.W005")]


def middleware(**_kwargs: Any) -> list[CheckMessage]:
    """Find missing middleware; without one of them a shop with ATOMIC_REQUESTS could not even place an order."""
    loaded = [import_string(path) for path in settings.MIDDLEWARE]
    wanted = (*install.BASKET_MIDDLEWARE.values(), install.SESSION_MIDDLEWARE, *install.ANSWERS)
    found: list[CheckMessage] = []
    for path in wanted:
        ours = import_string(path)
        if any(each is ours or (isclass(each) and issubclass(each, ours)) for each in loaded):
            continue
        hint = _write("MIDDLEWARE = install.with_middleware(MIDDLEWARE)")
        if ours is transactions.OwnTransactions and connections.settings[DEFAULT_DB_ALIAS].get("ATOMIC_REQUESTS"):
            text = _("ATOMIC_REQUESTS is on and %(path)s is missing: no page of Akcept could change anything.")
            found.append(Error(text % {"path": path}, hint=hint, id="akcept.E001"))
        else:
            found.append(Error(_("%(path)s is missing.") % {"path": path}, hint=hint, id="akcept.E007"))
    return found


def strategy(**_kwargs: Any) -> list[CheckMessage]:
    """Try whether prices can be had where there is no request: in the action, and in the relay's process."""
    try:
        get_class("partner.strategy", "Selector")().strategy(request=None, user=None)
    except Exception as error:  # noqa: BLE001, RUF100  it is the shop's code, whatever it raises
        text = _("The shop's price strategy does not work without a request: %(error)r") % {"error": error}
        hint = _("Let partner.strategy.Selector.strategy take request=None and go by the user.")
        return [Error(text, hint=hint, id="akcept.E010")]
    return []


def addresses(**_kwargs: Any) -> list[CheckMessage]:
    """Find out whether our pages have addresses."""
    found: list[CheckMessage] = []
    for name, module in (("akcept:orders", "akcept.storefront.urls"), ("akcept_panel:held", "akcept.panel.urls")):
        try:
            reverse(name)
        except NoReverseMatch:
            text = _("The URLs of %(module)s are missing.") % {"module": module}
            found.append(Error(text, hint=guide(), id="akcept.E009"))
    return found


def order_admin(**_kwargs: Any) -> list[CheckMessage]:
    """Find out whether the admin says itself that an order is held, before the model refuses."""
    registered = admin.site._registry.get(get_model("order", "Order"))
    if registered is None:
        return []
    from akcept.oscar_edge.order.admin import OrderAdmin

    if isinstance(registered, OrderAdmin):
        return []
    hint = _inherit(_path(type(registered)), OrderAdmin)
    if type(registered).__module__.startswith("oscar."):
        hint = _instead("admin.py", OrderAdmin.__module__, type(registered).__module__)
    return [Warning(_("The admin offers to change orders that are held."), hint=hint, id="akcept.W001")]


def database_triggers(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Find out whether the database's own guards are there, and what the lists and the search stand on."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    missing = kept.missing(DEFAULT_DB_ALIAS)
    if not missing:
        return []
    text = _("The database lacks what Akcept keeps in it: %(names)s.") % {"names": ", ".join(missing)}
    return [Warning(text, hint=_("Run `manage.py migrate`: it creates them."), id="akcept.W002")]


def _inherit(used: str, ours: type) -> str:
    text = _("Let %(class)s inherit from %(base)s.") % {"class": used, "base": _path(ours)}
    return f"{text} {guide()}"


def _instead(file: str, ours: str, used: str) -> str:
    text = _("In your fork's %(file)s use %(ours)s instead of %(module)s.")
    return f"{text % {'file': file, 'ours': ours, 'module': used}} {guide()}"


def _write(line: str) -> str:
    """Return the hint to write a line into the settings."""
    text = _("Write %(line)s into the settings.") % {"line": line}
    return f"{text} {guide()}"


def _path(thing: type) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"
