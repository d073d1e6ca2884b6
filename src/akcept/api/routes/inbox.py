"""What waits for the caller's decision."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from akcept.api.operations import Answered, caller, reads
from akcept.api.schemas.common import HIGHEST_ID, AmountSent, Money
from akcept.api.schemas.paging import Paged, foreign_cursor
from akcept.api.scopes import Scope
from akcept.ordering import queries
from akcept.ordering.queries import InboxFilter, InboxRow, Sort
from akcept.organizations import policies
from akcept.organizations import queries as organizations

router = Router(tags=["orders"])


class WaitingRow(Schema):
    """An order that waits for the caller; `version` is what accepting or rejecting it names."""

    number: str
    version: int
    requester: str
    unit: str
    summary: str
    line_count: int
    total_net: Money
    total_gross: Money
    waiting_since: datetime
    passed_on_by: str
    resubmitted: bool
    over_budgets: list[str]


class Waiting(Schema):
    """A page of what waits."""

    items: list[WaitingRow]
    next_cursor: str | None


class Wanted(Paged):
    """What the inbox is narrowed by, and what comes first; values are net with delivery, both ends included."""

    #: Its id, and what the list is sorted by: the name of a unit may be long.
    cursor: str = Field(default="", max_length=200)
    sort: Sort = Sort.OLDEST
    unit_id: int | None = Field(default=None, ge=1, le=HIGHEST_ID)
    requester_id: int | None = Field(default=None, ge=1, le=HIGHEST_ID)
    net_from: AmountSent | None = None
    net_to: AmountSent | None = None
    text: str = Field(default="", max_length=100)


@reads(
    router,
    "/inbox",
    scope=Scope.ORDERS_READ,
    answer=Waiting,
    name="list_inbox",
    summary="The orders that wait for the caller's decision",
)
def list_inbox(request: HttpRequest, wanted: Query[Wanted]) -> Answered:
    """The longest waiting first, unless another order is asked for; a cursor belongs to the sort it came with."""
    seat = policies.require_seat(organizations.seat_of(caller(request).actor))
    narrowed = InboxFilter(
        unit_id=wanted.unit_id,
        requester_id=wanted.requester_id,
        net_from=None if wanted.net_from is None else Decimal(wanted.net_from),
        net_to=None if wanted.net_to is None else Decimal(wanted.net_to),
        text=wanted.text,
    )
    page = queries.inbox(seat, after=wanted.cursor, sort=wanted.sort, wanted=narrowed, size=wanted.limit)
    if wanted.cursor and page.is_first:
        raise foreign_cursor()
    return Answered(content=Waiting(items=[_row(row) for row in page.rows], next_cursor=page.next_after))


def _row(found: InboxRow) -> WaitingRow:
    return WaitingRow(
        number=found.number,
        version=found.version,
        requester=found.requester,
        unit=found.unit,
        summary=found.summary,
        line_count=found.line_count,
        total_net=Money.of(found.total_net, found.currency),
        total_gross=Money.of(found.total_gross, found.currency),
        waiting_since=found.waiting_since,
        passed_on_by=found.passed_on_by,
        resubmitted=found.resubmitted,
        over_budgets=list(found.over_budgets),
    )
