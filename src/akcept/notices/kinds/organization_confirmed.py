"""To an organisation's administrators: the shop has confirmed it, ordering works."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.recipients import named, user_target
from akcept.organizations import queries, topics
from akcept.organizations.models import Organization


def _targets(entry: Entry) -> list[str]:
    return [user_target(p.user_id) for p in queries.administrators(entry.organization_id)]


def _message(entry: Entry, target: str) -> Message:
    organization = Organization.objects.get(pk=entry.organization_id)
    return Message(
        subject=_("%(name)s can order now") % {"name": organization.name},
        context={"organization": organization},
    )


KIND = Kind(
    name="organization_confirmed",
    topics=frozenset({topics.CONFIRMED}),
    targets=_targets,
    recipient=named,
    message=_message,
    essential=True,
)
