"""Cells that spreadsheets do not run, and come back as they were meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.kernel.tables import decoded, delimiter_of, harmless, meant, told_delimiter, unwrapped


@pytest.mark.parametrize("cell", ["=1+1", "+48 12 345", "-5", "@SUM(A1)", "\t=1", "\r=1", "\uff1dA1"])
def test_formula_is_guarded_and_comes_back(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert meant(harmless(cell)) == cell


@pytest.mark.parametrize("cell", ["Łódź", "", "'quoted'", "O'Neill"])
def test_anything_else_stays(cell: str) -> None:
    assert harmless(cell) == meant(cell) == cell


@given(st.text(min_size=1).filter(lambda text: not text.startswith("'")))
def test_every_cell_comes_back(cell: str) -> None:
    assert meant(harmless(cell)) == cell


def test_text_of_old_windows_programs_is_read_too() -> None:
    assert decoded("Oddział Łódź".encode("cp1250")) == decoded("\ufeffOddział Łódź".encode()) == "Oddział Łódź"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_text_of_spreadsheets_is_read_too(encoding: str) -> None:
    content = "Oddział Łódź".encode(encoding)
    mark = {"utf-16": b"", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}[encoding]
    assert decoded(mark + content) == "Oddział Łódź"


@pytest.mark.parametrize("content", [b"\x81\x83", b"\xff\xfea"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        decoded(content)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("a;b,c;d\n", ";"),
        ("a,b\n1;2;3", ","),
        ("a\tb", "\t"),
        ("a", ","),
        ("", ","),
        (" \n;;\na|b\n", "|"),
        (";;\n", ";"),
    ],
)
def test_delimiter_is_what_the_header_has_most_of(text: str, mark: str) -> None:
    assert delimiter_of(text) == mark


@pytest.mark.parametrize(
    ("cell", "text"),
    [('="007"', "007"), ('="a ""b"" c"', 'a "b" c'), ("=007", "=007"), ("007", "007"), ('="a"&"b"', '="a"&"b"')],
)
def test_a_text_written_as_a_formula_keeps_its_zeros(cell: str, text: str) -> None:
    assert unwrapped(cell) == text


@pytest.mark.parametrize(
    ("text", "rest", "mark"), [("sep=;\na;b", "a;b", ";"), ("sep=,\r\na,b", "a,b", ","), ("a;b", "a;b", "")]
)
def test_the_line_that_tells_the_delimiter_is_no_row(text: str, rest: str, mark: str) -> None:
    assert told_delimiter(text) == (rest, mark)


def test_iso_and_windows_encodings_of_polish_are_told_apart_by_their_letters() -> None:
    assert decoded("Zażółć gęślą jaźń".encode("iso-8859-2")) == "Zażółć gęślą jaźń"
    assert decoded("Zażółć gęślą jaźń".encode("cp1250")) == "Zażółć gęślą jaźń"
