"""What an order's moves do to money: how it is booked on the budgets that bind it.

Called by the actions inside their transaction, after the state has moved and before the journal. Each is given the
placement as it is then, locked with its order and case. Whoever knows that no budget binds the order says so by
`booked`; that takes no statement, finding it out takes one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from akcept.budgets import ledger
from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Amounts
from akcept.ordering.models import Placement
from akcept.ordering.money import order_budgets
from akcept.ordering.money.order_budgets import Locked, Standings


def placed(placement: Placement, *, budgets: Standings, waits: bool, actor: Actor, now: datetime) -> None:
    """An order was placed: held when it waits, the shop's at once otherwise; one statement, none without a budget."""
    if budgets:
        ledger.book_placing(budgets, order_budgets.act(placement, "placed", actor=actor, at=now), held=waits)


def accepted(placement: Placement, *, case_version: int, actor: Actor, now: datetime, booked: bool = True) -> None:
    """A held order became the shop's: what it held is spent."""
    if booked:
        ledger.book_acceptance(order_budgets.act(placement, f"accepted/{case_version}", actor=actor, at=now))


def ended(placement: Placement, *, actor: Actor, now: datetime, booked: bool = True) -> None:
    """A held order ended without acceptance: what it held is free again."""
    if booked:
        ledger.book_end(order_budgets.act(placement, "ended", actor=actor, at=now))


def revised(placement: Placement, *, revision: int, budgets: Locked, actor: Actor, now: datetime) -> Standings:
    """A held order costs something else: the difference is held or free again. Raises OverBudget.

    `budgets` are those it is booked on, locked before its stock was. Returns them with what it takes of each now.
    """
    if not budgets:
        return ()
    found = order_budgets.of_order(placement.order_id, placement.amounts, locked=budgets)
    order_budgets.require_room(found, placed=True)
    ledger.book_change(found, order_budgets.act(placement, f"revised/{revision}", actor=actor, at=now))
    return found


def reopened(placement: Placement, *, case_version: int, actor: Actor, now: datetime, booked: bool = True) -> None:
    """An acceptance was revoked: what was spent is held again."""
    if booked:
        ledger.book_revocation(order_budgets.act(placement, f"revoked/{case_version}", actor=actor, at=now))


def given_back(order_id: int, *, amounts: Amounts | None, event: str, reason: str, actor: Actor, now: datetime) -> None:
    """Credit what the shop has given back of an accepted order in all: `amounts`, None when it was cancelled whole.

    `event` names what the shop did, so that it is booked once. Inside the caller's transaction, the order locked; two
    statements for an order without a budget, one for a customer without an organisation.
    """
    placement = Placement.objects.filter(order_id=order_id, organization__isnull=False).first()
    if placement is None:
        return
    act = replace(order_budgets.act(placement, event, actor=actor, at=now), reason=reason)
    if amounts is None:
        ledger.book_end(act)
    else:
        ledger.book_given_back(act, amounts)
