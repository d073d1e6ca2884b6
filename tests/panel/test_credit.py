"""The merchant's page about an organisation's credit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from akcept.ordering.models import CreditLimit
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, person
from tests.conftest import Visit


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _path(cast: Cast) -> str:
    return f"/dashboard/organizations/{cast.acme.pk}/"


def test_nothing_is_shown_but_that_there_is_no_limit(cast: Cast, visit: Visit) -> None:
    page = _text(visit(cast.mia, superuser=True).get(_path(cast)))
    assert "Orders on account" in page
    assert "without limit" in page
    assert "Credit limit, gross" not in page


@pytest.mark.parametrize(
    ("language", "typed", "shown"),
    [
        ("en", "1500.50", ("PLN 1,500.50", "PLN 1,354.13")),
        ("pl", "1500,50", ("1 500,50 zł", "146,37 zł")),
    ],
)
def test_limit_is_typed_and_shown_with_what_is_owed(
    cast: Cast, visit: Visit, language: str, typed: str, shown: tuple[str, ...]
) -> None:
    orders.place(cast.ben, records=[carts.stock("A", price="100.00")], quantity=1, payment_code="on_account")
    mia = visit(cast.mia, superuser=True, language=language)
    answer = mia.post(f"{_path(cast)}credit/", {"amount": typed, "version": "1"})
    assert answer["Location"] == _path(cast)
    assert CreditLimit.objects.get().amount == Decimal("1500.50")
    page = _text(mia.get(_path(cast)))
    for figure in shown:
        assert figure in page
    assert ("set the credit limit" if language == "en" else "limit kredytu kupieckiego") in page
    mia.post(f"{_path(cast)}credit/", {"amount": "", "version": "2"})
    assert CreditLimit.objects.get().amount is None


@pytest.mark.parametrize(
    ("typed", "version", "status", "says"),
    [
        ("abc", "1", 422, "id_amount-error"),
        ("-1", "1", 422, "Enter 0 or more"),
        ("5", "9", 409, "Somebody has changed this since"),
    ],
)
def test_mistakes_are_told_and_what_was_typed_stays(
    cast: Cast, visit: Visit, typed: str, version: str, status: int, says: str
) -> None:
    answer = visit(cast.mia, superuser=True).post(f"{_path(cast)}credit/", {"amount": typed, "version": version})
    assert (answer.status_code, says in _text(answer), f'value="{typed}"' in _text(answer)) == (status, True, True)
    assert not CreditLimit.objects.filter(amount__isnull=False).exists()


def test_looking_changes_nothing(cast: Cast, visit: Visit) -> None:
    answer = visit(cast.mia, superuser=True).get(f"{_path(cast)}credit/?amount=5&version=1")
    assert (answer.status_code, CreditLimit.objects.exists()) == (200, False)


@pytest.mark.parametrize("who", ["dora", "anna", "otto", "paul"])
def test_customers_have_no_such_page(cast: Cast, visit: Visit, who: str) -> None:
    client = visit(getattr(cast, who))
    answers = [client.get(f"{_path(cast)}credit/"), client.post(f"{_path(cast)}credit/", {"amount": 1, "version": 1})]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert not CreditLimit.objects.exists()


def test_staff_who_may_not_change_organisations_only_look(cast: Cast, visit: Visit) -> None:
    CreditLimit.objects.create(organization=cast.acme, amount=Decimal(10), currency="PLN")
    wanda = visit(person("Wanda", "Paczka", staff=True))
    page = _text(wanda.get(_path(cast)))
    assert ("PLN 10.00" in page, f'href="{_path(cast)}credit/"' in page) == (True, False)
    assert wanda.post(f"{_path(cast)}credit/", {"amount": "99", "version": "1"}).status_code == 403
    assert CreditLimit.objects.get().amount == 10


def test_an_organisation_that_is_not_there(cast: Cast, visit: Visit) -> None:
    assert visit(cast.mia, superuser=True).get("/dashboard/organizations/99999/credit/").status_code == 404
