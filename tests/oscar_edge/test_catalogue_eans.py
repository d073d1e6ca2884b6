"""EANs of a catalogue's file: one article is one, however its digits are written."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.oscar_edge.catalogue import HEADER, PAPER, PEN, imported, model, product_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def test_products_may_exchange_their_eans(tmp_path: Path) -> None:
    pen = PEN.replace(",,1.45", ",96385074,1.45")
    imported(tmp_path, HEADER, PAPER, pen)
    exchanged = [PAPER.replace("5901234123457", "96385074"), pen.replace("96385074", "5901234123457")]
    assert "updated: 2" in imported(tmp_path, HEADER, *exchanged)
    assert dict(model("partner.StockRecord").objects.values_list("partner_sku", "product__upc")) == {
        "PAP-1": "96385074",
        "DLU-2": "5901234123457",
    }


def test_an_ean_of_another_product_of_the_shop_is_named_with_the_line_and_nothing_changes(tmp_path: Path) -> None:
    imported(tmp_path, HEADER, PAPER, PEN)
    told = io.StringIO()
    file = tmp_path / "catalogue.csv"
    file.write_text("\n".join([HEADER, PEN.replace("Długopis", "Pióro"), PAPER.replace("PAP-1", "PAP-2")]) + "\n")
    with pytest.raises(CommandError, match=r"^1 bad line in catalogue\.csv: nothing was imported\.$"):
        call_command("import_catalogue", "--language=en", str(file), stdout=told, stderr=told)
    assert told.getvalue() == "line 3: EAN 5901234123457 already belongs to another product of the shop: Papier A4\n"
    assert sorted(model("catalogue.Product").objects.values_list("title", flat=True)) == ["Długopis", "Papier A4"]


@pytest.mark.parametrize("typed", ["5 901234 123457", "590-1234-123457", "05901234123457", "5901234123457.0"])
def test_e3_an_ean_is_cleaned_and_one_article_is_one(tmp_path: Path, typed: str) -> None:
    imported(tmp_path, HEADER, PAPER.replace("5901234123457", typed))
    assert product_of("PAP-1").upc == ("05901234123457" if typed.startswith("0") else "5901234123457")
    told = io.StringIO()
    file = tmp_path / "second.csv"
    for second in ("5901234123457", "5 901234 123457", "05901234123457"):
        file.write_text(f"{HEADER}\n{PAPER.replace('PAP-1', 'PAP-2').replace('5901234123457', second)}\n")
        with pytest.raises(CommandError, match="nothing was imported"):
            call_command("import_catalogue", "--language=en", str(file), stdout=told, stderr=told)
        assert "already belongs to another product of the shop: Papier A4" in told.getvalue()


def test_e3_of_an_upc_with_twelve_digits_thirteen_and_fourteen_are_the_same(tmp_path: Path) -> None:
    imported(tmp_path, HEADER, PAPER.replace("5901234123457", "036000291452"))
    for same in ("0036000291452", "00036000291452", "0 36000 29145 2"):
        told = imported(tmp_path, HEADER, PAPER.replace("5901234123457", same))
        assert "unchanged: 1" in told, "stored digits of the same article stay"
    rows = [PAPER.replace("5901234123457", "036000291452"), PEN.replace(",,1.45", ",0036000291452,1.45")]
    file = tmp_path / "twice.csv"
    file.write_text("\n".join([HEADER, *rows]) + "\n")
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_catalogue", "--language=en", str(file), stdout=said, stderr=said)
    assert said.getvalue() == "line 3: EAN 0036000291452 is already in line 2\n"


def test_e3_an_ean_that_was_stored_with_blanks_is_found_and_cleaned(tmp_path: Path) -> None:
    imported(tmp_path, HEADER, PAPER)
    model("catalogue.Product").objects.update(upc="5 901234 123457")
    file = tmp_path / "second.csv"
    file.write_text(f"{HEADER}\n{PAPER.replace('PAP-1', 'PAP-2')}\n")
    told = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_catalogue", "--language=en", str(file), stdout=told, stderr=told)
    assert "already belongs to another product" in told.getvalue()
    assert "updated: 1" in imported(tmp_path, HEADER, PAPER)
    assert product_of("PAP-1").upc == "5901234123457"
