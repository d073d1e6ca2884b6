"""Four months of real wholesale orders on monthly budgets; the ledger against sums that plain SQL makes of the file."""

from __future__ import annotations

import csv
import gzip
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connection, transaction

from akcept.budgets import binding, ledger
from akcept.budgets.ledger import Booking
from akcept.budgets.models import Budget, Calendar
from akcept.budgets.scope import Bearer, Scope
from akcept.budgets.standing import Effect
from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Amounts
from akcept.organizations.models import Organization, Unit
from akcept.testing.cast import LONG_AGO
from tests.support.processes import ROOT

WHOLESALE = ROOT.parent / "shared" / "data" / "online-retail-2010-12_2011-03.csv.gz"
LONDON = ZoneInfo("Europe/London")
NO_GOODS = {"POST", "DOT", "M", "BANK CHARGES", "D", "C2", "CRUK", "PADS", "AMAZONFEE", "S"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(not WHOLESALE.exists(), reason="the shared data is not beside the repository"),
]


@dataclass(frozen=True, slots=True)
class Invoice:
    """One order; `value` in GBP, net."""

    number: str
    customer: str
    at: datetime
    value: Decimal


def _lines() -> Iterator[tuple[str, str, str, int, int]]:
    """Yield (invoice, customer, local time, quantity, price in tenths of a penny) of goods sold to an account."""
    with gzip.open(WHOLESALE, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            quantity, price = int(row["Quantity"]), Decimal(row["UnitPrice"])
            if row["InvoiceNo"].startswith("C") or not row["CustomerID"] or quantity <= 0 or price <= 0:
                continue
            if row["StockCode"] not in NO_GOODS:
                yield row["InvoiceNo"], row["CustomerID"], row["InvoiceDate"], quantity, round(price * 1000)


@pytest.fixture(scope="module")
def plain() -> sqlite3.Connection:
    """The file in a database of its own, that none of our code sees."""
    found = sqlite3.connect(":memory:")
    found.execute("CREATE TABLE line (invoice, customer, at, quantity INTEGER, mills INTEGER)")
    found.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?)", _lines())
    found.execute(
        "CREATE VIEW invoice AS SELECT invoice, customer, MIN(at) AS at,"
        " (SUM(quantity * mills) + 5) / 10 AS pence FROM line GROUP BY invoice, customer"
    )
    return found


def _invoices(plain: sqlite3.Connection) -> list[Invoice]:
    rows = plain.execute("SELECT invoice, customer, at, pence FROM invoice ORDER BY at, invoice")
    return [
        Invoice(number, customer, datetime.fromisoformat(at).replace(tzinfo=LONDON), Decimal(pence) / 100)
        for number, customer, at, pence in rows
    ]


def _world(customers: list[str], *, effect: Effect, amount: str) -> dict[str, tuple[Bearer, Budget]]:
    """Make each customer an organisation with a monthly budget in GBP."""
    organizations = Organization.objects.bulk_create(
        Organization(
            name=f"Customer {customer}",
            nip=f"{number:010}",
            status="active",
            line1="-",
            postcode="-",
            city="-",
            created_at=LONG_AGO,
        )
        for number, customer in enumerate(customers)
    )
    Calendar.objects.bulk_create(
        Calendar(organization=each, time_zone=LONDON.key, fiscal_month=1) for each in organizations
    )
    units = Unit.objects.bulk_create(Unit(organization=each, name="Shop", path="") for each in organizations)
    for unit in units:
        unit.path = f"{unit.pk}/"
    Unit.objects.bulk_update(units, ["path"], batch_size=500)
    made = Budget.objects.bulk_create(
        Budget(
            organization_id=unit.organization_id,
            name="Month",
            scope=Scope.BELOW.value,
            unit=unit,
            currency="GBP",
            basis="goods_net",
            period_kind="month",
            starts=date(2010, 12, 1),
            amounts=[["2010-12-01", amount]],
            effect=effect.value,
            created_at=LONG_AGO,
        )
        for unit in units
    )
    return {
        customer: (
            Bearer(organization_id=unit.organization_id, unit_id=unit.pk, unit_path=unit.path, member_id=0),
            budget,
        )
        for customer, unit, budget in zip(customers, units, made, strict=True)
    }


