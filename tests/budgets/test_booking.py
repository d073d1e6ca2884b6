"""Correcting and transferring by hand, and days too far away for either."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from akcept.budgets import actions, queries, topics
from akcept.budgets.models import LedgerRow
from akcept.budgets.periods import Period, PeriodKind, Rhythm
from akcept.journal.models import Entry
from akcept.kernel.errors import Invalid, NotAllowed, NotFound
from akcept.testing import budgets
from akcept.testing.cast import Cast, Person
from tests.budgets.test_actions import change_of, wanted
from tests.budgets.test_ledger import NOVEMBER, NOW, place

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
