"""To somebody who is offered a sub-account: the link to join by."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.kernel.clock import utc_now
from akcept.notices.kind import Kind, Message, Recipient
from akcept.organizations import topics
from akcept.organizations.models import Invitation
from akcept.organizations.queries import name_of
from akcept.organizations.tokens import token_for
from akcept.ui.formats import dated


def _targets(entry: Entry) -> list[str]:
    return [f"email:{entry.payload['email']}"]


def _open_invitation(entry: Entry) -> Invitation:
    found = (
        Invitation.objects.filter(pk=entry.subject_id, accepted_at=None, revoked_at=None, expires_at__gt=utc_now())
        .select_related("organization", "unit", "invited_by__user")
        .first()
    )
    if found is None:
        raise Skip("the invitation was accepted, taken back, or has expired")
    return found


def _recipient(entry: Entry, _target: str) -> Recipient:
    found = _open_invitation(entry)
    return Recipient(email=found.email, language=found.language)


def _message(entry: Entry, _target: str) -> Message:
    found = _open_invitation(entry)
    by_shop = _("You administer the account of %(organization)s")
    subject = _("%(organization)s invites you to order as a team") if found.invited_by else by_shop
    return Message(
        subject=subject % {"organization": found.organization.name},
        context={
            "invitation": found,
            "inviter": name_of(found.invited_by.user) if found.invited_by else "",
            "path": reverse("akcept:invitation", kwargs={"token": token_for(found)}),
            "until": dated(found.expires_at),
        },
    )


KIND = Kind(
    name="invitation",
    topics=frozenset({topics.MEMBER_INVITED, topics.INVITATION_RESENT}),
    targets=_targets,
    at_once=True,
    recipient=_recipient,
    message=_message,
    essential=True,
)
