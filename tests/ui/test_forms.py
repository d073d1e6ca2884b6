"""Amounts are taken as people type them, and as the pages show them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from akcept.ui import formats
from akcept.ui.forms import AmountField


@pytest.mark.parametrize(
    ("language", "typed", "amount"),
    [
        ("pl", "3000,5", "3000.5"),
        ("pl", " 3 000,50 ", "3000.50"),
        ("pl", "3\N{NO-BREAK SPACE}000,50", "3000.50"),
        ("pl", "1.234.567,89", "1234567.89"),
        ("pl", "3000.50", "3000.50"),
        ("pl", "1,234", "1.234"),
        ("en", "1,234", "1234"),
        ("en", "1,234,567.89", "1234567.89"),
        ("en", "12,5", "12.5"),
        ("en", "-1,000.00", "-1000.00"),
        ("pl", "0", "0"),
    ],
)
def test_amount_as_typed(language: str, typed: str, amount: str) -> None:
    with translation.override(language):
        assert AmountField().clean(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["", "abc", "1,2,3", "12.34.56", "1,234.567.8", "3 000,50 zł", "--1", "NaN", "1e5x"])
def test_what_is_no_amount(typed: str) -> None:
    with pytest.raises(ValidationError):
        AmountField().clean(typed)


@given(value=st.decimals(min_value=0, max_value=10**9, places=2), language=st.sampled_from(["pl", "en"]))
def test_what_a_page_shows_can_be_typed_again(value: Decimal, language: str) -> None:
    with translation.override(language):
        assert AmountField().clean(formats.amount(value)) == value
