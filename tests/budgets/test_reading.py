"""Who sees which budgets, and what their pages read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from akcept.budgets import binding, queries
from akcept.budgets.models import LedgerRow
from akcept.kernel.errors import NotAllowed, NotFound
from akcept.testing import budgets
from akcept.testing.cast import Cast, Person, person
from tests.budgets.test_actions import change_of
from tests.budgets.test_ledger import NOVEMBER, NOW, balance, place
from tests.support.statements import statements

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
