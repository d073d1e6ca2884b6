"""What becomes of an order once it is the shop's work. A public function here is a whole transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.utils.translation import gettext as _

from akcept.fulfilment import telling, topics
from akcept.fulfilment.models import Parcel
from akcept.fulfilment.ports import LineLeft, shipper
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel import typed
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import IllegalMove, Invalid, InvalidLines, NotFound
from akcept.ordering import status
from akcept.ordering.queries.work import HeldByCustomer
from akcept.organizations import policies
from akcept.transactions.acting import action
from akcept.transactions.locking import lock

TEXT_LIMIT: Final = 60
LINES_LIMIT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Some pieces of an order: by the id of the line, or by its SKU or EAN."""

    quantity: int
    line_id: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """A parcel that left, and how the order stands since: `left` pieces are still to be sent."""

    number: str
    parcel: str
    carrier: str
    sent_at: datetime
    left: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An order's status in the shop, and where it can go from there."""

    number: str
    status: str
    next: tuple[str, ...]


@action
def ship(
    number: str,
    *,
    actor: Actor,
    parcel: str,
    carrier: str = "",
    packed: Sequence[Packed] | None = None,
    now: datetime | None = None,
) -> Shipment:
    """Say that a parcel left with pieces of an order; with all that was left of it where `packed` is None.

    The shop's shipping event is written, the pieces' stock is used up, and the order moves on: shipped with the last
    piece, in progress before. The same parcel told again changes nothing. Journal: `order.shipped`.
    Raises NotAllowed, NotFound, HeldByCustomer, Invalid (field `parcel`, `carrier`), InvalidLines (of each line what is
    wrong with it), IllegalMove (the parcel was told with other pieces; the shop has cancelled the order; nothing is
    left).
    """
    at = now or utc_now()
    called, by = _line(parcel, field="parcel"), _line(carrier, field="carrier", needed=False)
    order = _locked(number, actor=actor)
    told = Parcel.objects.filter(order=order, number=called).first()
    left = shipper().lines_left(order.pk)
    if told is not None:
        _require_same(told, by, packed, left)
        return _shipment(order, told, left)
    if order.status == status.CANCELLED:
        raise IllegalMove(_("The shop has cancelled order %(number)s.") % {"number": number})
    pieces = _pieces(packed, left, order=order)
    event_id = shipper().ship(order.pk, pieces, reference=f"{by} {called}".strip(), at=at)
    row = Parcel.objects.create(event_id=event_id, order=order, number=called, carrier=by, sent_at=at)
    rest = [LineLeft(**{**_fields(line), "left": line.left - pieces.get(line.line_id, 0)}) for line in left]
    order.status = shipper().advance(order.pk, whole=not any(line.left for line in rest))
    said = telling.shipped(order, parcel=called, carrier=by, pieces=pieces, rest=rest)
    _tell(topics.SHIPPED, order, said, actor=actor, now=at)
    return _shipment(order, row, rest)


@action
def set_status(number: str, *, actor: Actor, to: str, now: datetime | None = None) -> Moved:
    """Move an order one step on in the shop's pipeline, as its own page does; said again it changes nothing.

    Shipped, what was still to be sent has left without a parcel's number: its stock is used up, and its buyer is told.
    Journal: `order.shipped` for that, then `order.status_set`. Raises NotAllowed, NotFound, HeldByCustomer, Invalid
    (field `status`: there is none of that name), IllegalMove (the pipeline does not lead there; the text names where
    it does).
    """
    order = _locked(number, actor=actor)
    before, wanted = order.status, typed.line(to)
    if wanted in status.NOT_WORK or wanted not in type(order).all_statuses():
        raise Invalid(_("The shop's pipeline has no status “%(status)s”.") % {"status": wanted[:60]}, field="status")
    if wanted == before:
        return _moved(order)
    if wanted not in (open_ := shipper().moves(order.pk)):
        text = _("Order %(number)s is “%(status)s”: it can become %(next)s.")
        nothing = _("nothing else any more")
        raise IllegalMove(text % {"number": number, "status": before, "next": ", ".join(open_) or nothing})
    at = now or utc_now()
    if wanted == status.SHIPPED:
        _send_rest(order, actor=actor, at=at)
    shipper().move(order.pk, wanted)
    order.status = wanted
    _tell(topics.STATUS_SET, order, {"from": before, "to": wanted}, actor=actor, now=at)
    return _moved(order)


