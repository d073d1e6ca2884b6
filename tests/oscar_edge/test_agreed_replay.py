"""Real wholesale prices imported as customers' price lists: what each order costs by them, against the file (issue 16).

Every 150th customer of the file; `python -m bench.replay` does it for all of them.
"""

from __future__ import annotations

import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

import bench.replay
from akcept.agreements.models import ListedPrice
from akcept.testing import cast as people
from bench.replay import replay
from tests.support.processes import ROOT

WHOLESALE = ROOT.parent / "shared" / "data" / "online-retail-2010-12_2011-03.csv.gz"
EVERY: Final = 150

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
HEADINGS = "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID"


@pytest.mark.skipif(not WHOLESALE.exists(), reason="the shared data is not beside the repository")
def test_what_customers_paid_in_four_months_is_reckoned_from_imported_lists_to_the_penny(tmp_path: Path) -> None:
    found = replay(people.make(), WHOLESALE, every=EVERY, folder=tmp_path)
    assert found.differing == ()
    assert (found.orders, found.told, found.customers) == (28, 28, 15)
    assert (found.total, found.prices) == (Decimal("91100.01"), ListedPrice.objects.count())


def _few(folder: Path) -> Path:
    rows = [
        *("1,A,2,2011-01-03T10:00,1.50,10", "1,POST,1,2011-01-03T10:00,9.00,10", "C2,A,-2,2011-01-03T11:00,1.50,10"),
        *("3,B,1,2011-01-04T10:00,2.00,10", "4,B,1,2011-01-04T12:00,3.00,10", "5,A,4,2011-01-05T10:00,0.75,11"),
    ]
    file = folder / "orders.csv.gz"
    file.write_bytes(gzip.compress("\n".join([HEADINGS, *rows]).encode()))
    return file


def test_what_a_list_cannot_tell_is_left_out(tmp_path: Path) -> None:
    found = replay(people.make(), _few(tmp_path), every=1, folder=tmp_path)
    assert (found.customers, found.orders, found.told, found.prices) == (2, 4, 2, 2), "B has two prices on one day"
    assert (found.total, found.differing) == (Decimal("6.00"), ())


def test_an_order_that_differs_is_named_with_both_sums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a replay that could not find a wrong price would prove nothing."""
    real = bench.replay._imported

    def wrong(*given: Any) -> int:
        unit_id = real(*given)
        ListedPrice.objects.filter(net=Decimal("0.75")).update(net=Decimal("0.76"))
        return unit_id

    monkeypatch.setattr(bench.replay, "_imported", wrong)
    assert replay(people.make(), _few(tmp_path), every=1, folder=tmp_path).differing == ("5: 3.04 instead of 3.00",)
