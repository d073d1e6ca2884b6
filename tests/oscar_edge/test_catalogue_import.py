"""Products from a file: all of it or nothing, and what a file does not say stays."""

from __future__ import annotations

import csv
import gzip
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from akcept.oscar_edge.catalogue_import import writing
from akcept.oscar_edge.catalogue_import.reading import COLUMNS, REQUIRED
from akcept.oscar_edge.catalogue_import.writing import Writer
from akcept.transactions.locking import ORDER, Locks
from tests.oscar_edge.catalogue import HEADER, PAPER, PEN, imported, model, product_of
from tests.support.processes import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

WHOLESALE = ROOT.parent / "shared" / "data" / "online-retail-2010-12_2011-03.csv.gz"


def test_products_come_with_everything_a_buyer_needs(tmp_path: Path) -> None:
    assert "Products: 2; created: 2" in imported(tmp_path, HEADER, PAPER, PEN)
    paper = model("partner.StockRecord").objects.get(partner_sku="PAP-1")
    assert (paper.price, paper.price_currency, paper.num_in_stock) == (Decimal("18.90"), "PLN", 40)
    assert paper.product.title == "Papier A4"
    assert paper.product.upc == "5901234123457"
    assert paper.product.product_class.slug == "vat-23"
    assert paper.product.attr.unit == "ryza"
    assert [category.full_name for category in paper.product.categories.all()] == ["Biuro > Papier"]
    assert [str(image.original) for image in paper.product.images.all()] == ["demo/papier.svg"]


def test_second_import_changes_what_changed_and_doubles_nothing(tmp_path: Path) -> None:
    imported(tmp_path, HEADER, PAPER, PEN)
    told = imported(tmp_path, HEADER, PAPER.replace("18.90", "19.90"), PEN)
    assert "created: 0, updated: 1, unchanged: 1" in told
    assert model("partner.StockRecord").objects.get(partner_sku="PAP-1").price == Decimal("19.90")
    assert model("catalogue.Product").objects.count() == 2
    assert model("catalogue.Category").objects.count() == 3


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("unit", "karton"),
        ("unit", "-"),
        ("picture", "demo/inny.svg"),
        ("ean", "clear"),
        ("category", "Papier"),
        ("vat", "8"),
    ],
)
def test_whatever_the_file_says_differently_is_changed(tmp_path: Path, column: str, value: str) -> None:
    imported(tmp_path, HEADER, PAPER, PEN)
    cells = dict(zip(HEADER.split(","), PAPER.split(","), strict=True)) | {column: value}
    assert "created: 0, updated: 1, unchanged: 1" in imported(tmp_path, HEADER, ",".join(cells.values()), PEN)
    assert "created: 0, updated: 0, unchanged: 2" in imported(tmp_path, HEADER, ",".join(cells.values()), PEN)
    product = model("partner.StockRecord").objects.get(partner_sku="PAP-1").product
    now = {
        "unit": getattr(product.attr, "unit", ""),
        "picture": str(product.images.get().original),
        "ean": product.upc or "",
        "category": product.categories.get().full_name,
        "vat": product.product_class.slug.removeprefix("vat-"),
    }
    assert now[column] == {"-": "", "clear": ""}.get(value, value)


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Which stock records were locked, in that order, in blocks of one row."""
    monkeypatch.setattr(writing, "BLOCK", 1)
    keys: list[Any] = []
    took = Locks.took

    def note(self: Locks, rank: int, found: Any) -> None:
        keys.extend(found if ORDER[rank] == "partner.stockrecord" else ())
        took(self, rank, found)

    monkeypatch.setattr(Locks, "took", note)
    return keys


def test_b1_stock_is_locked_by_its_key_whatever_the_order_of_the_file(tmp_path: Path, locked: list[Any]) -> None:
    """Whoever orders several products locks their stock by key: an import in another order met them half way."""
    third = PEN.replace("DLU-2", "ZSZ-3")
    imported(tmp_path, HEADER, PAPER, PEN, third)
    assert locked == []  # what is new is nobody else's yet
    dearer = [line.replace("18.90", "19.90").replace("1.45", "1.55") for line in (third, PEN, PAPER)]
    imported(tmp_path, HEADER, *dearer)
    records = dict(model("partner.StockRecord").objects.values_list("partner_sku", "pk"))
    assert locked == [records[sku] for sku in ("PAP-1", "DLU-2", "ZSZ-3")]
    locked.clear()
    assert "updated: 1, unchanged: 2" in imported(tmp_path, HEADER, PAPER, *dearer[:2])
    assert locked == [records["PAP-1"]]  # what stays as it is keeps nobody waiting


def test_b1_what_the_file_does_not_say_is_not_written_back_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stock that was sold between reading and writing stays sold."""
    imported(tmp_path, HEADER, PAPER)
    stand = Writer._standing

    def sold(self: Writer, product_ids: Any) -> Any:
        model("partner.StockRecord").objects.update(num_in_stock=7)
        return stand(self, product_ids)

    monkeypatch.setattr(Writer, "_standing", sold)
    assert "updated: 1" in imported(tmp_path, "sku,net_price", "PAP-1,20.00")
    record = model("partner.StockRecord").objects.get()
    assert (record.price, record.num_in_stock) == (Decimal("20.00"), 7)


