"""What a change of the organisation would do to orders that wait: it is tried, looked at, and undone."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from akcept.journal import actions as journal
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.ordering.reactions.asking_again import look
from akcept.organizations.models import Organization
from akcept.transactions.acting import together
from akcept.transactions.locking import lock


def foreseen(change: Callable[[], object], *, organization_id: int) -> list[Entry]:
    """Return what the histories of waiting orders would say after `change`: who is asked instead, or that nobody is.

    `change` runs inside a transaction that is rolled back, so what is foreseen is what will happen. Its refusals
    pass through. Nothing is left behind: no row, no journal entry, no mail. The locks are those of `change`, in their
    order: orders are only read, and no chain is locked, so nobody who orders or decides waits for it.
    """
    with together(), journal.aside():
        try:
            lock(Organization.objects.all()).get(pk=organization_id)  # as `change` will: it does not change meanwhile
            _earlier, before = look(organization_id)  # what earlier changes did is not this one's doing
            change()
            facts, _after = look(organization_id, since=before)
        finally:
            transaction.set_rollback(True)
    relay, now = Actor.system("relay"), utc_now()
    return [journal.unsealed(fact, actor=relay, organization_id=organization_id, at=now) for fact in facts]
