"""What a member may be allowed to do (pure)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """Rights given to a member by the organisation's administrators."""

    PLACE_ORDERS = "place_orders"
    ACCEPT_ORDERS = "accept_orders"
    MANAGE_MEMBERS = "manage_members"


LABELS: Final = {
    Permission.PLACE_ORDERS: _("placing orders"),
    Permission.ACCEPT_ORDERS: _("accepting orders"),
    Permission.MANAGE_MEMBERS: _("managing members and units"),
}

EXPLAINED: Final = {
    Permission.PLACE_ORDERS: _("Fills a basket and places orders for the own unit."),
    Permission.ACCEPT_ORDERS: _("Accepts or rejects orders of the own unit and of every unit below it."),
    Permission.MANAGE_MEMBERS: _("Invites people, sets their unit and permissions, adds units and addresses."),
}
