"""Issue 9: Oscar's sentences about offers have the numbers, plurals and days of their reader's language."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils.translation import override
from oscar.core.loading import get_model

NBSP = "\N{NO-BREAK SPACE}"
HP = "Papier HP <A4>"


def _row(model: str, kind: str, value: str | None) -> Any:
    within = get_model("offer", "Range")(pk=7, name=HP)
    return get_model("offer", model)(type=kind, range=within, value=None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("model", "kind", "value", "polish", "english"),
    [
        ("Benefit", "Percentage", "15.00", f"15{NBSP}% rabatu: {HP}", f"15% off {HP}"),
        ("Benefit", "Percentage", "12.50", f"12,5{NBSP}% rabatu: {HP}", f"12.5% off {HP}"),
        ("Benefit", "Percentage", "0.01", f"0,01{NBSP}% rabatu: {HP}", f"0.01% off {HP}"),
        ("Benefit", "Absolute", "1000.00", f"1{NBSP}000,00{NBSP}zł rabatu: {HP}", f"PLN{NBSP}1,000.00 off {HP}"),
        ("Benefit", "Multibuy", None, f"Najtańszy produkt gratis: {HP}", f"The cheapest product of {HP} is free"),
        (
            "Benefit",
            "Fixed price",
            "99.90",
            f"Produkty spełniające warunek kosztują razem 99,90{NBSP}zł",
            f"The products that meet the condition cost PLN{NBSP}99.90 together",
        ),
        ("Benefit", "Shipping percentage", "50.00", f"50{NBSP}% rabatu na dostawę", "50% off delivery"),
        ("Benefit", "Shipping absolute", "5.00", f"5,00{NBSP}zł rabatu na dostawę", f"PLN{NBSP}5.00 off delivery"),
        ("Benefit", "Shipping fixed price", "0.00", f"Dostawa za 0,00{NBSP}zł", f"Delivery for PLN{NBSP}0.00"),
        (
            "Condition",
            "Count",
            "1.00",
            f"W koszyku co najmniej 1 sztuka: {HP}",
            f"At least 1 piece of {HP} in the basket",
        ),
        (
            "Condition",
            "Count",
            "3.00",
            f"W koszyku co najmniej 3 sztuki: {HP}",
            f"At least 3 pieces of {HP} in the basket",
        ),
        (
            "Condition",
            "Count",
            "1000000",
            f"W koszyku co najmniej 1{NBSP}000{NBSP}000 sztuk: {HP}",
            f"At least 1,000,000 pieces of {HP} in the basket",
        ),
        (
            "Condition",
            "Coverage",
            "2.00",
            f"W koszyku co najmniej 2 różne produkty: {HP}",
            f"At least 2 different products of {HP} in the basket",
        ),
        (
            "Condition",
            "Value",
            "100.00",
            f"W koszyku produkty za co najmniej 100,00{NBSP}zł: {HP}",
            f"Products of {HP} worth at least PLN{NBSP}100.00 in the basket",
        ),
    ],
)
def test_what_it_says_is_written_in_the_readers_language(
    model: str, kind: str, value: str | None, polish: str, english: str
) -> None:
    row = _row(model, kind, value)
    for language, said in (("pl", polish), ("en", english)):
        with override(language):
            assert row.name == str(row) == said
            linked = row.description
        shown = linked.replace('<a href="/dashboard/ranges/7/">', "").replace("</a>", "")
        assert shown == said.replace(HP, "Papier HP &lt;A4&gt;"), "the merchant's name is text, not markup"


def test_a_class_of_the_shops_own_says_it_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    benefit = get_model("offer", "Benefit")(proxy_class="fork.offers.Points")
    monkeypatch.setattr(type(benefit), "proxy", lambda _self: SimpleNamespace(name="10 points"))
    assert (benefit.name, benefit.description) == ("10 points", "10 points")


@pytest.mark.parametrize(
    ("fields", "polish", "english"),
    [
        ({"max_global_applications": 1}, "Najwyżej 1 użycie, pozostało 1", "Up to 1 use, 1 left"),
        ({"max_user_applications": 2}, "Najwyżej 2 użycia na klienta", "Up to 2 uses per customer"),
        ({"max_basket_applications": 5}, "Najwyżej 5 użyć na koszyk", "Up to 5 uses per basket"),
        (
            {"max_discount": Decimal("1500.00")},
            f"Rabaty łącznie do 1{NBSP}500,00{NBSP}zł",
            f"Discounts of up to PLN{NBSP}1,500.00 in all",
        ),
        (
            {"end_datetime": datetime(2027, 1, 31, 11, 30, tzinfo=UTC)},
            "Dostępna do 31 sty 2027, 12:30",
            "Available until 31 Jan 2027, 12:30",
        ),
        (
            {
                "start_datetime": datetime(2026, 11, 30, 23, 0, tzinfo=UTC),
                "end_datetime": datetime(2027, 1, 30, 23, 0, tzinfo=UTC),
            },
            "Dostępna od 1 gru 2026 do 31 sty 2027",
            "Available from 1 Dec 2026 to 31 Jan 2027",
        ),
    ],
)
def test_limits_are_written_in_the_readers_language(fields: dict[str, Any], polish: str, english: str) -> None:
    offer = get_model("offer", "ConditionalOffer")(**fields)
    for language, said in (("pl", polish), ("en", english)):
        with override(language):
            assert [each["description"] for each in offer.availability_restrictions()] == [said]


def test_one_that_needs_a_range_and_has_none_has_no_page_to_lead_to() -> None:
    """As Oscar's own: its pages leave out what is None."""
    Benefit = get_model("offer", "Benefit")
    assert Benefit(type="Percentage", value=Decimal(10), range=None).description is None
    with override("en"):
        assert Benefit(type="Shipping percentage", value=Decimal(50), range=None).description == "50% off delivery"
