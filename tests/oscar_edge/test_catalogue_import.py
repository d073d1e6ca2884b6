"""Products from a file: all of it or nothing, every bad row with its line and its reason."""

from __future__ import annotations

import csv
import gzip
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from akcept.oscar_edge.catalogue_import import writing
from akcept.oscar_edge.catalogue_import.reading import COLUMNS, REQUIRED
from akcept.oscar_edge.catalogue_import.writing import Writer
from akcept.transactions.locking import ORDER, Locks
from tests.support.processes import ROOT

pytestmark = pytest.mark.django_db

HEADER = "sku,name,ean,net_price,vat,stock,unit,category,description,picture"
PAPER = "PAP-1,Papier A4,5901234123457,18.90,23,40,ryza,Biuro > Papier,Biały,demo/papier.svg"
PEN = "DLU-2,Długopis,,1.45,8,500,szt.,Biuro > Pisanie,,"
WHOLESALE = ROOT.parent / "shared" / "data" / "online-retail-2010-12_2011-03.csv.gz"


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    """A media folder with the pictures that the files name."""
    settings.MEDIA_ROOT = folder = tmp_path / "media"
    (folder / "demo").mkdir(parents=True)
    for name in ("papier.svg", "inny.svg"):
        (folder / "demo" / name).write_text("<svg/>")
    return folder


def _model(label: str) -> Any:
    return apps.get_model(label)


def _import(tmp_path: Path, *lines: str, encoding: str = "utf-8", end: str = "\n", **options: Any) -> str:
    file = tmp_path / "catalogue.csv"
    file.write_bytes((end.join(lines) + end).encode(encoding))
    told = io.StringIO()
    call_command("import_catalogue", "--language=en", str(file), stdout=told, stderr=told, **options)
    return told.getvalue()


def _refused(tmp_path: Path, *lines: str, **options: Any) -> str:
    """What is said of a file of which nothing may be imported."""
    file = tmp_path / "catalogue.csv"
    file.write_bytes(("\n".join(lines) + "\n").encode(options.pop("encoding", "utf-8")))
    told = io.StringIO()
    with pytest.raises(CommandError, match="nothing was imported"):
        call_command("import_catalogue", "--language=en", str(file), stdout=told, stderr=told, **options)
    assert not _model("catalogue.Product").objects.exists()
    assert not _model("catalogue.Category").objects.exists()
    return told.getvalue()


def test_products_come_with_everything_a_buyer_needs(tmp_path: Path) -> None:
    assert "Products: 2; created: 2" in _import(tmp_path, HEADER, PAPER, PEN)
    paper = _model("partner.StockRecord").objects.get(partner_sku="PAP-1")
    assert (paper.price, paper.price_currency, paper.num_in_stock) == (Decimal("18.90"), "PLN", 40)
    assert paper.product.title == "Papier A4"
    assert paper.product.upc == "5901234123457"
    assert paper.product.product_class.slug == "vat-23"
    assert paper.product.attr.unit == "ryza"
    assert [category.full_name for category in paper.product.categories.all()] == ["Biuro > Papier"]
    assert [str(image.original) for image in paper.product.images.all()] == ["demo/papier.svg"]


