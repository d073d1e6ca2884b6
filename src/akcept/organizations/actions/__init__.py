"""Every write to organisations, units and members. A public function here is a whole transaction."""

from akcept.organizations.actions.customers import confirm, sign_up
from akcept.organizations.actions.invitations import (
    accept_invitation,
    invite,
    require_open,
    resend_invitation,
    revoke_invitation,
)
from akcept.organizations.actions.members import change_member, choose_language
from akcept.organizations.actions.rows import AddressInput
from akcept.organizations.actions.switch import switch_module
from akcept.organizations.actions.units import add_unit, change_unit

__all__ = [
    "AddressInput",
    "accept_invitation",
    "add_unit",
    "change_member",
    "change_unit",
    "choose_language",
    "confirm",
    "invite",
    "require_open",
    "resend_invitation",
    "revoke_invitation",
    "sign_up",
    "switch_module",
]
