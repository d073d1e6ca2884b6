"""What has happened, for systems that follow along: oldest first, after what they have read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from akcept.api.operations import Answered, caller, reads
from akcept.api.schemas.common import HIGHEST_ID, Key
from akcept.api.scopes import Scope
from akcept.journal.models import Entry
from akcept.ordering import queries

router = Router(tags=["journal"])


class Happened(Schema):
    """What happened to what, by whom: what it is about is read anew where it is kept. `topic` is stable.

    What the shop did in a member's place has the member in `in_place_of`, and why in `because`; else both are empty.
    """

    number: int
    at: datetime
    topic: str
    subject: str
    subject_id: str
    by: str
    in_place_of: str = ""
    because: str = ""


class Feed(Schema):
    """What happened, oldest first; send `next_after` as `after` next time, also where there is nothing."""

    items: list[Happened]
    next_after: int


class After(Schema):
    """After which number of the journal, and how many to look at."""

    after: int = Field(default=0, ge=0, le=HIGHEST_ID)
    limit: int = Field(default=100, ge=1, le=500)


@reads(
    router,
    "/journal",
    scope=Scope.JOURNAL_READ,
    answer=Feed,
    name="read_journal",
    summary="What happened in the organisation, as far as the caller may see it, oldest first",
)
def read_journal(request: HttpRequest, wanted: Query[After]) -> Answered:
    """Numbers rise in the order in which things became so: whoever asks again with `next_after` misses nothing."""
    entries, after = queries.feed(caller(request).actor, after=wanted.after, size=wanted.limit)
    return _feed(entries, after)


@reads(
    router,
    "/customers/{organization_id}/journal",
    scope=Scope.CUSTOMERS_READ,
    answer=Feed,
    name="read_customer_journal",
    summary="What happened to an organisation and its orders, oldest first",
)
def read_customer_journal(request: HttpRequest, organization_id: Key, wanted: Query[After]) -> Answered:
    """For the merchant; whom it asks, its people, rules and budgets are its own."""
    actor = caller(request).actor
    entries, after = queries.feed_for_staff(actor, organization_id, after=wanted.after, size=wanted.limit)
    return _feed(entries, after)


@reads(
    router,
    "/work/journal",
    scope=Scope.WORK_READ,
    answer=Feed,
    name="read_work_journal",
    summary="What happened to the shop itself and to orders of customers without an organisation, oldest first",
)
def read_work_journal(request: HttpRequest, wanted: Query[After]) -> Answered:
    """For the merchant: exports, stock, prices, agreements with everybody, price lists, access and webhooks."""
    entries, after = queries.shop_feed(caller(request).actor, after=wanted.after, size=wanted.limit)
    return _feed(entries, after)


def _feed(entries: Iterable[Entry], after: int) -> Answered:
    items = [
        Happened(
            number=entry.seq,
            at=entry.at,
            topic=entry.topic,
            subject=entry.subject_type,
            subject_id=entry.subject_id,
            by=entry.actor_name,
            in_place_of=entry.payload.get("in_place_of", ""),
            because=entry.payload.get("because", ""),
        )
        for entry in entries
    ]
    return Answered(content=Feed(items=items, next_after=after))
