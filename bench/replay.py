"""`python -m bench.replay FILE`: months of real wholesale orders, reckoned from imported price lists to the penny.

FILE is a CSV (or .csv.gz) with the columns InvoiceNo, StockCode, Quantity, InvoiceDate, UnitPrice and CustomerID, a row
for each line of an order. Each customer becomes an organisation with a list of its own, imported by the shop's own
command, in which a price counts on its day from the quantity it was given for. Then every order is reckoned from the
lists and compared with the exact sum of its lines. Left out are orders that no list can tell: of one customer and day,
with two prices for as many pieces of one product.

Everything is private and thrown away: a PostgreSQL cluster. The exit status is 1 where an order differs.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.core.management import call_command

from akcept.agreements import actions
from akcept.agreements.inputs import AgreementInput
from akcept.agreements.models import PriceList
from akcept.oscar_edge.agreed import Agreed, Buyer
from akcept.testing import carts
from akcept.testing import cast as people
from akcept.testing.cast import Cast
from tests.support.databases import Private
from tests.support.postgres import postgres

#: What the file books beside goods.
_NO_GOODS: Final = {"POST", "DOT", "M", "BANK CHARGES", "D", "C2", "CRUK", "PADS", "AMAZONFEE", "S"}
#: Of one customer: a product, a day and a quantity.
Key = tuple[str, date, int]


@dataclass(slots=True)
class Invoice:
    """One order as the file has it; `total` is the exact sum of its lines, net."""

    customer: str
    day: date
    pieces: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    prices: dict[str, set[Decimal]] = field(default_factory=lambda: defaultdict(set))
    total: Decimal = Decimal(0)

    def said(self) -> Iterator[tuple[Key, set[Decimal]]]:
        """Yield what it says of prices."""
        for sku, quantity in self.pieces.items():
            yield (sku, self.day, quantity), self.prices[sku]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came out: orders and customers of the file, how many orders lists can tell, and which of them differ."""

    customers: int
    orders: int
    told: int
    prices: int
    total: Decimal
    differing: tuple[str, ...]


def main(arguments: list[str] | None = None) -> int:
    """Replay the file and print what came out; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.replay", description=__doc__)
    parser.add_argument("file", type=Path, help="the orders")
    parser.add_argument("--every", type=int, default=1, help="only each so-manieth customer (1: all)")
    chosen = parser.parse_args(arguments)
    if chosen.every < 1:
        parser.error("--every must be at least 1")
    began = time.monotonic()
    with postgres() as cluster, TemporaryDirectory() as folder:
        private = Private(url=cluster.create_database("replay"))
        private.create_tables()
        with private.use():
            found = replay(people.make(), chosen.file, every=chosen.every, folder=Path(folder))
    print(f"{found.customers:,} customers, {found.orders:,} orders, {found.told:,} of them told by lists")
    print(f"{found.prices:,} prices, {found.total:,} in all; {len(found.differing):,} orders differ")
    print(*found.differing[:10], sep="\n")
    print(f"{time.monotonic() - began:.0f} s")
    return 1 if found.differing else 0


def replay(cast: Cast, file: Path, *, every: int, folder: Path) -> Replayed:
    """Import the customers' lists and reckon their orders from them; files for the import are written to a folder."""
    invoices = _invoices(file, every=every)
    told, lists = _told(invoices)
    skus = sorted({sku for each in told.values() for sku in each.pieces})
    records = {sku: carts.stock(sku, price="999.99") for sku in skus}
    units = {customer: _imported(cast, customer, prices, folder) for customer, prices in lists.items()}
    differing = [
        f"{number}: {reckoned} instead of {invoice.total}"
        for number, invoice in told.items()
        if (reckoned := _reckoned(invoice, units[invoice.customer], records)) != invoice.total
    ]
    return Replayed(
        customers=len({each.customer for each in invoices.values()}),
        orders=len(invoices),
        told=len(told),
        prices=sum(map(len, lists.values())),
        total=sum((each.total for each in told.values()), Decimal(0)),
        differing=tuple(differing),
    )


def _invoices(file: Path, *, every: int) -> dict[str, Invoice]:
    """Return the orders of each so-manieth customer by their number, without returns and what is not goods."""
    found: dict[str, Invoice] = {}
    opened: Any = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            quantity, price = int(row["Quantity"]), Decimal(row["UnitPrice"])
            if row["InvoiceNo"].startswith("C") or not row["CustomerID"] or quantity <= 0 or price <= 0:
                continue
            if row["StockCode"] in _NO_GOODS:
                continue
            day = datetime.fromisoformat(row["InvoiceDate"]).date()
            invoice = found.setdefault(row["InvoiceNo"], Invoice(row["CustomerID"], day))
            sku = row["StockCode"].upper()
            invoice.pieces[sku] += quantity
            invoice.prices[sku].add(price)
            invoice.total += quantity * price
    chosen = set(sorted({each.customer for each in found.values()})[::every])
    return {number: each for number, each in found.items() if each.customer in chosen}


def _told(invoices: Mapping[str, Invoice]) -> tuple[dict[str, Invoice], dict[str, dict[Key, Decimal]]]:
    """Return the orders a list can tell, and each customer's list."""
    said: dict[str, dict[Key, set[Decimal]]] = defaultdict(lambda: defaultdict(set))
    for invoice in invoices.values():
        for key, prices in invoice.said():
            said[invoice.customer][key] |= prices
    told = {
        number: each
        for number, each in invoices.items()
        if all(len(said[each.customer][key]) == 1 for key, _prices in each.said())
    }
    kept: dict[str, dict[Key, Decimal]] = defaultdict(dict)
    for invoice in told.values():
        for key, prices in invoice.said():
            (kept[invoice.customer][key],) = prices
    return told, kept


def _imported(cast: Cast, customer: str, prices: Mapping[Key, Decimal], folder: Path) -> int:
    """Import a customer's list by the command, agree on it, and return the unit it is agreed with."""
    file = folder / f"{customer}.csv"
    rows = [f"{sku},{price},{least},{day},{day}" for (sku, day, least), price in prices.items()]
    file.write_text("\n".join(["sku,net_price,from,starts,ends", *rows]), encoding="utf-8")
    call_command("import_prices", str(file), list=customer, new="PLN", by=cast.mia.user.email, stdout=StringIO())
    file.unlink()
    unit = people.unit(people.organization(f"Customer {customer}", f"{customer}00000"), "Head office")
    wanted = AgreementInput(name=customer, list_ids=(PriceList.objects.get(name=customer).pk,))
    actions.add_agreement(wanted, actor=cast.mia.actor, unit_id=unit.pk)
    return unit.pk


def _reckoned(invoice: Invoice, unit_id: int, records: Mapping[str, Any]) -> Decimal | None:
    """Return what an order costs by what was agreed with its unit, net; None where a product has no price."""
    agreed = Agreed(Buyer(unit_id=unit_id), day=invoice.day)
    agreed.know([records[sku].product for sku in invoice.pieces])
    found = [
        (agreed.answer(records[sku].product, records[sku], quantity).price, quantity)
        for sku, quantity in invoice.pieces.items()
    ]
    if any(price is None for price, _quantity in found):
        return None
    return sum((price.net * quantity for price, quantity in found if price is not None), Decimal(0))


if __name__ == "__main__":
    sys.exit(main())
