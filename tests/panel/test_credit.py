"""The merchant's page about an organisation's credit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from akcept.agreements import actions as agreements
from akcept.agreements.inputs import AgreementInput
from akcept.ordering import actions
from akcept.ordering.models import CreditLimit, UnitCreditLimit
from akcept.testing import carts, orders
from akcept.testing import cast as people
from akcept.testing.cast import Cast, person
from tests.conftest import Visit
from tests.support.statements import statements

#: Statements of an organisation's page with limits of units.
PAGE = 15


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


# --- a unit's own ---


def _of_unit(cast: Cast) -> str:
    return f"{_path(cast)}credit/{cast.krakow.pk}/"


@pytest.mark.parametrize(
    ("language", "typed", "shown", "told"),
    [
        ("en", "1500.50", "PLN 1,500.50 gross: PLN 146.37 owed, PLN 1,354.13 left", "set the credit limit of Oddział"),
        ("pl", "1500,50", "1 500,50 zł brutto: do zapłaty 146,37 zł, zostaje 1 354,13 zł", "limit kredytu kupieckiego"),
    ],
)
def test_a_unit_is_chosen_and_its_limit_stands_with_the_customers_terms(
    cast: Cast, visit: Visit, language: str, typed: str, shown: str, told: str
) -> None:
    orders.place(cast.ben, records=[carts.stock("A", price="100.00")], quantity=1, payment_code="on_account")
    mia = visit(cast.mia, superuser=True, language=language)
    page = _text(mia.get(_path(cast)))
    assert f'<option value="{cast.krakow.pk}">' in page
    assert mia.get(f"{_path(cast)}credit/?unit={cast.krakow.pk}")["Location"] == _of_unit(cast)
    answer = mia.post(_of_unit(cast), {"amount": typed, "version": "1"})
    assert answer["Location"] == _path(cast)
    page = _text(mia.get(_path(cast)))
    assert (shown in page, told in page, f'href="{_of_unit(cast)}"' in page) == (True, True, True)
    mia.post(_of_unit(cast), {"amount": "", "version": "2"})
    assert f'href="{_of_unit(cast)}"' not in _text(mia.get(_path(cast)))


@pytest.mark.parametrize(
    ("typed", "version", "status", "says"),
    [("abc", "1", 422, "id_amount-error"), ("-1", "1", 422, "Enter 0 or more"), ("5", "9", 409, "Somebody has")],
)
def test_mistakes_about_a_unit_are_told_and_what_was_typed_stays(
    cast: Cast, visit: Visit, typed: str, version: str, status: int, says: str
) -> None:
    answer = visit(cast.mia, superuser=True).post(_of_unit(cast), {"amount": typed, "version": version})
    assert (answer.status_code, says in _text(answer), f'value="{typed}"' in _text(answer)) == (status, True, True)
    assert not UnitCreditLimit.objects.filter(amount__isnull=False).exists()


@pytest.mark.parametrize("who", ["dora", "anna", "jan", "otto", "paul"])
def test_no_customer_has_the_page_of_a_unit(cast: Cast, visit: Visit, who: str) -> None:
    client = visit(getattr(cast, who))
    answers = [client.get(_of_unit(cast)), client.post(_of_unit(cast), {"amount": 1, "version": 1})]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert not UnitCreditLimit.objects.exists()


def test_a_unit_of_another_organisation_head_office_and_nobodys_have_no_page(cast: Cast, visit: Visit) -> None:
    mia = visit(cast.mia, superuser=True)
    paths = [f"{_path(cast)}credit/{pk}/" for pk in (cast.terminal.pk, cast.head_office.pk, 99999)]
    assert [mia.get(path).status_code for path in paths] == [404, 404, 404]
    assert [mia.post(path, {"amount": "1", "version": "1"}).status_code for path in paths] == [404, 404, 404]


def test_an_agreement_names_the_limit_of_its_unit_and_leads_to_it(cast: Cast, visit: Visit) -> None:
    def page(unit: Any) -> str:
        row = agreements.add_agreement(
            AgreementInput(name=f"Umowa {unit}"), actor=cast.mia.actor, unit_id=unit.pk if unit else None
        )
        return _text(mia.get(f"/dashboard/agreements/{row.pk}/"))

    mia = visit(cast.mia, superuser=True)
    mia.post(_of_unit(cast), {"amount": "300", "version": "1"})
    of_unit, of_all, of_everybody = page(cast.krakow), page(cast.head_office), page(None)
    assert ("PLN 300.00" in of_unit, f'href="{_of_unit(cast)}"' in of_unit) == (True, True)
    assert ("without limit" in of_all, f'href="{_path(cast)}credit/"' in of_all) == (True, True)
    assert "Credit limit" not in of_everybody
    assert "that of the organisation" in page(cast.jan.member.unit)


@pytest.mark.parametrize("number", [1, 3])
def test_units_limits_are_read_at_once(cast: Cast, visit: Visit, number: int) -> None:
    mia = visit(cast.mia, superuser=True)
    for each in range(number):
        unit = people.unit(cast.acme, f"U{each}", under=cast.krakow)
        actions.set_unit_credit_limit(
            unit.pk, actor=cast.mia.actor, organization_id=cast.acme.pk, amount=Decimal(1000), version=1
        )
        buyer = person(f"P{each}", "U", seat=unit, rights="place_orders accept_orders")
        orders.place(buyer, records=[carts.stock("A")], quantity=1, payment_code="on_account")
    mia.get(_path(cast))
    counted = statements(lambda: mia.get(_path(cast)))
    assert len([each for each in counted if "unitcreditlimit" in each.lower()]) == 1
    assert len(counted) == PAGE
