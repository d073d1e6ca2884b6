"""Placing and deciding. Each public function is one whole transaction: when it has returned, it is committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from akcept.approvals import cases, policies
from akcept.approvals.models import Case
from akcept.approvals.states import Move, State
from akcept.journal import actions as journal
from akcept.journal.actions import Fact
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Changed, Invalid, NotAllowed, NotFound
from akcept.ordering import payments, placing, status, topics
from akcept.ordering.models import Placement
from akcept.ordering.ports import Address, Cart, OrderDraft, OrderRef, Quote, order_book
from akcept.ordering.visibility import visible_cases
from akcept.organizations import module
from akcept.organizations import queries as organization_queries
from akcept.organizations.seats import Seat

NOTE_LIMIT = 1000
PO_NUMBER_LIMIT = 60
REMARK_LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What placing led to."""

    order_id: int
    order_number: str
    held: bool
    approvers: tuple[str, ...]


@transaction.atomic(durable=True)
def place(
    *,
    actor: Actor,
    cart_id: int,
    delivery_code: str,
    delivery_address: Address,
    invoice_address: Address | None = None,
    payment_code: str = payments.TRANSFER,
    po_number: str = "",
    note: str = "",
    seen: str | None = None,
    now: datetime | None = None,
) -> Placed:
    """Turn the actor's cart into an order: held when it has to be accepted, work for the shop otherwise.

    The number of statements does not depend on the lines. Stock is allocated and prices are frozen either way.
    Journal: `order.placed`, and `order.released` right after it when the order need not wait; what follows from
    them (mails, the shop's own `order_placed` effects) happens after commit.
    `seen` is the fingerprint of the quote the buyer looked at; None skips that check (no page was shown).

    Raises NotAllowed, NobodyCanDecide, Invalid (field), EmptyCart, OutOfStock, Changed, AlreadyPlaced, NotFound.
    """
    at = now or utc_now()
    seat = placing.require_buyer(actor)
    assert actor.user_id is not None  # noqa: S101  require_buyer refuses everybody else
    _require_terms(seat, payment_code=payment_code, po_number=po_number, note=note)
    placing.require_address(seat, delivery_address)
    book = order_book()
    member_id = seat.member_id if seat else None
    cart = book.open_cart(cart_id, buyer_id=actor.user_id, member_id=member_id, delivery_code=delivery_code)
    if seen is not None and seen != cart.quote.fingerprint:
        raise Changed(_("Prices or products have changed since you opened this page. Please look again and confirm."))
    route = placing.route(seat, cart.quote)
    draft = OrderDraft(
        buyer_id=actor.user_id,
        status=status.AWAITING_ACCEPTANCE if route.waits else status.UNHANDLED,
        placed_at=at,
        delivery_code=delivery_code,
        delivery_address=delivery_address,
        invoice_address=invoice_address,
        payment_code=payment_code,
    )
    order = book.write(cart, draft)
    _write_placement(order, cart, seat, draft=draft, po_number=po_number.strip(), note=note.strip())
    if route.waits and seat is not None:
        asked = [person.member_id for person in route.approvers]
        cases.open_case(order_id=order.id, seat=seat, plan=route.plan, asked=asked, now=at)
    _journal_placing(order, cart.quote, seat, route, actor=actor, now=at)
    return Placed(
        order_id=order.id,
        order_number=order.number,
        held=route.waits,
        approvers=tuple(person.name for person in route.approvers),
    )


def _require_terms(seat: Seat | None, *, payment_code: str, po_number: str, note: str) -> None:
    if payment_code not in payments.choices_for(has_organization=seat is not None):
        raise Invalid(_("Choose one of the ways to pay."), field="payment")
    if len(po_number.strip()) > PO_NUMBER_LIMIT:
        raise Invalid(
            _("Your order number may have up to %(limit)d characters.") % {"limit": PO_NUMBER_LIMIT}, field="po_number"
        )
    if len(note.strip()) > NOTE_LIMIT:
        raise Invalid(_("The note may have up to %(limit)d characters.") % {"limit": NOTE_LIMIT}, field="note")


def _write_placement(
    order: OrderRef, cart: Cart, seat: Seat | None, *, draft: OrderDraft, po_number: str, note: str
) -> None:
    quote = cart.quote
    Placement.objects.create(
        order_id=order.id,
        number=order.number,
        buyer_id=draft.buyer_id,
        organization_id=seat.organization_id if seat else None,
        unit_id=seat.unit_id if seat else None,
        requester_id=seat.member_id if seat else None,
        payment_code=draft.payment_code,
        po_number=po_number,
        note=note,
        currency=quote.currency,
        goods_net=quote.goods_net,
        goods_gross=quote.amounts.goods_gross,
        total_net=quote.total_net,
        total_gross=quote.total_gross,
        line_count=len(quote.lines),
        summary=_summary(quote),
        placed_at=draft.placed_at,
    )


def _summary(quote: Quote) -> str:
    text = ", ".join(line.title for line in quote.lines[:3])
    more = len(quote.lines) > 3 or len(text) > 190
    return f"{text[:190]}…" if more else text


