"""Fills a shop of any size: seeded, so that the same numbers make the same shop, and by COPY: a million is minutes.

One order of each sort is placed through the actions themselves; their rows, as the code writes them, are the patterns
that every further order copies with its own keys, days, people, goods and sums. What is written: organisations with
units and members, private customers, products in categories with stock, orders with lines, prices and what they were
priced by, cases with steps, askings and decisions, a budget's ledger. Not written: the journal beyond the patterns',
mails, baskets, and addresses of their own (orders of a sort share one).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.contrib.auth import get_user_model
from django.db import connection

from akcept.organizations.models import Member
from akcept.testing import budgets
from akcept.testing.cast import Person, make, organization
from akcept.testing.companies import grow
from bench.fill.copying import Copy, rows, up_to_date
from bench.fill.goods import goods
from bench.fill.patterns import patterns
from bench.fill.sorts import Kinds, Size
from bench.fill.writing import SERIAL, Writer

__all__ = ["Filled", "Size", "fill", "made_before"]

SEED: Final = 20260105
#: Days over which the orders are spread, up to now; waiting ones are of the last fifth.
DAYS: Final = 730
SMALL_ORGANIZATIONS: Final = 200
PRIVATE_CUSTOMERS: Final = 5_000
#: The organisation in which orders wait.
LARGE: Final = "Wielka Spółka"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What was made, for whoever measures."""

    #: Of the large organisation, the first administers it.
    people: list[Person]
    merchant: Person
    size: Size

    @property
    def approver(self) -> Person:
        """Somebody at head office who may accept whatever waits in the large organisation."""
        return self.people[1]


def fill(size: Size, *, now: datetime | None = None) -> Filled:
    """Fill the empty database that is in use. Waiting orders are all in one organisation, whose people share them."""
    chance = random.Random(SEED)  # noqa: S311  the same shop each time
    at = now or datetime.now(UTC)
    cast = make()
    large = grow(organization(LARGE, "5260250274"), units=300, members=2_000)
    written = patterns(cast)
    catalogue = goods(size.products, chance)
    small = [grow(organization(f"Firma {n}", f"{n:010}"), units=3, members=8) for n in range(SMALL_ORGANIZATIONS)]
    private = get_user_model().objects.bulk_create(
        get_user_model()(email=f"klient{n}@private.example", first_name=f"Klient{n}", last_name="Prywatny")
        for n in range(PRIVATE_CUSTOMERS)
    )
    budget = budgets.make(large.units[0], "999999999.00", starts=(at - timedelta(days=DAYS + 31)).date().replace(day=1))
    kinds = Kinds(size, chance)
    copy = Copy()
    writer = Writer(
        copy=copy, patterns=written, goods=catalogue, chance=chance, budget_id=budget.pk, large_id=large.organization.pk
    )
    with connection.cursor() as cursor:
        for table in ("order_order", "order_line"):  # the triggers are for what changes; nothing does here
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    step = timedelta(days=DAYS) / size.orders
    for n in range(size.orders):
        kind = kinds.of(n)
        if kind.large:
            person = large.people[1 + chance.randrange(len(large.people) - 1)]
        elif kind.customer:
            person = chance.choice(chance.choice(small).people[1:])
        else:
            person = Person(user=private[chance.randrange(len(private))], member=None)
        writer.write(person, kind, at - timedelta(days=DAYS) + step * (n + 1))
        copy.flush(least=copy.block)
    copy.flush()
    _settle(size)
    return Filled(people=large.people, merchant=cast.mia, size=size)


def made_before(size: Size) -> Filled:
    """Return what `fill` made in the database that is in use, as much of it as measuring needs."""
    everybody = Member.objects.filter(organization__name=LARGE).select_related("user").order_by("pk")
    people = [Person(user=member.user, member=member) for member in everybody]
    merchant = get_user_model().objects.get(email="mia@shop.example")
    return Filled(people=people, merchant=Person(user=merchant, member=None, staff=True), size=size)


def _settle(size: Size) -> None:
    """Bring the sequences, the stock that is taken, the triggers and the planner's figures up to what was written."""
    for table in SERIAL:
        up_to_date(table)
    # An order's number is made of its basket's: new ones have to begin behind those that were written.
    rows(f"SELECT setval(pg_get_serial_sequence('basket_basket', 'id'), {2 * size.orders + 1_000})")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE partner_stockrecord s SET num_allocated = t.n FROM (SELECT stockrecord_id, SUM(num_allocated) AS n"
            " FROM order_line WHERE num_allocated > 0 GROUP BY stockrecord_id) t WHERE t.stockrecord_id = s.id"
        )
        for table in ("order_order", "order_line"):
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        cursor.execute("VACUUM ANALYZE")
