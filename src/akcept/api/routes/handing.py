"""Handing the shop's work to the merchant's systems: fetched by one at a time, and answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from akcept.api.operations import Answered, Doing, caller, does
from akcept.api.schemas.common import Sent
from akcept.api.scopes import Scope
from akcept.handover import actions as handover
from akcept.handover.actions import Acknowledged, Leased, Marked
from akcept.handover.models import Export
from akcept.ordering.queries.whole import WorkFilter

router = Router(tags=["work"])


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


class MarkSent(Sent):
    """Orders by their numbers."""

    numbers: list[Annotated[str, Field(min_length=1, max_length=128)]] = Field(
        min_length=1, max_length=handover.NUMBERS_LIMIT
    )


class WorkMarked(Schema):
    """The orders that this call marked, or whose marks it took back: none that was, or was not, marked before it."""

    numbers: list[str]


@does(
    router,
    "/work/exported",
    scope=Scope.WORK_WRITE,
    answers_={200: WorkMarked},
    name="mark_work_exported",
    summary="Mark orders as exported, each for one caller only",
    versioned=False,
)
def mark_work_exported(request: HttpRequest, body: MarkSent) -> Doing[Marked]:
    """Of two who name the same order at once, one is answered its number. What is held bears no mark."""
    actor, wanted = caller(request).actor, WorkFilter(numbers=tuple(body.numbers))
    return Doing(
        act=lambda: handover.mark_exported(wanted, actor=actor, via=Export.Via.SYSTEM),
        answered=lambda led: Answered(content=WorkMarked(numbers=list(led.numbers))),
    )


@does(
    router,
    "/work/exported/undo",
    scope=Scope.WORK_WRITE,
    answers_={200: WorkMarked},
    name="unmark_work_exported",
    summary="Take the marks of orders back, so that they can be exported once more",
    versioned=False,
)
def unmark_work_exported(request: HttpRequest, body: MarkSent) -> Doing[tuple[str, ...]]:
    """Answered are those that bore one."""
    actor = caller(request).actor
    return Doing(
        act=lambda: handover.unmark(body.numbers, actor=actor),
        answered=lambda led: Answered(content=WorkMarked(numbers=list(led))),
    )
