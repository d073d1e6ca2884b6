"""Booking orders: what is held, spent and given back, once each; money never used twice; sums of rows are balances."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from akcept.budgets import binding, ledger
from akcept.budgets.binding import Standing
from akcept.budgets.ledger import Booking
from akcept.budgets.models import Budget, Calendar, LedgerRow, Rate
from akcept.budgets.scope import Bearer
from akcept.budgets.standing import Over
from akcept.kernel.amounts import Amounts
from akcept.organizations.models import Unit
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast, Person
from tests.support.statements import statements

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
NOVEMBER = date(2026, 11, 1)


def amounts(goods: str, *, delivery: str = "15.00", currency: str = "PLN") -> Amounts:
    """Goods with 23 % VAT and a delivery, also with it."""
    net, courier = Decimal(goods), Decimal(delivery)
    return Amounts(
        currency=currency,
        goods_net=net,
        goods_gross=round(net * Decimal("1.23"), 2),
        total_net=net + courier,
        total_gross=round((net + courier) * Decimal("1.23"), 2),
    )


def bearer(person: Person) -> Bearer:
    seat = person.seat
    return Bearer(
        organization_id=seat.organization_id,
        unit_id=seat.unit_id,
        unit_path=seat.unit_path,
        member_id=seat.member_id,
    )


def standings(person: Person, goods: str = "100.00", *, at: datetime = NOW, **more: Any) -> tuple[Standing, ...]:
    return binding.standings(bearer(person), amounts(goods, **more), at=at)


def an_order() -> Any:
    """Some order of the shop that no budget binds; what it costs is told to the ledger apart from it."""
    paul = Person(user=get_user_model().objects.get(email="paul@customer.example"), member=None)
    return orders.order(orders.place(paul, records=[carts.stock("B1")]))


def act(order: Any, name: str, person: Person, *, at: datetime = NOW) -> Booking:
    return Booking(
        order_id=order.pk,
        order_number=order.number,
        organization_id=person.member.organization_id,
        name=name,
        actor=person.actor,
        at=at,
    )


def place(person: Person, goods: str, *, held: bool = True, at: datetime = NOW, **more: Any) -> Any:
    order = an_order()
    with transaction.atomic():
        found = binding.standings(bearer(person), amounts(goods, **more), at=at, lock=True)
        ledger.book_placing(found, act(order, "placed", person, at=at), held=held)
    return order


def book(what: Any, order: Any, name: str, *args: Any, person: Person) -> None:
    with transaction.atomic():
        what(act(order, name, person), *args)


def balance(budget: Budget, start: date = NOVEMBER) -> tuple[Decimal, Decimal, int]:
    used = binding.sums_of([budget]).get(budget.pk, {}).get(start)
    return (used.held, used.spent, used.orders) if used else (Decimal(0), Decimal(0), 0)


# --- which budgets bind ---


def test_no_budget_no_hint_and_one_statement(cast: Cast) -> None:
    assert standings(cast.anna) == ()
    who = bearer(cast.anna)
    assert len(statements(lambda: binding.standings(who, amounts("1"), at=NOW))) == 1


def test_all_that_bind_one_order(cast: Cast) -> None:
    Unit.objects.filter(pk=cast.krakow.pk).update(cost_centre="MPK 4")
    bound = [
        budgets.make(cast.head_office),
        budgets.make(cast.krakow, below=False),
        budgets.make(cast.anna),
        budgets.make("MPK 4", organization_id=cast.acme.pk),
    ]
    budgets.make(cast.head_office, below=False)
    budgets.make(cast.tarnow)
    budgets.make(cast.skawina)
    budgets.make(cast.ewa)
    budgets.make("MPK 5", organization_id=cast.acme.pk)
    budgets.make(cast.terminal)
    budgets.make("MPK 4", organization_id=cast.umbra.pk)
    budgets.make(cast.krakow, state="closed")
    budgets.make(cast.krakow, starts=date(2026, 12, 1))
    budgets.make(cast.krakow, ends=date(2026, 11, 24))
    assert [standing.budget_id for standing in standings(cast.anna)] == [budget.pk for budget in bound]
    assert [standing.budget_id for standing in standings(cast.piotr)] == [bound[0].pk, budgets_of(cast.skawina)]


def budgets_of(unit: Unit) -> int:
    return Budget.objects.get(unit=unit).pk


def test_a_unit_without_a_cost_centre_is_bound_by_none(cast: Cast) -> None:
    budgets.make("MPK 4", organization_id=cast.acme.pk)
    assert standings(cast.anna) == ()


@pytest.mark.parametrize("number", [1, 5])
def test_one_and_five_budgets_cost_the_same(cast: Cast, number: int) -> None:
    for _ in range(number):
        budgets.make(cast.krakow)
    who, order = bearer(cast.anna), an_order()

    def placing() -> None:
        with transaction.atomic():
            found = binding.standings(who, amounts("10"), at=NOW, lock=True)
            assert len(found) == number
            ledger.book_placing(found, act(order, "placed", cast.anna), held=True)

    def accepting() -> None:
        with transaction.atomic():
            ledger.book_acceptance(act(order, "accepted/1", cast.anna))

    assert len(statements(placing)) == 5  # SAVEPOINT, budgets, sums, rows, RELEASE
    assert len(statements(lambda: binding.standings_of_order(order.pk, amounts("10")))) == 3
    assert len(statements(accepting)) == 4


# --- the life of an order ---


def test_held_then_spent_in_the_period_of_placing(cast: Cast) -> None:
    """B3, accepted: used once."""
    budget = budgets.make(cast.krakow)
    order = place(cast.anna, "300.00")
    assert balance(budget) == (Decimal("300.00"), Decimal(0), 1)
    ledger_at = NOW + timedelta(days=10)  # accepted in December
    with transaction.atomic():
        ledger.book_acceptance(act(order, "accepted/1", cast.ben, at=ledger_at))
    assert balance(budget) == (Decimal(0), Decimal("300.00"), 1)
    assert balance(budget, date(2026, 12, 1)) == (0, 0, 0)


def test_what_need_not_wait_is_spent_at_once(cast: Cast) -> None:
    budget = budgets.make(cast.krakow)
    place(cast.ben, "300.00", held=False)
    assert balance(budget) == (Decimal(0), Decimal("300.00"), 1)


@pytest.mark.parametrize("end", ["rejected", "withdrawn", "expired"])
def test_whatever_ends_otherwise_leaves_nothing(cast: Cast, end: str) -> None:
    """B3, the rest: used +0, what was reserved is free again, and the order is not counted."""
    budget = budgets.make(cast.krakow)
    order = place(cast.anna, "300.00")
    book(ledger.book_end, order, end, person=cast.ben)
    assert balance(budget) == (0, 0, 0)
    assert sum(LedgerRow.objects.filter(order=order).values_list("amount", flat=True)) == 0


def test_an_order_is_not_counted_twice_against_itself(cast: Cast) -> None:
    """B5: budget 20, used 11, an order of 5 is looked at while it holds its 5."""
    budgets.make(cast.krakow, "20.00")
    place(cast.ben, "11.00", held=False)
    order = place(cast.anna, "5.00")
    (standing,) = binding.standings_of_order(order.pk, amounts("5.00"))
    assert (standing.funds.used, standing.this, standing.left) == (Decimal("11.00"), Decimal("5.00"), Decimal("4.00"))
    assert standing.over == ()
    (more,) = binding.standings_of_order(order.pk, amounts("9.01"))
    assert more.over == (Over.AMOUNT,)


@pytest.mark.parametrize(
    ("goods", "kinds"), [("120.00", ["hold", "hold"]), ("70.00", ["hold", "release"]), ("100.00", ["hold"])]
)
def test_an_amended_order_is_booked_by_the_difference(cast: Cast, goods: str, kinds: list[str]) -> None:
    budget = budgets.make(cast.krakow)
    order = place(cast.anna, "100.00")
    with transaction.atomic():
        found = binding.standings_of_order(order.pk, amounts(goods), lock=True)
        ledger.book_change(found, act(order, "amended/2", cast.ben))
    assert balance(budget) == (Decimal(goods), 0, 1)
    assert list(LedgerRow.objects.order_by("pk").values_list("kind", flat=True)) == kinds


def test_taking_an_acceptance_back_and_accepting_again(cast: Cast) -> None:
    budget = budgets.make(cast.krakow)
    order = place(cast.anna, "100.00")
    book(ledger.book_acceptance, order, "accepted/1", person=cast.ben)
    book(ledger.book_revocation, order, "revoked/1", person=cast.ben)
    assert balance(budget) == (Decimal("100.00"), 0, 1)
    book(ledger.book_acceptance, order, "accepted/2", person=cast.ben)
    assert balance(budget) == (0, Decimal("100.00"), 1)


def test_credits_give_back_what_was_spent_and_never_more(cast: Cast) -> None:
    budget = budgets.make(cast.krakow, basis="total_gross")
    order = place(cast.anna, "100.00")  # 141.45 gross with delivery
    book(ledger.book_given_back, order, "line/1", amounts("10"), person=cast.ben)  # nothing is spent
    book(ledger.book_acceptance, order, "accepted/1", person=cast.ben)
    book(ledger.book_given_back, order, "line/2", amounts("40.00", delivery="0"), person=cast.ben)
    assert balance(budget) == (0, Decimal("141.45") - Decimal("49.20"), 1)
    book(ledger.book_given_back, order, "line/2 again", amounts("40.00", delivery="0"), person=cast.ben)
    assert balance(budget) == (0, Decimal("141.45") - Decimal("49.20"), 1), "the sum so far, told once more, is none"
    book(ledger.book_given_back, order, "refund/1", amounts("1000"), person=cast.ben)
    assert balance(budget) == (0, 0, 1)


def test_an_accepted_order_that_the_shop_cancels_is_given_back_whole(cast: Cast) -> None:
    budget = budgets.make(cast.krakow)
    order = place(cast.anna, "100.00")
    book(ledger.book_acceptance, order, "accepted/1", person=cast.ben)
    book(ledger.book_given_back, order, "line/2", amounts("40.00"), person=cast.ben)
    book(ledger.book_end, order, "cancelled", person=cast.ben)
    book(ledger.book_end, order, "cancelled again", person=cast.ben)
    assert balance(budget) == (0, 0, 0)


def test_no_act_is_booked_twice(cast: Cast) -> None:
    """D1: one charge, whatever calls twice."""
    budget = budgets.make(cast.krakow)
    order = place(cast.anna, "100.00")
    found = standings(cast.anna, "100.00")
    with pytest.raises(IntegrityError), transaction.atomic():
        ledger.book_placing(found, act(order, "placed", cast.anna), held=True)
    assert balance(budget) == (Decimal("100.00"), 0, 1)


def test_rows_are_never_changed_or_deleted(cast: Cast) -> None:
    budgets.make(cast.krakow)
    place(cast.anna, "100.00")
    with pytest.raises(TypeError):
        LedgerRow.objects.update(amount=0)
    with pytest.raises(TypeError):
        LedgerRow.objects.all().delete()
    with pytest.raises(TypeError):
        LedgerRow.objects.get().save()
    with pytest.raises(TypeError):
        LedgerRow.objects.get().delete()


def test_nothing_is_booked_outside_a_transaction(sqlite_file: Any, cast: Cast) -> None:
    order = an_order()
    with pytest.raises(RuntimeError):
        ledger.book_placing((), act(order, "placed", cast.anna), held=True)


# --- days, time zones, currencies ---


@pytest.mark.parametrize(
    ("at", "start"),
    [
        (datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 11, 30, 23, 0, 0, tzinfo=UTC), date(2026, 12, 1)),
    ],
)
def test_midnight_is_that_of_the_organisation(cast: Cast, at: datetime, start: date) -> None:
    budgets.make(cast.krakow)
    (found,) = standings(cast.anna, at=at)
    assert found.funds.period.start == start


def test_an_organisation_elsewhere_has_its_own_midnight(cast: Cast) -> None:
    Calendar.objects.create(organization=cast.acme, time_zone="Pacific/Auckland", fiscal_month=1)
    budgets.make(cast.krakow)
    (found,) = standings(cast.anna, at=datetime(2026, 11, 30, 12, 0, tzinfo=UTC))
    assert found.funds.period.start == date(2026, 12, 1)


def test_a_budget_in_force_for_one_day(cast: Cast) -> None:
    budgets.make(cast.krakow, period_kind="own", starts=date(2026, 11, 30), ends=date(2026, 11, 30))
    inside = datetime(2026, 11, 29, 23, 0, tzinfo=UTC), datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)
    outside = datetime(2026, 11, 29, 22, 59, 59, tzinfo=UTC), datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    assert [len(standings(cast.anna, at=at)) for at in (*inside, *outside)] == [1, 1, 0, 0]


def test_free_again_after_so_many_days(cast: Cast) -> None:
    """B17: 500 in 30 days; on day 31 the member orders freely again."""
    budgets.make(cast.anna, "500.00", period_kind="days", period_days=30, starts=date(2026, 11, 1))
    place(cast.anna, "500.00")
    (last_day,) = standings(cast.anna, "0.01", at=datetime(2026, 11, 30, 12, tzinfo=UTC))
    (day_31,) = standings(cast.anna, "500.00", at=datetime(2026, 12, 1, 12, tzinfo=UTC))
    assert (last_day.over, day_31.over) == ((Over.AMOUNT,), ())


def test_every_basis_takes_its_own_sum(cast: Cast) -> None:
    """B15: bar, check and row have the same base."""
    for basis in ("goods_net", "goods_gross", "total_net", "total_gross"):
        budgets.make(cast.krakow, basis=basis)
    taken = [Decimal("100.00"), Decimal("123.00"), Decimal("115.00"), Decimal("141.45")]
    order = place(cast.anna, "100.00")
    assert [standing.this for standing in standings(cast.anna, "100.00")] == taken
    assert [-row.amount for row in LedgerRow.objects.filter(order=order).order_by("pk")] == taken


def eur(day: date = date(2026, 11, 24), rate: str = "4.25") -> None:
    Rate.objects.create(currency="EUR", day=day, rate=Decimal(rate), source="NBP 228/A/2026", stored_at=NOW)


def test_another_currency_is_converted_and_the_rate_kept(cast: Cast) -> None:
    budget = budgets.make(cast.krakow)
    eur()
    order = place(cast.anna, "100.00", currency="EUR")
    row = LedgerRow.objects.get()
    assert (row.amount, row.original, row.original_currency) == (Decimal("-425.00"), Decimal("100.00"), "EUR")
    assert (row.rate, row.rate_day, row.rate_source) == (Decimal("4.25"), date(2026, 11, 24), "NBP 228/A/2026")
    Rate.objects.update(rate=Decimal(9))
    (standing,) = binding.standings_of_order(order.pk, amounts("200.00", currency="EUR"))
    assert standing.this == Decimal("850.00"), "the rate of placing counts for what follows"
    book(ledger.book_acceptance, order, "accepted/1", person=cast.ben)
    assert balance(budget) == (0, Decimal("425.00"), 1)


def test_no_rate_is_over_the_budget(cast: Cast) -> None:
    budget = budgets.make(cast.krakow, effect="ask")
    eur(day=date(2026, 11, 10))
    (standing,) = standings(cast.anna, currency="EUR")
    assert (standing.this, standing.over) == (None, (Over.NO_RATE,))
    place(cast.anna, "100.00", currency="EUR")
    assert LedgerRow.objects.get().rate is None
    assert balance(budget) == (0, 0, 1)
