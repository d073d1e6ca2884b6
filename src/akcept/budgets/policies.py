"""Who may see and set which budgets. Whoever orders or decides sees what binds that order on its own page."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from akcept.budgets.models import Budget
from akcept.kernel.errors import NotAllowed
from akcept.organizations import policies
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat


def sees_budgets(seat: Seat | None) -> bool:
    """Whether the seat has a page of budgets at all by its permissions."""
    return seat is not None and (seat.sees(Permission.MANAGE_BUDGETS) or seat.sees(Permission.SEE_BUDGETS))


def _reach(seat: Seat) -> Q:
    """Return the budgets of the seat's unit and below; those of cost centres belong to head office."""
    if seat.at_head_office:
        return Q(organization_id=seat.organization_id)
    return Q(unit__path__startswith=seat.unit_path) | Q(member__unit__path__startswith=seat.unit_path)


def visible(seat: Seat | None) -> QuerySet[Budget]:
    """Return the budgets a seat may see: by permission those of its unit and below, and those it owns."""
    if seat is None or not seat.active:
        return Budget.objects.none()
    seen = Q(owner_id=seat.member_id)
    if sees_budgets(seat):
        seen |= _reach(seat)
    return Budget.objects.filter(seen, organization_id=seat.organization_id)


def manageable(seat: Seat) -> QuerySet[Budget]:
    """Return the budgets a seat may change, that is, with the permission, those of its unit and below."""
    if not seat.holds(Permission.MANAGE_BUDGETS):
        return Budget.objects.none()
    return Budget.objects.filter(_reach(seat), organization_id=seat.organization_id)


def require_viewer(seat: Seat | None) -> Seat:
    """Return the seat when it sees budgets by permission, or owns one. Raises NotAllowed."""
    found = policies.require_seat(seat)
    if sees_budgets(found) or visible(found).exists():
        return found
    raise NotAllowed(
        _("To see budgets you need the permission “seeing budgets”. Ask an administrator of your organisation.")
    )


def require_manager(seat: Seat | None) -> Seat:
    """Return the seat when it may set budgets. Raises NotAllowed."""
    return policies.require_permission(seat, Permission.MANAGE_BUDGETS)


def manages(seat: Seat) -> bool:
    """Whether the seat may set budgets: what its buttons ask."""
    return seat.holds(Permission.MANAGE_BUDGETS)
