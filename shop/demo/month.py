"""An ordinary month: who orders what from whom, by chance but the same every time the dice are thrown alike."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from akcept.approvals.calendar import is_working_day
from shop.demo import catalogue, rules
from shop.demo.stories import BEN, CORA, OTTO, TERESA, Story, Then
from shop.demo.ways import accept, reject

_OFFICE, _CLEANING, _WORKSHOP, _KITCHEN = "Biuro", "Czystość", "Warsztat", "Kuchnia i goście"

#: What somebody who orders such goods writes to the approver.
_NOTES: Final = {
    _OFFICE: (
        "",
        "Materiały na cały miesiąc: jedna dostawa zamiast czterech.",
        "Kończą się zapasy w sekretariacie, proszę o szybką decyzję.",
        "Dla dwóch nowych osób, które zaczynają od poniedziałku.",
    ),
    _CLEANING: (
        "",
        "Uzupełnienie według listy firmy sprzątającej.",
        "Zostało nam na tydzień, zapas na kwartał.",
    ),
    _WORKSHOP: (
        "",
        "Do szkolenia BHP w przyszłym tygodniu.",
        "Wymiana zużytych narzędzi po przeglądzie.",
        "Uzupełnienie regału przy rampie.",
    ),
    _KITCHEN: ("", "Na spotkania z klientami w tym miesiącu.", "Kuchnia i sala konferencyjna, zapas na miesiąc."),
}
_REASONS: Final = (
    "Mamy to jeszcze w magazynie, proszę najpierw sprawdzić stan.",
    "Za drogo. Proszę wybrać tańszy zamiennik i zamówić ponownie.",
    "Odkładamy to na przyszły miesiąc, teraz są pilniejsze zakupy.",
)
_REMARKS: Final = ("", "", "", "Zgoda.", "W porządku, dziękuję za zebranie tego w jedno zamówienie.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Buyer:
    """Somebody who orders, what they order, and who accepts it: nobody where they may do that themselves."""

    email: str
    themes: tuple[str, ...]
    approver: str = ""


_BUYERS: Final = (
    _Buyer(email="anna@acme.example", themes=(_OFFICE, _OFFICE, _KITCHEN), approver=BEN),
    _Buyer(email="ewa@acme.example", themes=(_OFFICE, _KITCHEN), approver=BEN),
    _Buyer(email="piotr@acme.example", themes=(_CLEANING, _WORKSHOP), approver=BEN),
    _Buyer(email="jan@acme.example", themes=(_WORKSHOP, _WORKSHOP, _CLEANING), approver=CORA),
    _Buyer(email="lena@umbra.example", themes=(_WORKSHOP, _CLEANING), approver=OTTO),
    _Buyer(email=BEN, themes=(_OFFICE, _CLEANING)),
    _Buyer(email=OTTO, themes=(_OFFICE, _KITCHEN)),
    _Buyer(email="pawel@wrona.example", themes=(_OFFICE, _WORKSHOP)),
)


def ordinary(now: datetime) -> Iterator[Story]:
    """Yield two to four orders for each working day of the past month, handled as far as their age suggests."""
    dice, shelf = random.Random(20_26), _Shelf()
    zone = ZoneInfo(settings.TIME_ZONE)
    for days in range(30, 0, -1):
        day = (now - timedelta(days=days)).astimezone(zone)
        if not is_working_day(day.date()):
            continue
        for _ in range(dice.randint(2, 4)):
            at = day.replace(hour=dice.randint(7, 15), minute=dice.randint(0, 59), second=0, microsecond=0)
            buyer = dice.choice(_BUYERS)
            theme = dice.choice(buyer.themes)
            goods, net = shelf.pick(theme, lines=dice.choice((2, 3, 3, 4, 5, 6, 8, 11, 14)), dice=dice)
            then = tuple(_decisions(buyer, net, late=at >= now - rules.SINCE, dice=dice))
            yield Story(
                requester=buyer.email,
                placed_at=at,
                goods=goods,
                note=dice.choice(_NOTES[theme]) if then else "",
                then=then,
                shop=_shop_has(days),
            )


def _decisions(buyer: _Buyer, net: Decimal, *, late: bool, dice: random.Random) -> Iterator[Then]:
    """Yield who decides, and how: one accepts for the branch; a large order Cora as well, once the rule is there."""
    asked = [TERESA if buyer.approver == CORA and net <= 1000 else buyer.approver] if buyer.approver else []
    if late and net > rules.LARGE and buyer.email.endswith("@acme.example") and CORA not in asked:
        asked.append(CORA)
    after = timedelta()
    rejected = bool(asked) and dice.random() < 0.1
    for who in asked:
        after += timedelta(minutes=dice.randint(12, 300))
        if rejected:
            yield Then(after=after, by=who, act=reject(dice.choice(_REASONS)))
            return
        yield Then(after=after, by=who, act=accept(dice.choice(_REMARKS)))


def _shop_has(days: int) -> str:
    for limit, status in ((1, "unhandled"), (3, "in_progress"), (5, "packed"), (9, "shipped")):
        if days <= limit:
            return status
    return "completed"


class _Shelf:
    """Products to choose from by theme, those with enough stock for a month."""

    def __init__(self) -> None:
        self._goods: dict[str, list[tuple[str, Decimal]]] = {}
        for row in catalogue.rows():
            if int(row["stock"]) >= 40:
                theme = row["category"].partition(" > ")[0]
                self._goods.setdefault(theme, []).append((row["sku"], Decimal(row["net_price"])))

    def pick(self, theme: str, *, lines: int, dice: random.Random) -> tuple[dict[str, int], Decimal]:
        """Return quantities by product code, each one that suits its price, and what they cost net in PLN."""
        picked = {(sku, net): _quantity(net, dice) for sku, net in dice.sample(self._goods[theme], lines)}
        value = sum((net * quantity for (_sku, net), quantity in picked.items()), Decimal(0))
        return {sku: quantity for (sku, _net), quantity in picked.items()}, value


def _quantity(net: Decimal, dice: random.Random) -> int:
    if net > 400:
        return 1
    return dice.choice((1, 2, 2, 3) if net > 80 else (2, 4, 5, 6, 10) if net > 12 else (5, 10, 12, 20))