def _send_rest(order: Any, *, actor: Actor, at: datetime) -> None:
    left = shipper().lines_left(order.pk)
    pieces = {line.line_id: line.left for line in left if line.left}
    if pieces:
        shipper().ship(order.pk, pieces, reference="", at=at)
        rest = [LineLeft(**{**_fields(line), "left": 0}) for line in left]
        said = telling.shipped(order, parcel="", carrier="", pieces=pieces, rest=rest)
        _tell(topics.SHIPPED, order, said, actor=actor, now=at)


def _line(text: str, *, field: str, needed: bool = True) -> str:
    found = typed.line(text)
    if (needed and not found) or len(found) > TEXT_LIMIT:
        raise Invalid(_("Use up to %(limit)d characters.") % {"limit": TEXT_LIMIT}, field=field)
    return found


def _locked(number: str, *, actor: Actor) -> Any:
    """Return an order of the shop's work, locked."""
    policies.require_staff(actor)
    orders = apps.get_model("order", "Order").objects.filter(number=number, akcept_placement__isnull=False)
    order = lock(orders).first()
    if order is None:
        raise NotFound(_("There is no such order."))
    if order.status in status.NOT_WORK:
        raise HeldByCustomer(
            _("Order %(number)s is not the shop's work: its customer has not accepted it.") % {"number": number}
        )
    return order


def _fields(line: LineLeft) -> dict[str, Any]:
    return {name: getattr(line, name) for name in LineLeft.__slots__}


def _pieces(packed: Sequence[Packed] | None, left: Sequence[LineLeft], *, order: Any) -> dict[int, int]:
    """Return how many pieces of which line are in the parcel."""
    if packed is None:
        pieces = {line.line_id: line.left for line in left if line.left}
        if not pieces:
            raise IllegalMove(_("Nothing of order %(number)s is left to be sent.") % {"number": order.number})
        return pieces
    if not 1 <= len(packed) <= LINES_LIMIT:
        raise Invalid(_("A parcel holds 1 to %(limit)d lines.") % {"limit": LINES_LIMIT}, field="lines")
    pieces, problems = _spread(packed, left)
    if problems:
        raise InvalidLines(
            _("This parcel cannot be told of order %(number)s: see each line.") % {"number": order.number},
            problems=problems,
        )
    return pieces


def _spread(packed: Sequence[Packed], left: Sequence[LineLeft]) -> tuple[dict[int, int], list[tuple[int, str]]]:
    """Spread what is packed over the lines it names, in their order; a code may stand on several."""
    free = {line.line_id: line.left for line in left}
    pieces: dict[int, int] = {}
    problems: list[tuple[int, str]] = []
    for place, wanted in enumerate(packed):
        meant = [line for line in left if _means(wanted, line)]
        missing = wanted.quantity
        for line in meant:
            taken = min(missing, free[line.line_id])
            if taken > 0:
                pieces[line.line_id] = pieces.get(line.line_id, 0) + taken
                free[line.line_id] -= taken
                missing -= taken
        if not meant:
            problems.append((place, _("The order has no such line.")))
        elif wanted.quantity < 1:
            problems.append((place, _("Send at least one piece.")))
        elif missing:
            problems.append((place, _("Only %(left)d are left to be sent.") % {"left": wanted.quantity - missing}))
    return pieces, problems


def _means(wanted: Packed, line: LineLeft) -> bool:
    if wanted.line_id is not None:
        return line.line_id == wanted.line_id
    return bool(wanted.code) and wanted.code in (line.sku, line.ean)


def _require_same(told: Parcel, carrier: str, packed: Sequence[Packed] | None, left: Sequence[LineLeft]) -> None:
    """Raise IllegalMove unless a parcel told again is the one that was told."""
    inside = dict(told.event.line_quantities.values_list("line_id", "quantity"))
    again = inside
    if packed is not None:
        were = [LineLeft(**{**_fields(line), "left": inside.get(line.line_id, 0)}) for line in left]
        again, problems = _spread(packed, were)
        again = {} if problems else again
    if carrier != told.carrier or again != inside:
        raise IllegalMove(
            _("Parcel %(parcel)s was told of this order already, with other pieces or another carrier.")
            % {"parcel": told.number}
        )


def _shipment(order: Any, row: Parcel, left: Sequence[LineLeft]) -> Shipment:
    return Shipment(
        number=str(order.number),
        parcel=row.number,
        carrier=row.carrier,
        sent_at=row.sent_at,
        left=sum(line.left for line in left),
        status=order.status,
    )


def _moved(order: Any) -> Moved:
    return Moved(number=str(order.number), status=order.status, next=shipper().moves(order.pk))


def _tell(topic: str, order: Any, payload: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    organization_id = order.akcept_placement.organization_id
    event = Event(topic, ("order", str(order.number)), payload)
    journal.write(event, actor=actor, organization_id=organization_id, now=now)
