"""A catalogue's file with anything wrong: every bad row with its line and its reason, and nothing imported."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.oscar_edge.catalogue import HEADER, PAPER, PEN, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.mark.parametrize("picture", ["demo/brak.png", "../../etc/passwd", "/etc/passwd", "demo/" + "x" * 240])
def test_a_picture_that_is_not_in_the_media_folder_is_a_bad_row(tmp_path: Path, picture: str) -> None:
    told = refused(tmp_path, HEADER, PEN, PAPER.replace("demo/papier.svg", picture))
    assert told.splitlines()[0] == f"line 3: the picture {picture} is not in the media folder"


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
    told = refused(tmp_path, HEADER, PEN.replace(",,1.45", ",96385074,1.45"), row)
    assert told.startswith("line 3: ")
    assert reason in told


def test_every_bad_row_is_named_at_once(tmp_path: Path) -> None:
    told = refused(tmp_path, HEADER, PAPER.replace("18.90", "x"), PEN, PAPER.replace(",23,", ",7,"))
    assert [line.split(":")[0] for line in told.splitlines()] == ["line 2", "line 4", "line 4"]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    told = refused(tmp_path, HEADER, PAPER.replace("Biały", '"Biały,\ngładki"'), PEN.replace("1.45", "x"))
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
    assert reason in refused(tmp_path, *lines)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.csv: there is no such file"):
        call_command("import_catalogue", "--language=en", str(tmp_path / "none.csv"))


def test_e4_a_heading_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    told = refused(tmp_path, f"{HEADER},net_price", f"{PAPER},99")
    assert told == "line 1: The column “net_price” is there twice.\n"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (PAPER.replace("18.90", '"2,500"'), "Net price: “2,500” could be two numbers"),
        (PAPER.replace(",40,", ',"1,000",'), "Stock: “1,000” could be two numbers"),
    ],
)
def test_e5_what_could_be_two_numbers_is_refused_with_its_line(tmp_path: Path, row: str, reason: str) -> None:
    assert refused(tmp_path, HEADER, PEN, row).startswith(f"line 3: {reason}")
