"""What the shop has to work on, for the merchant's own systems: accepted, or without anybody to accept it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid, NotAllowed, NotFound
from akcept.kernel.paging import PAGE_SIZE, Page, key_of, page_of
from akcept.ordering import status
from akcept.ordering.models import Placement
from akcept.ordering.ports import OrderDocument, order_reader
from akcept.ordering.queries.lists import EVERY_ORDER, OrderFilter, narrowed_by
from akcept.organizations import policies

_JOINED: Final = ("organization", "unit", "buyer")


class HeldByCustomer(NotAllowed):
    """The order waits for its customer's acceptance, or ended without it: it is nobody's work."""

    code = "order_held"


def unhandled(
    actor: Actor,
    *,
    after: str = "",
    size: int = PAGE_SIZE,
    in_status: str = status.UNHANDLED,
    organization_id: int | None = None,
    within: OrderFilter = EVERY_ORDER,
    narrowed: Callable[[QuerySet[Placement]], QuerySet[Placement]] | None = None,
) -> Page[Placement]:
    """Return the orders the shop has not begun with, the oldest first; one statement. Raises NotAllowed, Invalid.

    `in_status` names another status of the shop's work, or is empty for any; `within` is about one organisation's
    orders, for which there is an index; `narrowed` leaves some out.
    """
    policies.require_staff(actor)
    if in_status in status.NOT_WORK:
        raise Invalid(_("Orders in this status are not the shop's work."), field="status")
    found = Placement.objects.exclude(order__status__in=status.NOT_WORK).select_related(*_JOINED)
    found = found.filter(order__status=in_status) if in_status else found
    if organization_id is not None:
        found = narrowed_by(found.filter(organization_id=organization_id), within)
    elif within != EVERY_ORDER:
        raise Invalid(_("Name the organisation, too."), field="organization_id")
    found = narrowed(found) if narrowed else found
    if (key := key_of(after)) is not None:
        found = found.filter(order_id__gt=key)
    rows = list(found.order_by("order_id")[: size + 1])
    return page_of(rows, [str(row.order_id) for row in rows], size=size, is_first=key is None)


def order_to_handle(actor: Actor, number: str) -> tuple[Placement, OrderDocument]:
    """Return one order of the shop's work, with its lines. Raises NotAllowed, HeldByCustomer, NotFound."""
    policies.require_staff(actor)
    placement = Placement.objects.filter(number=number).select_related("order", *_JOINED).first()
    if placement is None:
        raise NotFound(_("There is no such order."))
    if placement.order.status in status.NOT_WORK:
        raise HeldByCustomer(
            _("Order %(number)s is not the shop's work: its customer has not accepted it.") % {"number": number}
        )
    return placement, order_reader().document(placement.order_id)
