"""What this room writes in the journal; subjects: organization, unit, member, role, invitation, module."""

from __future__ import annotations

from typing import Final

SIGNED_UP: Final = "organization.signed_up"
CONFIRMED: Final = "organization.confirmed"
BLOCKED: Final = "organization.blocked"
UNBLOCKED: Final = "organization.unblocked"
ORGANIZATION_ADDED: Final = "organization.added"
ADMINISTRATOR_INVITED: Final = "organization.administrator_invited"
ORGANIZATION_CHANGED: Final = "organization.changed"
UNITS_IMPORTED: Final = "organization.units_imported"
MEMBERS_IMPORTED: Final = "organization.members_imported"
UNIT_ADDED: Final = "unit.added"
UNIT_CHANGED: Final = "unit.changed"
UNIT_MOVED: Final = "unit.moved"
UNIT_CLOSED: Final = "unit.closed"
UNIT_REOPENED: Final = "unit.reopened"
ADDRESS_SAVED: Final = "unit.address_saved"
ADDRESS_REMOVED: Final = "unit.address_removed"
ROLE_ADDED: Final = "role.added"
ROLE_CHANGED: Final = "role.changed"
ROLE_REMOVED: Final = "role.removed"
SUBSTITUTE_NAMED: Final = "member.substitute_named"
SUBSTITUTE_ENDED: Final = "member.substitute_ended"
MEMBER_INVITED: Final = "member.invited"
INVITATION_RESENT: Final = "member.invitation_resent"
INVITATION_REVOKED: Final = "member.invitation_revoked"
INVITATION_CHANGED: Final = "member.invitation_changed"
MEMBER_JOINED: Final = "member.joined"
MEMBER_CHANGED: Final = "member.changed"
MEMBER_DEACTIVATED: Final = "member.deactivated"
MEMBER_REACTIVATED: Final = "member.reactivated"
MEMBER_REMOVED: Final = "member.removed"
DATA_COPIED: Final = "member.data_copied"
MEMBER_FORGOTTEN: Final = "member.forgotten"
MODULE_SWITCHED: Final = "module.switched"
GATE_CHANGED: Final = "module.gate_changed"
PRICES_CHOSEN: Final = "organization.prices_chosen"

#: After these somebody else may have to decide what waits.
MAY_CHANGE_WHO_DECIDES: Final = (
    MEMBER_JOINED,
    MEMBER_CHANGED,
    MEMBER_DEACTIVATED,
    MEMBER_REACTIVATED,
    MEMBER_REMOVED,
    ROLE_CHANGED,
    UNIT_MOVED,
    UNIT_CLOSED,
    UNIT_REOPENED,
    UNITS_IMPORTED,
    MEMBERS_IMPORTED,
    SUBSTITUTE_NAMED,
    SUBSTITUTE_ENDED,
    UNBLOCKED,
)

#: In the payload of what an import did to each row: the file's name. Its own entry is looked at once for all of them.
IMPORT: Final = "import"
