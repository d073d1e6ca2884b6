"""Who may decide. Computed live from the seat as it is now, never from names frozen at placing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.approvals.models import Case
from akcept.kernel.errors import NotAllowed
from akcept.organizations import module
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat


def may_decide(seat: Seat | None, *, organization_id: int, unit_path: str, requester_id: int) -> bool:
    """Whether this seat may answer the open step of an order of that unit placed by that member.

    Orders that wait stay decidable while the merchant has the module switched off, so the switch is not asked here;
    while the host withholds the module nobody decides.
    """
    return (
        seat is not None
        and module.is_available()
        and seat.organization_id == organization_id
        and seat.holds(Permission.ACCEPT_ORDERS)
        and seat.covers(unit_path)
        and seat.member_id != requester_id
    )


def require_decider(seat: Seat, case: Case) -> None:
    """Raise NotAllowed with what stands in the way. The case must already be one the seat may see."""
    if seat.member_id == case.requester_id:
        raise NotAllowed(_("You placed this order yourself: somebody else has to accept it."))
    if not seat.active:
        raise NotAllowed(
            _("Your account in %(organization)s has been deactivated. Ask an administrator of your organisation.")
            % {"organization": seat.organization_name}
        )
    if seat.organization_status != "active":
        raise NotAllowed(
            _("The shop has blocked orders of %(organization)s. Please contact the shop.")
            % {"organization": seat.organization_name}
        )
    if not may_decide(
        seat,
        organization_id=case.organization_id,
        unit_path=case.unit.path,
        requester_id=case.requester_id,
    ):
        raise NotAllowed(
            _("You may not accept orders of %(unit)s. Ask an administrator of your organisation.")
            % {"unit": case.unit.name}
        )
