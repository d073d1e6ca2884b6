"""Units that were closed, for whoever may open them again."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotFound
from akcept.kernel.paging import PAGE_SIZE, Page, key_of, page_of
from akcept.organizations import policies
from akcept.organizations.models import Unit
from akcept.organizations.paths import ids_in
from akcept.organizations.permissions import Permission
from akcept.organizations.queries.seats import seat_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedUnit:
    """A closed unit, and what opening it again is about."""

    unit: Unit
    #: The nearest open unit above it that the actor reaches: where it hung, unless that is closed too.
    parent_id: int
    #: Names of the units that open with it, and of those below it that were closed before and stay so.
    together: list[str]
    staying: list[str]


def closed_units(actor: Actor, *, after: str = "", size: int = PAGE_SIZE) -> Page[tuple[Unit, list[str]]]:
    """Return closed units, the latest first, each before those below it, with the names of those above.

    Two statements besides the seat's, one more on later pages. Raises NotAllowed.
    """
    found = _closed(actor)
    key = key_of(after)
    if key is not None:
        found = found.filter(_following(found.filter(pk=key).first()))
    rows = list(found.order_by("-closed_at", "path")[: size + 1])
    names = dict(
        Unit.objects.filter(pk__in={pk for unit in rows for pk in ids_in(unit.path)}).values_list("pk", "name")
    )
    page = page_of(rows, [str(row.pk) for row in rows], size=size, is_first=key is None)
    told = tuple((unit, [names[pk] for pk in ids_in(unit.path)[:-1]]) for unit in page.rows)
    return Page(rows=told, next_after=page.next_after, is_first=page.is_first)


def _following(last: Unit | None) -> Q:
    return Q(closed_at__lt=last.closed_at) | Q(closed_at=last.closed_at, path__gt=last.path) if last else Q()


def closed_unit(actor: Actor, unit_id: int) -> ClosedUnit:
    """Return a closed unit, below the actor's own. Raises NotAllowed, NotFound."""
    unit = _closed(actor).filter(pk=unit_id).first()
    if unit is None:
        raise NotFound(_("There is no such closed unit in your organisation."))
    above = Unit.objects.filter(pk__in=ids_in(unit.path)[:-1], closed_at=None).order_by("-path").first()
    below = Unit.objects.filter(organization_id=unit.organization_id, path__startswith=unit.path).exclude(pk=unit.pk)
    names = below.order_by("path").values_list("name", flat=True)
    return ClosedUnit(
        unit=unit,
        parent_id=above.pk if above else 0,
        together=list(names.filter(closed_at=unit.closed_at)),
        staying=list(names.exclude(closed_at=unit.closed_at)),
    )


def closed_together(unit: Unit) -> QuerySet[Unit]:
    """Return a closed unit and those below it that were closed by the same act."""
    return Unit.objects.filter(
        organization_id=unit.organization_id, path__startswith=unit.path, closed_at=unit.closed_at
    )


def _closed(actor: Actor) -> QuerySet[Unit]:
    seat = policies.require_sight(seat_of(actor), Permission.MANAGE_UNITS)
    return Unit.objects.filter(
        organization_id=seat.organization_id, path__startswith=seat.unit_path, closed_at__isnull=False
    )