def test_second_import_changes_what_changed_and_doubles_nothing(tmp_path: Path) -> None:
    _import(tmp_path, HEADER, PAPER, PEN)
    told = _import(tmp_path, HEADER, PAPER.replace("18.90", "19.90"), PEN)
    assert "created: 0, updated: 1, unchanged: 1" in told
    assert _model("partner.StockRecord").objects.get(partner_sku="PAP-1").price == Decimal("19.90")
    assert _model("catalogue.Product").objects.count() == 2
    assert _model("catalogue.Category").objects.count() == 3


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
    _import(tmp_path, HEADER, PAPER, PEN)
    cells = dict(zip(HEADER.split(","), PAPER.split(","), strict=True)) | {column: value}
    assert "created: 0, updated: 1, unchanged: 1" in _import(tmp_path, HEADER, ",".join(cells.values()), PEN)
    assert "created: 0, updated: 0, unchanged: 2" in _import(tmp_path, HEADER, ",".join(cells.values()), PEN)
    product = _model("partner.StockRecord").objects.get(partner_sku="PAP-1").product
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
    _import(tmp_path, HEADER, PAPER, PEN, third)
    assert locked == []  # what is new is nobody else's yet
    dearer = [line.replace("18.90", "19.90").replace("1.45", "1.55") for line in (third, PEN, PAPER)]
    _import(tmp_path, HEADER, *dearer)
    records = dict(_model("partner.StockRecord").objects.values_list("partner_sku", "pk"))
    assert locked == [records[sku] for sku in ("PAP-1", "DLU-2", "ZSZ-3")]
    locked.clear()
    assert "updated: 1, unchanged: 2" in _import(tmp_path, HEADER, PAPER, *dearer[:2])
    assert locked == [records["PAP-1"]]  # what stays as it is keeps nobody waiting


