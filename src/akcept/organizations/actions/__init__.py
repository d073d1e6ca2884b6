"""Every write to organisations, units and members. A public function here is a whole transaction."""

from akcept.organizations.actions.customers import change_organization, sign_up
from akcept.organizations.actions.importing import carry_out_import, draft_import
from akcept.organizations.actions.invitations import (
    accept_invitation,
    account_waiting_for_its_owner,
    invite,
    require_open,
    resend_invitation,
    revoke_invitation,
)
from akcept.organizations.actions.members import change_member, choose_language, choose_mails, remove_member
from akcept.organizations.actions.merchant import add_organization, block, confirm, invite_administrator, unblock
from akcept.organizations.actions.privacy import PersonalData, copy_member_data, copy_own_data, forget_member
from akcept.organizations.actions.roles import add_role, change_role, remove_role
from akcept.organizations.actions.seeing import choose_prices, open_shop, show_prices
from akcept.organizations.actions.substitutes import end_substitution, name_substitute
from akcept.organizations.actions.switch import switch_module
from akcept.organizations.actions.units import (
    add_unit,
    change_unit,
    close_unit,
    move_unit,
    remove_address,
    reopen_unit,
    save_address,
)
from akcept.organizations.addresses import AddressInput

__all__ = [
    "AddressInput",
    "PersonalData",
    "accept_invitation",
    "account_waiting_for_its_owner",
    "add_organization",
    "add_role",
    "add_unit",
    "block",
    "carry_out_import",
    "change_member",
    "change_organization",
    "change_role",
    "change_unit",
    "choose_language",
    "choose_mails",
    "choose_prices",
    "close_unit",
    "confirm",
    "copy_member_data",
    "copy_own_data",
    "draft_import",
    "end_substitution",
    "forget_member",
    "invite",
    "invite_administrator",
    "move_unit",
    "name_substitute",
    "open_shop",
    "remove_address",
    "remove_member",
    "remove_role",
    "reopen_unit",
    "require_open",
    "resend_invitation",
    "revoke_invitation",
    "save_address",
    "show_prices",
    "sign_up",
    "switch_module",
    "unblock",
]