def test_a_product_deleted_while_it_is_imported_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(tmp_path, HEADER, PAPER, PEN)
    monkeypatch.setattr(Writer, "_locked", lambda *_args: {})
    told = io.StringIO()
    (tmp_path / "one.csv").write_text("sku,net_price\nPAP-1,20.00\n")
    with pytest.raises(CommandError, match="nothing was imported"):
        call_command("import_catalogue", "--language=en", str(tmp_path / "one.csv"), stdout=told, stderr=told)
    assert "line 2: PAP-1 has just been deleted" in told.getvalue()


def test_a_picture_stays_in_the_media_folder_when_its_product_changes(tmp_path: Path, media: Path) -> None:
    imported(tmp_path, HEADER, PAPER)
    assert "updated: 1" in imported(tmp_path, HEADER, PAPER.replace("Biuro > Papier", "Papier"))
    assert "updated: 1" in imported(tmp_path, HEADER, PAPER.replace("papier.svg", "inny.svg"))
    assert sorted(file.name for file in (media / "demo").iterdir()) == ["inny.svg", "papier.svg"]
    assert model("catalogue.ProductImage").objects.get().original.name == "demo/inny.svg"


def test_a_product_that_is_deleted_leaves_the_picture_to_those_that_share_it(tmp_path: Path, media: Path) -> None:
    imported(tmp_path, HEADER, PAPER, PEN + "demo/papier.svg")
    model("partner.StockRecord").objects.get(partner_sku="PAP-1").product.delete()
    assert model("catalogue.ProductImage").objects.get().original.size > 0


def test_a_picture_that_the_file_does_not_name_stays(tmp_path: Path) -> None:
    imported(tmp_path, HEADER, PAPER)
    told = imported(tmp_path, HEADER.removesuffix(",picture"), PAPER.removesuffix(",demo/papier.svg"))
    assert "unchanged: 1" in told
    assert model("catalogue.ProductImage").objects.count() == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_of_polish_programs_are_read(tmp_path: Path, encoding: str, end: str) -> None:
    row = PEN.replace(",", ";").replace("1.45", "1 000,45")
    imported(tmp_path, HEADER.replace(",", ";"), row, encoding=encoding, end=end)
    record = model("partner.StockRecord").objects.get()
    assert (record.product.title, record.price) == ("Długopis", Decimal("1000.45"))


def test_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    assert "to create: 2" in imported(tmp_path, HEADER, PAPER, PEN, dry_run=True)
    assert not model("catalogue.Product").objects.exists()


def test_interrupted_half_way_nothing_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_and_be_interrupted(writer: Writer, rows: object, *, progress: object) -> None:
        writer._prepare(rows)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(Writer, "write", write_and_be_interrupted)
    file = tmp_path / "catalogue.csv"
    file.write_text(f"{HEADER}\n{PAPER}\n")
    with pytest.raises(CommandError, match="Interrupted: nothing was imported") as refused:
        call_command("import_catalogue", "--language=en", str(file))
    assert refused.value.returncode == 130
    assert not model("catalogue.Category").objects.exists()


