"""The shop's work, for the merchant's own systems; what waits for a customer's acceptance is no part of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Literal

from django.apps import apps
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from akcept.api import told
from akcept.api.operations import Answered, Doing, caller, does, reads
from akcept.api.schemas import orders as sent
from akcept.api.schemas.common import HIGHEST_ID, MomentAsked, Money, moment
from akcept.api.schemas.paging import Paged
from akcept.api.scopes import Scope
from akcept.fulfilment import queries as fulfilment
from akcept.kernel.errors import Invalid
from akcept.ordering import actions, status
from akcept.ordering.models import Placement
from akcept.ordering.queries import OrderFilter, merchant, work
from akcept.ordering.queries.merchant import HeldFilter
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


class WorkWanted(Paged):
    """Which orders: in one status of the shop's work, or `any`; that were exported, or not yet; of whom.

    A unit (with those below it), who placed them and since when anything happened need the organisation, too.
    """

    status: str = Field(default=status.UNHANDLED, min_length=1, max_length=100)
    exported: bool | None = None
    organization_id: int | None = Field(default=None, ge=1, le=HIGHEST_ID)
    unit_id: int | None = Field(default=None, ge=1, le=HIGHEST_ID)
    requester_id: int | None = Field(default=None, ge=1, le=HIGHEST_ID)
    changed_since: MomentAsked | None = None


class WorkPage(Schema):
    """A page of orders, the oldest first."""

    items: list[WorkRow]
    next_cursor: str | None


class HeldRow(Schema):
    """An order that waits for its customer: nobody's work, `held` is always true. `returned`: with its requester."""

    number: str
    held: Literal[True]
    waiting_since: datetime
    organization_id: int
    organization: str
    tax_number: str
    unit: str
    cost_centre: str
    requester: str
    returned: bool
    asked: list[str]
    line_count: int
    total_net: Money
    total_gross: Money


class HeldPage(Schema):
    """A page of held orders, the longest waiting first."""

    items: list[HeldRow]
    next_cursor: str | None


class HeldWanted(Paged):
    """Whose."""

    organization_id: int | None = Field(default=None, ge=1, le=HIGHEST_ID)
    unit_id: int | None = Field(default=None, ge=1, le=HIGHEST_ID)
    requester_id: int | None = Field(default=None, ge=1, le=HIGHEST_ID)


class Reminded(Schema):
    """Who was reminded of an order, by name."""

    number: str
    reminded: list[str]


class WorkLine(sent.Line):
    """A line, and how many of its pieces have not been told in a shipment; `id` is what a shipment names."""

    ean: str
    left: int


class WorkOrder(WorkRow):
    """One order with all that is shipped and invoiced."""

    status: str
    delivery: str
    delivery_address: sent.Address | None
    invoice_address: sent.Address | None
    lines: list[WorkLine]
    delivery_net: Money
    vat: list[sent.VatRow]
    shipments: list[sent.Shipment]


@reads(
    router,
    "/work/orders",
    scope=Scope.WORK_READ,
    answer=WorkPage,
    name="list_work",
    summary="Orders that are ready to be handled, the oldest first",
)
def list_work(request: HttpRequest, wanted: Query[WorkWanted]) -> Answered:
    """Unhandled ones unless `status` says otherwise; what waits for acceptance is never among them.

    `exported` narrows them to those that bear the mark of an export, or none.
    """
    return work_listed(request, wanted)


def work_listed(request: HttpRequest, wanted: WorkWanted) -> Answered:
    """Answer with a page of the shop's work, at whichever address it was asked for."""
    narrowed, since = None, None
    if wanted.changed_since is not None:
        since = moment(wanted.changed_since, field="changed_since")
    if wanted.exported is not None:
        narrowed = _by_mark(exported=wanted.exported)
    page = work.unhandled(
        caller(request).actor,
        after=wanted.after(),
        size=wanted.limit,
        in_status="" if wanted.status == "any" else wanted.status,
        organization_id=wanted.organization_id,
        within=OrderFilter(unit_id=wanted.unit_id, requester_id=wanted.requester_id, changed_since=since),
        narrowed=narrowed,
    )
    items = [WorkRow(**_row(placement)) for placement in page.rows]
    return Answered(content=WorkPage(items=items, next_cursor=page.next_after))


