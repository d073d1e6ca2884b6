"""What this room writes in the journal; subjects: organization, unit, member, invitation, module."""

from __future__ import annotations

from typing import Final

SIGNED_UP: Final = "organization.signed_up"
CONFIRMED: Final = "organization.confirmed"
UNIT_ADDED: Final = "unit.added"
UNIT_CHANGED: Final = "unit.changed"
MEMBER_INVITED: Final = "member.invited"
INVITATION_RESENT: Final = "member.invitation_resent"
INVITATION_REVOKED: Final = "member.invitation_revoked"
MEMBER_JOINED: Final = "member.joined"
MEMBER_CHANGED: Final = "member.changed"
MEMBER_DEACTIVATED: Final = "member.deactivated"
MEMBER_REACTIVATED: Final = "member.reactivated"
MODULE_SWITCHED: Final = "module.switched"