def test_b1_what_the_file_does_not_say_is_not_written_back_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stock that was sold between reading and writing stays sold."""
    _import(tmp_path, HEADER, PAPER)
    stand = Writer._standing

    def sold(self: Writer, product_ids: Any) -> Any:
        _model("partner.StockRecord").objects.update(num_in_stock=7)
        return stand(self, product_ids)

    monkeypatch.setattr(Writer, "_standing", sold)
    assert "updated: 1" in _import(tmp_path, "sku,net_price", "PAP-1,20.00")
    record = _model("partner.StockRecord").objects.get()
    assert (record.price, record.num_in_stock) == (Decimal("20.00"), 7)


def test_a_product_deleted_while_it_is_imported_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _import(tmp_path, HEADER, PAPER, PEN)
    monkeypatch.setattr(Writer, "_locked", lambda *_args: {})
    told = io.StringIO()
    (tmp_path / "one.csv").write_text("sku,net_price\nPAP-1,20.00\n")
    with pytest.raises(CommandError, match="nothing was imported"):
        call_command("import_catalogue", "--language=en", str(tmp_path / "one.csv"), stdout=told, stderr=told)
    assert "line 2: PAP-1 has just been deleted" in told.getvalue()


def test_a_picture_stays_in_the_media_folder_when_its_product_changes(tmp_path: Path, media: Path) -> None:
    _import(tmp_path, HEADER, PAPER)
    assert "updated: 1" in _import(tmp_path, HEADER, PAPER.replace("Biuro > Papier", "Papier"))
    assert "updated: 1" in _import(tmp_path, HEADER, PAPER.replace("papier.svg", "inny.svg"))
    assert sorted(file.name for file in (media / "demo").iterdir()) == ["inny.svg", "papier.svg"]
    assert _model("catalogue.ProductImage").objects.get().original.name == "demo/inny.svg"


def test_a_product_that_is_deleted_leaves_the_picture_to_those_that_share_it(tmp_path: Path, media: Path) -> None:
    _import(tmp_path, HEADER, PAPER, PEN + "demo/papier.svg")
    _model("partner.StockRecord").objects.get(partner_sku="PAP-1").product.delete()
    assert _model("catalogue.ProductImage").objects.get().original.size > 0


@pytest.mark.parametrize("picture", ["demo/brak.png", "../../etc/passwd", "/etc/passwd", "demo/" + "x" * 240])
def test_a_picture_that_is_not_in_the_media_folder_is_a_bad_row(tmp_path: Path, picture: str) -> None:
    told = _refused(tmp_path, HEADER, PEN, PAPER.replace("demo/papier.svg", picture))
    assert told.splitlines()[0] == f"line 3: the picture {picture} is not in the media folder"


def test_a_picture_that_the_file_does_not_name_stays(tmp_path: Path) -> None:
    _import(tmp_path, HEADER, PAPER)
    told = _import(tmp_path, HEADER.removesuffix(",picture"), PAPER.removesuffix(",demo/papier.svg"))
    assert "unchanged: 1" in told
    assert _model("catalogue.ProductImage").objects.count() == 1


def test_products_may_exchange_their_eans(tmp_path: Path) -> None:
    pen = PEN.replace(",,1.45", ",96385074,1.45")
    _import(tmp_path, HEADER, PAPER, pen)
    exchanged = [PAPER.replace("5901234123457", "96385074"), pen.replace("96385074", "5901234123457")]
    assert "updated: 2" in _import(tmp_path, HEADER, *exchanged)
    assert dict(_model("partner.StockRecord").objects.values_list("partner_sku", "product__upc")) == {
        "PAP-1": "96385074",
        "DLU-2": "5901234123457",
    }


def test_an_ean_of_another_product_of_the_shop_is_named_with_the_line_and_nothing_changes(tmp_path: Path) -> None:
    _import(tmp_path, HEADER, PAPER, PEN)
    told = io.StringIO()
    file = tmp_path / "catalogue.csv"
    file.write_text("\n".join([HEADER, PEN.replace("Długopis", "Pióro"), PAPER.replace("PAP-1", "PAP-2")]) + "\n")
    with pytest.raises(CommandError, match=r"^1 bad line in catalogue\.csv: nothing was imported\.$"):
        call_command("import_catalogue", "--language=en", str(file), stdout=told, stderr=told)
    assert told.getvalue() == "line 3: EAN 5901234123457 already belongs to another product of the shop: Papier A4\n"
    assert sorted(_model("catalogue.Product").objects.values_list("title", flat=True)) == ["Długopis", "Papier A4"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (PAPER.replace("18.90", "dużo"), "Net price: “dużo” is not an amount."),
        (PAPER.replace("18.90", "-1"), "Net price: “-1” is not an amount from 0.01 to 9,999,999,999.99."),
        (PAPER.replace("18.90", "NaN"), "Net price: “NaN” is not an amount."),
        (PAPER.replace("18.90", "1.9999"), "Net price: “1.9999” has more than two decimal places."),
        (PAPER.replace(",23,", ",22,"), "VAT: “22” is not one of 23, 8, 5."),
        (PAPER.replace(",40,", ",1.5,"), "Stock: “1.5” is not a whole number."),
        (PAPER.replace(",40,", ",99999999999,"), "Stock: “99999999999” is not a whole number"),
        (PAPER.replace("5901234123457", "5901234123458"), "EAN: “5901234123458” is not an EAN or GTIN"),
        (PAPER.replace("Papier A4", ""), "PAP-1 is a new product, and these are missing: name"),
        (PAPER.replace("Papier A4", "P" * 256), "Name: This may have up to 255 characters."),
        (PAPER.replace("Biuro > Papier", " > "), "Category: There is no name in it."),
        (
            PAPER.replace("Biuro > Papier", ">".join("abcdefghijklmnopqrstuvwxyz")),
            "It has more than 20 levels",
        ),
        (PAPER + ",more", "There are more cells than headings."),
        (PEN, "Code DLU-2 is already in line 2"),
        (PAPER.replace("5901234123457", "96385074"), "EAN 96385074 is already in line 2"),
        (PAPER.replace("Biały", "x" * 140_000), "Line 3 is not CSV"),
    ],
)
def test_bad_row_is_named_with_line_and_reason_and_nothing_is_imported(tmp_path: Path, row: str, reason: str) -> None:
    told = _refused(tmp_path, HEADER, PEN.replace(",,1.45", ",96385074,1.45"), row)
    assert told.startswith("line 3: ")
    assert reason in told


def test_every_bad_row_is_named_at_once(tmp_path: Path) -> None:
    told = _refused(tmp_path, HEADER, PAPER.replace("18.90", "x"), PEN, PAPER.replace(",23,", ",7,"))
    assert [line.split(":")[0] for line in told.splitlines()] == ["line 2", "line 4", "line 4"]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    told = _refused(tmp_path, HEADER, PAPER.replace("Biały", '"Biały,\ngładki"'), PEN.replace("1.45", "x"))
    assert told.startswith("line 4: Net price: “x”")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["sku,name,net_price", "A,B,1"], "line 2: A is a new product, and these are missing: vat, stock, category"),
        (["name,net_price", "B,1"], "line 1: The first row has to name the columns; these are missing: Code / Kod."),
        ([HEADER], "There is no row below the headings."),
        ([""], "The file is empty."),
        (["\0"], "neither a CSV nor an XLSX"),
    ],
)
def test_file_that_is_no_catalogue_is_refused(tmp_path: Path, lines: list[str], reason: str) -> None:
    assert reason in _refused(tmp_path, *lines)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.csv: there is no such file"):
        call_command("import_catalogue", "--language=en", str(tmp_path / "none.csv"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_of_polish_programs_are_read(tmp_path: Path, encoding: str, end: str) -> None:
    row = PEN.replace(",", ";").replace("1.45", "1 000,45")
    _import(tmp_path, HEADER.replace(",", ";"), row, encoding=encoding, end=end)
    record = _model("partner.StockRecord").objects.get()
    assert (record.product.title, record.price) == ("Długopis", Decimal("1000.45"))


def test_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    assert "to create: 2" in _import(tmp_path, HEADER, PAPER, PEN, dry_run=True)
    assert not _model("catalogue.Product").objects.exists()


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
    assert not _model("catalogue.Category").objects.exists()


def test_the_columns_are_documented_as_help_lists_them() -> None:
    text = (ROOT / "docs" / "operate" / "README.md").read_text()
    for name, meaning in COLUMNS.items():
        assert f"| `{name}` | {meaning}{'; a new product needs it' if name in REQUIRED else ''} |" in text


def _product(sku: str) -> Any:
    return _model("partner.StockRecord").objects.get(partner_sku=sku).product


def test_e1_what_a_file_does_not_say_stays(tmp_path: Path) -> None:
    _import(tmp_path, HEADER, PAPER)
    told = _import(tmp_path, "sku;name;net_price;vat;stock;category", "PAP-1;Papier A4;19,90;23;40;Biuro > Papier")
    assert "created: 0, updated: 1" in told
    paper = _product("PAP-1")
    assert (paper.upc, paper.description, paper.attr.unit) == ("5901234123457", "Biały", "ryza")
    assert [str(image.original) for image in paper.images.all()] == ["demo/papier.svg"]
    assert _model("partner.StockRecord").objects.get().price == Decimal("19.90")
    empty = "PAP-1,,,,,,,,,"
    assert "created: 0, updated: 0, unchanged: 1" in _import(tmp_path, HEADER, empty), "empty cells say nothing either"


def test_e1_a_price_list_needs_the_code_only_and_changes_nothing_else(tmp_path: Path) -> None:
    _import(tmp_path, HEADER, PAPER, PEN)
    extra = _model("catalogue.Category").objects.add_root({"name": "Nowości", "slug": "nowosci"})
    _model("catalogue.ProductCategory").objects.create(product=_product("PAP-1"), category=extra)
    assert "created: 0, updated: 1, unchanged: 1" in _import(tmp_path, "Kod;Cena netto", "PAP-1;20", "DLU-2;1,45")
    paper = _product("PAP-1")
    assert {category.name for category in paper.categories.all()} == {"Papier", "Nowości"}
    assert (paper.title, paper.upc, paper.attr.unit) == ("Papier A4", "5901234123457", "ryza")
    assert _model("partner.StockRecord").objects.get(partner_sku="PAP-1").num_in_stock == 40


def test_e1_another_vat_rate_takes_the_unit_along(tmp_path: Path) -> None:
    _import(tmp_path, HEADER, PAPER)
    assert "updated: 1" in _import(tmp_path, "sku;vat", "PAP-1;8 %")
    assert (_product("PAP-1").product_class.slug, _product("PAP-1").attr.unit) == ("vat-8", "ryza")


@pytest.mark.parametrize("typed", ["5 901234 123457", "590-1234-123457", "05901234123457", "5901234123457.0"])
def test_e3_an_ean_is_cleaned_and_one_article_is_one(tmp_path: Path, typed: str) -> None:
    _import(tmp_path, HEADER, PAPER.replace("5901234123457", typed))
    assert _product("PAP-1").upc == ("05901234123457" if typed.startswith("0") else "5901234123457")
    told = io.StringIO()
    file = tmp_path / "second.csv"
    for second in ("5901234123457", "5 901234 123457", "05901234123457"):
        file.write_text(f"{HEADER}\n{PAPER.replace('PAP-1', 'PAP-2').replace('5901234123457', second)}\n")
        with pytest.raises(CommandError, match="nothing was imported"):
            call_command("import_catalogue", "--language=en", str(file), stdout=told, stderr=told)
        assert "already belongs to another product of the shop: Papier A4" in told.getvalue()


def test_e3_of_an_upc_with_twelve_digits_thirteen_and_fourteen_are_the_same(tmp_path: Path) -> None:
    _import(tmp_path, HEADER, PAPER.replace("5901234123457", "036000291452"))
    for same in ("0036000291452", "00036000291452", "0 36000 29145 2"):
        told = _import(tmp_path, HEADER, PAPER.replace("5901234123457", same))
        assert "unchanged: 1" in told, "stored digits of the same article stay"
    rows = [PAPER.replace("5901234123457", "036000291452"), PEN.replace(",,1.45", ",0036000291452,1.45")]
    file = tmp_path / "twice.csv"
    file.write_text("\n".join([HEADER, *rows]) + "\n")
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_catalogue", "--language=en", str(file), stdout=said, stderr=said)
    assert said.getvalue() == "line 3: EAN 0036000291452 is already in line 2\n"


def test_e3_an_ean_that_was_stored_with_blanks_is_found_and_cleaned(tmp_path: Path) -> None:
    _import(tmp_path, HEADER, PAPER)
    _model("catalogue.Product").objects.update(upc="5 901234 123457")
    file = tmp_path / "second.csv"
    file.write_text(f"{HEADER}\n{PAPER.replace('PAP-1', 'PAP-2')}\n")
    told = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_catalogue", "--language=en", str(file), stdout=told, stderr=told)
    assert "already belongs to another product" in told.getvalue()
    assert "updated: 1" in _import(tmp_path, HEADER, PAPER)
    assert _product("PAP-1").upc == "5901234123457"


def test_e4_a_heading_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    told = _refused(tmp_path, f"{HEADER},net_price", f"{PAPER},99")
    assert told == "line 1: The column “net_price” is there twice.\n"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (PAPER.replace("18.90", '"2,500"'), "Net price: “2,500” could be two numbers"),
        (PAPER.replace(",40,", ',"1,000",'), "Stock: “1,000” could be two numbers"),
    ],
)
def test_e5_what_could_be_two_numbers_is_refused_with_its_line(tmp_path: Path, row: str, reason: str) -> None:
    assert _refused(tmp_path, HEADER, PEN, row).startswith(f"line 3: {reason}")


def test_e6_noise_of_a_spreadsheets_sums_is_no_third_decimal_place(tmp_path: Path) -> None:
    _import(tmp_path, HEADER, PAPER.replace("18.90", "1870.0000000000002"), PEN.replace("1.45", "59.900000000000006"))
    prices = dict(_model("partner.StockRecord").objects.values_list("partner_sku", "price"))
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
    assert f"created: {len(products)}" in _import(tmp_path, out.getvalue().rstrip("\r\n"))
    assert _model("catalogue.Product").objects.count() == len(products)
    assert "created: 0, updated: 0" in _import(tmp_path, out.getvalue().rstrip("\r\n"))
