"""Setting budgets up, changing, correcting, transferring and copying them: who may, what is refused, what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from akcept.budgets import actions, queries, topics
from akcept.budgets.conversion import DayRate
from akcept.budgets.inputs import BudgetChange, BudgetInput
from akcept.budgets.models import Budget, Rate
from akcept.budgets.periods import PeriodKind
from akcept.budgets.scope import Scope
from akcept.budgets.standing import Carry, Effect, Over
from akcept.budgets.states import State
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from akcept.testing import budgets
from akcept.testing.cast import Cast, Person, person
from tests.budgets.test_ledger import NOW, place
from tests.support.statements import statements


def wanted(cast: Cast, **more: Any) -> BudgetInput:
    columns: dict[str, Any] = {
        "name": "Kraków",
        "amount": Decimal("1000"),
        "scope": Scope.BELOW,
        "unit_id": cast.krakow.pk,
        "starts": date(2026, 11, 10),
    }
    return BudgetInput(**{**columns, **more})


def change_of(budget: Budget, **more: Any) -> BudgetChange:
    same = BudgetChange(name=budget.name, amount=Decimal(budget.amounts[-1][1]), effect=Effect(budget.effect))
    return replace(same, **more)


# --- adding ---


def test_a_budget_is_set_up_and_written_down(cast: Cast, fay: Person) -> None:
    budget = actions.add(
        wanted(cast, owner_id=cast.ben.member.pk, carry=Carry.UP_TO, carry_most=Decimal(200), max_orders=0),
        actor=fay.actor,
        now=NOW,
    )
    found = Budget.objects.get()
    assert (found.amounts, found.thresholds, found.max_orders) == ([["2026-11-01", "1000.00"]], [80, 100], 0)
    entry = Entry.objects.get(topic=topics.ADDED)
    assert (entry.subject_id, entry.payload["name"], entry.actor_name) == (str(budget.pk), "Kraków", "Fay Grosz")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"amount": Decimal("-0.01")}, "amount"),
        ({"amount": Decimal("1.001")}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"amount": Decimal("1e12")}, "amount"),
        ({"currency": "zł"}, "currency"),
        ({"ends": date(2026, 11, 9)}, "ends"),
        ({"period_kind": PeriodKind.OWN}, "ends"),
        ({"period_kind": PeriodKind.DAYS, "period_days": 0}, "period_days"),
        ({"starts": date(1026, 1, 1)}, "starts"),
        ({"thresholds": [0]}, "thresholds"),
        ({"thresholds": [201]}, "thresholds"),
        ({"thresholds": [1, 2, 3, 4, 5, 6]}, "thresholds"),
        ({"max_orders": -1}, "max_orders"),
        ({"max_single": Decimal(-1)}, "max_single"),
        ({"carry_most": Decimal(-1)}, "carry_most"),
        ({"scope": Scope.COST_CENTRE, "cost_centre": " "}, "cost_centre"),
        ({"scope": Scope.COST_CENTRE, "cost_centre": "MPK 404"}, "cost_centre"),
        ({"scope": Scope.MEMBER, "member_id": 0}, "member"),
        ({"owner_id": 999_999}, "owner"),
    ],
)
def test_what_cannot_be_taken_is_refused_at_its_field(
    cast: Cast, fay: Person, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.add(wanted(cast, **change), actor=fay.actor)
    assert refused.value.field == field
    assert not Budget.objects.exists()


def test_a_name_is_given_once(cast: Cast, fay: Person) -> None:
    budgets.make(cast.tarnow, name="Kraków")
    with pytest.raises(Invalid, match="named Kraków"):
        actions.add(wanted(cast), actor=fay.actor)
    Budget.objects.update(state="closed")
    actions.add(wanted(cast), actor=fay.actor)


def test_reach(cast: Cast, fay: Person, gil: Person) -> None:
    """Gil keeps Kraków and below; the parent, another branch, cost centres and Umbra are not his."""
    actions.add(wanted(cast, unit_id=cast.skawina.pk, name="S"), actor=gil.actor)
    actions.add(
        wanted(cast, scope=Scope.MEMBER, unit_id=None, member_id=cast.anna.member.pk, name="A"), actor=gil.actor
    )
    for unit in (cast.head_office, cast.tarnow, cast.terminal):
        with pytest.raises(NotFound):
            actions.add(wanted(cast, unit_id=unit.pk), actor=gil.actor)
    for somebody in (cast.jan, cast.otto):
        with pytest.raises(Invalid):
            actions.add(wanted(cast, scope=Scope.MEMBER, unit_id=None, member_id=somebody.member.pk), actor=gil.actor)
    with pytest.raises(NotAllowed):
        actions.add(wanted(cast, scope=Scope.COST_CENTRE, unit_id=None, cost_centre="4"), actor=gil.actor)
    for nobody in (cast.anna, cast.ben, cast.cora, cast.otto, cast.mia, cast.paul):
        with pytest.raises(NotAllowed):
            actions.add(wanted(cast), actor=nobody.actor)
    with pytest.raises(NotFound):
        actions.add(wanted(cast, unit_id=cast.terminal.pk), actor=fay.actor)


# --- changing ---


def test_a_new_amount_counts_from_the_running_period_on(cast: Cast, fay: Person) -> None:
    budget = budgets.make(cast.krakow, starts=date(2026, 9, 1))
    changed = actions.change(budget.pk, change_of(budget, amount=Decimal(500)), actor=fay.actor, version=1, now=NOW)
    assert changed.amounts == [["2026-09-01", "1000.00"], ["2026-11-01", "500.00"]]
    again = actions.change(budget.pk, change_of(changed, amount=Decimal(600)), actor=fay.actor, version=2, now=NOW)
    assert again.amounts == [["2026-09-01", "1000.00"], ["2026-11-01", "600.00"]]
    entry = Entry.objects.filter(topic=topics.CHANGED).latest("pk")
    assert entry.payload["before"]["amounts"][-1][1] == "500.00"
    assert entry.payload["after"]["amounts"][-1][1] == "600.00"


def test_two_who_change_at_once_do_not_overwrite_each_other(cast: Cast, fay: Person) -> None:
    budget = budgets.make(cast.krakow)
    actions.change(budget.pk, change_of(budget, name="One"), actor=fay.actor, version=1)
    with pytest.raises(Stale):
        actions.change(budget.pk, change_of(budget, name="Two"), actor=fay.actor, version=1)


def test_nobody_else_may_change(cast: Cast, gil: Person) -> None:
    above = budgets.make(cast.head_office)
    for who, error in ((gil, NotFound), (cast.otto, NotAllowed), (cast.jan, NotAllowed)):
        with pytest.raises(error):
            actions.change(above.pk, change_of(above), actor=who.actor, version=1)
    hers = person("Hal", "Denar", seat=cast.terminal, rights="manage_budgets")
    with pytest.raises(NotFound):
        actions.change(above.pk, change_of(above), actor=hers.actor, version=1)


def test_what_a_change_means_for_orders_that_wait(cast: Cast, fay: Person) -> None:
    budget = budgets.make(cast.krakow)
    first, second = place(cast.anna, "300.00"), place(cast.ewa, "500.00")
    place(cast.ben, "100.00", held=False)
    found = queries.preview(fay.actor, budget.pk, change_of(budget, amount=Decimal(700)), now=NOW)
    assert (found.before.free, found.after.free) == (Decimal("100.00"), Decimal("-200.00"))
    assert [(order.number, order.held, order.over) for order in found.waiting] == [
        (first.number, Decimal("300.00"), (Over.AMOUNT,)),
        (second.number, Decimal("500.00"), (Over.AMOUNT,)),
    ]
    assert queries.preview(fay.actor, budget.pk, change_of(budget, amount=Decimal(900)), now=NOW).exceeding == 0
    frozen = change_of(budget, state=State.FROZEN)
    assert queries.preview(fay.actor, budget.pk, frozen, now=NOW).exceeding == 2
    budget.refresh_from_db()
    assert budget.state == "active", "a preview writes nothing"


@pytest.mark.parametrize("amount", ["-1", "1e40", "1e999", "NaN", "0.001"])
def test_what_would_not_be_saved_is_not_previewed_either(cast: Cast, fay: Person, amount: str) -> None:
    budget = budgets.make(cast.krakow)
    with pytest.raises(Invalid) as refused:
        queries.preview(fay.actor, budget.pk, change_of(budget, amount=Decimal(amount)), now=NOW)
    assert refused.value.field == "amount"


def test_a_frozen_budget_refuses_and_a_closed_one_binds_nobody(cast: Cast, fay: Person) -> None:
    """B11, the budget's part."""
    from tests.budgets.test_ledger import standings

    budget = budgets.make(cast.krakow)
    actions.change(budget.pk, change_of(budget, state=State.FROZEN), actor=fay.actor, version=1)
    assert [standing.over for standing in standings(cast.anna, "1.00")] == [(Over.FROZEN,)]
    actions.change(budget.pk, change_of(budget, state=State.CLOSED), actor=fay.actor, version=2)
    assert standings(cast.anna, "1.00") == ()


