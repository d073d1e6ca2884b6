"""Amounts are taken as people type them, and as the pages show them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from akcept.ui import formats
from akcept.ui.forms import AmountField, CountField, PercentField


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("3000,5", "3000.5"),
        (" 3 000,50 ", "3000.50"),
        ("3\N{NO-BREAK SPACE}000,50", "3000.50"),
        ("3\N{NARROW NO-BREAK SPACE}000,50", "3000.50"),
        ("1.234.567,89", "1234567.89"),
        ("3000.50", "3000.50"),
        ("1,234,567.89", "1234567.89"),
        ("12,5", "12.5"),
        ("-1,000.00", "-1000.00"),
        ("0", "0"),
        ("1870.0000000000002", "1870"),
    ],
)
def test_a6_amount_as_typed_is_the_same_in_every_language(language: str, typed: str, amount: str) -> None:
    with translation.override(language):
        assert AmountField().clean(typed) == Decimal(amount)


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("typed", ["0,001", "0.001", "1,234", "1.234", "12.000", "5,999.999"])
def test_a6_parts_of_a_cent_and_what_could_be_two_amounts_are_refused(language: str, typed: str) -> None:
    with translation.override(language), pytest.raises(ValidationError):
        AmountField().clean(typed)


@pytest.mark.parametrize(
    "typed", ["", "abc", "1,2,3", "12.34.56", "1,234.567.8", "3 000,50 zł", "--1", "NaN", "1e5x", "1e5", "12 34"]
)
def test_what_is_no_amount(typed: str) -> None:
    with pytest.raises(ValidationError):
        AmountField().clean(typed)


@pytest.mark.parametrize("language", ["pl", "en"])
def test_a6_whole_numbers_and_per_cents_are_read_alike(language: str) -> None:
    with translation.override(language):
        assert [CountField().clean(typed) for typed in ("10", "1 000", "2,00", "2.0")] == [10, 1000, 2, 2]
        assert [PercentField().clean(typed) for typed in ("1,5", "1.5 %", "-5%")] == [
            Decimal("1.5"),
            Decimal("1.5"),
            Decimal(-5),
        ]
        for typed in ("1,000", "1.5", "many", "9" * 5000):
            with pytest.raises(ValidationError):
                CountField().clean(typed)


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("amount", ["2000", "1234567", "999", "0.5"])
def test_what_a_field_shows_can_be_sent_back_untouched(language: str, amount: str, settings: Any) -> None:
    settings.USE_THOUSAND_SEPARATOR = True
    field = AmountField()
    with translation.override(language):
        shown = field.widget.format_value(field.prepare_value(Decimal(amount)))
        assert field.clean(shown) == Decimal(amount), shown


@given(value=st.decimals(min_value=0, max_value=10**9, places=2), language=st.sampled_from(["pl", "en"]))
def test_what_a_page_shows_can_be_typed_again(value: Decimal, language: str) -> None:
    with translation.override(language):
        assert AmountField().clean(formats.amount(value)) == value


def test_only_what_can_be_left_empty_says_that_it_is_optional() -> None:
    class Form(forms.Form):
        note = forms.CharField(required=False)
        shown = forms.ChoiceField(required=False, choices=[("", "as the whole shop"), ("net", "net")])
        name = forms.CharField()

    shown = [
        Template("{% load akcept %}{% field field %}").render(Context({"field": bound}))
        for bound in Form()  # a choice always stands at something: "as the whole shop" is an answer
    ]
    with translation.override("en"):
        assert ["(optional)" in html for html in shown] == [True, False, False]
