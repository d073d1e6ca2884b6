"""What a change of the organisation would do to orders that wait: it is tried, looked at, and undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import transaction

from akcept.journal.models import Entry
from akcept.ordering import topics
from akcept.ordering.reactions.asking_again import NOW, reroute
from akcept.organizations import topics as organization_topics
from akcept.organizations.models import Organization
from akcept.transactions.acting import tried
from akcept.transactions.locking import lock

_TOLD: Final = (topics.ASKED_AGAIN, topics.NOBODY_MAY_DECIDE, topics.REQUESTER_LEFT)


def foreseen(change: Callable[[], object], *, organization_id: int) -> list[Entry]:
    """Return what the histories of waiting orders would say after `change`: who is asked instead, or that nobody is.

    `change` runs inside a transaction that is rolled back, so what is foreseen is what will happen. Its refusals
    pass through. Nothing is left behind: no row, no journal entry, no mail.
    """
    look = Entry(organization_id=organization_id, topic=organization_topics.UNIT_MOVED, payload={})
    with tried():
        try:
            lock(Organization.objects.all()).get(pk=organization_id)  # as `change` will, and before the cases
            reroute(look, NOW)  # what earlier changes did is not this one's doing
            told = Entry.objects.filter(organization_id=organization_id, topic__in=_TOLD)
            before = told.order_by("-seq").values_list("seq", flat=True).first() or 0
            change()
            reroute(look, NOW)
            return list(told.filter(seq__gt=before).order_by("seq"))
        finally:
            transaction.set_rollback(True)
