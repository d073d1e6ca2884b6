"""Which of the shop's orders were exported; only in a shop that has this app."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from akcept.handover.models import Export, Exported
from akcept.kernel.actor import Actor
from akcept.ordering.models import Placement
from akcept.organizations import policies

#: So many of the latest exports are listed.
SHOWN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRow:
    """One export: when, by which way, and how many orders bear its mark."""

    id: int
    at: datetime
    via: str
    orders: int


def narrowed(found: QuerySet[Placement], *, exported: bool | None) -> QuerySet[Placement]:
    """Return those of the orders that bear a mark, or none; all for None."""
    if exported is None:
        return found
    return found.filter(Exists(_marks())) if exported else found.exclude(Exists(_marks()))


def of_export(found: QuerySet[Placement], export_id: int) -> QuerySet[Placement]:
    """Return those of the orders that were marked in one go."""
    return found.filter(Exists(_marks().filter(export_id=export_id)))


def of_place(found: QuerySet[Placement], place: str) -> QuerySet[Placement]:
    """Return those of the orders that are one folder's."""
    return found.filter(Exists(_marks().filter(export__place=place)))


def exports_of(order_ids: Collection[int]) -> dict[int, int]:
    """Return, by order, in which export it was marked; one statement."""
    return dict(Exported.objects.filter(order_id__in=order_ids).values_list("order_id", "export_id"))


def latest(actor: Actor) -> list[ExportRow]:
    """Return the latest exports, the last first; one statement. Raises NotAllowed."""
    policies.require_staff(actor)
    rows = Export.objects.annotate(n=Count("marks")).order_by("-pk")[:SHOWN]
    return [ExportRow(id=row.pk, at=row.at, via=row.get_via_display(), orders=row.n) for row in rows]


def _marks() -> QuerySet[Exported]:
    """Return the mark of an order, as long as it is of the acceptance the order has now."""
    return Exported.objects.annotate(now=Coalesce(OuterRef("order__akcept_case__version"), 0)).filter(
        order_id=OuterRef("order_id"), version=F("now")
    )
