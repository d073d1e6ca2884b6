"""A unit's own part of its organisation's credit: what counts against it, and that an order fits every limit above."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from akcept.kernel.errors import CreditExceeded, Invalid, NotAllowed, NotFound, Stale
from akcept.ordering import actions, payments, queries
from akcept.ordering.models import CreditLimit, UnitCreditLimit
from akcept.ordering.money.credit import Credit, credit_of, credit_of_units, limit_of, limit_of_unit
from akcept.ordering.ports import receivables
from akcept.organizations.models import Unit
from akcept.testing import carts, orders
from akcept.testing import cast as people
from akcept.testing.cast import Cast, Person, person
from akcept.ui.history import sentences
from tests.ordering.money.test_credit import GROSS, _accept, _limit, _owed, _place, _status
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


def _of_unit(cast: Cast, unit: Unit, amount: str | Decimal | None) -> UnitCreditLimit:
    seen = limit_of_unit(unit.pk).version
    wanted = None if amount is None else Decimal(amount)
    return actions.set_unit_credit_limit(
        unit.pk, actor=cast.mia.actor, organization_id=unit.organization_id, amount=wanted, version=seen
    )


def _credit(unit: Unit) -> Credit:
    found = credit_of(unit.organization_id, unit_id=unit.pk)
    assert found is not None
    return found


@pytest.fixture
def below(cast: Cast) -> Person:
    """Somebody who orders without asking in a unit below Kraków."""
    unit = people.unit(cast.acme, "Sklep", under=cast.krakow)
    return person("Sara", "Sklep", seat=unit, rights="place_orders accept_orders")


@pytest.fixture
def above(cast: Cast) -> Person:
    """Somebody who orders without asking at head office."""
    return person("Hanna", "Centralna", seat=cast.head_office, rights="place_orders accept_orders")


def test_a_unit_with_a_limit_is_refused_where_its_organisation_has_none(cast: Cast) -> None:
    _of_unit(cast, cast.krakow, GROSS)
    assert credit_of(cast.acme.pk) is None
    assert not _place(cast.ben).held
    with pytest.raises(CreditExceeded) as refused:
        _place(cast.ben)
    text = str(refused.value).replace("\u00a0", " ")
    assert refused.value.field == "payment"
    for part in ("The credit limit of Oddział Kraków is PLN 146.37", "PLN 0.00 is left", "Choose another way to pay"):
        assert part in text, text
    assert not _place(cast.ben, payment_code=payments.TRANSFER).held
    _place(cast.otto)


def test_what_units_below_owe_counts_and_what_others_owe_does_not(cast: Cast, below: Person, above: Person) -> None:
    _of_unit(cast, cast.krakow, 2 * GROSS)
    _place(below)
    _place(above)
    assert _credit(cast.krakow).used == GROSS, "head office is above"
    _place(cast.ben)
    assert (_credit(cast.krakow).free, _owed(cast)) == (0, 3 * GROSS)
    with pytest.raises(CreditExceeded):
        _place(below)
    _place(above)


@pytest.mark.parametrize(
    ("whole", "unit", "shop", "named"),
    [
        ("100.00", "1000.00", "1000.00", ""),
        ("1000.00", "100.00", "1000.00", "Oddział Kraków"),
        ("1000.00", "1000.00", "100.00", "Sklep"),
    ],
)
def test_an_order_fits_every_limit_on_its_way_up_or_the_least_is_named(
    cast: Cast, below: Person, whole: str, unit: str, shop: str, named: str
) -> None:
    _limit(cast, whole)
    _of_unit(cast, cast.krakow, unit)
    _of_unit(cast, Unit.objects.get(name="Sklep"), shop)
    with pytest.raises(CreditExceeded, match=named or "Your organisation") as refused:
        _place(below)
    assert ("The credit limit of" in str(refused.value)) == bool(named)
    found = credit_of(cast.acme.pk, unit_id=Unit.objects.get(name="Sklep").pk)
    assert found is not None
    assert (found.unit_name, found.limit) == (named, Decimal("100.00"))


def test_accepting_asks_for_the_limits_of_the_unit_the_order_is_of(cast: Cast) -> None:
    first, second = _place(cast.anna), _place(cast.anna)
    _of_unit(cast, cast.krakow, GROSS)
    _accept(first, cast.ben)
    with pytest.raises(CreditExceeded, match="Send the order back"):
        _accept(second, cast.ben)
    view = queries.order(cast.ben.actor, second.order_number)
    assert "The credit limit of Oddział Kraków" in view.validity.credit
    _of_unit(cast, cast.krakow, None)
    _accept(second, cast.ben)
    assert _status(second) == "unhandled"


def test_a_unit_that_is_moved_takes_its_debts_along(cast: Cast, below: Person) -> None:
    _of_unit(cast, cast.krakow, 5 * GROSS)
    _place(below)
    assert _credit(cast.krakow).used == GROSS
    shop = Unit.objects.get(name="Sklep")
    from akcept.organizations import actions as organizations

    organizations.move_unit(shop.pk, actor=cast.dora.actor, parent_id=cast.head_office.pk, version=shop.version)
    assert _credit(cast.krakow).used == 0
    _of_unit(cast, shop, "0.00")
    with pytest.raises(CreditExceeded, match="Sklep"):
        _place(below)


def test_what_units_owe_adds_up_to_what_the_organisation_owes(cast: Cast, below: Person, above: Person) -> None:
    for who in (cast.ben, below, below, above):
        _place(who)
    waits = _place(cast.anna)
    _place(cast.otto)
    by_unit = receivables().owed_by_unit(cast.acme.pk, "PLN")
    shop = Unit.objects.get(name="Sklep")
    assert by_unit == {cast.krakow.pk: GROSS, shop.pk: 2 * GROSS, cast.head_office.pk: GROSS}
    assert sum(by_unit.values()) == _owed(cast)
    _accept(waits, cast.ben)
    line = apps.get_model("order.Line").objects.get(order_id=waits.order_id)
    apps.get_model("order.Line").objects.filter(pk=line.pk).update(status="cancelled")
    assert receivables().owed_by_unit(cast.acme.pk, "PLN")[cast.krakow.pk] == GROSS + Decimal("23.37")
    assert receivables().owed_by_unit(cast.acme.pk, "EUR") == {}


def test_a_limit_is_set_on_what_was_seen_and_both_sides_read_it(cast: Cast) -> None:
    row = _of_unit(cast, cast.krakow, "500.00")
    assert (row.amount, row.currency, row.version, limit_of(cast.acme.pk).by_unit) == (500, "PLN", 2, True)
    seen: dict[str, Any] = {"actor": cast.mia.actor, "organization_id": cast.acme.pk, "amount": None}
    with pytest.raises(Stale):
        actions.set_unit_credit_limit(cast.krakow.pk, version=1, **seen)
    actions.set_unit_credit_limit(cast.krakow.pk, version=2, **seen)
    assert not limit_of(cast.acme.pk).by_unit
    assert credit_of(cast.acme.pk, unit_id=cast.krakow.pk) is None
    from akcept.journal.models import Entry

    entries = Entry.objects.filter(topic="organization.credit_limit_changed").order_by("pk")
    told = [line.what.replace("\u00a0", " ") for line in sentences(list(entries))]
    assert told == [
        "set the credit limit of Oddział Kraków to PLN 500.00 gross",
        "removed the credit limit of Oddział Kraków",
    ]
    assert limit_of(cast.acme.pk).version == 1, "the organisation's own limit is another one"


def test_what_cannot_be_set_is_refused(cast: Cast) -> None:
    def tried(unit: Unit, organization_id: int, amount: str, who: Person) -> None:
        actions.set_unit_credit_limit(
            unit.pk, actor=who.actor, organization_id=organization_id, amount=Decimal(amount), version=1
        )

    for amount in ("-0.01", "1e12"):
        with pytest.raises(Invalid) as refused:
            tried(cast.krakow, cast.acme.pk, amount, cast.mia)
        assert refused.value.field == "amount"
    with pytest.raises(Invalid) as refused:
        tried(cast.head_office, cast.acme.pk, "1", cast.mia)
    assert refused.value.field == "unit"
    with pytest.raises(NotFound):
        tried(cast.krakow, cast.umbra.pk, "1", cast.mia)
    for who in (cast.dora, cast.ben, cast.otto):
        with pytest.raises(NotAllowed):
            tried(cast.krakow, cast.acme.pk, "1", who)
    assert not UnitCreditLimit.objects.exists()
    assert not CreditLimit.objects.exists()


def test_a_limit_in_another_currency_covers_nothing(cast: Cast) -> None:
    _limit(cast, "10.00")
    _of_unit(cast, cast.krakow, "100000.00")
    UnitCreditLimit.objects.update(currency="EUR")
    with pytest.raises(CreditExceeded, match="EUR only"):
        _place(cast.ben)


@pytest.mark.parametrize("number", [1, 3])
def test_limits_take_as_many_statements_for_three_units_as_for_one(cast: Cast, number: int) -> None:
    above = cast.krakow
    for each in range(number):
        above = people.unit(cast.acme, f"U{each}", under=above)
        _of_unit(cast, above, "100000.00")
    buyer = person("Ula", "Dolna", seat=above, rights="place_orders accept_orders")
    _place(buyer)
    assert len(statements(lambda: credit_of_units(cast.acme.pk))) == 3
    assert len(statements(lambda: credit_of(cast.acme.pk, unit_id=above.pk))) == 4
    _limit(cast, "100000.00")
    assert len(statements(lambda: credit_of(cast.acme.pk, unit_id=above.pk))) == 5
    assert len(statements(lambda: credit_of(cast.acme.pk))) == 2


def test_units_without_a_limit_cost_no_statement_more(cast: Cast) -> None:
    _limit(cast, "100000.00")
    assert len(statements(lambda: credit_of(cast.acme.pk, unit_id=cast.krakow.pk))) == 2
    cart = carts.fill(cast.ben, lines=1)
    assert orders.place_cart(cast.ben, cart, payment_code=payments.ON_ACCOUNT)
