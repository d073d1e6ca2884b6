"""The company that is measured: as many requesters as flows, so that every flow finds its basket filled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection

from akcept.organizations.actions.rows import stored_grant
from akcept.organizations.models import Member, UnitAddress
from akcept.organizations.permissions import Permission
from akcept.testing import carts
from akcept.testing.cast import LONG_AGO, Cast, Person, make
from tests.support.visitors import http_visitor

#: Products of the catalogue; each flow orders `LINES` of them.
PRODUCTS = 300
LINES = 5
_FLOWS_A_STEP = 7  # prime to PRODUCTS: neighbouring flows share some goods, not all


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Somebody with a filled basket."""

    person: Person
    cart: int


class Company:
    """Acme with its approver, and a queue of buyers."""

    def __init__(self, *, flows: int) -> None:
        self.cast: Cast = make()
        self.records = [carts.stock(f"B{i:04}", price=f"{5 + i % 90}.90", number=10_000_000) for i in range(PRODUCTS)]
        self.address = UnitAddress.objects.get(unit=self.cast.krakow, is_default=True).pk
        self.people = self._requesters(flows)
        self._next: Iterator[Buyer] = iter([self._buyer(i, person) for i, person in enumerate(self.people)])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _requesters(self, count: int) -> list[Person]:
        User = get_user_model()
        users = User.objects.bulk_create(
            User(email=f"buyer{i}@customer.example", first_name="Buyer", last_name=str(i)) for i in range(count)
        )
        granted = stored_grant({Permission.PLACE_ORDERS}, None)
        members = Member.objects.bulk_create(
            Member(
                organization=self.cast.acme,
                unit=self.cast.krakow,
                user=user,
                joined_at=LONG_AGO,
                place_orders=True,
                granted=granted,
            )
            for user in users
        )
        return [Person(user=user, member=member) for user, member in zip(users, members, strict=True)]

    def _buyer(self, number: int, person: Person) -> Buyer:
        return Buyer(person=person, cart=carts.fill(person, records=self._goods(number, LINES)))

    def _goods(self, number: int, lines: int) -> list[Any]:
        first = number * _FLOWS_A_STEP
        return [self.records[(first + i) % PRODUCTS] for i in range(lines)]

    def codes(self, number: int, lines: int) -> list[str]:
        """Return the codes of what a flow orders."""
        return [record.partner_sku for record in self._goods(number, lines)]

    def buyer(self) -> Buyer:
        """Return the next buyer; raises StopIteration when all have ordered."""
        return next(self._next)

    def logged_in(self, url: str, count: int) -> list[tuple[Buyer, httpx.Client]]:
        """Return buyers who are logged in at the shop at `url`: logging in is no part of the flow."""
        return [(buyer, http_visitor(buyer.person, url)) for buyer in (self.buyer() for _ in range(count))]

    def approver(self, url: str) -> httpx.Client:
        """Return Ben, logged in."""
        return http_visitor(self.cast.ben, url)


def orders() -> int:
    """Return how many orders are in the merchant's unhandled list."""
    return int(apps.get_model("order.Order").objects.filter(status="unhandled").count())
