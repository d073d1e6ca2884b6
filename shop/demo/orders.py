"""A believable month of orders in every state, placed and decided through the same actions the shop's pages call."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import translation
from oscar.core.loading import get_model

from akcept.kernel.actor import Actor
from akcept.ordering import actions, payments
from akcept.ordering.ports import Address
from akcept.organizations.models import Member
from shop.accounts.models import User

Basket = get_model("basket", "Basket")
Order = get_model("order", "Order")
OrderStatusChange = get_model("order", "OrderStatusChange")
StockRecord = get_model("partner", "StockRecord")

#: The shop's pipeline in the order it is walked.
_PIPELINE: Final = ("in_progress", "packed", "shipped", "completed")

_NOTES: Final = (
    "",
    "Zapas na cały kwartał, w tym tygodniu jest taniej.",
    "Dla dwóch nowych osób, które zaczynają od poniedziałku.",
    "",
    "Kończy się papier, proszę o szybką decyzję.",
    "Do szkolenia BHP w przyszłym tygodniu.",
    "",
    "Zamawiam raz na miesiąc zamiast co tydzień, wyjdzie jedna dostawa.",
)
_REASONS: Final = (
    "To już mamy w magazynie w Krakowie, proszę najpierw sprawdzić stan.",
    "Za drogo. Proszę wybrać tańszy zamiennik i zamówić ponownie.",
    "Budżet na ten miesiąc jest wyczerpany, wracamy do tego po pierwszym.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """One order to be: who, when, how many lines, and what becomes of it."""

    requester: str
    placed_at: datetime
    lines: int
    decider: str | None = None
    decided_after: timedelta = timedelta(hours=2)
    rejected: bool = False
    end: str = "unhandled"
    note: str = ""


def build_history(*, now: datetime, say: Callable[[str], None] = lambda _text: None) -> int:
    """Place, decide and handle the orders of the past weeks; the same ones every time. Return how many."""
    dice = random.Random(20_26)
    return _carry_out_all(list(_history(now, dice)), dice, now=now, say=say)


def build_waiting(*, now: datetime) -> int:
    """Place what is open today. Return how many."""
    return _carry_out_all(list(_waiting(now)), random.Random(7), now=now, say=lambda _text: None)


def _carry_out_all(plans: list[_Plan], dice: random.Random, *, now: datetime, say: Callable[[str], None]) -> int:
    shelf = _Shelf(dice)
    plans.sort(key=lambda plan: plan.placed_at)
    with translation.override("pl"):
        for done, plan in enumerate(plans, start=1):
            _carry_out(plan, shelf, dice, now=now)
            if done % 20 == 0 or done == len(plans):
                say(f"{done} of {len(plans)}")
    return len(plans)


def _history(now: datetime, dice: random.Random) -> Iterator[_Plan]:
    """Yield the orders of the past four weeks, all decided, handled as far as their age suggests."""
    zone = ZoneInfo(settings.TIME_ZONE)
    people = [
        ("anna@acme.example", "ben@acme.example"),
        ("ewa@acme.example", "ben@acme.example"),
        ("piotr@acme.example", "ben@acme.example"),
        ("jan@acme.example", "cora@acme.example"),
        ("lena@umbra.example", "otto@umbra.example"),
        ("ben@acme.example", None),
        ("otto@umbra.example", None),
        ("pawel@wrona.example", None),
    ]
    # Chance must not decide whether Anna has an example of a rejection.
    yield _Plan(
        requester="anna@acme.example",
        placed_at=now - timedelta(days=7, hours=2),
        lines=4,
        decider="ben@acme.example",
        decided_after=timedelta(minutes=40),
        rejected=True,
        note=_NOTES[0],
    )
    for days in range(30, 0, -1):
        day = (now - timedelta(days=days)).astimezone(zone)
        if day.weekday() >= 5:
            continue
        for _ in range(dice.randint(2, 4)):
            requester, decider = dice.choice(people)
            at = day.replace(hour=dice.randint(7, 15), minute=dice.randint(0, 59), second=0, microsecond=0)
            rejected = decider is not None and dice.random() < 0.12
            yield _Plan(
                requester=requester,
                placed_at=at,
                lines=dice.choice((2, 3, 3, 4, 5, 6, 8, 11, 14)),
                decider=decider,
                decided_after=timedelta(minutes=dice.randint(12, 300)),
                rejected=rejected,
                end=_end_for(days, dice),
                note=dice.choice(_NOTES) if decider else "",
            )


def _end_for(days: int, dice: random.Random) -> str:
    if days > 4 and dice.random() < 0.06:
        return "cancelled"
    for limit, end in ((1, "unhandled"), (3, "in_progress"), (5, "packed"), (9, "shipped")):
        if days <= limit:
            return end
    return "completed"


def _waiting(now: datetime) -> Iterator[_Plan]:
    """Yield what is open today: orders that wait for Ben, Cora and Otto, and a fresh one for the shop."""
    ago = {
        "piotr@acme.example": (timedelta(days=2, hours=3), 14, "Ręczniki i płyny na cały magazyn, zapas do świąt."),
        "anna@acme.example": (timedelta(hours=3), 8, "Papier na cały kwartał, w tym tygodniu taniej o 12 %."),
        "ewa@acme.example": (timedelta(hours=1), 2, ""),
        "jan@acme.example": (timedelta(minutes=22), 31, "Wyposażenie nowego wozu serwisowego."),
        "lena@umbra.example": (timedelta(hours=5), 4, "Rękawice dla nowej zmiany."),
    }
    for requester, (since, lines, note) in ago.items():
        yield _Plan(requester=requester, placed_at=now - since, lines=lines, note=note)
    yield _Plan(requester="ben@acme.example", placed_at=now - timedelta(minutes=50), lines=3)
    yield _Plan(requester="pawel@wrona.example", placed_at=now - timedelta(minutes=35), lines=2)


class _Shelf:
    """Products to choose from, with enough stock for a month."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        records = StockRecord.objects.select_related("product").order_by("id")
        self._records = [record for record in records if record.num_in_stock is None or record.num_in_stock >= 40]

    def pick(self, lines: int) -> list[tuple[object, int]]:
        """Return different stock records with a quantity that suits their price."""
        return [(record, self._quantity(record.price)) for record in self._dice.sample(self._records, lines)]

    def _quantity(self, net: Decimal) -> int:
        if net > 400:
            return 1
        return self._dice.choice((1, 2, 2, 3) if net > 80 else (2, 4, 5, 6, 10) if net > 12 else (5, 10, 12, 20))


