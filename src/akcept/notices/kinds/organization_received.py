"""After a sign-up: to the new administrator that it was received, to the shop that it waits for confirmation."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.notices.kind import Kind, Message
from akcept.notices.recipients import named, user_target
from akcept.organizations import topics


def _targets(entry: Entry) -> list[str]:
    shop = getattr(settings, "AKCEPT_MERCHANT_EMAIL", "")
    administrator = [] if entry.actor_user_id is None else [user_target(entry.actor_user_id)]
    return [*administrator, *([f"email:{shop}"] if shop else [])]


def _message(entry: Entry, target: str) -> Message:
    to_shop = target.startswith("email:")
    words = {"name": entry.payload["name"]}
    return Message(
        subject=(
            (_("New organisation: %(name)s") if to_shop else _("We received the application of %(name)s")) % words
        ),
        context={
            "name": entry.payload["name"],
            "nip": entry.payload["nip"],
            "to_shop": to_shop,
            "organization_id": entry.subject_id,
        },
    )


KIND = Kind(
    name="organization_received",
    topics=frozenset({topics.SIGNED_UP}),
    targets=_targets,
    at_once=True,
    recipient=named,
    message=_message,
    essential=True,
)