def _by_mark(*, exported: bool) -> Callable[[QuerySet[Placement]], QuerySet[Placement]]:
    if not apps.is_installed("akcept.handover"):
        raise Invalid(_("This shop keeps no marks of exports."), field="exported")
    from akcept.handover import queries

    return partial(queries.narrowed, exported=exported)


@reads(
    router,
    "/work/held",
    scope=Scope.HELD_READ,
    answer=HeldPage,
    name="list_held",
    summary="Orders that wait for their customer's acceptance: to look at, for nobody to handle",
)
def list_held(request: HttpRequest, wanted: Query[HeldWanted]) -> Answered:
    """On request only, by a scope of their own. What is done to one is a 403."""
    return held_listed(request, wanted)


def held_listed(request: HttpRequest, wanted: HeldWanted) -> Answered:
    """Answer with a page of held orders, at whichever address they were asked for."""
    narrowed = HeldFilter(
        organization_id=wanted.organization_id, unit_id=wanted.unit_id, requester_id=wanted.requester_id
    )
    page = merchant.held(caller(request).actor, narrowed, after=wanted.after(), size=wanted.limit)
    items = [
        HeldRow(
            number=row.number,
            held=True,
            waiting_since=row.waiting_since,
            organization_id=row.organization_id,
            organization=row.organization,
            tax_number=row.nip,
            unit=row.unit,
            cost_centre=row.cost_centre,
            requester=row.requester,
            returned=row.returned,
            asked=list(row.asked),
            line_count=row.line_count,
            total_net=Money.of(row.total_net, row.currency),
            total_gross=Money.of(row.total_gross, row.currency),
        )
        for row in page.rows
    ]
    return Answered(content=HeldPage(items=items, next_cursor=page.next_after))


@does(
    router,
    "/work/held/{number}/remind",
    scope=Scope.HELD_WRITE,
    answers_={200: Reminded},
    name="remind_held",
    summary="Remind those whose turn it is that an order waits for them",
    versioned=False,
)
def remind_held(request: HttpRequest, number: str) -> Doing[tuple[str, ...]]:
    """Four hours after they were asked or reminded at the earliest, and twice a day at most; a 429 says so."""
    actor = caller(request).actor
    return Doing(
        act=lambda: actions.remind(number, actor=actor),
        answered=lambda names: Answered(content=Reminded(number=number, reminded=list(names))),
    )


@does(
    router,
    "/work/held/{number}/messages",
    scope=Scope.HELD_WRITE,
    answers_={201: sent.Commented},
    name="write_held",
    summary="Write to the requester of an order that waits, and to those who are asked",
    versioned=False,
)
def write_held(request: HttpRequest, number: str, body: sent.CommentSent) -> Doing[None]:
    """They get an e-mail; the message stays in the order's history. Ten a day on one order at most."""
    actor = caller(request).actor
    return Doing(
        act=lambda: actions.write_to_customer(number, actor=actor, text=body.text),
        answered=lambda _led: Answered(status=201, content=sent.Commented(number=number)),
    )


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
    currency, gone = document.currency, Counter[int]()
    parcels = fulfilment.parcels([placement.order_id]).get(placement.order_id, ())
    for parcel in parcels:
        gone.update({each.line_id: each.quantity for each in parcel.lines})
    content = WorkOrder(
        **_row(placement),
        status=document.status,
        delivery=document.delivery_code,
        delivery_address=told.address_of(document.delivery_address),
        invoice_address=told.address_of(document.invoice_address),
        lines=[
            WorkLine(
                id=line.line_id,
                ean=line.ean,
                left=line.quantity - gone.get(line.line_id or 0, 0),
                **told.line_of(line, currency),
            )
            for line in document.lines
        ],
        delivery_net=Money.of(document.delivery_net, currency),
        vat=told.vat_of(document.vat, currency),
        shipments=[told.shipment(parcel) for parcel in parcels],
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