# --- calendar, years, rates ---


def test_a_fiscal_year_counts_for_budgets_set_up_from_then_on(cast: Cast, fay: Person) -> None:
    old = actions.add(wanted(cast, name="Old", period_kind=PeriodKind.YEAR), actor=fay.actor)
    actions.set_calendar(actor=fay.actor, time_zone="Europe/London", fiscal_month=4)
    new = actions.add(wanted(cast, name="New", period_kind=PeriodKind.YEAR), actor=fay.actor)
    assert old.amounts[0][0] == "2026-01-01"
    assert new.amounts[0][0] == "2026-04-01"
    assert Entry.objects.get(topic=topics.CALENDAR_CHANGED).payload["before"]["fiscal_month"] == 1
    for zone, month, field in (("Mars/Olympus", 1, "time_zone"), ("Europe/Warsaw", 13, "fiscal_month")):
        with pytest.raises(Invalid) as refused:
            actions.set_calendar(actor=fay.actor, time_zone=zone, fiscal_month=month)
        assert refused.value.field == field


def test_the_calendar_is_head_offices(cast: Cast, gil: Person) -> None:
    for who in (gil, cast.cora, cast.otto):
        with pytest.raises(NotAllowed):
            actions.set_calendar(actor=who.actor, time_zone="Europe/Warsaw", fiscal_month=1)


