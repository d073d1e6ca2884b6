"""The secret in an invitation's link: a signature bound to the row and to when it was last sent.

The row decides whether it still counts (once, until it expires or is revoked), so a leaked old link is worth
nothing after a resend, and the database holds no secret.
"""

from __future__ import annotations

from django.core import signing

from akcept.organizations.models import Invitation

_SALT = "akcept.invitation"


def token_for(invitation: Invitation) -> str:
    """Return the token of the invitation as it stands now."""
    return signing.dumps([invitation.pk, int(invitation.expires_at.timestamp())], salt=_SALT, compress=False)


def invitation_named(token: str) -> Invitation | None:
    """Return the invitation a genuine, current token names; it may be expired, revoked or accepted."""
    try:
        pk, expires = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = Invitation.objects.filter(pk=pk).select_related("organization", "unit", "invited_by__user").first()
    return found if found is not None and int(found.expires_at.timestamp()) == expires else None
