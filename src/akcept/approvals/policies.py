"""Who may decide. Computed live from the seat as it is now, never from names frozen at placing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.approvals.models import Case
from akcept.kernel.errors import NotAllowed
from akcept.organizations import module, policies
from akcept.organizations.grants import Amounts
from akcept.organizations.seats import Door, Seat, door_for


def door(
    seat: Seat | None, *, organization_id: int, unit_path: str, requester_id: int, amounts: Amounts
) -> Door | None:
    """Return by what right this seat may answer the open step of an order now, None when by none.

    Orders that wait stay decidable while the merchant has the module switched off, so the switch is not asked here;
    while the host withholds the module nobody decides.
    """
    if seat is None or not module.is_available():
        return None
    return door_for(
        seat, organization_id=organization_id, unit_path=unit_path, requester_id=requester_id, amounts=amounts
    )


def require_decider(seat: Seat, case: Case, *, amounts: Amounts) -> Door:
    """Return by what right the seat decides. Raises NotAllowed with what stands in the way.

    The case must already be one the seat may see.
    """
    if seat.member_id == case.requester_id:
        raise NotAllowed(_("You placed this order yourself: somebody else has to accept it."))
    if not seat.active:
        raise NotAllowed(
            _("Your account in %(organization)s has been deactivated. Ask an administrator of your organisation.")
            % {"organization": seat.organization_name}
        )
    if seat.organization_status != "active":
        raise NotAllowed(policies.blocked_text(seat))

    def right(sums: Amounts | None) -> Door | None:
        return door_for(
            seat,
            organization_id=case.organization_id,
            unit_path=case.unit.path,
            requester_id=case.requester_id,
            amounts=sums,
        )

    if module.is_available():
        if (found := right(amounts)) is not None:
            return found
        if right(None) is not None:
            raise NotAllowed(
                _("This order is above the limit up to which you may accept. Somebody else has to decide it.")
            )
    raise NotAllowed(
        _("You may not accept orders of %(unit)s. Ask an administrator of your organisation.")
        % {"unit": case.unit.name}
    )
