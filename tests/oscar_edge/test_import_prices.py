"""`manage.py import_prices`: all or nothing, and what a file does not say stays (issue 16)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from akcept.agreements.models import ListedPrice, PriceList
from akcept.journal.models import Entry
from akcept.testing import carts
from akcept.testing import cast as people
from akcept.testing.cast import Cast

pytestmark = pytest.mark.django_db

EIGHT = "A price is 0 or more and less than 10 million, with eight decimal places at most."


@pytest.fixture
def cast() -> Cast:
    for sku in ("P1", "P2"):
        carts.stock(sku)
    return people.make()


def _import(cast: Cast, tmp_path: Path, text: str, **options: Any) -> tuple[str, str]:
    file, said, bad = tmp_path / "prices.csv", StringIO(), StringIO()
    file.write_text(text, encoding="utf-8")
    options = {"list": "Zima", "by": cast.mia.user.email, **options}
    try:
        call_command("import_prices", "--language=en", str(file), stdout=said, stderr=bad, **options)
    except CommandError as error:
        return str(error), bad.getvalue()
    return said.getvalue(), bad.getvalue()


def _rows() -> list[tuple[Any, ...]]:
    rows = ListedPrice.objects.order_by("product__stockrecords__partner_sku", "least")
    return [(row.product.stockrecords.get().partner_sku, row.least, row.net, row.per_cent, row.ends) for row in rows]


def test_a_list_is_made_and_what_a_later_file_does_not_say_stays(cast: Cast, tmp_path: Path) -> None:
    first = "Kod;Cena netto;Od ilu sztuk;Ostatni dzień\nP1;7,50;;2027-01-31\nP1;6,2055;10;\nP2;0,01;;\n"
    said, _bad = _import(cast, tmp_path, first, new="PLN")
    assert said == "Rows read: 3. Prices in “Zima”: 3, before: 0.\n"
    day = date(2027, 1, 31)
    assert _rows() == [
        ("P1", 1, Decimal("7.5"), None, day),
        ("P1", 10, Decimal("6.2055"), None, None),
        ("P2", 1, Decimal("0.0100"), None, None),
    ]
    _import(cast, tmp_path, "sku,per_cent\nP1,12.5%\n")
    assert _rows()[0] == ("P1", 1, None, Decimal("12.5000"), day), "the day stays, the kind of price does not"
    _import(cast, tmp_path, "sku;ends\nP1;-\n")
    assert _rows()[0] == ("P1", 1, None, Decimal("12.5000"), None)
    assert _rows()[1:] == [
        ("P1", 10, Decimal("6.2055"), None, None),
        ("P2", 1, Decimal("0.0100"), None, None),
    ]
    changed = Entry.objects.filter(topic="price_list.prices_changed").order_by("seq").last()
    assert changed is not None
    assert (changed.actor_user_id, changed.payload["before"], changed.payload["after"]) == (cast.mia.user.pk, 3, 3)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("sku;net_price\nP1;1\nNONE;1\n", 3, "there is no product NONE"),
        ("sku;net_price\nP1;1\nP1;2\n", 3, "stands already in line 2"),
        ("sku;net_price;per_cent\nP2;1;5\n", 2, "a row has one of them"),
        ("sku;ends\nP2;2027-01-01\n", 2, "a net price or per cent off is missing"),
        ("sku;net_price\nP2;abc\n", 2, "Net price: "),
        ("sku;net_price;from\nP2;1;1,5\n", 2, "From pieces: "),
        ("sku;net_price\nP1;0,01234567\nP2;0,012345678\n", 3, f"Net price 0,012345678: {EIGHT}"),
        ("sku;net_price\nP2;-0,01\n", 2, f"Net price -0,01: {EIGHT}"),
        ("sku;net_price\nP2;10000000\n", 2, f"Net price 10000000: {EIGHT}"),
        ("sku;per_cent\nP2;100,5\n", 2, "Per cent off 100,5: Enter a percentage from -100 to 100"),
        ("sku;net_price;from\nP2;1;0\n", 2, "From pieces 0: Enter a number from 1 to 1000000."),
    ],
)
def test_one_bad_row_and_nothing_is_imported(cast: Cast, tmp_path: Path, text: str, line: int, why: str) -> None:
    _import(cast, tmp_path, "sku;net_price\nP1;9\n", new="PLN")
    before = _rows()
    said, bad = _import(cast, tmp_path, text)
    assert "1 bad line in prices.csv: nothing was imported." in said
    assert bad.startswith(f"line {line}: ")
    assert why in bad
    assert _rows() == before


def test_nothing_is_written_to_try_nor_by_a_stranger(cast: Cast, tmp_path: Path) -> None:
    text = "sku;net_price\nP1;9\n"
    tried = _import(cast, tmp_path, text, new="PLN", dry_run=True)[0]
    assert tried == "Rows read: 1. Prices there would be in “Zima”: 1, now: 0.\n"
    assert "There is no price list" in _import(cast, tmp_path, text)[0]
    for email in (cast.otto.user.email, "nobody@shop.example"):
        assert "Nobody on the shop's staff" in _import(cast, tmp_path, text, new="PLN", by=email)[0]
    clerk = people.person("Karl", "Kasa", staff=True)
    assert "Nothing was imported." in _import(cast, tmp_path, text, new="PLN", by=clerk.user.email)[0]
    too_low = _import(cast, tmp_path, "sku;net_price\nP1;-1\n", new="PLN")[0]
    assert "othing was imported" in too_low
    assert not ListedPrice.objects.exists()
    assert not PriceList.objects.exclude(rows=None).exists()


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_new_list_is_made_with_its_prices_or_not_at_all(cast: Cast, tmp_path: Path, dry_run: bool) -> None:
    backwards = "sku;net_price;starts;ends\nP1;7,50;2027-02-01;2027-01-31\n"
    said, bad = _import(cast, tmp_path, backwards, new="PLN", dry_run=dry_run)
    assert "Nothing was imported" in said or "nothing was imported" in f"{said}{bad}"
    assert not PriceList.objects.exists(), "no empty list stays behind"
    assert not Entry.objects.filter(topic__startswith="price_list.").exists()
