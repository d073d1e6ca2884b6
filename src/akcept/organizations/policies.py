"""Who may. The same predicates decide in actions and feed the buttons; what is not declared here is denied."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.errors import NotAllowed, NotFound
from akcept.organizations.grants import Effective, exceeds
from akcept.organizations.labels import LABELS
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat


def require_staff(actor: Actor) -> None:
    """Raise NotAllowed unless one of the merchant's people acts."""
    if actor.kind is not ActorKind.STAFF:
        raise NotAllowed(_("Only the shop's staff may do this."))


#: Django's permission of the shop's staff, given in the admin to accounts or groups; a superuser has every one.
MANAGE_ORGANIZATIONS: Final = "akcept_organizations.manage_organizations"


def manages_organizations(user: Any) -> bool:
    """Whether an account of the shop's staff may change organisations and B2B: what buttons ask."""
    return bool(user.is_active and user.is_staff and user.has_perm(MANAGE_ORGANIZATIONS))


def require_manages_organizations(actor: Actor) -> None:
    """Raise NotAllowed unless one of the merchant's people acts who may change organisations and B2B, as of now."""
    require_staff(actor)
    user = get_user_model().objects.filter(pk=actor.user_id).first()
    if user is None or not manages_organizations(user):
        raise NotAllowed(
            _("For this you need the shop's permission “managing organisations”. Ask the shop's administrator.")
        )


def require_seat(seat: Seat | None) -> Seat:
    """Return the seat of an active member while the module is on. Raises NotAllowed with what stands in the way."""
    if seat is None:
        raise NotAllowed(_("Your account does not belong to an organisation."))
    if not seat.module_enabled:
        raise NotAllowed(_("This shop does not offer organisation accounts at the moment."))
    if not seat.active:
        raise NotAllowed(_("Your account has been deactivated. Ask an administrator of your organisation."))
    return seat


def require_active_organization(seat: Seat) -> Seat:
    """Raise NotAllowed while the shop has not confirmed the organisation, or has blocked it."""
    if seat.organization_status == "pending":
        raise NotAllowed(
            _("The shop has not confirmed %(organization)s yet. You will get an e-mail when it has.")
            % {"organization": seat.organization_name}
        )
    if seat.organization_status != "active":
        raise NotAllowed(blocked_text(seat))
    return seat


def blocked_text(seat: Seat) -> str:
    """Return what a member of a blocked organisation is told, with the shop's reason where it gave one."""
    text = _("Orders of %(organization)s are blocked by the shop. Please contact the shop.") % {
        "organization": seat.organization_name
    }
    if not seat.blocked_reason:
        return text
    reason = _("Reason: %(reason)s") % {"reason": seat.blocked_reason}
    return f"{text} {reason}"


def require_permission(seat: Seat | None, permission: Permission) -> Seat:
    """Return the seat when it holds the permission now. Raises NotAllowed."""
    held = require_active_organization(require_seat(seat))
    if not held.holds(permission):
        raise NotAllowed(_refusal(permission))
    return held


def require_sight(seat: Seat | None, permission: Permission) -> Seat:
    """Return the seat of an active member with the permission, also while the shop blocks the organisation: to look.

    Raises NotAllowed.
    """
    held = require_seat(seat)
    if not held.sees(permission):
        raise NotAllowed(_refusal(permission))
    return held


_REFUSALS = {
    Permission.PLACE_ORDERS: lambda: _("You may not place orders. Ask an administrator of your organisation."),
    Permission.ACCEPT_ORDERS: lambda: _("You may not accept orders. Ask an administrator of your organisation."),
}


def _refusal(permission: Permission) -> str:
    if permission in _REFUSALS:
        return _REFUSALS[permission]()
    return _("For this you need the permission “%(permission)s”. Ask an administrator of your organisation.") % {
        "permission": LABELS[permission]
    }


def require_head_office(seat: Seat) -> Seat:
    """Return the seat when it reaches the whole organisation. Raises NotAllowed."""
    if not seat.at_head_office:
        raise NotAllowed(_("Only administrators at head office may do this."))
    return seat


def require_reach(seat: Seat, unit_path: str) -> None:
    """Raise NotFound unless the unit is the seat's own or one below it: others do not exist for it."""
    if not seat.covers(unit_path):
        raise NotFound(_("There is no such unit in your organisation."))


def require_giveable(seat: Seat, wanted: Effective) -> None:
    """Raise NotAllowed when somebody below head office would give, or take away, more than they have themselves."""
    if seat.at_head_office:
        return
    if more := exceeds(wanted, seat.effective):
        raise NotAllowed(
            _("You can only give or take what you may do yourself; this needs head office: %(permissions)s.")
            % {"permissions": ", ".join(str(LABELS[p]) for p in Permission if p in more)}
        )