def _replay(invoices: list[Invoice], world: dict[str, tuple[Bearer, Budget]]) -> set[str]:
    """Place every order, in its order in time; every fifth is rejected, the others accepted. Return what was refused.

    One transaction around all of them: what is measured is the sums, not the disk.
    """
    Order = apps.get_model("order.Order")
    rows = Order.objects.bulk_create(
        Order(
            number=each.number,
            currency="GBP",
            total_incl_tax=each.value,
            total_excl_tax=each.value,
            date_placed=each.at,
        )
        for each in invoices
    )
    refused = set()
    for number, (invoice, row) in enumerate(zip(invoices, rows, strict=True)):
        bearer, _budget = world[invoice.customer]
        value = invoice.value
        sums = Amounts(currency="GBP", goods_net=value, goods_gross=value, total_net=value, total_gross=value)
        found = binding.standings(bearer, sums, at=invoice.at, lock=True)
        if any(standing.over and standing.effect is Effect.BLOCK for standing in found):
            refused.add(invoice.number)
            continue
        ledger.book_placing(found, _act(row, bearer, "placed", invoice.at), held=True)
        book = ledger.book_end if number % 5 == 4 else ledger.book_acceptance
        book(_act(row, bearer, "decided", datetime(2011, 6, 1, tzinfo=UTC)))
    return refused


def _act(row: object, bearer: Bearer, name: str, at: datetime) -> Booking:
    return Booking(
        order_id=row.pk,  # type: ignore[attr-defined]
        order_number=row.number,  # type: ignore[attr-defined]
        organization_id=bearer.organization_id,
        name=name,
        actor=Actor.system("replay"),
        at=at,
    )


def test_every_month_of_every_customer_is_the_sum_of_their_accepted_invoices(plain: sqlite3.Connection) -> None:
    invoices = _invoices(plain)
    assert len(invoices) > 4000
    customers = sorted({each.customer for each in invoices})
    with transaction.atomic():
        world = _world(customers, effect=Effect.WARN, amount="1000.00")
        assert not _replay(invoices, world)
    expected = plain.execute(
        "SELECT customer, substr(at, 1, 7) AS month, SUM(pence), COUNT(*) FROM ("
        " SELECT *, ROW_NUMBER() OVER (ORDER BY at, invoice) AS number FROM invoice)"
        " WHERE number % 5 <> 0 GROUP BY customer, month"
    ).fetchall()
    names = {budget.pk: customer for customer, (_bearer, budget) in world.items()}
    booked = {
        (names[budget_id], start.isoformat()[:7]): (used.spent * 100, used.orders)
        for budget_id, months in binding.sums_of([budget for _bearer, budget in world.values()]).items()
        for start, used in months.items()
        if used.orders
    }
    assert all(
        not used.held
        for months in binding.sums_of([b for _x, b in world.values()]).values()
        for used in months.values()
    )
    assert booked == {(customer, month): (Decimal(pence), number) for customer, month, pence, number in expected}


def test_blocking_budgets_are_never_passed_and_rejected_orders_sum_to_nothing(plain: sqlite3.Connection) -> None:
    invoices = _invoices(plain)
    customers = sorted({each.customer for each in invoices})
    with transaction.atomic():
        world = _world(customers, effect=Effect.BLOCK, amount="500.00")
        refused = _replay(invoices, world)
    assert 0 < len(refused) < len(invoices)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM (SELECT budget_id FROM akcept_budgets_ledgerrow"
            " GROUP BY budget_id, period_start HAVING SUM(amount) < -500.004) AS passed"
        )
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT COUNT(*) FROM (SELECT order_id FROM akcept_budgets_ledgerrow GROUP BY order_id"
            " HAVING ABS(SUM(amount)) > 0.004 AND SUM(orders) = 0) AS unbalanced"
        )
        assert cursor.fetchone() == (0,)
