"""A form that somebody else was faster than: what is stored now is told, and what was typed can be saved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.utils import translation

from akcept.kernel.errors import Invalid, Stale
from akcept.ui.forms import AmountField, DayField, LineField, onto

STORED = {
    "name": "Paper",
    "amount": Decimal("1234.50"),
    "until": date(2026, 12, 31),
    "effect": "ask",
    "roles": [2, 1],
    "on": True,
    "note": "",
    "version": 7,
}
SAME = "name=Paper&amount=1234.5&until=2026-12-31&effect=ask&roles=1&roles=2&on=on&note="


class _Form(forms.Form):
    name = LineField(max_length=20)
    amount = AmountField()
    until = DayField()
    effect = forms.ChoiceField(choices=[("Groups", [("ask", "asks somebody"), ("refuse", "refuses")])])
    roles = forms.TypedMultipleChoiceField(coerce=int, required=False, choices=[(1, "Buyer"), (2, "Approver")])
    on = forms.BooleanField(required=False)
    note = LineField(max_length=20, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


def _refused(typed: str, *, initial: dict[str, Any] | None = None, refusal: Any = None) -> tuple[_Form, int]:
    form = _Form(QueryDict(typed), initial=STORED if initial is None else initial)
    assert form.is_valid(), form.errors
    return form, onto(form, refusal or Stale("Somebody was faster."))


def test_each_field_that_differs_says_what_is_stored_and_the_version_is_todays() -> None:
    typed = "name=Pens&amount=1&until=2026-01-31&effect=refuse&note=new&version=6"
    form, status = _refused(typed)
    assert status == 409
    assert form.errors == {
        "__all__": ["Somebody was faster."],
        "name": ["Stored now: Paper"],
        "amount": ["Stored now: 1234.50"],
        "until": ["Stored now: 31 December 2026"],
        "effect": ["Stored now: asks somebody"],
        "roles": ["Stored now: Buyer, Approver"],
        "on": ["Stored now: yes"],
        "note": ["Stored now: –"],
    }
    assert (form["version"].value(), form["name"].value(), form["amount"].value()) == ("7", "Pens", "1")


def test_figures_and_days_are_told_in_the_readers_language() -> None:
    with translation.override("pl"):
        form, _status = _refused(f"{SAME}&version=6".replace("1234.5", "1").replace("2026-12-31", "2026-01-31"))
        assert form.errors["amount"] == ["Teraz zapisane: 1234,50"]
        assert form.errors["until"] == ["Teraz zapisane: 31 grudnia 2026"]


def test_what_is_typed_as_it_is_stored_is_not_told() -> None:
    form, _status = _refused(f"{SAME}&version=6")
    assert (list(form.errors), form["version"].value()) == (["__all__"], "7")


@pytest.mark.parametrize(
    ("initial", "refusal"),
    [
        (STORED, None),  # read before the other was done: the version typed is the one read
        ({"name": "Paper"}, None),
        ({**STORED, "version": 8}, Invalid("No.", field="name")),
    ],
)
def test_nothing_is_caught_up_with_without_a_newer_version(initial: dict[str, Any], refusal: Any) -> None:
    form, _status = _refused(f"{SAME}&version=7".replace("Paper", "Pens"), initial=initial, refusal=refusal)
    assert (len(form.errors), form["version"].value()) == (1, "7")