def test_the_columns_are_documented_as_help_lists_them() -> None:
    text = (ROOT / "docs" / "operate" / "README.md").read_text()
    for name, meaning in COLUMNS.items():
        assert f"| `{name}` | {meaning}{'; a new product needs it' if name in REQUIRED else ''} |" in text


def test_e1_what_a_file_does_not_say_stays(tmp_path: Path) -> None:
    imported(tmp_path, HEADER, PAPER)
    told = imported(tmp_path, "sku;name;net_price;vat;stock;category", "PAP-1;Papier A4;19,90;23;40;Biuro > Papier")
    assert "created: 0, updated: 1" in told
    paper = product_of("PAP-1")
    assert (paper.upc, paper.description, paper.attr.unit) == ("5901234123457", "Biały", "ryza")
    assert [str(image.original) for image in paper.images.all()] == ["demo/papier.svg"]
    assert model("partner.StockRecord").objects.get().price == Decimal("19.90")
    empty = "PAP-1,,,,,,,,,"
    assert "created: 0, updated: 0, unchanged: 1" in imported(tmp_path, HEADER, empty), "empty cells say nothing either"


def test_e1_a_price_list_needs_the_code_only_and_changes_nothing_else(tmp_path: Path) -> None:
    imported(tmp_path, HEADER, PAPER, PEN)
    extra = model("catalogue.Category").objects.add_root({"name": "Nowości", "slug": "nowosci"})
    model("catalogue.ProductCategory").objects.create(product=product_of("PAP-1"), category=extra)
    assert "created: 0, updated: 1, unchanged: 1" in imported(tmp_path, "Kod;Cena netto", "PAP-1;20", "DLU-2;1,45")
    paper = product_of("PAP-1")
    assert {category.name for category in paper.categories.all()} == {"Papier", "Nowości"}
    assert (paper.title, paper.upc, paper.attr.unit) == ("Papier A4", "5901234123457", "ryza")
    assert model("partner.StockRecord").objects.get(partner_sku="PAP-1").num_in_stock == 40


def test_e1_another_vat_rate_takes_the_unit_along(tmp_path: Path) -> None:
    imported(tmp_path, HEADER, PAPER)
    assert "updated: 1" in imported(tmp_path, "sku;vat", "PAP-1;8 %")
    assert (product_of("PAP-1").product_class.slug, product_of("PAP-1").attr.unit) == ("vat-8", "ryza")


def test_e6_noise_of_a_spreadsheets_sums_is_no_third_decimal_place(tmp_path: Path) -> None:
    imported(tmp_path, HEADER, PAPER.replace("18.90", "1870.0000000000002"), PEN.replace("1.45", "59.900000000000006"))
    prices = dict(model("partner.StockRecord").objects.values_list("partner_sku", "price"))
    assert prices == {"PAP-1": Decimal("1870.00"), "DLU-2": Decimal("59.90")}


@pytest.mark.slow
@pytest.mark.skipif(not WHOLESALE.exists(), reason="the wholesale orders are not beside the repository")
def test_catalogue_of_a_real_wholesaler_is_imported(tmp_path: Path) -> None:
    products: dict[str, tuple[str, str]] = {}
    with gzip.open(WHOLESALE, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            is_goods = row["CustomerID"] and int(row["Quantity"]) > 0 and row["StockCode"][:1].isdigit()
            if is_goods and Decimal(row["UnitPrice"]) >= Decimal("0.01"):
                products[row["StockCode"]] = (row["Description"] or row["StockCode"], row["UnitPrice"])
    assert len(products) > 2500
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER.split(","))
    for code, (name, price) in products.items():
        cents = Decimal(price).quantize(Decimal("0.01"))
        writer.writerow([code, name, "", max(cents, Decimal("0.01")), 23, 100, "szt.", f"Gifts > {name[:1]}", "", ""])
    assert f"created: {len(products)}" in imported(tmp_path, out.getvalue().rstrip("\r\n"))
    assert model("catalogue.Product").objects.count() == len(products)
    assert "created: 0, updated: 0" in imported(tmp_path, out.getvalue().rstrip("\r\n"))