def _carry_out(plan: _Plan, shelf: _Shelf, dice: random.Random, *, now: datetime) -> None:
    user = User.objects.get(email=plan.requester)
    member = Member.objects.filter(user=user).select_related("unit").first()
    placed = actions.place(
        actor=Actor.person(user.pk, user.get_full_name()),
        cart_id=_cart(user, shelf.pick(plan.lines)),
        delivery_code="courier",
        delivery_address=_address_of(member, user),
        payment_code=payments.ON_ACCOUNT if member else payments.TRANSFER,
        po_number=f"{member.unit.name.split()[-1][:3].upper()}/{plan.placed_at:%Y/%m/%d}" if member else "",
        note=plan.note,
        now=plan.placed_at,
    )
    handled_from = plan.placed_at
    if plan.decider is not None:
        handled_from = min(plan.placed_at + plan.decided_after, now)
        _decide(plan, placed.order_number, dice, at=handled_from)
    if not placed.held or (plan.decider and not plan.rejected):
        _handle(placed.order_id, plan.end, begun=handled_from, now=now)


def _decide(plan: _Plan, number: str, dice: random.Random, *, at: datetime) -> None:
    decider = User.objects.get(email=plan.decider)
    actor = Actor.person(decider.pk, decider.get_full_name())
    if plan.rejected:
        actions.reject(number, actor=actor, version=1, reason=dice.choice(_REASONS), now=at)
    else:
        actions.accept(number, actor=actor, version=1, now=at)


def _cart(user: User, picked: list[tuple[object, int]]) -> int:
    basket = Basket.objects.create(owner=user)
    for record, quantity in picked:
        basket.lines.create(
            line_reference=f"{record.product_id}_{record.pk}",  # type: ignore[attr-defined]
            product_id=record.product_id,  # type: ignore[attr-defined]
            stockrecord=record,
            quantity=quantity,
            price_currency=record.price_currency,  # type: ignore[attr-defined]
            price_excl_tax=record.price,  # type: ignore[attr-defined]
        )
    return int(basket.pk)


def _address_of(member: Member | None, user: User) -> Address:
    if member is None:
        return Address(name=user.get_full_name(), line1="ul. Długa 5", postcode="31-147", city="Kraków")
    address = member.unit.addresses.get(is_default=True)
    return Address(
        name=address.recipient,
        line1=address.line1,
        postcode=address.postcode,
        city=address.city,
        phone=address.phone,
    )


@transaction.atomic
def _handle(order_id: int, end: str, *, begun: datetime, now: datetime) -> None:
    """Walk the shop's pipeline up to `end`, a working day per step, as the merchant's people did."""
    order = Order.objects.get(pk=order_id)
    walk = ("cancelled",) if end == "cancelled" else _PIPELINE[: _PIPELINE.index(end) + 1] if end in _PIPELINE else ()
    for step, status in enumerate(walk, start=1):
        order.set_status(status)
        at = min(begun + timedelta(hours=20 * step), now)
        OrderStatusChange.objects.filter(order=order, new_status=status).update(date_created=at)
