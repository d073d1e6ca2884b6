"""What a file of products says of them beyond their stock: a missing column changes nothing, all or nothing."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from akcept.oscar_edge.catalogue_import.outlooks import in_circle
from akcept.oscar_edge.models import ProductOutlook
from tests.oscar_edge.catalogue import HEADER, PAPER, PEN, imported, product_of
from tests.support.statements import statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

SAYING = "sku;expected;ended;successor"


def _said(sku: str) -> tuple[Any, ...]:
    row = ProductOutlook.objects.filter(product=product_of(sku)).first()
    return () if row is None else (row.expected_on, row.ended, row.successor)


def test_a_file_says_it_and_what_no_cell_says_stays(tmp_path: Path) -> None:
    imported(tmp_path, HEADER, PAPER, PEN)
    assert "updated: 1, unchanged: 1" in imported(tmp_path, SAYING, "PAP-1;2027-01-05;tak;dlu-2", "DLU-2;;;")
    pen = product_of("DLU-2")
    assert _said("PAP-1") == (date(2027, 1, 5), True, pen)
    assert _said("DLU-2") == ()
    for lines in ((HEADER, PAPER, PEN), ("sku;expected", "PAP-1;"), (SAYING, "PAP-1;05.01.2027;yes;DLU-2")):
        assert "updated: 0" in imported(tmp_path, *lines)
    assert "updated: 1" in imported(tmp_path, "sku;ended", "PAP-1;nie")
    assert _said("PAP-1") == (date(2027, 1, 5), False, pen)
    imported(tmp_path, SAYING, "PAP-1;-;-;-")
    assert _said("PAP-1") == ()
    assert "unchanged: 1" in imported(tmp_path, SAYING, "PAP-1;-;-;-")


def test_one_product_of_a_file_replaces_another_one_of_it(tmp_path: Path) -> None:
    imported(tmp_path, f"{HEADER},successor", f"{PAPER},DLU-2", f"{PEN},")
    assert _said("PAP-1") == (None, False, product_of("DLU-2"))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("PAP-1;;;NOBODY", "line 2: There is no product with the code “NOBODY”."),
        ("PAP-1;;;PAP-1", "line 2: “PAP-1” would be replaced by itself."),
        ("PAP-1;;perhaps;", "“perhaps” is neither yes nor no."),
        ("PAP-1;1.2;;", "“1.2” is not a date"),
        ("PAP-1;9999-12-31;;", "Enter a day between 2000 and 2200."),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_imported(tmp_path: Path, row: str, told: str) -> None:
    imported(tmp_path, HEADER, PAPER, PEN)
    said = _refused(tmp_path, SAYING, row, "DLU-2;2027-01-05;;")
    assert told in said
    assert not ProductOutlook.objects.exists()


def test_a_circle_is_refused_also_with_what_is_stored(tmp_path: Path) -> None:
    imported(tmp_path, HEADER, PAPER, PEN)
    imported(tmp_path, "sku;successor", "PAP-1;DLU-2")
    assert "line 2: “PAP-1” would be replaced by itself." in _refused(tmp_path, "sku;successor", "DLU-2;PAP-1")
    assert _said("DLU-2") == ()


def _refused(tmp_path: Path, *lines: str) -> str:
    file, told = tmp_path / "said.csv", io.StringIO()
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(CommandError, match="nothing was imported"):
        call_command("import_catalogue", "--language=en", str(file), stdout=told, stderr=told)
    return told.getvalue()


def test_a_file_costs_as_many_statements_with_one_row_as_with_three(tmp_path: Path) -> None:
    pens = [PEN.replace("DLU-2", f"DLU-{number}") for number in range(2, 6)]
    imported(tmp_path, HEADER, *pens)
    counts = []
    for skus in (["DLU-2"], ["DLU-3", "DLU-4", "DLU-5"]):
        lines = [f"{sku};2027-01-05;no;DLU-2" if sku != "DLU-2" else "DLU-2;2027-01-05;no;DLU-5" for sku in skus]
        ProductOutlook.objects.all().delete()
        counts.append(len(statements(lambda lines=lines: imported(tmp_path, SAYING, *lines))))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("successors", "found"),
    [({}, False), ({1: 2}, False), ({1: 1}, True), ({1: 2, 2: 1}, True), ({1: 2, 2: 3, 3: 2}, False)],
)
def test_a_circle_is_one_that_comes_back_to_the_product_itself(successors: dict[int, int], found: bool) -> None:
    assert in_circle(1, successors) is found
