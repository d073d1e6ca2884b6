"""Budgets and their ledgers, read; set up, changed, booked on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from akcept.api.operations import Answered, Doing, caller, does, done, etag, reads, saved, version_of
from akcept.api.schemas import organization as sent
from akcept.api.schemas.common import AmountSent, CurrencySent, DaySent, Done, Key, KeySent, Money, Saved, Sent
from akcept.api.schemas.paging import Continued
from akcept.api.scopes import Scope
from akcept.budgets import actions
from akcept.budgets import queries as budgets
from akcept.budgets import scope as bearers
from akcept.budgets.inputs import BudgetChange, BudgetInput
from akcept.budgets.models import Budget
from akcept.budgets.periods import PeriodKind
from akcept.budgets.queries import BudgetRow
from akcept.budgets.standing import Carry, Effect, Funds
from akcept.budgets.states import State
from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Basis

router = Router(tags=["budgets"])


class BudgetChangeSent(Sent):
    """A budget as it is to be; the amount counts from the running period on. Money is in the budget's currency.

    `max_orders` and `max_single` are limits beside the amount: null for none, 0 for nothing at all.
    """

    name: str = Field(min_length=1, max_length=120)
    amount: AmountSent
    ends: DaySent | None = None
    carry: Carry = Field(default=Carry.NONE, strict=False)
    carry_most: AmountSent = "0.00"
    effect: Effect = Field(default=Effect.ASK, strict=False)
    owner_id: KeySent | None = None
    thresholds: list[int] = Field(default_factory=lambda: [80, 100], max_length=5)
    max_orders: int | None = None
    max_single: AmountSent | None = None
    state: State = Field(default=State.ACTIVE, strict=False)

    def terms(self) -> dict[str, Any]:
        """Return it as actions take it."""
        return {
            **{name: getattr(self, name) for name in ("name", "ends", "carry", "effect", "owner_id", "thresholds")},
            "amount": Decimal(self.amount),
            "carry_most": Decimal(self.carry_most),
            "max_orders": self.max_orders,
            "max_single": None if self.max_single is None else Decimal(self.max_single),
            "state": self.state,
        }


class BudgetSent(BudgetChangeSent):
    """A new budget: for a unit, a unit and those below, a member or a cost centre, as `scope` says."""

    scope: bearers.Scope = Field(strict=False)
    unit_id: KeySent | None = None
    member_id: KeySent | None = None
    cost_centre: str = Field(default="", max_length=40)
    currency: CurrencySent | None = Field(default=None, description="The shop's own if left out.")
    basis: Basis = Field(default=Basis.GOODS_NET, strict=False)
    period_kind: PeriodKind = Field(default=PeriodKind.MONTH, strict=False)
    period_days: int = Field(default=30, ge=1, le=3660)
    starts: DaySent

    def wanted(self) -> BudgetInput:
        """Return it as the action takes it."""
        own = ("scope", "unit_id", "member_id", "cost_centre", "basis", "period_kind", "period_days", "starts")
        currency = self.currency or str(settings.OSCAR_DEFAULT_CURRENCY)
        return BudgetInput(currency=currency, **self.terms(), **{name: getattr(self, name) for name in own})


class BookingSent(Sent):
    """What is booked by hand, in the budget's currency, and why: others read it in the ledger."""

    amount: AmountSent
    reason: str = Field(min_length=1, max_length=300)
    on: DaySent | None = None


class TransferSent(BookingSent):
    """To which budget of the same currency money goes."""

    to_id: KeySent


class CopySent(Sent):
    """Which year's budgets are copied to the year after it, and by how many per cent their amounts change."""

    year: int = Field(ge=2000, le=2100)
    percent: str = Field(default="0", pattern=r"^-?[0-9]{1,4}(\.[0-9]{1,2})?$")


class Copied(Schema):
    """The budgets that were added."""

    items: list[Saved]


