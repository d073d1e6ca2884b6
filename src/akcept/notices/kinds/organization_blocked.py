"""To an organisation's administrators: the shop has blocked it, and why; or lets it order again."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.recipients import named, user_target
from akcept.notices.sending import shop_name
from akcept.organizations import queries, topics
from akcept.organizations.models import Organization


def _targets(entry: Entry) -> list[str]:
    return [user_target(person.user_id) for person in queries.administrators(entry.organization_id)]


def _message(entry: Entry, target: str) -> Message:
    organization = Organization.objects.get(pk=entry.organization_id)
    blocked = entry.topic == topics.BLOCKED
    subject = _("%(shop)s: orders of %(name)s are blocked") if blocked else _("%(shop)s: %(name)s can order again")
    return Message(
        subject=subject % {"shop": shop_name(), "name": organization.name},
        context={"organization": organization, "blocked": blocked, "reason": entry.payload.get("reason", "")},
    )


KIND = Kind(
    name="organization_blocked",
    topics=frozenset({topics.BLOCKED, topics.UNBLOCKED}),
    targets=_targets,
    recipient=named,
    message=_message,
    essential=True,
)
