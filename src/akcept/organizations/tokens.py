"""The secret in an invitation's link: a signature bound to the row and to when it was last sent.

The row decides whether it still counts (once, until it expires or is revoked), so a leaked old link is worth
nothing after a resend, and the database holds no secret.
"""

from __future__ import annotations

from django.core import signing
from django.utils.translation import gettext as _

from akcept.kernel.errors import NotFound, Stale
from akcept.organizations.models import Invitation

_SALT = "akcept.invitation"


def token_for(invitation: Invitation) -> str:
    """Return the token of the invitation as it stands now."""
    return signing.dumps([invitation.pk, int(invitation.expires_at.timestamp())], salt=_SALT, compress=False)


def invitation_named(token: str) -> Invitation:
    """Return the invitation a token names; it may be expired, revoked or accepted.

    Raises NotFound (not genuine), Stale (it was sent again since, with another link).
    """
    try:
        pk, expires = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        pk, expires = None, None
    found = Invitation.objects.filter(pk=pk).select_related("organization", "unit", "invited_by__user").first()
    if found is None:
        raise NotFound(_("This link is not valid. Ask for a new invitation."))
    if int(found.expires_at.timestamp()) != expires:
        raise Stale(_("This link has been replaced by a newer one: use the one in the latest e-mail."))
    return found
