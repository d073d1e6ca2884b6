"""Setting budgets up, changing, correcting, transferring and copying them: who may, what is refused, what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from akcept.budgets import actions, binding, queries, topics
from akcept.budgets.conversion import DayRate
from akcept.budgets.inputs import BudgetChange, BudgetInput
from akcept.budgets.models import Budget, LedgerRow, Rate
from akcept.budgets.periods import Period, PeriodKind, Rhythm
from akcept.budgets.scope import Scope
from akcept.budgets.standing import Carry, Effect, Over
from akcept.budgets.states import State
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from akcept.testing import budgets
from akcept.testing.cast import Cast, Person, person
from tests.budgets.test_ledger import NOVEMBER, NOW, balance, place
from tests.support.statements import statements


@pytest.fixture
def fay(cast: Cast) -> Person:
    """Keeps the money together at head office."""
    return person("Fay", "Grosz", seat=cast.head_office, rights="manage_budgets")


@pytest.fixture
def gil(cast: Cast) -> Person:
    """Does so for Kraków and what is below it."""
    return person("Gil", "Szeląg", seat=cast.krakow, rights="manage_budgets")


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


# --- booking by hand ---


def test_a_correction_has_its_reason(cast: Cast, fay: Person) -> None:
    budget = budgets.make(cast.krakow)
    actions.correct(budget.pk, actor=fay.actor, amount=Decimal("-50.5"), reason=" Bought  in the shop ", now=NOW)
    row = LedgerRow.objects.get()
    assert (row.kind, row.amount, row.period_start, row.reason) == (
        "correction",
        Decimal("-50.50"),
        NOVEMBER,
        "Bought in the shop",
    )
    assert queries.detail(fay.actor, budget.pk).budget == budget
    assert Entry.objects.get(topic=topics.CORRECTED).payload["amount"] == "-50.50"
    for amount, reason, field in (("0", "x", "amount"), ("1.005", "x", "amount"), ("1", " ", "reason")):
        with pytest.raises(Invalid) as refused:
            actions.correct(budget.pk, actor=fay.actor, amount=Decimal(amount), reason=reason, now=NOW)
        assert refused.value.field == field


def test_a_correction_may_go_into_a_past_period_but_not_before_the_first(cast: Cast, fay: Person) -> None:
    budget = budgets.make(cast.krakow, starts=date(2026, 10, 15))
    row = actions.correct(budget.pk, actor=fay.actor, amount=Decimal(5), reason="x", on=date(2026, 10, 20), now=NOW)
    assert row.period_start == date(2026, 10, 1)
    with pytest.raises(Invalid, match="does not reach that day"):
        actions.correct(budget.pk, actor=fay.actor, amount=Decimal(5), reason="x", on=date(2026, 10, 1), now=NOW)


def test_a_transfer_is_two_rows_of_one_act(cast: Cast, fay: Person) -> None:
    giving, taking = budgets.make(cast.krakow), budgets.make(cast.tarnow, "10.00")
    place(cast.anna, "700.00")
    actions.transfer(giving.pk, to_id=taking.pk, actor=fay.actor, amount=Decimal(300), reason="Tarnów moves", now=NOW)
    rows = list(LedgerRow.objects.filter(kind="transfer").order_by("pk"))
    assert [(row.budget_id, row.amount) for row in rows] == [
        (giving.pk, Decimal("-300.00")),
        (taking.pk, Decimal("300.00")),
    ]
    assert len({row.act for row in rows}) == 1
    with pytest.raises(Invalid, match=r"Only .*0\.00 are free") as refused:
        actions.transfer(giving.pk, to_id=taking.pk, actor=fay.actor, amount=Decimal("0.01"), reason="x", now=NOW)
    assert refused.value.field == "amount"


def test_a_rest_that_is_used_already_is_not_transferred(cast: Cast, fay: Person) -> None:
    giving, taking = budgets.make(cast.krakow, carry="all", starts=date(2026, 10, 1)), budgets.make(cast.tarnow)
    place(cast.anna, "1900.00")
    book: dict[str, Any] = {"to_id": taking.pk, "actor": fay.actor, "reason": "x", "on": date(2026, 10, 5), "now": NOW}
    with pytest.raises(Invalid, match="a later period uses it"):
        actions.transfer(giving.pk, amount=Decimal("100.01"), **book)
    actions.transfer(giving.pk, amount=Decimal(100), **book)


def test_transfers_that_are_none(cast: Cast, fay: Person, gil: Person) -> None:
    giving = budgets.make(cast.krakow)
    euros, tarnow, umbra = (
        budgets.make(cast.krakow, currency="EUR"),
        budgets.make(cast.tarnow),
        budgets.make(cast.terminal),
    )
    for who, to, error in (
        (fay, giving, Invalid),
        (fay, euros, Invalid),
        (fay, umbra, NotFound),
        (gil, tarnow, NotFound),
        (cast.otto, umbra, NotAllowed),
    ):
        with pytest.raises(error):
            actions.transfer(giving.pk, to_id=to.pk, actor=who.actor, amount=Decimal(1), reason="x", now=NOW)
    assert not LedgerRow.objects.exists()


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


# --- reading ---


def test_who_sees_which(cast: Cast, fay: Person, gil: Person) -> None:
    head, krakow = budgets.make(cast.head_office, name="All"), budgets.make(cast.krakow, name="Kraków")
    skawina = budgets.make(cast.piotr, name="Piotr")
    tarnow = budgets.make(cast.tarnow, name="Tarnów", owner=cast.ben.member)
    centre = budgets.make("4", name="Centre", organization_id=cast.acme.pk)
    budgets.make(cast.terminal, name="Umbra")
    seer = person("Ida", "Widz", seat=cast.krakow, rights="see_budgets")

    def seen(who: Person) -> set[int]:
        return {row.budget.pk for row in queries.overview(who.actor).rows}

    assert seen(fay) == {head.pk, krakow.pk, skawina.pk, tarnow.pk, centre.pk}
    assert seen(gil) == seen(seer) == {krakow.pk, skawina.pk}
    assert seen(cast.ben) == {tarnow.pk}, "owners see what they own"
    for nobody in (cast.anna, cast.ewa, cast.jan, cast.otto, cast.paul, cast.mia):
        with pytest.raises(NotAllowed):
            queries.overview(nobody.actor)
    for who, budget in ((gil, head), (gil, tarnow), (seer, centre), (cast.ben, krakow)):
        with pytest.raises(NotFound):
            queries.detail(who.actor, budget.pk)
    with pytest.raises(NotFound):
        queries.budget_to_manage(gil.actor, head.pk)
    with pytest.raises(NotAllowed):
        queries.budget_to_manage(seer.actor, krakow.pk)


def test_the_list_is_the_tree(cast: Cast, fay: Person) -> None:
    for of, name in (
        (cast.tarnow, "T"),
        (cast.skawina, "S"),
        (cast.anna, "A"),
        (cast.krakow, "K"),
        (cast.head_office, "H"),
    ):
        budgets.make(of, name=name)
    budgets.make("4", name="C", organization_id=cast.acme.pk)
    assert [(row.budget.name, row.depth) for row in queries.overview(fay.actor).rows] == [
        ("H", 0),
        ("K", 1),
        ("S", 2),
        ("T", 1),
        ("A", 0),
        ("C", 0),
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_statements_of_the_pages(cast: Cast, fay: Person, number: int) -> None:
    for _ in range(number):
        made = budgets.make(cast.krakow, owner=cast.ben.member)
    for _ in range(number):
        place(cast.anna, "1.00")
    assert len(statements(lambda: queries.overview(fay.actor))) == 3
    assert len(statements(lambda: queries.detail(fay.actor, made.pk))) == 6
    assert len(statements(lambda: queries.preview(fay.actor, made.pk, change_of(made), now=NOW))) == 4


def test_a_page_shows_what_the_rows_add_up_to(cast: Cast, fay: Person) -> None:
    budget = budgets.make(cast.krakow, carry="all", starts=date(2026, 10, 1))
    place(cast.anna, "400.00", at=datetime(2026, 10, 5, tzinfo=UTC))
    place(cast.anna, "250.00")
    place(cast.ben, "100.00", held=False)
    found = queries.detail(fay.actor, budget.pk, start=NOVEMBER)
    rows = LedgerRow.objects.filter(budget=budget, period_start=NOVEMBER)
    assert found.funds.carried == Decimal("600.00")
    assert found.funds.free == 1000 + 600 + sum(row.amount for row in rows) == Decimal("1250.00")
    assert [line.amount for line in found.rows.rows] == [Decimal("-100.00"), Decimal("-250.00")]
    assert balance(budget) == (Decimal("250.00"), Decimal("100.00"), 2)
    assert [funds.period.start for funds in found.periods] == [NOVEMBER, date(2026, 10, 1)]
    assert binding.today_of(budget, NOW) == date(2026, 11, 25)


# --- B3: days far away ---


FAR = [date(9026, 11, 1), date(9999, 12, 31), date(2028, 11, 26)]


@pytest.mark.parametrize("on", FAR)
@pytest.mark.parametrize("kind", [{}, {"period_kind": "days", "period_days": 1}, {"period_kind": "year"}])
def test_b3_nobody_books_on_a_day_further_away_than_two_years(
    cast: Cast, fay: Person, on: date, kind: dict[str, Any]
) -> None:
    one, two = budgets.make(cast.krakow, **kind), budgets.make(cast.head_office, **kind)
    booking: dict[str, Any] = {"actor": fay.actor, "amount": Decimal(10), "reason": "Far", "on": on, "now": NOW}
    for attempt in (partial(actions.correct, one.pk), partial(actions.transfer, one.pk, to_id=two.pk)):
        with pytest.raises(Invalid) as refused:
            attempt(**booking)
        assert (str(refused.value), refused.value.field) == ("Choose a day up to 25 Nov 2028.", "on")
    actions.correct(one.pk, **(booking | {"on": date(2028, 11, 25)}))


@pytest.mark.parametrize("on", [date(1, 1, 1), date(2025, 12, 31)])
def test_b3_nor_on_one_before_the_budget(cast: Cast, fay: Person, on: date) -> None:
    one = budgets.make(cast.krakow, name="Kraków")
    with pytest.raises(Invalid) as refused:
        actions.correct(one.pk, actor=fay.actor, amount=Decimal(10), reason="Far", on=on, now=NOW)
    assert str(refused.value) == "The budget “Kraków” does not reach that day."


@pytest.mark.parametrize("carry", ["none", "all"])
@pytest.mark.parametrize("start", [date(9026, 11, 1), date(9000, 1, 1), date(9999, 12, 31)])
@pytest.mark.parametrize("kind", [{}, {"period_kind": "days", "period_days": 1}])
def test_b3_row_that_lies_far_away_already_makes_no_work(
    cast: Cast, fay: Person, monkeypatch: pytest.MonkeyPatch, carry: str, start: date, kind: dict[str, Any]
) -> None:
    """Work is counted in periods that are looked at."""
    made: list[int] = []
    at = Rhythm._at

    def counted(rhythm: Rhythm, number: int) -> Period:
        made.append(number)
        return at(rhythm, number)

    monkeypatch.setattr(Rhythm, "_at", counted)
    budget = budgets.make(cast.krakow, "1000.00", carry=carry, **kind)
    LedgerRow.objects.create(
        budget=budget,
        organization=cast.acme,
        period_start=start,
        kind="correction",
        amount=Decimal(-5),
        act="correction/far",
        actor_kind="member",
        reason="Far",
        at=NOW,
    )
    place(cast.anna, "100.00", at=NOW)
    queries.detail(fay.actor, budget.pk)
    queries.overview(fay.actor)
    queries.preview(fay.actor, budget.pk, change_of(budget), now=NOW)
    assert queries.ledger_file(fay.actor, budget.pk)[1].held == Decimal("100.00") or kind
    assert len(made) < 200


@pytest.mark.parametrize("kind", [PeriodKind.MONTH, PeriodKind.OWN])
@pytest.mark.parametrize("ends", [date(9999, 12, 31), date(2201, 1, 1)])
def test_b3_budget_does_not_end_in_the_year_9999(cast: Cast, fay: Person, kind: PeriodKind, ends: date) -> None:
    with pytest.raises(Invalid) as refused:
        actions.add(wanted(cast, period_kind=kind, ends=ends), actor=fay.actor, now=NOW)
    assert (str(refused.value), refused.value.field) == ("Enter a day between 2000 and 2200.", "ends")