class Calendar(Schema):
    """In which time zone a day ends, and with which month fiscal years begin."""

    time_zone: str
    fiscal_month: int


class CalendarSent(Sent):
    """The same, as it is to be."""

    time_zone: str = Field(min_length=1, max_length=40)
    fiscal_month: int = Field(ge=1, le=12)


@reads(
    router,
    "/budgets",
    scope=Scope.BUDGETS_READ,
    answer=sent.Budgets,
    name="list_budgets",
    summary="The budgets the caller may see",
)
def list_budgets(request: HttpRequest) -> Answered:
    """Each in its running period."""
    seen = budgets.overview(caller(request).actor)
    items = [sent.Budget(**_budget(row)) for row in seen.rows]
    return Answered(content=sent.Budgets(items=items, more=seen.more))


def _budget(row: BudgetRow) -> dict[str, Any]:
    return {**_head(row.budget, row.funds), "bearer": row.bearer, "owner": row.owner}


def _head(budget: Budget, funds: Funds) -> dict[str, Any]:
    currency = budget.currency
    return {
        "id": budget.pk,
        "name": budget.name,
        "effect": budget.effect,
        "state": budget.state,
        "period_from": funds.period.start,
        "available": Money.of(funds.available, currency),
        "spent": Money.of(funds.spent, currency),
        "held": Money.of(funds.held, currency),
        "free": Money.of(funds.free, currency),
    }


@reads(
    router,
    "/budgets/{budget_id}",
    scope=Scope.BUDGETS_READ,
    answer=sent.BudgetWithLedger,
    name="get_budget",
    summary="One budget, with its ledger",
    etagged=True,
)
def get_budget(request: HttpRequest, budget_id: Key, wanted: Query[Continued]) -> Answered:
    """In its running period; the ledger page by page, newest first."""
    seen = budgets.detail(caller(request).actor, budget_id, after=wanted.after())
    currency = seen.budget.currency
    ledger = [
        sent.LedgerRow(
            at=line.at,
            kind=line.kind.value,
            amount=Money.of(line.amount, currency),
            left=Money.of(line.left, currency),
            order_number=line.order_number,
            reason=line.reason,
            by=line.who,
        )
        for line in seen.rows.rows
        if isinstance(line, budgets.LedgerLine)
    ]
    head = {**_head(seen.budget, seen.funds), "bearer": seen.bearer, "owner": seen.owner}
    content = sent.BudgetWithLedger(**head, **_terms(seen.budget), ledger=ledger, next_cursor=seen.rows.next_after)
    return Answered(content=content, headers={"ETag": etag(seen.budget.version)})


def _terms(budget: Budget) -> dict[str, Any]:
    names = ("scope", "unit_id", "member_id", "cost_centre", "basis", "period_kind", "starts", "ends", "carry")
    more = ("owner_id", "thresholds", "max_orders", "version")
    single = None if budget.max_single is None else Money.of(budget.max_single, budget.currency)
    return {
        **{name: getattr(budget, name) for name in (*names, *more)},
        "carry_most": Money.of(budget.carry_most, budget.currency),
        "max_single": single,
    }


def current(actor: Actor, budget_id: int) -> dict[str, Any]:
    """Return how a budget stands, for whoever saw an earlier version. Raises NotFound."""
    row = budgets.budget_to_manage(actor, budget_id)
    return {"id": row.pk, "version": row.version, "name": row.name, "state": row.state}


@does(
    router,
    "/budgets",
    scope=Scope.BUDGETS_WRITE,
    answers_={201: Saved},
    name="add_budget",
    summary="Set up a budget",
    versioned=False,
)
def add_budget(request: HttpRequest, body: BudgetSent) -> Doing[Budget]:
    """Orders placed from now on are bound by it."""
    actor, wanted = caller(request).actor, body.wanted()
    return Doing(act=lambda: actions.add(wanted, actor=actor), answered=lambda led: saved(led, status=201))


