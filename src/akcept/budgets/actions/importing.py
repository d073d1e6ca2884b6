"""Budgets from a file: all of it or nothing, and exactly what the preview showed."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from akcept.budgets import policies, topics
from akcept.budgets.actions.setting import kept
from akcept.budgets.bulk.planning import plan_budgets, wanted
from akcept.budgets.bulk.surroundings import surroundings
from akcept.budgets.models import Budget
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Changed, Invalid
from akcept.organizations import queries as organizations
from akcept.organizations.bulk.planning import RowAct
from akcept.organizations.bulk.sheets import Sheet
from akcept.transactions.acting import action

_CHANGEABLE = (
    *("ends", "amounts", "carry", "carry_most", "effect", "owner", "thresholds", "max_orders", "max_single"),
    *("state", "version"),
)


@action
def import_budgets(sheet: Sheet, *, actor: Actor, digest: str, now: datetime | None = None) -> dict[str, int]:
    """Add and change the budgets of a file. Return how many were created, changed and left.

    `digest` names the plan that was shown; when anything has changed since, nothing is done. The file may be imported
    again: what is as it says is left. A constant number of statements. Journal: `budget.added`, `budget.changed`.
    Raises NotAllowed, Invalid (a wrong row), Changed.
    """
    at = now or utc_now()
    seat = policies.require_manager(organizations.seat_of(actor))
    around = surroundings(seat, now=at, lock=True)
    plan = plan_budgets(sheet, around)
    if plan.counts[RowAct.WRONG]:
        raise Invalid(_("Some rows are wrong, so nothing has been imported."), field="file")
    if plan.digest != digest:
        raise Changed(_("Something has changed since you saw this. Please look again and confirm."))
    before = {budget.pk: kept(budget) for budget in around.budgets.values()}
    rows = list(wanted(plan))
    new = [budget for outcome, budget in rows if outcome.known is None]
    changed = [budget for outcome, budget in rows if outcome.known is not None]
    for budget in new:
        budget.created_at = at
    for budget in changed:
        budget.version += 1
    try:
        with transaction.atomic():
            Budget.objects.bulk_create(new)
    except IntegrityError:
        raise Changed(_("Something has changed since you saw this. Please look again and confirm.")) from None
    Budget.objects.bulk_update(changed, _CHANGEABLE)
    written = [Event(topics.ADDED, ("budget", str(budget.pk)), kept(budget)) for budget in new]
    written += [
        Event(topics.CHANGED, ("budget", str(budget.pk)), {"before": before[budget.pk], "after": kept(budget)})
        for budget in changed
    ]
    if written:
        journal.write(written, actor=actor, organization_id=seat.organization_id, now=at)
    return plan.counts
