"""What the merchant's systems tell of parcels and of an order's status in the shop."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from akcept.api.operations import Answered, Doing, caller, does
from akcept.api.schemas.common import Sent
from akcept.api.scopes import Scope
from akcept.fulfilment import actions
from akcept.fulfilment.actions import Moved, Packed, Shipment
from akcept.kernel.errors import Invalid
from akcept.ordering.ports import MOST_PIECES

router = Router(tags=["work"])


class PackedSent(Sent):
    """Pieces of a line, named by its id, or by its SKU or EAN."""

    line_id: int | None = Field(default=None, ge=1, le=2**53)
    code: str = Field(default="", max_length=128)
    quantity: int = Field(ge=1, le=MOST_PIECES)


class ShipmentSent(Sent):
    """A parcel: its number at the carrier, or a number of your own, and what is in it; without lines, all the rest."""

    parcel: str = Field(min_length=1, max_length=actions.TEXT_LIMIT)
    carrier: str = Field(default="", max_length=actions.TEXT_LIMIT)
    lines: list[PackedSent] | None = Field(default=None, min_length=1, max_length=actions.LINES_LIMIT)


class WorkShipped(Schema):
    """The parcel, how many pieces of the order are still to be sent, and its status in the shop."""

    number: str
    parcel: str
    carrier: str
    sent_at: datetime
    left: int
    status: str


class StatusSent(Sent):
    """Where to in the shop's pipeline."""

    status: str = Field(min_length=1, max_length=100)


class WorkMoved(Schema):
    """The order's status in the shop, and where it can go from there."""

    number: str
    status: str
    next: list[str]


@does(
    router,
    "/work/orders/{number}/shipments",
    scope=Scope.WORK_WRITE,
    answers_={200: WorkShipped},
    name="ship_work",
    summary="Say that a parcel left, with all that is left of an order or a part of it",
    versioned=False,
)
def ship_work(request: HttpRequest, number: str, body: ShipmentSent) -> Doing[Shipment]:
    """The pieces leave the stock; the last one makes the order shipped. The same parcel told again: the same answer."""
    for place, line in enumerate(body.lines or ()):
        if (line.line_id is None) == (not line.code):
            raise Invalid(_("Name the line by its id or by its code."), field=f"lines[{place}]")
    packed = None if body.lines is None else [Packed(**line.model_dump()) for line in body.lines]
    actor = caller(request).actor
    return Doing(
        act=lambda: actions.ship(number, actor=actor, parcel=body.parcel, carrier=body.carrier, packed=packed),
        answered=lambda led: Answered(
            content=WorkShipped(
                number=led.number,
                parcel=led.parcel,
                carrier=led.carrier,
                sent_at=led.sent_at,
                left=led.left,
                status=led.status,
            )
        ),
    )


@does(
    router,
    "/work/orders/{number}/status",
    scope=Scope.WORK_WRITE,
    answers_={200: WorkMoved},
    name="set_work_status",
    summary="Move an order one step on in the shop's pipeline",
    versioned=False,
)
def set_work_status(request: HttpRequest, number: str, body: StatusSent) -> Doing[Moved]:
    """Cancelling gives stock and budgets back, as in the panel. Said again: the same answer."""
    actor = caller(request).actor
    return Doing(
        act=lambda: actions.set_status(number, actor=actor, to=body.status),
        answered=lambda led: Answered(content=WorkMoved(number=led.number, status=led.status, next=list(led.next))),
    )