@does(
    router,
    "/budgets/{budget_id}",
    scope=Scope.BUDGETS_WRITE,
    answers_={200: Saved},
    name="change_budget",
    summary="Change a budget, freeze it or close it",
)
def change_budget(request: HttpRequest, budget_id: Key, body: BudgetChangeSent) -> Doing[Budget]:
    """What is held and spent stays booked."""
    actor, version, wanted = caller(request).actor, version_of(request), BudgetChange(**body.terms())
    return Doing(
        act=lambda: actions.change(budget_id, wanted, actor=actor, version=version),
        answered=saved,
        current=lambda: current(actor, budget_id),
    )


@does(
    router,
    "/budgets/{budget_id}/correct",
    scope=Scope.BUDGETS_WRITE,
    answers_={201: Done},
    name="correct_budget",
    summary="Book a correction",
    versioned=False,
)
def correct_budget(request: HttpRequest, budget_id: Key, body: BookingSent) -> Doing[Any]:
    """A positive amount gives money to the period of a day, today's unless one is named; a negative one takes it."""
    actor = caller(request).actor
    return Doing(
        act=lambda: actions.correct(
            budget_id, actor=actor, amount=Decimal(body.amount), reason=body.reason, on=body.on
        ),
        answered=lambda _led: done(budget_id, status=201),
    )


@does(
    router,
    "/budgets/{budget_id}/transfer",
    scope=Scope.BUDGETS_WRITE,
    answers_={201: Done},
    name="transfer_budget",
    summary="Move money to another budget",
    versioned=False,
)
def transfer_budget(request: HttpRequest, budget_id: Key, body: TransferSent) -> Doing[None]:
    """Two rows of one act, in the periods of a day."""
    actor = caller(request).actor
    return Doing(
        act=lambda: actions.transfer(
            budget_id,
            to_id=body.to_id,
            actor=actor,
            amount=Decimal(body.amount),
            reason=body.reason,
            on=body.on,
        ),
        answered=lambda _led: done(budget_id, status=201),
    )


@does(
    router,
    "/budget-copies",
    scope=Scope.BUDGETS_WRITE,
    answers_={201: Copied},
    name="copy_budgets",
    summary="Copy a year's budgets to the next one",
    versioned=False,
)
def copy_budgets(request: HttpRequest, body: CopySent) -> Doing[list[Budget]]:
    """Those that have a last day in that year; what was copied already is left out, so this may be sent again."""
    actor = caller(request).actor
    return Doing(
        act=lambda: actions.copy_to_next_year(body.year, actor=actor, percent=Decimal(body.percent)),
        answered=lambda led: Answered(
            status=201, content=Copied(items=[Saved(id=row.pk, version=row.version) for row in led])
        ),
    )


@reads(
    router,
    "/calendar",
    scope=Scope.BUDGETS_READ,
    answer=Calendar,
    name="get_calendar",
    summary="The organisation's time zone and fiscal year",
)
def get_calendar(request: HttpRequest) -> Answered:
    """For whoever manages budgets at head office."""
    row = budgets.calendar(caller(request).actor)
    return Answered(content=Calendar(time_zone=row.time_zone, fiscal_month=row.fiscal_month))


@does(
    router,
    "/calendar",
    scope=Scope.BUDGETS_WRITE,
    answers_={200: Calendar},
    name="set_calendar",
    summary="Set the organisation's time zone and fiscal year",
    versioned=False,
)
def set_calendar(request: HttpRequest, body: CalendarSent) -> Doing[Any]:
    """The time zone counts for orders placed from now on, the fiscal year for budgets set up from now on."""
    actor = caller(request).actor
    return Doing(
        act=lambda: actions.set_calendar(actor=actor, time_zone=body.time_zone, fiscal_month=body.fiscal_month),
        answered=lambda led: Answered(content=Calendar(time_zone=led.time_zone, fiscal_month=led.fiscal_month)),
    )