@pytest.mark.parametrize("number", [1, 3])
def test_next_year_is_copied_in_a_constant_number_of_statements(cast: Cast, fay: Person, number: int) -> None:
    for index in range(number):
        budgets.make(cast.krakow, name=f"B{index}", ends=date(2026, 12, 31))
    assert len(statements(lambda: actions.copy_to_next_year(2026, actor=fay.actor))) == 11


def test_next_year(cast: Cast, fay: Person, gil: Person) -> None:
    budgets.make(cast.krakow, "1000.00", name="Kraków 2026", ends=date(2026, 12, 31), period_kind="year")
    budgets.make(cast.tarnow, name="Tarnów", ends=date(2026, 6, 30))
    budgets.make(cast.tarnow, name="Goes on")
    budgets.make(cast.tarnow, name="Closed 2026", ends=date(2026, 12, 31), state="closed")
    budgets.make(cast.terminal, name="Umbra 2026", ends=date(2026, 12, 31))
    made = actions.copy_to_next_year(2026, actor=fay.actor, percent=Decimal("2.5"))
    assert [(budget.name, budget.starts, budget.ends, budget.amounts) for budget in made] == [
        ("Kraków 2027", date(2027, 1, 1), date(2027, 12, 31), [["2027-01-01", "1025.00"]]),
        ("Tarnów 2027", date(2027, 1, 1), date(2027, 6, 30), [["2027-01-01", "1025.00"]]),
    ]
    assert actions.copy_to_next_year(2026, actor=fay.actor) == [], "a second time there is nothing left to copy"
    assert actions.copy_to_next_year(2026, actor=gil.actor) == []
    with pytest.raises(Invalid):
        actions.copy_to_next_year(2026, actor=fay.actor, percent=Decimal(-101))
    with pytest.raises(NotAllowed):
        actions.copy_to_next_year(2026, actor=cast.otto.actor)


def test_rates_are_stored_once_a_day(cast: Cast) -> None:
    def rates(value: str) -> list[DayRate]:
        return [
            DayRate(currency=code, day=date(2026, 11, 24), rate=Decimal(value), source="228/A/NBP/2026")
            for code in ("EUR", "USD")
        ]

    relay = Actor.system("import_rates")
    assert actions.store_rates(rates("4.1"), actor=relay) == 2
    assert actions.store_rates(rates("4.2"), actor=relay) == 2
    assert set(Rate.objects.values_list("currency", "rate")) == {("EUR", Decimal("4.2")), ("USD", Decimal("4.2"))}
    with pytest.raises(NotAllowed):
        actions.store_rates(rates("9"), actor=cast.dora.actor)