def _journal_placing(
    order: OrderRef, quote: Quote, seat: Seat | None, route: placing.Route, *, actor: Actor, now: datetime
) -> None:
    subject = ("order", order.number)
    payload: dict[str, Any] = {
        "order_id": order.id,
        "held": route.waits,
        "currency": quote.currency,
        "total_net": quote.total_net,
        "total_gross": quote.total_gross,
        "lines": len(quote.lines),
        "unit": seat.unit_name if seat else "",
        "reasons": [step.reason.value for step in route.plan.steps],
        "asked": [person.name for person in route.approvers],
        "asked_ids": [person.user_id for person in route.approvers],
    }
    facts = [Fact(topics.PLACED, subject, payload)]
    if not route.waits:
        facts.append(Fact(topics.RELEASED, subject, {"order_id": order.id}))
    journal.write(facts, actor=actor, organization_id=seat.organization_id if seat else None, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision led to."""

    order_number: str
    state: State
    requester_name: str


def accept(order_number: str, *, actor: Actor, version: int, remark: str = "", now: datetime | None = None) -> Decided:
    """Accept an order on the version the actor saw; the last step releases it to the shop (`unhandled`).

    Journal: `order.accepted`, and `order.released` when it was the last step; the requester is mailed and the shop's
    `order_placed` effects happen after commit. At most 13 statements, BEGIN and COMMIT included.
    Raises NotFound (not visible to the actor), NotAllowed, Stale (who was faster, or changed), Invalid (remark).
    """
    with _refusals_logged(order_number, Move.ACCEPT, actor=actor):
        return _decide(order_number, Move.ACCEPT, actor=actor, version=version, remark=remark, now=now)


def reject(order_number: str, *, actor: Actor, version: int, reason: str, now: datetime | None = None) -> Decided:
    """Reject an order on the version the actor saw: it ends, its stock is free again, the requester is mailed.

    Journal: `order.rejected` with the reason. Raises Invalid (no reason given), else as `accept`.
    """
    with _refusals_logged(order_number, Move.REJECT, actor=actor):
        if not reason.strip():
            raise Invalid(_("Say why: whoever placed the order reads it."), field="remark")
        return _decide(order_number, Move.REJECT, actor=actor, version=version, remark=reason, now=now)


@transaction.atomic(durable=True)
def _decide(order_number: str, move: Move, *, actor: Actor, version: int, remark: str, now: datetime | None) -> Decided:
    at = now or utc_now()
    if len(remark.strip()) > REMARK_LIMIT:
        raise Invalid(_("The remark may have up to %(limit)d characters.") % {"limit": REMARK_LIMIT}, field="remark")
    module.require_available()
    seat = organization_queries.seat_of(actor)
    case = _locked_case(order_number, seat)
    assert seat is not None  # noqa: S101  nobody without a seat sees a case
    door = policies.require_decider(seat, case, amounts=case.order.akcept_placement.amounts)
    state = cases.decide(case, move, seat=seat, door=door, version=version, remark=remark.strip(), now=at)
    order = OrderRef(id=case.order_id, number=order_number, status=case.order.status, buyer_id=case.order.user_id)
    facts = [_decision_fact(order, move, case, remark=remark.strip(), stands_for=door.name)]
    if state is State.ACCEPTED:
        order_book().release(order, at=at)
        facts.append(Fact(topics.RELEASED, ("order", order_number), {"order_id": order.id}))
    elif state is State.REJECTED:
        order_book().cancel(order, status=status.REJECTED, at=at)
    journal.write(facts, actor=actor, organization_id=case.organization_id, now=at)
    return Decided(
        order_number=order_number,
        state=state,
        requester_name=organization_queries.name_of(case.requester.user),
    )


def _locked_case(order_number: str, seat: Seat | None) -> Case:
    """Lock order and case in one statement, seeing only what the seat may see. Raises NotFound."""
    case = (
        visible_cases(seat)
        .select_related("order__akcept_placement", "unit", "requester__user")
        .select_for_update(no_key=True, of=("self", "order"))
        .filter(order__number=order_number)
        .first()
    )
    if case is None:
        raise NotFound(_("There is no such order, or you may not see it."))
    return case


def _decision_fact(order: OrderRef, move: Move, case: Case, *, remark: str, stands_for: str) -> Fact:
    topic = topics.ACCEPTED if move is Move.ACCEPT else topics.REJECTED
    payload = {"order_id": order.id, "remark": remark, "step": case.position, "steps": case.steps_total}
    return Fact(topic, ("order", order.number), payload | ({"for": stands_for} if stands_for else {}))


@contextmanager
def _refusals_logged(order_number: str, move: Move, *, actor: Actor) -> Iterator[None]:
    """Write down that somebody tried to decide what he may see but not decide; the refusal itself goes on."""
    try:
        yield
    except NotAllowed as refusal:
        seat = organization_queries.seat_of(actor)
        with transaction.atomic(durable=True):
            journal.write(
                Fact(topics.DECISION_REFUSED, ("order", order_number), {"move": move.value, "why": str(refusal)}),
                actor=actor,
                organization_id=seat.organization_id if seat else None,
            )
        raise
