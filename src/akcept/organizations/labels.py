"""Permissions, bases and ready-made roles in words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from akcept.kernel.amounts import Basis
from akcept.organizations.permissions import Permission

BASIS_LABELS: Final = {
    Basis.GOODS_NET: _("net, without delivery"),
    Basis.TOTAL_NET: _("net, with delivery"),
    Basis.GOODS_GROSS: _("gross, without delivery"),
    Basis.TOTAL_GROSS: _("gross, with delivery"),
}

LABELS: Final = {
    Permission.PLACE_ORDERS: _("placing orders"),
    Permission.ACCEPT_ORDERS: _("accepting orders"),
    Permission.SEE_UNIT_ORDERS: _("seeing the unit's orders"),
    Permission.SEE_ALL_ORDERS: _("seeing all orders"),
    Permission.USE_FREE_ADDRESS: _("delivery to any address"),
    Permission.MANAGE_MEMBERS: _("managing members"),
    Permission.MANAGE_UNITS: _("managing units and addresses"),
    Permission.MANAGE_POLICIES: _("managing acceptance rules"),
    Permission.SEE_BUDGETS: _("seeing budgets"),
    Permission.MANAGE_BUDGETS: _("managing budgets"),
    Permission.SEE_PRICES: _("seeing prices"),
}

EXPLAINED: Final = {
    Permission.PLACE_ORDERS: _("Fills a basket and places orders for their unit."),
    Permission.ACCEPT_ORDERS: _(
        "Accepts or rejects orders of their unit and every unit below it. Sees the orders they are or were asked about."
    ),
    Permission.SEE_UNIT_ORDERS: _("Sees the orders of their unit and every unit below it."),
    Permission.SEE_ALL_ORDERS: _("Sees every order of the organisation."),
    Permission.USE_FREE_ADDRESS: _("Can have orders delivered to any address."),
    Permission.MANAGE_MEMBERS: _(
        "Invites people, sets their unit, roles and permissions. At head office: everybody's, and the roles themselves."
    ),
    Permission.MANAGE_UNITS: _("Adds, renames, moves, closes and reopens units, and keeps their addresses."),
    Permission.MANAGE_POLICIES: _("Decides which orders have to be accepted, and by whom."),
    Permission.SEE_BUDGETS: _("Sees the budgets of their unit and every unit below it, and what is spent."),
    Permission.MANAGE_BUDGETS: _("Sets budgets of their unit and every unit below it, and sees what is spent."),
    Permission.SEE_PRICES: _(
        "Sees prices where the organisation shows them only to those who may. Accepting orders, budgets and rules "
        "include it."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyRole:
    """A role every organisation starts with, and may rename or change."""

    code: str
    name: Any
    permissions: frozenset[Permission]
    #: What it was called by earlier versions: such a name was not chosen by anybody either.
    formerly: tuple[str, ...] = ()


READY_ROLES: Final = (
    ReadyRole(
        code="requester",
        name=_("Requester"),
        permissions=frozenset({Permission.PLACE_ORDERS}),
        formerly=("Składający", "Zamawiający"),
    ),
    ReadyRole(
        code="approver",
        name=_("Approver"),
        permissions=frozenset({Permission.ACCEPT_ORDERS, Permission.SEE_UNIT_ORDERS}),
    ),
    ReadyRole(
        code="branch_manager",
        name=_("Branch manager"),
        permissions=frozenset(
            {
                Permission.PLACE_ORDERS,
                Permission.ACCEPT_ORDERS,
                Permission.SEE_UNIT_ORDERS,
                Permission.SEE_BUDGETS,
                Permission.MANAGE_MEMBERS,
                Permission.MANAGE_UNITS,
            }
        ),
    ),
    ReadyRole(
        code="accountant",
        name=_("Accountant"),
        permissions=frozenset({Permission.SEE_ALL_ORDERS, Permission.SEE_BUDGETS}),
    ),
    ReadyRole(
        code="administrator",
        name=_("Administrator"),
        permissions=frozenset(
            {
                Permission.SEE_ALL_ORDERS,
                Permission.MANAGE_MEMBERS,
                Permission.MANAGE_UNITS,
                Permission.MANAGE_POLICIES,
                Permission.MANAGE_BUDGETS,
            }
        ),
    ),
)


@cache
def _names_made_ready() -> dict[str, ReadyRole]:
    names = {name: ready for ready in READY_ROLES for name in ready.formerly}
    for language, _name in settings.LANGUAGES:
        with override(language):
            names |= {str(ready.name): ready for ready in READY_ROLES}
    return names


def role_name(stored: str) -> str:
    """Return a role's name for the reader: one made ready and never renamed in the active language, else as it is."""
    ready = _names_made_ready().get(stored)
    return str(ready.name) if ready is not None else stored
