"""A number or text out of its limits is refused in a shop's words, which name the limit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.utils.translation import override

from akcept.testing.cast import Cast
from akcept.ui.forms import AmountField, CountField, LineField
from tests.conftest import Visit

_SAID = {
    "decimals": (AmountField(), "12,3456", "Enter a number with up to 2 decimal places."),
    "places": (forms.DecimalField(max_digits=12, decimal_places=2), "1" * 11, "Enter a number with up to 10 digits"),
    "digits": (forms.DecimalField(max_digits=3), "1234", "Enter a number of up to 3 digits."),
    "least": (AmountField(min_value=Decimal(0)), "-1", "Enter 0 or more."),
    "most": (CountField(max_value=200), "201", "Enter 200 or less."),
    "length": (LineField(max_length=120), "x" * 130, "Enter up to 120 characters: there are 130."),
    "address": (forms.EmailField(), "anna", "Enter an e-mail address, for example anna@example.com."),
}
_POLISH = {
    "decimals": "Podaj liczbę, która ma najwyżej 2 miejsca po przecinku.",
    "places": "Podaj liczbę, która ma najwyżej 10 cyfr przed przecinkiem.",
    "digits": "Podaj liczbę, która ma najwyżej 3 cyfry.",
    "least": "Podaj co najmniej 0.",
    "most": "Podaj najwyżej 200.",
    "length": "Wpisz najwyżej 120 znaków; teraz: 130.",
    "address": "Podaj adres e-mail, na przykład anna@example.com.",
}


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("kind", sorted(_SAID))
def test_a_limit_is_named_in_plain_words(kind: str, language: str) -> None:
    field, value, english = _SAID[kind]
    with override(language), pytest.raises(forms.ValidationError) as refused:
        field.clean(value)
    with override(language):
        said = " ".join(refused.value.messages)
    assert said.startswith(english if language == "en" else _POLISH[kind])
    for word in ("Ensure", "Upewnij", "value", "email"):
        assert word not in said


@pytest.mark.parametrize(("language", "said"), [("en", _SAID["decimals"][2]), ("pl", _POLISH["decimals"])])
def test_the_page_of_a_budget_says_so_at_the_field(cast: Cast, visit: Visit, language: str, said: str) -> None:
    sent: dict[str, Any] = {"name": "Paper", "amount": "100,1234"}
    answer = visit(cast.dora, language=language).post("/organization/budgets/add/", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert 'value="100,1234"' in page
