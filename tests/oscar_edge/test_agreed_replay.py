"""Real wholesale prices imported as customers' price lists: what each order costs by them, against the file (issue 16).

Every 150th customer of the file: each is an organisation with a list of its own, in which a price counts on its day,
from the quantity it was given for. Left out are orders that name one price more than once for the same goods that day.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Final

import pytest
from django.core.management import call_command

from akcept.agreements import actions
from akcept.agreements.inputs import AgreementInput
from akcept.agreements.models import ListedPrice, PriceList
from akcept.oscar_edge.agreed import Agreed, Buyer
from akcept.testing import carts
from akcept.testing import cast as people
from akcept.testing.cast import Cast
from tests.support.processes import ROOT

WHOLESALE = ROOT.parent / "shared" / "data" / "online-retail-2010-12_2011-03.csv.gz"
NO_GOODS = {"POST", "DOT", "M", "BANK CHARGES", "D", "C2", "CRUK", "PADS", "AMAZONFEE", "S"}
EVERY: Final = 150

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(not WHOLESALE.exists(), reason="the shared data is not beside the repository"),
]
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


def _invoices() -> list[Invoice]:
    found: dict[str, Invoice] = {}
    with gzip.open(WHOLESALE, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            quantity, price = int(row["Quantity"]), Decimal(row["UnitPrice"])
            if row["InvoiceNo"].startswith("C") or not row["CustomerID"] or quantity <= 0 or price <= 0:
                continue
            if row["StockCode"] in NO_GOODS:
                continue
            day = datetime.fromisoformat(row["InvoiceDate"]).date()
            invoice = found.setdefault(row["InvoiceNo"], Invoice(row["CustomerID"], day))
            sku = row["StockCode"].upper()
            invoice.pieces[sku] += quantity
            invoice.prices[sku].add(price)
            invoice.total += quantity * price
    chosen = set(sorted({each.customer for each in found.values()})[::EVERY])
    return [each for each in found.values() if each.customer in chosen]


def _plain(invoices: list[Invoice]) -> tuple[list[Invoice], dict[str, dict[Key, Decimal]]]:
    """Return the orders a list can tell, and each customer's list."""
    said: dict[str, dict[Key, set[Decimal]]] = defaultdict(lambda: defaultdict(set))
    for invoice in invoices:
        for key, prices in invoice.said():
            said[invoice.customer][key] |= prices
    plain = [each for each in invoices if all(len(said[each.customer][key]) == 1 for key, _prices in each.said())]
    kept: dict[str, dict[Key, Decimal]] = defaultdict(dict)
    for invoice in plain:
        for key, prices in invoice.said():
            (kept[invoice.customer][key],) = prices
    return plain, kept


def _imported(cast: Cast, customer: str, prices: dict[Key, Decimal], folder: Path) -> int:
    """Import a customer's list by the command, agree on it, and return the unit it is agreed with."""
    file = folder / f"{customer}.csv"
    rows = [f"{sku},{price},{least},{day},{day}" for (sku, day, least), price in prices.items()]
    file.write_text("\n".join(["sku,net_price,from,starts,ends", *rows]), encoding="utf-8")
    call_command("import_prices", str(file), list=customer, new="PLN", by=cast.mia.user.email, stdout=StringIO())
    unit = people.unit(people.organization(f"Customer {customer}", f"{customer}00000"), "Head office")
    wanted = AgreementInput(name=customer, list_ids=(PriceList.objects.get(name=customer).pk,))
    actions.add_agreement(wanted, actor=cast.mia.actor, unit_id=unit.pk)
    return unit.pk


def test_what_customers_paid_in_four_months_is_reckoned_from_imported_lists_to_the_penny(tmp_path: Path) -> None:
    cast, invoices = people.make(), _invoices()
    plain, lists = _plain(invoices)
    records = {sku: carts.stock(sku, price="999.99") for sku in sorted({sku for each in plain for sku in each.pieces})}
    units = {customer: _imported(cast, customer, prices, tmp_path) for customer, prices in lists.items()}
    assert ListedPrice.objects.count() == sum(map(len, lists.values()))
    for invoice in plain:
        agreed = Agreed(Buyer(unit_id=units[invoice.customer]), day=invoice.day)
        agreed.know([records[sku].product for sku in invoice.pieces])
        total = Decimal(0)
        for sku, quantity in invoice.pieces.items():
            price = agreed.answer(records[sku].product, records[sku], quantity).price
            assert price is not None
            total += price.net * quantity
        assert total == invoice.total, invoice
    assert (len(invoices), len(plain), len(lists)) == (28, 28, 15)
    assert sum(each.total for each in plain) == Decimal("91100.01")
