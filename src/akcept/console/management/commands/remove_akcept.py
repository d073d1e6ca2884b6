"""`manage.py remove_akcept`: takes Akcept's tables out of the database, before its lines leave the settings."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import CommandError, CommandParser
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import CharField, Count, Model
from django.db.models.functions import Cast, Length
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from akcept.approvals.models import Case
from akcept.approvals.states import OPEN
from akcept.journal.models import Delivery
from akcept.kernel.clock import utc_now
from akcept.ordering import status
from akcept.organizations.models import Organization
from akcept.transactions import commanding

NAMED = 10


class Command(commanding.Command):
    """Undoes every migration of Akcept's, so that no table of it keeps an order, a basket or an account."""

    help = (
        "Takes Akcept out of the database: organisations, decisions, budgets and the journal are deleted for good; "
        "orders, baskets and accounts stay. Afterwards take its lines out of the settings."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--no-input", action="store_true", help="do not ask")
        parser.add_argument("--force", action="store_true", help="also with orders that wait and mails that are due")

    def handle(self, *, no_input: bool, force: bool, verbosity: int, **_options: Any) -> None:
        """Undo the migrations. Raises CommandError while something is open, unless forced."""
        labels = sorted(_labels())
        if not labels:
            self.stdout.write(_("There is nothing of Akcept in this database."))
            return
        if not force and _has_tables():
            _require_nothing_open()
        if not no_input and input(_asked()).strip() != "remove":
            raise CommandError(_("Nothing was done."))
        _shorten_numbers()
        _undo(labels, verbosity=max(0, verbosity - 1))
        ContentType.objects.filter(app_label__startswith="akcept_").delete()
        self.stdout.write(_("Akcept's tables are gone. Now take its lines out of the settings and the URLs."))
        for name, number in _statuses():
            told = ngettext(
                "%(n)d order has the status “%(status)s”: keep it in OSCAR_ORDER_STATUS_PIPELINE.",
                "%(n)d orders have the status “%(status)s”: keep it in OSCAR_ORDER_STATUS_PIPELINE.",
                number,
            )
            self.stdout.write("  " + told % {"n": number, "status": name})


def _asked() -> str:
    text = _(
        "This takes Akcept out of the database: organisations, decisions, budgets and the journal are deleted for "
        "good; orders, baskets and accounts stay."
    )
    return f"{text}\n" + _("Type the word “%(word)s” to go on:") % {"word": "remove"} + " "


def _labels() -> set[str]:
    """Return the labels of our apps of which a migration was applied."""
    applied = MigrationLoader(connections[DEFAULT_DB_ALIAS]).applied_migrations
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("akcept.")}
    return {label for label, _name in applied if label in ours and label.startswith("akcept_")}


def _undo(labels: list[str], *, verbosity: int) -> None:
    """Do `migrate <label> zero` for all of them in one plan: each plan of its own walks through all of Oscar's."""
    # Whoever has triggers takes them away: what is in the way of migrations before, what has lost its tables after.
    emit_pre_migrate_signal(verbosity, interactive=False, db=DEFAULT_DB_ALIAS)
    left = MigrationExecutor(connections[DEFAULT_DB_ALIAS]).migrate([(label, None) for label in labels])
    left.clear_delayed_apps_cache()
    emit_post_migrate_signal(verbosity, interactive=False, db=DEFAULT_DB_ALIAS, apps=left.apps)


def _has_tables(model: type[Model] = Case) -> bool:
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        there = connection.introspection.table_names(cursor)
    return model._meta.db_table in there


def _shorten_numbers() -> None:
    """Let tax numbers of other countries, which earlier tables have no room for, not stand in the way back."""
    if _has_tables(Organization):
        longer = Organization.objects.annotate(akcept_length=Length("nip")).filter(akcept_length__gt=10)
        longer.update(nip=Cast("pk", CharField()))


def _require_nothing_open() -> None:
    held = Case.objects.filter(state__in=OPEN)
    numbers = list(held.order_by("pk").values_list("order__number", flat=True)[: NAMED + 1])
    if numbers:
        more = ", …" if len(numbers) > NAMED else ""
        raise CommandError(
            _(
                "Orders are awaiting acceptance: %(numbers)s. Have them accepted, rejected or withdrawn first; --force "
                "leaves them as they are."
            )
            % {"numbers": ", ".join(map(str, numbers[:NAMED])) + more}
        )
    due = Delivery.objects.filter(state=Delivery.State.DUE, due_at__lte=utc_now()).count()
    if due:
        told = ngettext(
            "%(n)d e-mail or signal is due: run `manage.py relay --once` first; --force discards it.",
            "%(n)d e-mails and signals are due: run `manage.py relay --once` first; --force discards them.",
            due,
        )
        raise CommandError(told % {"n": due})


def _statuses() -> list[tuple[str, int]]:
    orders = apps.get_model("order.Order").objects.order_by("status").values("status").annotate(number=Count("pk"))
    ours = status.NOT_WORK | {status.UNHANDLED}
    return [(row["status"], row["number"]) for row in orders if row["status"] in ours]
