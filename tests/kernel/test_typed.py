"""What people and spreadsheets write, read one way: numbers, days, codes, names; what could be either is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akcept.kernel import typed
from akcept.kernel.typed import Figure, LaterFigure, Unreadable, Why

# --- text ---


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zażółć", "Zażółć"),
        ("Zaz\u0307o\u0301łc\u0301", "Zażółć"),  # letters written apart
        ("\ufeffA-\u00ad1\u200b2", "A-12"),  # byte order mark, soft hyphen, zero width
        ("a\u200db", "ab"),
        ("ا\u200cب", "ا\u200cب"),  # joins letters outside of Latin
        ("ا\u200cبا", "ا\u200cبا"),
        ("\u200dا", "ا"),
        ("ا\u200d", "ا"),
        ("a\u200dب", "aب"),
        ("ا\u200db", "اb"),
        ("x\u0600\u200dx", "xx"),
        ("\u05ff\u200d\u05d0", "\u05d0"),
        ("½\t\n\r", "½\t\n\r"),
        ("o\ufe0f\u3164k", "ok"),
    ],
)
def test_text_is_composed_and_what_nobody_sees_is_left_out(text: str, shown: str) -> None:
    assert typed.visible(text) == shown


def test_a_joiner_stays_only_between_letters_beyond_latin() -> None:
    assert typed.visible("\u0600a"), "a format character is unseen, the letter stays"
    assert typed.visible("\u0620\u200d\u0620") == "\u0620\u200d\u0620"
    assert typed.visible("\u05d0\u200d\u0620") == "\u05d0\u0620", "0x5D0 is not beyond 0x5FF"


def test_lines_prose_and_what_names_are_compared_by() -> None:
    assert typed.line("  a\u00a0\n b\0c ") == "a b c"
    assert typed.prose(" a\r\nb\rc\0\n") == "a\nb\nc"
    assert typed.same("ŁÓDŹ  Z\u0307aba") == typed.same("łódź żaba")


# --- numbers ---


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", "5"),
        ("+5", "5"),
        ("-5", "-5"),
        ("- 5", "-5"),
        ("\u22125", "-5"),
        ("0,5", "0.5"),
        (",5", "0.5"),
        ("2,00", "2.00"),
        ("0,125", "0.125"),  # no thousands begin with a nought
        ("0123,456", "123.456"),
        ("1234,567", "1234.567"),
        ("2,5000", "2.5000"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234,567", "1234.567"),
        ("1'234.56", "1234.56"),
        ("1’234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1,234,567.5", "1234567.5"),
        ("1870.0000000000002", "1870"),
        ("0.30000000000000004", "0.3"),
        ("19.990000000000002", "19.99"),
        ("1234567890.1234567", "1234567890.12346"),
        ("0.1234567890123456", "0.1234567890123456"),  # more decimals than noise leaves
        ("1234567890.123456", "1234567890.12346"),
        ("123456789.120000", "123456789.120000"),  # fifteen digits: all of them were typed
        ("1234567.123456789", "1234567.12345679"),
        ("123456.1234567891", "123456.1234567891"),
        ("123456789012345678", "123456789012345678"),
        ("1.123456", "1.123456"),
    ],
)
def test_a_number_is_read_however_it_is_written(text: str, value: str) -> None:
    found = typed.number(text)
    assert (found, str(found)) == (Decimal(value), value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2,500", Why.AMBIGUOUS),
        ("12.000", Why.AMBIGUOUS),
        ("123,456", Why.AMBIGUOUS),
        ("5,90123E+12", Why.SCIENTIFIC),
        ("5e3", Why.SCIENTIFIC),
        ("", Why.NONE),
        ("-", Why.NONE),
        ("five", Why.NONE),
        ("٥", Why.NONE),
        ("1,2,3", Why.NONE),
        ("1,234.5,6", Why.NONE),
        ("1.2.3,4,5", Why.NONE),
        ("1 23", Why.NONE),
        ("1_000", Why.NONE),
        ("1234 567", Why.NONE),
        ("1 234'567", Why.NONE),
        ("1.234 567,8", Why.NONE),
        ("12,34,567.8", Why.NONE),
        ("1,5a", Why.NONE),
        ("5,", Why.NONE),
        (",", Why.NONE),
        ("--5", Why.NONE),
        ("1" * 41, Why.NONE),
    ],
)
def test_what_is_no_number_or_could_be_two_is_refused_and_says_why(text: str, why: Why) -> None:
    with pytest.raises(Unreadable) as refused:
        typed.number(text)
    assert refused.value.why is why
    assert refused.value.text == text[:40]


def test_a_number_of_forty_digits_is_one() -> None:
    assert typed.number("1" * 40) == int("1" * 40)


def test_thousands_are_never_marked_in_a_figure_or_a_source_that_says_so() -> None:
    assert typed.number(Figure("2.500")) == Decimal("2.500")
    assert typed.number("2,500", grouped=False) == Decimal("2.500")


@pytest.mark.parametrize("text", ["12,50 zł", "12,50zł", "zł 12,50", "12,50 PLN", "12,50"])
def test_units_may_stand_on_either_side(text: str) -> None:
    assert typed.number(text, units=("zł", "PLN")) == Decimal("12.50")
    assert typed.number("5 %%", units=("%", "%%")) == 5, "the longest is taken first"


def test_whole_numbers() -> None:
    assert (typed.whole("2,00"), typed.whole("1 000"), typed.whole("3 szt.", units=("szt.",))) == (2, 1000, 3)
    with pytest.raises(Unreadable) as refused:
        typed.whole("2,5")
    assert refused.value.why is Why.FRACTION


@pytest.mark.parametrize(
    ("value", "said"),
    [(3, "3"), (3.0, "3"), (0.1 + 0.2, "0.3"), (1e21, "1" + "0" * 21), (5901234123457.0, "5901234123457")],
)
def test_a_spreadsheets_number_is_said_as_it_is_shown(value: float, said: str) -> None:
    found = typed.figure(value)
    assert (found, type(found)) == (said, Figure)


@given(whole=st.integers(0, 10**9), cents=st.integers(0, 99))
def test_polish_and_english_writing_are_one_number(whole: int, cents: int) -> None:
    value = Decimal(whole) + Decimal(cents) / 100
    english = f"{whole:,}.{cents:02}"
    polish = english.translate(str.maketrans(",.", ".,"))
    assert typed.number(english) == typed.number(polish) == typed.number(polish.replace(".", " ")) == value


# --- days ---


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-29", date(2026, 11, 29)),
        ("2026/1/2", date(2026, 1, 2)),
        ("2026.01.02 10:30", date(2026, 1, 2)),
        ("2026-11-29T10:30:05.25", date(2026, 11, 29)),
        ("20261129", date(2026, 11, 29)),
        ("29.11.2026", date(2026, 11, 29)),
        ("2.1.2026", date(2026, 1, 2)),
        ("29/11/2026", date(2026, 11, 29)),
        ("13-12-2026", date(2026, 12, 13)),
        ("5/5/2026", date(2026, 5, 5)),
        ("11/29/2026", date(2026, 11, 29)),
        ("12/13/2026", date(2026, 12, 13)),
        ("46355", date(2026, 11, 29)),
        (Figure("46355.75"), date(2026, 11, 29)),
        (LaterFigure("44893"), date(2026, 11, 29)),
        (Figure("20261129"), date(2026, 11, 29)),
        (Figure("20000"), date(1954, 10, 3)),
        (Figure("79999"), date(2119, 1, 10)),
    ],
)
def test_a_day_is_read_however_it_is_written(text: str, day: date) -> None:
    assert typed.day(text) == day


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("02/03/2026", Why.AMBIGUOUS),
        ("12-11-2026", Why.AMBIGUOUS),
        ("11-29-2026", Why.AMBIGUOUS),  # nobody writes months first with dashes
        ("12/1/2026", Why.AMBIGUOUS),
        ("11/12/2026", Why.AMBIGUOUS),
        ("31.02.2026", Why.NONE),
        ("2026-13-01", Why.NONE),
        ("2026-11/29", Why.NONE),
        ("29.11/2026", Why.NONE),
        ("20261329", Why.NONE),
        ("tomorrow", Why.NONE),
        ("19999", Why.NONE),
        ("80000", Why.NONE),
        (Figure("x"), Why.NONE),
        (Figure("-20261129"), Why.NONE),
        (Figure("1234.567"), Why.NONE),
        (Figure("20261399"), Why.NONE),
        (Figure("2026112"), Why.NONE),
    ],
)
def test_what_is_no_day_or_could_be_two_is_refused(text: str, why: Why) -> None:
    with pytest.raises(Unreadable) as refused:
        typed.day(text)
    assert refused.value.why is why


# --- codes ---


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" AB  12 ", "AB 12"),
        ("123.0", "123"),
        ("007.00", "007"),
        ("12.50", "12.50"),
        ("1.0a", "1.0a"),
        ("5e3", "5e3"),
        ("PAP\u2011A4\u201080", "PAP-A4-80"),
        ("A\u20131", "A\u20131"),
    ],
)
def test_codes_stay_as_they_are_typed(text: str, code: str) -> None:
    assert typed.code(text) == code


def test_a_code_that_a_spreadsheet_cut_short_is_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        typed.code("5,90123E+12")
    assert refused.value.why is Why.SCIENTIFIC


@pytest.mark.parametrize("text", ["5901234123457", "590-1234-123457", "590 1234 123457", "590\u20101234\u2011123457"])
def test_a_gtin_is_its_digits(text: str) -> None:
    assert typed.gtin(text) == "5901234123457"


@pytest.mark.parametrize("text", ["5901234123458", "123", "AB"])
def test_digits_that_do_not_check_are_no_gtin(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        typed.gtin(text)
    assert refused.value.why is Why.NONE


def test_twelve_thirteen_and_fourteen_digits_of_one_article_are_one() -> None:
    assert typed.article("036000291452") == typed.article("0 036000-291452") == "00036000291452"
    assert (typed.article("AB-1"), typed.article("٣")) == ("AB-1", "٣")
    assert typed.spellings("036000291452") == {"00036000291452", "0036000291452", "036000291452"}
    assert typed.spellings("96385074") == {"00000096385074", "0000096385074", "000096385074", "96385074"}
    assert typed.spellings("000000096385074") == {"00000096385074", "0000096385074", "000096385074", "96385074"}
    assert typed.spellings("AB-1") == {"AB-1"}


@pytest.mark.parametrize(
    ("value", "said"),
    [("1.234", "1.2340"), ("-12.345", "-12.3450"), ("0.123", "0.123"), ("1000.125", "1000.125"), ("2", "2")],
)
def test_a_number_that_is_written_to_be_read_again_could_not_be_two(value: str, said: str) -> None:
    assert typed.unmistakable(Decimal(value)) == said
    assert typed.number(said) == Decimal(value)
    assert typed.number(said.replace(".", ",")) == Decimal(value)
