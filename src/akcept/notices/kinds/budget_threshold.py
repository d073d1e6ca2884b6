"""To a budget's owner: so much of it is used, once a period for each threshold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from akcept.budgets import queries, topics, wording
from akcept.budgets.periods import Period
from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.recipients import named, user_target
from akcept.organizations.mailing import Topic
from akcept.ui.formats import money


def _targets(entry: Entry) -> list[str]:
    return [user_target(owner.user_id) for owner in queries.owners_to_tell(int(entry.subject_id))]


def _message(entry: Entry, target: str) -> Message:
    told = entry.payload
    period = Period(start=date.fromisoformat(told["period"]), end=date.fromisoformat(told["period_end"]))
    spent, held, available = (Decimal(told[name]) for name in ("spent", "held", "available"))
    subject = (
        _("Budget “%(name)s” is used up: %(percent)s")
        if spent + held >= available
        else _("%(percent)s of the budget “%(name)s” is used")
    )
    words = {"name": told["name"], "percent": wording.percent(spent + held, available)}
    return Message(
        subject=subject % words,
        context={
            "name": told["name"],
            "level": told["level"],
            "percent": words["percent"],
            "period": wording.period(period),
            "spent": money(spent, told["currency"]),
            "held": money(held, told["currency"]),
            "free": wording.rest(available - spent - held, told["currency"]),
            "over": spent + held > available,
            "available": money(available, told["currency"]),
            "budget_id": int(entry.subject_id),
            "organization_id": entry.organization_id,
        },
    )


KIND = Kind(
    name="budget_threshold",
    topics=frozenset({topics.THRESHOLD_REACHED}),
    targets=_targets,
    recipient=named,
    message=_message,
    topic=Topic.ADMINISTRATION,
)
