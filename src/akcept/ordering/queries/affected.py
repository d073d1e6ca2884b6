"""What of the waiting orders a change of the organisation's tree touches (read)."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count

from akcept.approvals.models import Case
from akcept.approvals.states import State
from akcept.organizations.paths import ancestors_of


def waiting_within(organization_id: int, paths: Collection[str]) -> int:
    """Return how many orders wait in units of these paths and below them; one statement, none for no path."""
    if not paths:
        return 0
    waiting = Case.objects.filter(organization_id=organization_id, state=State.AWAITING.value)
    by_unit = waiting.values_list("unit__path").annotate(n=Count("pk"))
    return sum(n for path, n in by_unit if not set(paths).isdisjoint(ancestors_of(path)))
