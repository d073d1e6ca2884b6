"""An order that somebody meets while acting for another of their organisations: by mail, bookmark, an old list."""

from __future__ import annotations

from dataclasses import replace

from akcept.kernel.actor import Actor
from akcept.ordering.visibility import visible_placements
from akcept.organizations import queries as organizations
from akcept.organizations.seats import Membership


def organization_of_order(actor: Actor, number: str) -> Membership | None:
    """Return in which other of their organisations the actor may see an order, None for none.

    No statement beyond one for whoever belongs to a single organisation; two more for each other one.
    """
    for other in organizations.memberships(actor, current=actor.organization_id):
        there = replace(actor, organization_id=other.organization_id)
        if not other.current and visible_placements(there, organizations.seat_of(there)).filter(number=number).exists():
            return other
    return None
