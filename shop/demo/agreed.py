"""What the shop agreed with Acme, as of today: prices by quantity, packs, and what its people do not order.

The month of orders was placed before, at the shop's own prices.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from akcept.agreements import actions
from akcept.agreements.answers import Assorted, Choice
from akcept.agreements.inputs import AgreementInput, GoodsInput, ListInput, PackInput, PriceInput
from akcept.kernel.actor import Actor
from akcept.ordering.ports import assortment
from akcept.organizations.models import Unit
from shop.accounts.models import User
from shop.demo import people

#: Code, from how many pieces on, net price.
PRICES: Final = (
    *(("PAP-A4-80", 1, "17.90"), ("PAP-A4-80", 40, "16.90"), ("PAP-A4-80", 200, "15.90")),
    *(("DLO-N50", 1, "54.00"), ("DLO-N50", 10, "49.50")),
    *(("KAW-1000", 1, "54.90"), ("KAW-1000", 12, "51.90")),
    ("RRP-10", 60, "2.95"),
)
#: Category, per cent off the shop's prices.
CATEGORIES: Final = (("Papier i koperty", "6"), ("Tonery", "12.5"), ("Środki czystości", "5"))
#: Code, sold by, at least, name of the pack.
PACKS: Final = (("PAP-A4-80", 5, 5, "karton"), ("RRP-10", 10, 20, "paczka"))
#: There are dispensers at Acme.
EXCLUDED: Final = "Woda i soki"
SERVICE: Final = (("WIE-M19", 1, "58.00"), ("TAR-O25", 1, "69.00"), ("TAR-O25", 10, "62.00"))


def build_agreements(*, now: datetime) -> None:
    """Agree with Acme for a year, and with its service branch for three weeks on trial."""
    staff = User.objects.get(email=people.STAFF.email)
    mia, today = Actor.staff(staff.pk, staff.get_full_name()), timezone.localdate(now)
    categories = {each.name: each.id for each in assortment().categories()}
    rows = [*_rows(PRICES), *(_off(categories[name], per_cent) for name, per_cent in CATEGORIES)]
    actions.add_agreement(
        AgreementInput(
            name="Umowa ramowa",
            starts=today,
            ends=today + timedelta(days=365),
            list_ids=(_list("Acme: biuro i czystość", rows, actor=mia, now=now),),
            assorted=Assorted.ALL_BUT,
            goods=(GoodsInput(category_id=categories[EXCLUDED]),),
            packs=_packs(),
        ),
        actor=mia,
        unit_id=_unit(people.ACME.units[0].name).pk,
        now=now,
    )
    actions.add_agreement(
        AgreementInput(
            name="Osprzęt na próbę",
            starts=today,
            ends=today + timedelta(days=21),
            choice=Choice.BEST,
            list_ids=(_list("Osprzęt dla serwisów", _rows(SERVICE), actor=mia, now=now),),
        ),
        actor=mia,
        unit_id=_unit("Serwis Tarnów").pk,
        now=now,
    )


def _unit(name: str) -> Unit:
    return Unit.objects.get(organization__name=people.ACME.name, name=name)


def _list(name: str, rows: list[PriceInput], *, actor: Actor, now: datetime) -> int:
    made = actions.add_list(ListInput(name=name, currency="PLN"), actor=actor, now=now)
    actions.set_prices(made.pk, rows, actor=actor, version=made.version, now=now)
    return made.pk


def _rows(prices: tuple[tuple[str, int, str], ...]) -> list[PriceInput]:
    found = assortment().products([code for code, _least, _net in prices])
    return [
        PriceInput(goods=GoodsInput(product_id=found[code].id), least=least, net=Decimal(net))
        for code, least, net in prices
    ]


def _off(category_id: int, per_cent: str) -> PriceInput:
    return PriceInput(goods=GoodsInput(category_id=category_id), per_cent=Decimal(per_cent))


def _packs() -> tuple[PackInput, ...]:
    found = assortment().products([code for code, *_pack in PACKS])
    return tuple(
        PackInput(product_id=found[code].id, multiple=multiple, smallest=smallest, unit=unit)
        for code, multiple, smallest, unit in PACKS
    )
