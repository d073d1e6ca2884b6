"""Plays the demo's orders in the order of time, through the same actions the shop's pages call."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Final

from django.db import transaction
from django.utils import translation
from oscar.core.loading import get_model

from akcept.kernel.actor import Actor
from akcept.ordering import actions, payments, status
from akcept.ordering.models import Placement
from akcept.ordering.ports import Address
from akcept.ordering.reactions.ticking import tick
from akcept.organizations.models import Member
from shop.accounts.models import User
from shop.demo import month, rules, stories
from shop.demo.stories import Story

Basket = get_model("basket", "Basket")
Order = get_model("order", "Order")
OrderStatusChange = get_model("order", "OrderStatusChange")
StockRecord = get_model("partner", "StockRecord")

#: What is as old as what is open today has a mail that is worth looking at.
_LATELY: Final = timedelta(hours=52)
#: The shop's pipeline in the order it is walked.
_PIPELINE: Final = ("in_progress", "packed", "shipped", "completed")
_STEP: Final = timedelta(hours=20)  # from one to the next: about a working day

Say = Callable[[str], None]


def build_history(*, now: datetime, say: Say = lambda _text: None) -> int:
    """Play the past weeks: orders, the rules that came into force, the clock that reminds and ends. Return how many."""
    told = [story for story in _all(now) if story.placed_at < now - _LATELY]
    play = _Play(now)
    play.add_all(told, say=say)
    play.at(now - rules.SINCE, lambda: rules.build_rules(now=now - rules.SINCE))
    for day in range(35, 0, -1):
        play.at(now - timedelta(days=day), partial(tick, now=now - timedelta(days=day)))
    play.run()
    return len(told)


def build_recent(*, now: datetime) -> int:
    """Play the past two days, and with them what is open today. Return how many."""
    told = [story for story in _all(now) if story.placed_at >= now - _LATELY]
    play = _Play(now)
    play.add_all(told)
    play.run()
    _cancel(now)
    return len(told)


def build_bargains_bought(*, now: datetime) -> int:
    """Play the orders of goods that were added after the month, the shop's at once. Return how many."""
    told = list(stories.bargains(now))
    play = _Play(now)
    play.add_all(told)
    play.run()
    return len(told)


def _cancel(now: datetime) -> None:
    """Let the shop cancel what it cannot deliver, last of all: money given back is booked at the moment it is."""
    for story in _all(now):
        if story.shop == status.CANCELLED:
            order = Order.objects.get(user__email=story.requester, date_placed=story.placed_at)
            _handle(order.pk, status.CANCELLED, now)


def _all(now: datetime) -> list[Story]:
    return [*stories.past(now), *month.ordinary(now), *stories.present(now)]


class _Play:
    """What happens, one thing after another by the clock; what has happened may lead to more."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._scenes: list[tuple[datetime, int, Callable[[], object]]] = []
        self._numbers = count()  # of two at the same moment, the one that was thought of first

    def at(self, when: datetime, what: Callable[[], object]) -> None:
        """Let something happen; nothing can happen later than now."""
        heapq.heappush(self._scenes, (min(when, self._now), next(self._numbers), what))

    def run(self) -> None:
        """Let everything happen."""
        with translation.override("pl"):
            while self._scenes:
                _when, _number, what = heapq.heappop(self._scenes)
                what()

    def add_all(self, told: Iterable[Story], *, say: Say = lambda _text: None) -> None:
        """Take on the orders; `say` is told how many are placed."""
        every = sorted(told, key=lambda story: story.placed_at)
        for number, story in enumerate(every, start=1):
            tell = f"{number} of {len(every)}" if number % 20 == 0 or number == len(every) else ""
            self.at(story.placed_at, partial(self._begin, story, partial(say, tell) if tell else None))

    def _begin(self, story: Story, tell: Callable[[], None] | None) -> None:
        user = User.objects.get(email=story.requester)
        member = Member.objects.filter(user=user).select_related("unit", "organization").first()
        placed = actions.place(
            actor=_actor(user),
            cart_id=_cart(user, story.goods),
            delivery_code="courier",
            delivery_address=_address_of(member, user),
            payment_code=payments.ON_ACCOUNT if member else payments.TRANSFER,
            po_number=_own_number(member, story.placed_at),
            note=story.note,
            now=story.placed_at,
        )
        last = story.placed_at
        for then in story.then:
            last = min(story.placed_at + then.after, self._now)
            actor = _actor(User.objects.get(email=then.by))
            self.at(last, partial(then.act, placed.order_number, actor, last))
        self._hand_to_the_shop(placed.order_id, story.shop, begun=last)
        if tell is not None:
            tell()

    def _hand_to_the_shop(self, order_id: int, wanted: str, *, begun: datetime) -> None:
        """Let the merchant's people walk the pipeline."""
        walk = _PIPELINE[: _PIPELINE.index(wanted) + 1] if wanted in _PIPELINE else ()
        for number, reached in enumerate(walk, start=1):
            at = min(begun + number * _STEP, self._now)
            self.at(at, partial(_handle, order_id, reached, at))


def _actor(user: User) -> Actor:
    return Actor.person(user.pk, user.get_full_name())


def _own_number(member: Member | None, at: datetime) -> str:
    """Return the next purchase-order number of a branch; a private customer has none."""
    if member is None:
        return ""
    number = Placement.objects.filter(unit=member.unit).count() + 1
    return f"{member.unit.name.split()[-1][:3].upper()}/{number}/{at:%Y}"


def _cart(user: User, goods: Mapping[str, int]) -> int:
    basket = Basket.objects.create(owner=user)
    for record in StockRecord.objects.filter(partner_sku__in=goods).order_by("pk"):
        basket.lines.create(
            line_reference=f"{record.product_id}_{record.pk}",
            product_id=record.product_id,
            stockrecord=record,
            quantity=goods[record.partner_sku],
            price_currency=record.price_currency,
            price_excl_tax=record.price,
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
def _handle(order_id: int, reached: str, at: datetime) -> None:
    """Move an order one step on in the shop, if it is the shop's at all."""
    order = Order.objects.get(pk=order_id)
    if order.status in status.NOT_WORK:
        return
    order.set_status(reached)
    OrderStatusChange.objects.filter(order=order, new_status=reached).update(date_created=at)
