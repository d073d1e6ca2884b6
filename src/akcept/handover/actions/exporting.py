"""Marks that say which orders an ERP has in a file already: each order is in one export, whoever else exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from akcept.handover import queries, topics
from akcept.handover.models import Export, Exported
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotFound
from akcept.ordering.queries import whole
from akcept.ordering.queries.whole import WorkFilter
from akcept.organizations import policies
from akcept.transactions.acting import action

#: So many orders at once: as many as a file that is made whole holds.
EXPORT_LIMIT: Final = 5_000
#: So many are named one by one.
NUMBERS_LIMIT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What one call marked; no export where there was nothing to mark."""

    export_id: int | None
    numbers: tuple[str, ...]


@action
def mark_exported(
    wanted: WorkFilter,
    *,
    actor: Actor,
    via: Export.Via = Export.Via.PANEL,
    place: str = "",
    now: datetime | None = None,
) -> Marked:
    """Mark those of the shop's orders that bear no mark yet as exported, all in one export; held ones never.

    Two at once share the orders between them, none is in both. A constant number of statements for up to 500 orders.
    Journal: `handover.exported`. Raises NotAllowed, Invalid (more than `EXPORT_LIMIT`).
    """
    found = queries.narrowed(whole.work_orders(actor, wanted), exported=False)
    orders = list(
        found.order_by("order_id").values_list("order_id", "number", Coalesce(F("order__akcept_case__version"), 0))[
            : EXPORT_LIMIT + 1
        ]
    )
    if len(orders) > EXPORT_LIMIT:
        raise Invalid(_("Mark up to %(limit)d orders at once: choose fewer days.") % {"limit": EXPORT_LIMIT})
    if not orders:
        return Marked(export_id=None, numbers=())
    export = Export.objects.create(via=via, place=place, at=now or utc_now())
    # Marks of an acceptance that was taken back since go; one that another gave just now is of this one, and stays.
    versions = {key: version for key, _number, version in orders}
    for mark in Exported.objects.filter(order_id__in=versions).order_by("pk"):
        if mark.version != versions[mark.pk]:
            Exported.objects.filter(pk=mark.pk, version=mark.version).delete()
    # The row is the order's only one: what another has marked while we looked is left to it.
    Exported.objects.bulk_create(
        [Exported(order_id=key, export=export, version=version) for key, _number, version in orders],
        ignore_conflicts=True,
    )
    ours = set(Exported.objects.filter(export=export).values_list("order_id", flat=True))
    numbers = tuple(number for key, number, _version in orders if key in ours)
    if not numbers:
        export.delete()
        return Marked(export_id=None, numbers=())
    _tell(topics.EXPORTED, export.pk, numbers, actor=actor, now=export.at)
    return Marked(export_id=export.pk, numbers=numbers)


@action
def undo_export(export_id: int, *, actor: Actor, now: datetime | None = None) -> int:
    """Take the marks of an export back and return how many there were: its orders can be exported once more.

    Journal: `handover.export_undone`. Raises NotAllowed, NotFound (undone already).
    """
    policies.require_staff(actor)
    marks = Exported.objects.filter(export_id=export_id).order_by("pk")
    numbers = tuple(marks.values_list("order__number", flat=True))
    gone, _by_model = Export.objects.filter(pk=export_id).delete()
    if not gone:
        raise NotFound(_("There is no such export, or it was undone."))
    _tell(topics.EXPORT_UNDONE, export_id, numbers, actor=actor, now=now or utc_now())
    return len(numbers)


@action
def unmark(numbers: Sequence[str], *, actor: Actor, now: datetime | None = None) -> tuple[str, ...]:
    """Take the marks of single orders back and return whose there were.

    Journal: `handover.export_undone`. Raises NotAllowed, Invalid (field `numbers`).
    """
    policies.require_staff(actor)
    if not 1 <= len(numbers) <= NUMBERS_LIMIT:
        raise Invalid(_("Name 1 to %(limit)d orders.") % {"limit": NUMBERS_LIMIT}, field="numbers")
    at, told = now or utc_now(), []
    marks = Exported.objects.filter(order__number__in=list(numbers)).order_by("export_id", "pk")
    by_export: dict[int, list[tuple[int, str]]] = {}
    for export_id, key, number in marks.values_list("export_id", "pk", "order__number"):
        by_export.setdefault(export_id, []).append((key, number))
    for export_id, rows in by_export.items():
        gone, _by_model = Exported.objects.filter(pk__in=[key for key, _n in rows], export_id=export_id).delete()
        if gone:
            _tell(topics.EXPORT_UNDONE, export_id, [number for _key, number in rows], actor=actor, now=at)
            told += [number for _key, number in rows]
    return tuple(told)


def _tell(topic: str, export_id: int, numbers: Sequence[str], *, actor: Actor, now: datetime) -> None:
    event = Event(topic, ("export", str(export_id)), {"orders": list(numbers)})
    journal.write(event, actor=actor, organization_id=None, now=now)
