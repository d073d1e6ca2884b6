"""An organisation's terms, for its pages."""

from __future__ import annotations

from akcept.approvals.current import terms_for
from akcept.approvals.models import Terms
from akcept.approvals.queries.readers import policy_maker
from akcept.kernel.actor import Actor
from akcept.organizations import policies
from akcept.organizations import queries as organizations


def terms(actor: Actor) -> Terms:
    """Return the organisation's terms for their page. Raises NotAllowed (head office only)."""
    seat = policies.require_head_office(policy_maker(actor))
    return terms_for(seat.organization_id)


def asks_once(actor: Actor) -> bool:
    """Return whether nobody is asked twice in the actor's organisation; True outside of one. Two statements."""
    seat = organizations.seat_of(actor)
    return seat is None or terms_for(seat.organization_id).skip_already_accepted
