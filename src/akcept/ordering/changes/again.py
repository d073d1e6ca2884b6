"""An order that ended without acceptance and is ordered once more: both stay, and each says which the other is.

The first one keeps its rejection and its history; the new one takes its own way, with whoever decides it shown what
became of the first and what is different now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import QuerySet

from akcept.approvals.models import Case, Decision
from akcept.approvals.states import DROPPED
from akcept.kernel.actor import Actor
from akcept.ordering.changes.differences import Delivery, DeliveryChange, LineChange, Snapshot, line_changes
from akcept.ordering.changes.revisions import delivery_change
from akcept.ordering.models import Placement
from akcept.ordering.ports import OrderDocument, order_reader
from akcept.ordering.visibility import visible_placements
from akcept.organizations.queries import acting_name
from akcept.organizations.seats import Seat

_DROPPED: Final = [state.value for state in DROPPED]


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The other one of two orders: where it stands and, when it was rejected, by whom, why and when."""

    order_id: int
    number: str
    status: str
    placed_at: datetime
    rejected_by: str
    reason: str
    buyer_id: int | None
    note: str
    po_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How an order differs from the one it takes the place of; money in their currency, net, sums with delivery."""

    lines: tuple[LineChange, ...]
    delivery: DeliveryChange | None
    net_before: Decimal
    net_after: Decimal

    @property
    def changes_anything(self) -> bool:
        """Whether any product, the delivery or the total differs."""
        return bool(self.lines or self.delivery or self.net_before != self.net_after)


def replaceable(order_id: int, seat: Seat) -> Placement | None:
    """Return the ended order of the seat's organisation that a new one takes the place of; one statement."""
    found = Placement.objects.filter(pk=order_id, organization_id=seat.organization_id)
    return found.filter(order__akcept_case__state__in=_DROPPED).first()


def ended(actor: Actor, seat: Seat | None, order_id: int) -> Other | None:
    """Return an ended order the actor may see, None for any other; two statements."""
    found = visible_placements(actor, seat).filter(pk=order_id, order__akcept_case__state__in=_DROPPED)
    return next(iter(_others(found)), None)


def instead_of(placement: Placement, *, seat: Seat | None, user_id: int | None) -> Other | None:
    """Return the order this one takes the place of, as far as the reader may see it; none where there is none."""
    if placement.instead_of_id is None:
        return None
    found = _readable(placement, seat=seat, user_id=user_id).filter(pk=placement.instead_of_id)
    return next(iter(_others(found)), None)


def taken_by(placement: Placement, *, seat: Seat | None, user_id: int | None) -> tuple[Other, ...]:
    """Return the orders placed in place of an ended one, as far as the reader may see them; two statements."""
    return _others(_readable(placement, seat=seat, user_id=user_id).filter(instead_of=placement))


def _readable(placement: Placement, *, seat: Seat | None, user_id: int | None) -> QuerySet[Placement]:
    """Return what the reader may see; the shop's staff and mails, which name nobody, are shown the unit's own."""
    if user_id is not None:
        return visible_placements(Actor.person(user_id, ""), seat)
    return Placement.objects.filter(organization=placement.organization, unit=placement.unit)


def _others(found: QuerySet[Placement]) -> tuple[Other, ...]:
    rows = found.select_related("order__akcept_case").prefetch_related("order__akcept_case__decisions")
    return tuple(_other(row) for row in rows.order_by("order_id"))


def _other(row: Placement) -> Other:
    case: Case | None = getattr(row.order, "akcept_case", None)
    decisions: Iterable[Decision] = case.decisions.all() if case is not None else ()
    last = max((d for d in decisions if d.kind == Decision.Kind.REJECT), key=lambda d: d.pk, default=None)
    return Other(
        order_id=row.order_id,
        number=row.number,
        status=row.order.status,
        placed_at=row.placed_at,
        rejected_by=acting_name(last.member_name, last.for_member_name) if last else "",
        reason=last.remark if last else "",
        buyer_id=row.buyer_id,
        note=row.note,
        po_number=row.po_number,
    )


def compared(other: Other, document: OrderDocument) -> Compared:
    """Return how an order differs from the other one, product by product; the statements of one document."""
    before = order_reader().document(other.order_id)
    key = {line.sku: number for number, line in enumerate([*before.lines, *document.lines])}
    was, now = (list(_by_product(found, key)) for found in (before, document))
    ways = (Delivery(code=d.delivery_code, name=d.delivery_name, net=d.delivery_net) for d in (before, document))
    return Compared(
        lines=line_changes(was, now),
        delivery=delivery_change(*(way.as_json() for way in ways)),
        net_before=before.total_net,
        net_after=document.total_net,
    )


def _by_product(document: OrderDocument, key: dict[str, int]) -> Iterable[Snapshot]:
    found: dict[str, Snapshot] = {}
    for line in document.lines:
        so_far = found.get(line.sku)
        if so_far is None:
            found[line.sku] = Snapshot(
                line_id=key[line.sku], sku=line.sku, title=line.title, quantity=line.quantity, net=line.net
            )
        else:
            quantity, net = so_far.quantity + line.quantity, so_far.net + line.net
            found[line.sku] = replace(so_far, quantity=quantity, net=net)
    return found.values()
