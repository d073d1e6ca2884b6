"""Money and time as people read them, in both languages and in local time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from babel import numbers
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from time_machine import TimeMachineFixture

from akcept.budgets import wording
from akcept.ui import formats
from akcept.ui.templatetags import akcept as tags

NBSP, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def polish() -> Iterator[None]:
    with translation.override("pl"):
        yield


def _spaced(text: str) -> str:
    """Blanks written as ~ so that a breaking one shows."""
    return text.replace(NBSP, "~")


def test_money_in_english() -> None:
    assert _spaced(formats.money(Decimal("2846.10"), "PLN")) == "PLN~2,846.10"
    assert _spaced(formats.money(Decimal("-0.50"), "PLN")) == "\N{MINUS SIGN}PLN~0.50"
    assert _spaced(formats.money(Decimal(7), "GBP")) == "£7.00"


def test_money_in_polish(polish: None) -> None:
    assert _spaced(formats.money(Decimal("2846.10"), "PLN")) == "2~846,10~zł"
    assert _spaced(formats.money(Decimal("12846.10"), "PLN")) == "12~846,10~zł"
    assert _spaced(formats.money(Decimal("9.99"), "EUR")) == "9,99~€"


@pytest.mark.parametrize("language", ["pl", "en"])
@given(
    amount=st.decimals(min_value=-(10**9), max_value=10**9, places=3),
    currency=st.sampled_from(["PLN", "EUR", "USD", "GBP", "CHF", "JPY", "CZK", "XXX"]),
)
def test_amounts_are_written_as_babel_writes_them_but_for_a_real_minus(
    language: str, amount: Decimal, currency: str
) -> None:
    with translation.override(language):
        written = formats.money(amount, currency), formats.amount(amount)
    by_babel = numbers.format_currency(amount, currency, locale=language).replace(" ", NBSP).replace("-", MINUS)
    assert written[0] == re.sub(r"(?<=[A-Z])(?=\d)", NBSP, by_babel)
    assert written[1] == numbers.format_decimal(amount, format="#,##0.00", locale=language).replace("-", MINUS)


@pytest.mark.parametrize(
    ("language", "rate", "part", "over"), [("en", "23%", "86%", "over 100%"), ("pl", "23~%", "86~%", "ponad 100~%")]
)
def test_per_cent_stands_as_the_language_writes_it(language: str, rate: str, part: str, over: str) -> None:
    with translation.override(language):
        assert _spaced(formats.percent(Decimal("0.23"))) == rate
        assert _spaced(wording.percent(Decimal("86.40"), Decimal(100))) == part
        assert _spaced(wording.percent(Decimal("100.10"), Decimal(100))) == over


def test_rates(polish: None) -> None:
    assert _spaced(formats.percent(Decimal("0.23"))) == "23~%"
    assert formats.percent(None) == "–"


@pytest.mark.parametrize(
    ("ago", "in_english", "in_polish"),
    [
        (timedelta(0), "today, 13:00", "dziś, 13:00"),
        (timedelta(hours=14), "yesterday, 23:00", "wczoraj, 23:00"),
        (timedelta(days=3), "21 November, 13:00", "21 listopada, 13:00"),
        (timedelta(days=400), "20 October 2025, 14:00", "20 października 2025, 14:00"),
    ],
)
def test_moments_are_local_and_relative_while_fresh(ago: timedelta, in_english: str, in_polish: str) -> None:
    assert formats.moment(NOW - ago, now=NOW) == in_english
    with translation.override("pl"):
        assert formats.moment(NOW - ago, now=NOW) == in_polish


def test_the_day_changes_at_local_midnight() -> None:
    just_before = datetime(2026, 11, 23, 22, 59, tzinfo=UTC)  # 23:59 in Warsaw
    assert formats.moment(just_before, now=just_before + timedelta(minutes=2)) == "yesterday, 23:59"


@pytest.mark.parametrize(
    ("ago", "in_english", "in_polish"),
    [
        (timedelta(seconds=5), "1 minute", "1 min"),
        (timedelta(minutes=59), "59 minutes", "59 min"),
        (timedelta(minutes=60), "1 hour", "1 godz."),
        (timedelta(hours=47, minutes=59), "47 hours", "47 godz."),
        (timedelta(hours=48), "2 days", "2 dni"),
        (timedelta(days=22), "22 days", "22 dni"),
    ],
)
def test_spans(ago: timedelta, in_english: str, in_polish: str) -> None:
    assert formats.span(NOW - ago, now=NOW) == in_english
    with translation.override("pl"):
        assert formats.span(NOW - ago, now=NOW) == in_polish


def test_exact_times_name_their_zone() -> None:
    assert formats.exact(NOW) == "2026-11-24 13:00:00 CET"
    assert formats.exact(datetime(2026, 7, 1, 12, 0, tzinfo=UTC)) == "2026-07-01 14:00:00 CEST"


def test_files_get_plain_figures(polish: None) -> None:
    assert formats.plain(Decimal("12846.10")) == "12846,10"
    assert formats.local(NOW) == "2026-11-24 13:00:00"


@pytest.mark.parametrize("status", ["awaiting_acceptance", "rejected", "unhandled", "in_progress", "cancelled"])
def test_every_status_has_a_word_and_a_colour(polish: None, status: str) -> None:
    chip = tags.status_chip(status)
    assert status not in chip
    assert 'class="status status-' in chip


def test_unknown_status_of_another_shop_is_shown_escaped() -> None:
    assert "&lt;b&gt;" in tags.status_chip("<b>")


@pytest.mark.parametrize(("language", "said"), [("pl", "3\u00a0000\u00a0000"), ("en", "3,000,000")])
def test_quantities_are_grouped(language: str, said: str) -> None:
    with translation.override(language):
        assert tags.count(3_000_000) == said
        assert (tags.count(7), tags.count(0), tags.count(None)) == ("7", "0", "")


@pytest.mark.parametrize(
    ("starts", "ends", "in_english", "in_polish"),
    [
        (date(2026, 12, 1), date(2027, 1, 31), "1 Dec 2026 – 31 Jan 2027", "1 gru 2026 – 31 sty 2027"),
        (date(2026, 12, 1), None, "from 1 Dec 2026", "od 1 gru 2026"),
        (None, date(2027, 1, 31), "until 31 Jan 2027", "do 31 sty 2027"),
        (None, None, "without end", "bezterminowo"),
    ],
)
def test_a_term_is_written_out(starts: date | None, ends: date | None, in_english: str, in_polish: str) -> None:
    """Of agreements, price lists and prices; "… – …" said nothing."""
    for language, said in (("en", in_english), ("pl", in_polish)):
        with translation.override(language):
            assert formats.term(starts, ends) == said


@pytest.mark.parametrize(
    ("at", "short", "whole"),
    [
        (datetime(2026, 12, 1, 23, 30, tzinfo=UTC), ("2 Dec", "2.12"), ("2 Dec 2026", "2.12.2026")),
        (datetime(2026, 1, 1, 0, 0, tzinfo=UTC), ("1 Jan", "1.01"), ("1 Jan 2026", "1.01.2026")),
        (datetime(2025, 12, 31, 22, 59, tzinfo=UTC), ("31 Dec 2025", "31.12.2025"), ("31 Dec 2025", "31.12.2025")),
        (datetime(2025, 12, 31, 23, 0, tzinfo=UTC), ("1 Jan", "1.01"), ("1 Jan 2026", "1.01.2026")),
    ],
)
def test_a_short_day_is_no_number_to_an_english_reader(
    time_machine: TimeMachineFixture, at: datetime, short: tuple[str, str], whole: tuple[str, str]
) -> None:
    """Without: "Prices of 1.12" was read as a price; and the year is the shop's, not that of Greenwich."""
    time_machine.move_to(NOW)
    for language, said, with_year in zip(("en", "pl"), short, whole, strict=True):
        with translation.override(language):
            assert (formats.day(at), formats.whole_day(at)) == (said, with_year)
