"""The shop's work, for the merchant's own systems; what waits for a customer's acceptance is no part of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from akcept.api import told
from akcept.api.operations import Answered, Doing, caller, does, reads
from akcept.api.routes.organization import Paged
from akcept.api.schemas import orders as sent
from akcept.api.schemas.common import Money, Sent
from akcept.api.scopes import Scope
from akcept.handover import actions as handover
from akcept.handover.actions import Acknowledged, Leased
from akcept.ordering.models import Placement
from akcept.ordering.queries import work
from akcept.organizations import queries as organizations

router = Router(tags=["work"])


class WorkRow(Schema):
    """An order that is ready to be handled, and what an ERP books it by; a private customer has no organisation."""

    number: str
    placed_at: datetime
    organization_id: int | None
    organization: str
    tax_number: str
    unit_code: str
    unit: str
    cost_centre: str
    buyer: str
    po_number: str
    payment: str
    line_count: int
    total_net: Money
    total_gross: Money


class WorkPage(Schema):
    """A page of orders, the oldest first."""

    items: list[WorkRow]
    next_cursor: str | None


class WorkOrder(WorkRow):
    """One order with all that is shipped and invoiced."""

    status: str
    delivery: str
    delivery_address: sent.Address | None
    invoice_address: sent.Address | None
    lines: list[sent.Line]
    delivery_net: Money
    vat: list[sent.VatRow]


@reads(
    router,
    "/work/orders",
    scope=Scope.WORK_READ,
    answer=WorkPage,
    name="list_work",
    summary="Orders that are ready to be handled, the oldest first",
)
def list_work(request: HttpRequest, wanted: Query[Paged]) -> Answered:
    """Unhandled ones only; what waits for acceptance is never among them."""
    page = work.unhandled(caller(request).actor, after=wanted.after(), size=wanted.limit)
    items = [WorkRow(**_row(placement)) for placement in page.rows]
    return Answered(content=WorkPage(items=items, next_cursor=page.next_after))


@reads(
    router,
    "/work/orders/{number}",
    scope=Scope.WORK_READ,
    answer=WorkOrder,
    name="get_work",
    summary="One order of the shop's work, with its lines",
)
def get_work(request: HttpRequest, number: str) -> Answered:
    """Refused with the code `order_held` while its customer has not accepted it."""
    placement, document = work.order_to_handle(caller(request).actor, number)
    currency = document.currency
    content = WorkOrder(
        **_row(placement),
        status=document.status,
        delivery=document.delivery_code,
        delivery_address=told.address_of(document.delivery_address),
        invoice_address=told.address_of(document.invoice_address),
        lines=[sent.Line(id=line.line_id, **told.line_of(line, currency)) for line in document.lines],
        delivery_net=Money.of(document.delivery_net, currency),
        vat=told.vat_of(document.vat, currency),
    )
    return Answered(content=content)


def _row(placement: Placement) -> dict[str, Any]:
    organization, unit = placement.organization, placement.unit
    return {
        "number": placement.number,
        "placed_at": placement.placed_at,
        "organization_id": placement.organization_id,
        "organization": organization.name if organization else "",
        "tax_number": organization.nip if organization else "",
        "unit_code": unit.code if unit else "",
        "unit": unit.name if unit else "",
        "cost_centre": placement.cost_centre,
        "buyer": organizations.name_of(placement.buyer) if placement.buyer else "",
        "po_number": placement.po_number,
        "payment": placement.payment_code,
        "line_count": placement.line_count,
        "total_net": Money.of(placement.total_net, placement.currency),
        "total_gross": Money.of(placement.total_gross, placement.currency),
    }


class ClaimSent(Sent):
    """How many orders at most, and for how many minutes; `failed_too`: also those a system could not take."""

    most: int = Field(default=10, ge=1, le=handover.CLAIM_LIMIT)
    minutes: int = Field(default=10, ge=1, le=handover.LONGEST_MINUTES)
    failed_too: bool = False


class WorkLeased(Schema):
    """An order that is yours until then; answer it with its `lease`."""

    number: str
    lease: str
    until: datetime


class WorkClaimed(Schema):
    """The oldest orders that no other system has; fewer than asked for, or none, where others ask at the same time."""

    items: list[WorkLeased]


class AcknowledgeSent(Sent):
    """Under which number the order stands in your books."""

    lease: str = Field(min_length=1, max_length=40)
    external_number: str = Field(min_length=1, max_length=handover.NUMBER_LIMIT)


class FailureSent(Sent):
    """Why the order could not be taken."""

    lease: str = Field(min_length=1, max_length=40)
    text: str = Field(min_length=1, max_length=handover.TEXT_LIMIT)


class WorkAnswered(Schema):
    """What was answered to an order, and its status in the shop."""

    number: str
    state: str
    external_number: str
    status: str


@does(
    router,
    "/work/claim",
    scope=Scope.WORK_WRITE,
    answers_={200: WorkClaimed},
    name="claim_work",
    summary="Fetch orders that no other system has, for some minutes",
    versioned=False,
)
def claim_work(request: HttpRequest, body: ClaimSent) -> Doing[tuple[Leased, ...]]:
    """What is not answered in time comes back; what waits for acceptance is never among them."""
    actor = caller(request).actor
    return Doing(
        act=lambda: handover.claim(actor=actor, most=body.most, minutes=body.minutes, failed_too=body.failed_too),
        answered=lambda led: Answered(
            content=WorkClaimed(
                items=[WorkLeased(number=each.number, lease=each.lease, until=each.until) for each in led]
            )
        ),
    )


@does(
    router,
    "/work/orders/{number}/acknowledge",
    scope=Scope.WORK_WRITE,
    answers_={200: WorkAnswered},
    name="acknowledge_work",
    summary="Say that an order is in your books",
    versioned=False,
)
def acknowledge_work(request: HttpRequest, number: str, body: AcknowledgeSent) -> Doing[Acknowledged]:
    """The order is in progress then, and its customer cannot take the acceptance back. Said again: the same answer."""
    actor = caller(request).actor
    return Doing(
        act=lambda: handover.acknowledge(number, actor=actor, lease=body.lease, external_number=body.external_number),
        answered=_answered,
    )


@does(
    router,
    "/work/orders/{number}/failed",
    scope=Scope.WORK_WRITE,
    answers_={200: WorkAnswered},
    name="report_work_failed",
    summary="Say why an order could not be taken",
    versioned=False,
)
def report_work_failed(request: HttpRequest, number: str, body: FailureSent) -> Doing[Acknowledged]:
    """It is given out again only to whoever claims with `failed_too`."""
    actor = caller(request).actor
    return Doing(
        act=lambda: handover.report_failure(number, actor=actor, lease=body.lease, text=body.text),
        answered=_answered,
    )


def _answered(led: Acknowledged) -> Answered:
    return Answered(
        content=WorkAnswered(number=led.number, state=led.state, external_number=led.external_number, status=led.status)
    )
