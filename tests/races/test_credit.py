"""Orders on account at once: the credit is never used twice."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from time import sleep
from typing import Any

import pytest

from akcept.approvals.models import Case
from akcept.kernel.amounts import Amounts
from akcept.kernel.errors import CreditExceeded
from akcept.ordering import actions, payments
from akcept.ordering.models import CreditLimit
from akcept.ordering.money import credit
from akcept.ordering.ports import receivables
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person, person
from tests.support.threads import together

pytestmark = pytest.mark.postgres

GROSS = Decimal("146.37")
AT_ONCE, FITTING, ROUNDS = 6, 2, 5


def _limit(cast: Cast) -> None:
    CreditLimit.objects.create(organization=cast.acme, amount=FITTING * GROSS, currency="PLN")


def _settle() -> None:
    from django.apps import apps

    for order in apps.get_model("order.Order").objects.filter(status="unhandled"):
        order.set_status("cancelled")


def test_placed_at_once_only_those_that_fit(cast: Cast) -> None:
    _limit(cast)
    record = carts.stock("A", price="100.00", number=10_000)
    for _ in range(ROUNDS):
        terms: dict[str, Any] = {"payment_code": payments.ON_ACCOUNT}
        filled = [carts.fill(cast.ben, records=[record], quantity=1) for _ in range(AT_ONCE)]
        results = together(*(partial(orders.place_cart, cast.ben, cart, **terms) for cart in filled))
        refused = [result for result in results if isinstance(result, CreditExceeded)]
        assert (len(refused), len(results)) == (AT_ONCE - FITTING, AT_ONCE), results
        assert receivables().owed(cast.acme.pk, "PLN") == FITTING * GROSS
        _settle()


def test_accepted_while_others_are_placed(cast: Cast) -> None:
    _limit(cast)
    record = carts.stock("A", price="100.00", number=10_000)
    for _ in range(ROUNDS):
        terms: dict[str, Any] = {"records": [record], "quantity": 1, "payment_code": payments.ON_ACCOUNT}
        waiting = [orders.place(cast.anna, **terms) for _ in range(3)]
        filled = [carts.fill(cast.ben, records=[record], quantity=1) for _ in range(3)]
        calls: list[Any] = [
            partial(actions.accept, each.order_number, actor=cast.ben.actor, version=1) for each in waiting
        ]
        calls += [partial(orders.place_cart, cast.ben, cart, payment_code=payments.ON_ACCOUNT) for cart in filled]
        results = together(*calls)
        done = [result for result in results if not isinstance(result, Exception)]
        assert len(done) == FITTING, results
        assert all(isinstance(result, CreditExceeded) for result in results if isinstance(result, Exception)), results
        assert receivables().owed(cast.acme.pk, "PLN") == FITTING * GROSS
        for case in Case.objects.filter(state="awaiting"):
            actions.reject(case.order.number, actor=cast.ben.actor, version=case.version, reason="koniec")
        _settle()


def _two_units(cast: Cast) -> Person:
    """Give Kraków credit for one order and the organisation for three; return who orders in another unit."""
    CreditLimit.objects.create(organization=cast.acme, amount=3 * GROSS, currency="PLN")
    actions.set_unit_credit_limit(
        cast.krakow.pk, actor=cast.mia.actor, organization_id=cast.acme.pk, amount=GROSS, version=1
    )
    return person("Hanna", "Centralna", seat=cast.head_office, rights="place_orders accept_orders")


def _placed_beyond(cast: Cast, hanna: Person) -> list[tuple[Decimal, Decimal]]:
    """Place two orders of Kraków and three of head office at once; return what was owed beyond a limit, by round."""
    record, beyond = carts.stock("A", price="100.00", number=10_000), []
    for _ in range(ROUNDS):
        tries = [cast.ben, cast.ben, hanna, hanna, hanna]
        filled = [(who, carts.fill(who, records=[record], quantity=1)) for who in tries]
        terms: dict[str, Any] = {"payment_code": payments.ON_ACCOUNT}
        results = together(*(partial(orders.place_cart, who, cart, **terms) for who, cart in filled))
        wrong = [each for each in results if isinstance(each, Exception) and not isinstance(each, CreditExceeded)]
        assert not wrong, results
        of_unit = receivables().owed_by_unit(cast.acme.pk, "PLN").get(cast.krakow.pk, Decimal(0))
        whole = receivables().owed(cast.acme.pk, "PLN")
        if of_unit > GROSS or whole > 3 * GROSS:
            beyond.append((of_unit, whole))
        else:
            assert whole == 3 * GROSS, "what fits is placed"
        _settle()
    return beyond


def test_neither_a_unit_nor_its_organisation_is_used_beyond_its_limit(cast: Cast) -> None:
    assert _placed_beyond(cast, _two_units(cast)) == []


def test_naive_way_uses_the_credit_of_a_unit_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what is left, looked at without the lock, is left for everybody who looks at once."""
    hanna, real = _two_units(cast), credit.credit_of

    def unlocked(organization_id: int, *, unit_id: int | None = None, locked: bool = False) -> Any:
        found = real(organization_id, unit_id=unit_id)
        sleep(0.05 if locked else 0)
        return found

    monkeypatch.setattr(credit, "credit_of", unlocked)
    assert _placed_beyond(cast, hanna) != []


def test_a_unit_gets_a_limit_while_its_orders_are_placed_and_accepted(cast: Cast) -> None:
    """Each order counts before the limit or is judged by it: once it is set, nothing goes beyond it."""
    record = carts.stock("A", price="100.00", number=10_000)
    CreditLimit.objects.create(organization=cast.acme, amount=100 * GROSS, currency="PLN")
    seen = 1
    for _ in range(ROUNDS):
        terms: dict[str, Any] = {"records": [record], "quantity": 1, "payment_code": payments.ON_ACCOUNT}
        waiting = [orders.place(cast.anna, **terms) for _each in range(2)]
        filled = [carts.fill(cast.ben, records=[record], quantity=1) for _each in range(2)]
        setting = partial(_set_for_krakow, cast, GROSS, seen)
        calls: list[Any] = [
            partial(actions.accept, each.order_number, actor=cast.ben.actor, version=1) for each in waiting
        ]
        calls += [partial(orders.place_cart, cast.ben, cart, payment_code=payments.ON_ACCOUNT) for cart in filled]
        set_, *results = together(setting, *calls)
        assert not isinstance(set_, Exception), set_
        assert all(isinstance(each, CreditExceeded) for each in results if isinstance(each, Exception)), results
        found = credit.credit_of(cast.acme.pk, unit_id=cast.krakow.pk)
        assert found is not None
        assert found.used == GROSS * sum(not isinstance(each, Exception) for each in results)
        fits = Amounts(currency="PLN", goods_net=Decimal(0), total_net=Decimal(0), goods_gross=GROSS, total_gross=GROSS)
        assert not found.covers(fits), "one order is the limit, and at least one was placed or was there"
        for case in Case.objects.filter(state="awaiting"):
            actions.reject(case.order.number, actor=cast.ben.actor, version=case.version, reason="koniec")
        _settle()
        _set_for_krakow(cast, None, seen + 1)
        seen += 2


def _set_for_krakow(cast: Cast, amount: Decimal | None, version: int) -> Any:
    return actions.set_unit_credit_limit(
        cast.krakow.pk, actor=cast.mia.actor, organization_id=cast.acme.pk, amount=amount, version=version
    )
