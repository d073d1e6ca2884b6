"""Placing an order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from inspect import unwrap
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from akcept.approvals import cases, grounds
from akcept.approvals.routing import Plan
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel import typed
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Changed
from akcept.ordering import behalf, buying, payments, status, topics
from akcept.ordering.actions.parts.sums import summary_of
from akcept.ordering.actions.parts.texts import require_texts
from akcept.ordering.changes import again
from akcept.ordering.models import Placement
from akcept.ordering.money import bookings, credit
from akcept.ordering.money.credit import Credit
from akcept.ordering.ports import Address, Cart, OrderDraft, OrderRef, Quote, WantedLine, order_book
from akcept.ordering.queries.preview import BasketPreview, preview_of
from akcept.ordering.routing import routes
from akcept.organizations.seats import Seat
from akcept.transactions.acting import action, together


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What placing led to."""

    order_id: int
    order_number: str
    held: bool
    approvers: tuple[str, ...]


@action
def place(
    *,
    actor: Actor,
    cart_id: int,
    delivery_code: str,
    delivery_address: Address | int | None,
    invoice_address: Address | None = None,
    payment_code: str = payments.TRANSFER,
    po_number: str = "",
    note: str = "",
    seen: str | None = None,
    now: datetime | None = None,
) -> Placed:
    """Turn the actor's cart into an order: held when it has to be accepted, work for the shop otherwise.

    It is delivered to an address of the actor's unit, by its id, or to a typed one (None: to nowhere, for goods that
    are not sent); without an `invoice_address` a member's invoices are made out to their organisation. Stock is
    allocated and prices are frozen either way.
    The number of statements does not depend on the lines: 24 for a plain order, BEGIN and COMMIT included.
    Journal: `order.placed`; `order.ordered_again` of the ended order whose place it takes; `order.released` when the
    order need not wait. What follows from them (mails, the shop's own `order_placed` effects) happens after commit.
    A note is kept where somebody may be asked to read it.
    The shop may order in a member's place (`behalf`): held and decided as if the member had.
    `seen` is the fingerprint of the quote the buyer looked at; None skips that check (no page was shown).

    Raises NotAllowed, OutOfBounds, OverBudget, RefusedByRule, CreditExceeded, NobodyCanDecide, Invalid (field),
    EmptyCart, OutOfStock, Changed, AlreadyPlaced, NotFound.
    """
    at = now or utc_now()
    require_texts(po_number=po_number, note=note)
    ready = _ready(
        actor,
        cart_id,
        delivery_code=delivery_code,
        delivery_address=delivery_address,
        payment_code=payment_code,
        at=at,
        seen=seen,
    )
    seat, cart, route, book = ready.seat, ready.cart, ready.route, order_book()
    draft = OrderDraft(
        buyer_id=ready.buyer_id,
        status=status.AWAITING_ACCEPTANCE if route.waits else status.UNHANDLED,
        placed_at=at,
        delivery_code=delivery_code,
        delivery_address=ready.delivery,
        invoice_address=invoice_address or buying.invoiced_to(seat),
        payment_code=payment_code,
    )
    order = book.write(cart, draft)
    former = again.replaceable(cart.again, seat) if cart.again is not None and seat is not None else None
    has_reader = seat is not None and seat.module_enabled
    texts = {"po_number": typed.line(po_number), "note": typed.prose(note) if has_reader else ""}
    placement = _write_placement(order, cart, seat, draft=draft, former=former, pay_days=ready.pay_days, **texts)
    if route.waits and seat is not None:
        asked = [person.member_id for person in route.approvers]
        cases.open_case(order_id=order.id, seat=seat, plan=route.plan, asked=asked, now=at)
    if route.facts is not None and seat is not None:
        grounds.keep(order.id, route.facts, route.plan, organization_id=seat.organization_id, now=at)
    bookings.placed(placement, budgets=route.budgets, waits=route.waits, actor=actor, now=at)
    _journal_placing(order, cart.quote, seat, route, former=former, actor=actor, now=at)
    return Placed(
        order_id=order.id,
        order_number=order.number,
        held=route.waits,
        approvers=tuple(person.name for person in route.approvers),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """What is about to be ordered, with nothing written yet."""

    buyer_id: int
    seat: Seat | None
    delivery: Address | None
    cart: Cart
    route: routes.Route
    #: Within how many days an order on account is paid, where that was agreed.
    pay_days: int | None


def _ready(
    actor: Actor,
    cart_id: int,
    *,
    delivery_code: str,
    delivery_address: Address | int | None,
    payment_code: str,
    at: datetime,
    seen: str | None = None,
    looking: bool = False,
) -> _Ready:
    """Check all that `place` checks and say where the order goes; `looking` locks neither budgets, credit nor stock."""
    behalf.require(actor, allowed=True)
    seat, delivery = buying.buyer_and_delivery(actor, delivery_address)
    assert actor.user_id is not None  # noqa: S101  buyer_and_delivery refuses everybody else
    buying.require_payment(seat, payment_code)
    account = _account_of(seat, payment_code, locked=not looking)
    ground = routes.look(seat) if looking else routes.stand(seat)
    if ground is not None and ground.agreed is not None:
        buying.require_agreed(ground.agreed, payment_code=payment_code, delivery_code=delivery_code)
        buying.require_agreed_address(seat, delivery_address, ground.agreed)
    member_id = seat.member_id if seat else None
    cart = order_book().open_cart(
        cart_id,
        buyer_id=actor.user_id,
        member_id=member_id,
        delivery_code=delivery_code,
        looking=looking,
        heads=ground.heads if ground is not None else None,
    )
    buying.require_address(delivery, is_sent=cart.is_sent)
    if seen is not None and seen != cart.quote.fingerprint:
        raise Changed(_("Prices or products have changed since you opened this page. Please look again and confirm."))
    credit.require_room(account, cart.quote.amounts)
    route = routes.route(seat, cart.quote, at=at, ground=ground)
    said = ground.agreed if ground is not None else None
    pay_days = said.pay_days if said is not None else None
    return _Ready(buyer_id=actor.user_id, seat=seat, delivery=delivery, cart=cart, route=route, pay_days=pay_days)


@action
def place_list(
    lines: Sequence[WantedLine],
    *,
    actor: Actor,
    delivery_code: str,
    delivery_address: Address | int | None,
    payment_code: str = payments.TRANSFER,
    po_number: str = "",
    note: str = "",
    origin: int | None = None,
    now: datetime | None = None,
) -> Placed:
    """Order a list of up to 500 lines, by code or EAN, without a basket; the actor's own basket stays as it is.

    `origin` is the ended order, seen by the actor, whose place it takes. Everything else is as in `place`, in the same
    transaction. Journal: as `place`.
    Raises InvalidLines (what is wrong with which line), and as `place`.
    """
    cart_id = _cart_of(lines, actor=actor, origin=origin)
    placed: Placed = unwrap(place)(
        actor=actor,
        cart_id=cart_id,
        delivery_code=delivery_code,
        delivery_address=delivery_address,
        payment_code=payment_code,
        po_number=po_number,
        note=note,
        now=now,
    )
    return placed


def _cart_of(lines: Sequence[WantedLine], *, actor: Actor, origin: int | None = None) -> int:
    seat = buying.require_buyer(actor)
    assert actor.user_id is not None  # noqa: S101  require_buyer refuses everybody else
    return order_book().new_cart(
        lines, buyer_id=actor.user_id, member_id=seat.member_id if seat else None, origin=origin
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What ordering a list now would lead to: what it costs, and the way it would go."""

    quote: Quote
    preview: BasketPreview
    plan: Plan


@action
def try_list(
    lines: Sequence[WantedLine],
    *,
    actor: Actor,
    delivery_code: str,
    delivery_address: Address | int | None,
    payment_code: str = payments.TRANSFER,
    po_number: str = "",
    note: str = "",
    now: datetime | None = None,
) -> Tried:
    """Say what `place_list` would lead to now, by the same checks; nothing is kept and neither stock nor budgets wait.

    Journal: nothing. Raises as `place_list`: what would be refused is refused.
    """
    require_texts(po_number=po_number, note=note)
    ready = _ready(
        actor,
        _cart_of(lines, actor=actor),
        delivery_code=delivery_code,
        delivery_address=delivery_address,
        payment_code=payment_code,
        at=now or utc_now(),
        looking=True,
    )
    transaction.set_rollback(True)
    return Tried(quote=ready.cart.quote, preview=preview_of(ready.seat, ready.route), plan=ready.route.plan)


#: The same inside a transaction of the caller's, with which the order stands or falls: for Oscar's own door alone.
place_within: Callable[..., Placed] = together()(unwrap(place))


def _account_of(seat: Seat | None, payment_code: str, *, locked: bool) -> Credit | None:
    """Lock the credit an order on account is about to use; no statement for any other, nor without an organisation."""
    if seat is None or payment_code != payments.ON_ACCOUNT:
        return None
    return credit.credit_of(seat.organization_id, unit_id=seat.unit_id, locked=locked)


def _write_placement(
    order: OrderRef,
    cart: Cart,
    seat: Seat | None,
    *,
    draft: OrderDraft,
    former: Placement | None,
    pay_days: int | None,
    po_number: str,
    note: str,
) -> Placement:
    quote = cart.quote
    return Placement.objects.create(
        order_id=order.id,
        number=order.number,
        buyer_id=draft.buyer_id,
        organization_id=seat.organization_id if seat else None,
        unit_id=seat.unit_id if seat else None,
        cost_centre=seat.cost_centre if seat else "",
        requester_id=seat.member_id if seat else None,
        payment_code=draft.payment_code,
        pay_days=pay_days,
        po_number=po_number,
        note=note,
        currency=quote.currency,
        goods_net=quote.goods_net,
        goods_gross=quote.amounts.goods_gross,
        total_net=quote.total_net,
        total_gross=quote.total_gross,
        line_count=len(quote.lines),
        summary=summary_of(quote),
        placed_at=draft.placed_at,
        instead_of=former,
    )


def _journal_placing(
    order: OrderRef,
    quote: Quote,
    seat: Seat | None,
    route: routes.Route,
    *,
    former: Placement | None,
    actor: Actor,
    now: datetime,
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
        "budgets": [found.budget_id for found in route.budgets],
        "asked": [person.name for person in route.approvers],
        "asked_ids": [person.user_id for person in route.approvers],
    }
    if former is not None:
        payload["instead_of"] = former.number
    events = [Event(topics.PLACED, subject, payload)]
    if former is not None:
        events.append(Event(topics.ORDERED_AGAIN, ("order", former.number), {"as": order.number}))
    if not route.waits:
        events.append(Event(topics.RELEASED, subject, {"order_id": order.id, "buyer_id": actor.user_id}))
    journal.write(events, actor=actor, organization_id=seat.organization_id if seat else None, now=now)
