"""Fills a shop of any size: seeded, so that the same numbers make the same shop, and by COPY: a million is minutes.

One order of each sort is placed through the actions themselves; their rows, as the code writes them, are the patterns
that every further order copies with its own keys, days, people, goods and sums. What is written: organisations with
units and members, private customers, products in categories with stock, orders with lines, prices and what they were
priced by, cases with steps, askings and decisions, a budget's ledger. Not written: the journal beyond the patterns',
mails, baskets, and addresses of their own (orders of a sort share one).
"""

# ruff: noqa: S608  names of our tables, numbers of our own
from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection

from akcept.ordering import actions
from akcept.organizations.models import Member
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast, Person, make, organization
from akcept.testing.companies import grow

SEED: Final = 20260105
#: Days over which the orders are spread, up to now; waiting ones are of the last fifth.
DAYS: Final = 730
#: Of a hundred orders: those of the large organisation, of the small ones; the rest is of private customers.
LARGE_SHARE, SMALL_SHARE = 50, 30
SMALL_ORGANIZATIONS: Final = 200
PRIVATE_CUSTOMERS: Final = 5_000
CATEGORIES: Final = 60
#: The organisation in which orders wait.
LARGE: Final = "Wielka Spółka"
#: How many lines an order has: 1.6 on average.
_LINES: Final = (1, 1, 1, 1, 1, 2, 2, 2, 2, 3)
_CENT: Final = Decimal("0.01")
_GROSS: Final = Decimal("1.23")
_WORK: Final = ("completed",) * 90 + ("shipped",) * 4 + ("in_progress",) * 3 + ("unhandled",) * 2 + ("cancelled",)
_NAMES: Final = (
    ("Papier", "Teczka", "Długopis", "Segregator", "Toner", "Zszywacz", "Tablica", "Krzesło", "Lampa", "Kabel"),
    ("biurowy", "szary", "żółty", "kompaktowy", "składany", "wzmocniony", "matowy", "trwały", "lekki", "średni"),
    ("A4", "A5", "XL", "mini", "pro", "eko", "plus", "duo", "max", "start"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large the shop is to be."""

    orders: int
    waiting: int
    products: int


@dataclass(slots=True)
class Pattern:
    """The rows of one order as the code wrote them, by table."""

    rows: dict[str, list[dict[str, Any]]]

    def row(self, table: str, **changed: Any) -> dict[str, Any]:
        """Return the first row of a table with other values."""
        return {**self.rows[table][0], **changed}


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


@dataclass(slots=True)
class _Copy:
    """Rows on their way to tables; written a block at a time, each table's columns from its first row."""

    block: int = 20_000
    waiting: dict[str, list[str]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)

    def add(self, table: str, row: dict[str, Any]) -> None:
        columns = self.columns.setdefault(table, list(row))
        self.waiting.setdefault(table, []).append("\t".join(_text(row[name]) for name in columns))

    def flush(self, *, least: int = 0) -> None:
        """Write in the order in which tables were first named: parents come first."""
        if least and max(map(len, self.waiting.values()), default=0) < least:
            return
        with connection.cursor() as cursor:
            for table, lines in self.waiting.items():
                names = ", ".join(f'"{name}"' for name in self.columns[table])
                with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                    copy.write("\n".join(lines) + "\n")
                lines.clear()


def _text(value: Any) -> str:
    if value is None:
        return r"\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, dict | list):
        value = json.dumps(value)
    return str(value).replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n")


def fill(size: Size, *, now: datetime | None = None) -> Filled:
    """Fill the empty database that is in use. Waiting orders are all in one organisation, whose people share them."""
    chance = random.Random(SEED)  # noqa: S311  the same shop each time
    at = now or datetime.now(UTC)
    cast = make()
    large = grow(organization(LARGE, "5260250274"), units=300, members=2_000)
    patterns = _patterns(cast)
    goods = _goods(size.products, chance)
    small = [grow(organization(f"Firma {n}", f"{n:010}"), units=3, members=8) for n in range(SMALL_ORGANIZATIONS)]
    private = get_user_model().objects.bulk_create(
        get_user_model()(email=f"klient{n}@private.example", first_name=f"Klient{n}", last_name="Prywatny")
        for n in range(PRIVATE_CUSTOMERS)
    )
    budget = budgets.make(large.units[0], "999999999.00", starts=(at - timedelta(days=DAYS + 31)).date().replace(day=1))
    kinds = _Kinds(size, chance)
    copy = _Copy()
    writer = _Writer(
        copy=copy, patterns=patterns, goods=goods, chance=chance, budget_id=budget.pk, large_id=large.organization.pk
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


@dataclass(frozen=True, slots=True)
class _Kind:
    large: bool
    customer: bool
    waits: bool
    #: Went through acceptance at all; the others were within what their requester may decide.
    asked: bool
    status: str


class _Kinds:
    """Of which sort the n-th order is."""

    def __init__(self, size: Size, chance: random.Random) -> None:
        late = range(size.orders - max(size.orders // 5, min(size.orders, 2 * size.waiting)), size.orders)
        self._waiting = frozenset(chance.sample(late, size.waiting))
        self._chance = chance

    def of(self, n: int) -> _Kind:
        if n in self._waiting:
            return _Kind(True, True, True, True, "awaiting_acceptance")
        share = self._chance.randrange(100)
        large, customer = share < LARGE_SHARE, share < LARGE_SHARE + SMALL_SHARE
        asked = customer and self._chance.randrange(100) < 70
        rejected = asked and self._chance.randrange(100) < 2
        return _Kind(large, customer, False, asked, "rejected" if rejected else self._chance.choice(_WORK))


def _patterns(cast: Cast) -> dict[str, Pattern]:
    """Place one order of each sort through the actions, and return the rows they left."""
    carts.stock("PATTERN", price="10.00")
    records = [carts.stock("PATTERN")]
    held = orders.place(cast.anna, records=records)
    accepted = orders.place(cast.anna, records=records)
    actions.accept(accepted.order_number, actor=cast.ben.actor, version=1)
    return {
        "held": _pattern(held.order_id),
        "accepted": _pattern(accepted.order_id),
        "private": _pattern(orders.place(cast.paul, records=records).order_id),
    }


_OF_AN_ORDER: Final = {
    "order_order": "id",
    "order_line": "order_id",
    "order_lineprice": "order_id",
    "akcept_ordering_placement": "order_id",
    "akcept_approvals_case": "order_id",
    "akcept_approvals_step": "case_id",
    "akcept_approvals_selector": "case_id",
    "akcept_approvals_asked": "case_id",
    "akcept_approvals_decision": "case_id",
}


def _pattern(order_id: int) -> Pattern:
    found = {
        table: _rows(f'SELECT * FROM "{table}" WHERE "{column}" = {order_id}') for table, column in _OF_AN_ORDER.items()
    }
    found["akcept_oscar_edge_pricefacts"] = _rows(
        f"SELECT f.* FROM akcept_oscar_edge_pricefacts f LEFT JOIN order_line l ON l.id = f.line_id"
        f" WHERE l.order_id = {order_id} OR f.order_id = {order_id} ORDER BY f.line_id"
    )
    return Pattern(rows=found)


def _rows(statement: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class _Good:
    product_id: int
    record_id: int
    title: str
    sku: str
    upc: str
    net: Decimal
    gross: Decimal


def _goods(count: int, chance: random.Random) -> list[_Good]:
    """Make the catalogue: products with stock, each in one category of sixty."""
    root = apps.get_model("catalogue.Category")
    categories = [root.add_root(name=f"Kategoria {n:02}", slug=f"kategoria-{n:02}").pk for n in range(CATEGORIES)]
    product = _rows("SELECT * FROM catalogue_product ORDER BY id LIMIT 1")[0]
    record = _rows("SELECT * FROM partner_stockrecord ORDER BY id LIMIT 1")[0]
    first_product, first_record = _next("catalogue_product"), _next("partner_stockrecord")
    copy, made = _Copy(), []
    for n in range(count):
        title = f"{' '.join(chance.choice(words) for words in _NAMES)} {n:05}"
        net = Decimal(chance.randrange(100, 30_000)) / 100
        good = _Good(first_product + n, first_record + n, title, f"G{n:06}", f"59{n:011}", net, _gross(net))
        made.append(good)
        copy.add(
            "catalogue_product",
            {**product, "id": good.product_id, "title": title, "slug": good.sku.lower(), "upc": good.upc, "code": None},
        )
        stock = {"id": good.record_id, "product_id": good.product_id, "partner_sku": good.sku, "price": net}
        copy.add("partner_stockrecord", {**record, **stock, "num_in_stock": 1_000_000, "num_allocated": 0})
        copy.add(
            "catalogue_productcategory",
            {"id": n + 1, "product_id": good.product_id, "category_id": chance.choice(categories)},
        )
        copy.flush(least=copy.block)
    copy.flush()
    for table in ("catalogue_product", "partner_stockrecord", "catalogue_productcategory"):
        _sequence(table)
    return made


def _gross(net: Decimal) -> Decimal:
    return (net * _GROSS).quantize(_CENT, ROUND_HALF_UP)


def _next(table: str) -> int:
    return int(_rows(f'SELECT COALESCE(MAX(id), 0) + 1 AS n FROM "{table}"')[0]["n"])


def _sequence(table: str) -> None:
    _rows(f"""SELECT setval(pg_get_serial_sequence('"{table}"', 'id'), (SELECT MAX(id) FROM "{table}"))""")


_SERIAL: Final = (
    "order_order",
    "order_line",
    "order_lineprice",
    "akcept_oscar_edge_pricefacts",
    "akcept_approvals_step",
    "akcept_approvals_selector",
    "akcept_approvals_asked",
    "akcept_approvals_decision",
    "akcept_budgets_ledgerrow",
)


class _Writer:
    """Writes one order after another."""

    def __init__(
        self,
        *,
        copy: _Copy,
        patterns: dict[str, Pattern],
        goods: Sequence[_Good],
        chance: random.Random,
        budget_id: int,
        large_id: int,
    ) -> None:
        self._copy, self._patterns, self._goods, self._chance = copy, patterns, goods, chance
        self._budget_id, self._large_id = budget_id, large_id
        self._ids = {table: _next(table) for table in _SERIAL}
        self._number = 100_000 + self._ids["order_order"]
        self._names = {}  # type: dict[int, str]
        first = Member.objects.filter(organization_id=large_id).order_by("pk")[1]
        self._approver = (first.pk, str(first.user.get_full_name()))

    def _id(self, table: str) -> int:
        self._ids[table] += 1
        return self._ids[table] - 1

    def write(self, person: Person, kind: _Kind, at: datetime) -> None:
        """Write one order with everything that hangs on it."""
        pattern = self._patterns["held" if kind.waits else "accepted" if kind.asked else "private"]
        order_id, self._number = self._id("order_order"), self._number + 1
        chosen = [
            (self._goods[self._chance.randrange(len(self._goods))], self._chance.randrange(1, 6))
            for _ in range(self._chance.choice(_LINES))
        ]
        base = pattern.rows["order_order"][0]
        net = sum((good.net * pieces for good, pieces in chosen), Decimal(0))
        gross = sum((good.gross * pieces for good, pieces in chosen), Decimal(0))
        sums = {
            "goods_net": net,
            "goods_gross": gross,
            "total_net": net + base["shipping_excl_tax"],
            "total_gross": gross + base["shipping_incl_tax"],
        }
        self._copy.add(
            "order_order",
            {
                **base,
                "id": order_id,
                "number": str(self._number),
                "basket_id": None,
                "user_id": person.user.pk,
                "total_excl_tax": sums["total_net"],
                "total_incl_tax": sums["total_gross"],
                "status": kind.status,
                "date_placed": at,
            },
        )
        self._placement(pattern, person, order_id, chosen, sums, at)
        self._lines(pattern, order_id, chosen, kind)
        if kind.asked:
            self._case(pattern, person, order_id, kind, at)
        if kind.large and kind.status not in ("rejected", "cancelled"):
            self._ledger(order_id, net, kind, at)

    def _placement(
        self,
        pattern: Pattern,
        person: Person,
        order_id: int,
        chosen: list[tuple[_Good, int]],
        sums: dict[str, Decimal],
        at: datetime,
    ) -> None:
        member = person.member
        self._copy.add(
            "akcept_ordering_placement",
            pattern.row(
                "akcept_ordering_placement",
                order_id=order_id,
                number=str(self._number),
                buyer_id=person.user.pk,
                organization_id=member.organization_id if member else None,
                unit_id=member.unit_id if member else None,
                requester_id=member.pk if member else None,
                line_count=len(chosen),
                summary=", ".join(good.title for good, _pieces in chosen)[:200],
                placed_at=at,
                **sums,
            ),
        )

    def _lines(self, pattern: Pattern, order_id: int, chosen: list[tuple[_Good, int]], kind: _Kind) -> None:
        for good, pieces in chosen:
            line_id = self._id("order_line")
            net, gross = good.net * pieces, good.gross * pieces
            self._copy.add(
                "order_line",
                pattern.row(
                    "order_line",
                    id=line_id,
                    order_id=order_id,
                    partner_sku=good.sku,
                    stockrecord_id=good.record_id,
                    product_id=good.product_id,
                    title=good.title,
                    upc=good.upc,
                    quantity=pieces,
                    line_price_incl_tax=gross,
                    line_price_excl_tax=net,
                    line_price_before_discounts_incl_tax=gross,
                    line_price_before_discounts_excl_tax=net,
                    unit_price_incl_tax=good.gross,
                    unit_price_excl_tax=good.net,
                    status=kind.status,
                    num_allocated=pieces if kind.status in ("awaiting_acceptance", "unhandled", "in_progress") else 0,
                ),
            )
            self._copy.add(
                "order_lineprice",
                pattern.row(
                    "order_lineprice",
                    id=self._id("order_lineprice"),
                    order_id=order_id,
                    line_id=line_id,
                    quantity=pieces,
                    price_incl_tax=good.gross,
                    price_excl_tax=good.net,
                ),
            )
            prices = {"unit_net": good.net, "unit_gross": good.gross}
            self._facts(pattern.rows["akcept_oscar_edge_pricefacts"][0], line_id=line_id, order_id=None, **prices)
        delivery = [row for row in pattern.rows["akcept_oscar_edge_pricefacts"] if row["order_id"]]
        for row in delivery[:1]:
            self._facts(row, line_id=None, order_id=order_id)

    def _facts(self, row: dict[str, Any], **changed: Any) -> None:
        table = "akcept_oscar_edge_pricefacts"
        self._copy.add(table, {**row, **changed, "id": self._id(table)})

    def _case(self, pattern: Pattern, person: Person, order_id: int, kind: _Kind, at: datetime) -> None:
        member = person.member
        assert member is not None  # noqa: S101
        ended = at + timedelta(hours=self._chance.randrange(1, 48))
        rejected = kind.status == "rejected"
        columns: dict[str, Any] = {"opened_at": at, "step_opened_at": at}
        if not kind.waits:
            columns |= {"ended_at": ended, "released_at": None if rejected else ended}
            columns |= {"state": "rejected" if rejected else "accepted"}
        columns |= {"asked": [self._approver[0]], "unit_id": member.unit_id, "requester_id": member.pk}
        self._copy.add(
            "akcept_approvals_case",
            pattern.row("akcept_approvals_case", order_id=order_id, organization_id=member.organization_id, **columns),
        )
        step_id = self._id("akcept_approvals_step")
        self._copy.add(
            "akcept_approvals_step", pattern.row("akcept_approvals_step", id=step_id, case_id=order_id, detail={})
        )
        self._copy.add(
            "akcept_approvals_selector",
            pattern.row(
                "akcept_approvals_selector",
                id=self._id("akcept_approvals_selector"),
                case_id=order_id,
                step_id=step_id,
            ),
        )
        if member.organization_id != self._large_id:
            return
        asked = {"id": self._id("akcept_approvals_asked"), "case_id": order_id, "member_id": self._approver[0]}
        self._copy.add("akcept_approvals_asked", asked)
        if not kind.waits:
            self._copy.add(
                "akcept_approvals_decision",
                pattern.row(
                    "akcept_approvals_decision",
                    id=self._id("akcept_approvals_decision"),
                    case_id=order_id,
                    kind="reject" if rejected else "accept",
                    member_id=self._approver[0],
                    member_name=self._approver[1],
                    at=ended,
                ),
            )

    def _ledger(self, order_id: int, net: Decimal, kind: _Kind, at: datetime) -> None:
        self._copy.add(
            "akcept_budgets_ledgerrow",
            {
                "id": self._id("akcept_budgets_ledgerrow"),
                "budget_id": self._budget_id,
                "organization_id": self._large_id,
                "period_start": at.date().replace(day=1),
                "kind": "hold" if kind.waits else "spend",
                "amount": -net,
                "orders": 1,
                "exceeded": False,
                "order_id": order_id,
                "order_number": str(self._number),
                "act": "placed" if kind.waits else "accepted",
                "original_currency": "",
                "rate_source": "",
                "actor_kind": "system",
                "reason": "",
                "at": at,
            },
        )


def _settle(size: Size) -> None:
    """Bring the sequences, the stock that is taken, the triggers and the planner's figures up to what was written."""
    for table in _SERIAL:
        _sequence(table)
    # An order's number is made of its basket's: new ones have to begin behind those that were written.
    _rows(f"SELECT setval(pg_get_serial_sequence('basket_basket', 'id'), {2 * size.orders + 1_000})")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE partner_stockrecord s SET num_allocated = t.n FROM (SELECT stockrecord_id, SUM(num_allocated) AS n"
            " FROM order_line WHERE num_allocated > 0 GROUP BY stockrecord_id) t WHERE t.stockrecord_id = s.id"
        )
        for table in ("order_order", "order_line"):
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        cursor.execute("VACUUM ANALYZE")
