"""A customer's own order number that other orders of the organisation bear too: told, never refused (read)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from akcept.kernel.actor import Actor
from akcept.ordering.models import Placement
from akcept.ordering.routing.facts import CAME_TO_NOTHING
from akcept.ordering.visibility import visible_placements
from akcept.organizations.seats import Seat

#: Orders looked at, the latest first, and those named.
_LOOKED_AT: Final = 20
_NAMED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SameNumber:
    """How many other orders bear the number (`at_least`: or more), and the latest of them that the reader may see."""

    count: int
    at_least: bool
    numbers: tuple[str, ...]


def same_number(placement: Placement, *, seat: Seat | None, user_id: int | None) -> SameNumber | None:
    """Return which other orders of a member's organisation bear an order's own number, None where none does.

    In whatever capitals: two people who type one number seldom type it alike.
    Those that came to nothing do not count. One statement, two where there are any; none for an order without a number.
    """
    if not placement.po_key or seat is None or seat.organization_id != placement.organization_id:
        return None
    alike = Placement.objects.filter(organization_id=placement.organization_id, po_key=placement.po_key)
    others = alike.exclude(pk=placement.pk).exclude(order__status__in=CAME_TO_NOTHING)
    found = list(others.order_by("-order_id").values_list("pk", flat=True)[:_LOOKED_AT])
    if not found:
        return None
    reader = Actor.person(user_id or 0, "", organization_id=seat.organization_id)
    seen = visible_placements(reader, seat).filter(pk__in=found).order_by("-order_id")
    return SameNumber(
        count=len(found),
        at_least=len(found) == _LOOKED_AT,
        numbers=tuple(seen.values_list("number", flat=True)[:_NAMED]),
    )
