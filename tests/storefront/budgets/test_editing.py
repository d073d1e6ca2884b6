"""Setting budgets up, changing and booking on them by pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from akcept.budgets.models import Budget, Calendar, LedgerRow
from akcept.kernel.clock import utc_now
from akcept.organizations.models import Unit
from akcept.testing import budgets
from akcept.testing.cast import Cast, person
from tests.budgets.test_ledger import place
from tests.conftest import Visit
from tests.storefront.budgets.test_budgets import text, url
from tests.support.visitors import hidden

ADDED = {
    "name": "Kraków",
    "scope": "below",
    "currency": "PLN",
    "basis": "goods_net",
    "period_kind": "month",
    "starts": "2026-11-01",
    "carry": "none",
    "effect": "ask",
    "thresholds": "80; 100 %",
    "unowned": "yes",
}


def test_adding(dora: Client, cast: Cast) -> None:
    assert dora.get(url("add_budget")).status_code == 200
    answer = dora.post(
        url("add_budget"),
        {**ADDED, "amount": "1234.50", "unit": cast.krakow.pk, "owner": cast.ben.user.email},
    )
    budget = Budget.objects.get()
    assert answer["Location"] == url("budget", budget)
    assert (budget.unit_id, budget.owner_id, budget.thresholds) == (cast.krakow.pk, cast.ben.member.pk, [80, 100])
    assert budget.amounts == [["2026-11-01", "1234.50"]]


def test_a_cost_centre_is_offered_and_its_amount_taken_as_pages_show_it(dora: Client, cast: Cast) -> None:
    Unit.objects.filter(pk=cast.krakow.pk).update(cost_centre="MPK 4")
    assert '<option value="MPK 4">Oddział Kraków</option>' in text(dora.get(url("add_budget")))
    typed = {**ADDED, "scope": "cost_centre", "cost_centre": "MPK 4", "amount": "12 345,60", "basis": "total_gross"}
    assert dora.post(url("add_budget"), {**typed, "cost_centre": "MPK 5"}).status_code == 422
    dora.cookies["django_language"] = "pl"
    assert dora.post(url("add_budget"), typed).status_code == 302
    budget = Budget.objects.get()
    assert (budget.cost_centre, budget.terms.amounts[0][1]) == ("MPK 4", Decimal("12345.60"))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"amount": "a lot"}, "Enter a number"),
        ({"amount": "-1"}, "Enter an amount from 0"),
        ({"owner": "otto@customer.example"}, "No active member of your organisation"),
        ({"scope": "member"}, "Choose one of the members"),
        ({"scope": "cost_centre"}, "Enter the cost centre"),
        ({"thresholds": "soon"}, "Enter up to five numbers"),
        ({"period_kind": "own"}, "needs a last day"),
        ({"starts": "2101-01-01"}, "between 2000 and 2100"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    dora: Client, cast: Cast, typed: dict[str, str], says: str
) -> None:
    answer = dora.post(url("add_budget"), {**ADDED, "amount": "5", "unit": cast.krakow.pk, **typed})
    page = text(answer)
    assert answer.status_code == 422
    assert says in page
    assert 'value="Kraków"' in page
    assert not Budget.objects.exists()


def change(budget: Budget, **typed: str) -> dict[str, str]:
    shown = {"name": budget.name, "amount": "1000", "carry": "none", "effect": "block", "thresholds": ""}
    return {**shown, "state": "active", "version": str(budget.version), **typed}


@pytest.mark.parametrize("typed", ["-5", "9" * 40, "1e999", "NaN"])
def test_an_amount_no_budget_has_is_refused_before_anything_is_shown(dora: Client, cast: Cast, typed: str) -> None:
    budget = budgets.make(cast.krakow)
    answer = dora.post(url("change_budget", budget), change(budget, amount=typed))
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.content.decode()


def test_a_change_is_shown_before_it_is_saved(dora: Client, cast: Cast) -> None:
    budget = budgets.make(cast.krakow, name="Branch")
    order = place(cast.anna, "800.00", at=utc_now())
    answer = dora.post(url("change_budget", budget), change(budget, amount="700"))
    page = text(answer)
    assert "1 pending order holds PLN 800.00 of it" in page
    assert f"order {order.number}, PLN 800.00" in page
    assert "over by PLN 100.00" in page
    budget.refresh_from_db()
    assert budget.version == 1
    shown = hidden(answer.content.decode(), "shown")
    other = dora.post(url("change_budget", budget), change(budget, amount="10", shown=shown))
    assert other.status_code == 200, "what was shown is not what would be saved: it is shown again"
    assert dora.post(url("change_budget", budget), change(budget, amount="700", shown=shown)).status_code == 302
    budget.refresh_from_db()
    assert Decimal(budget.amounts[-1][1]) == 700
    stale = dora.post(url("change_budget", budget), {**change(budget, amount="700", shown=shown), "version": "1"})
    assert (stale.status_code, "has changed this budget since you opened it" in text(stale)) == (409, True)


def test_correcting_and_transferring(dora: Client, visit: Visit, cast: Cast) -> None:
    one, other = budgets.make(cast.krakow, name="One"), budgets.make(cast.tarnow, name="Other")
    today = date.today().isoformat()
    booking = {"amount": "12.5", "reason": "Cash", "on": today}
    assert dora.post(url("correct_budget", one), {**booking, "direction": "take"}).status_code == 302
    assert dora.post(url("transfer_budget", one), {**booking, "to": other.pk}).status_code == 302
    rows = list(LedgerRow.objects.order_by("pk").values_list("budget_id", "amount"))
    assert rows == [(one.pk, Decimal("-12.50")), (one.pk, Decimal("-12.50")), (other.pk, Decimal("12.50"))]
    assert "<q>Cash</q>" in text(dora.get(url("budget", one)))
    assert "Transferred</span>, to “Other”" in text(dora.get(url("budget", one)))
    assert "Transferred</span>, from “One”" in text(dora.get(url("budget", other)))
    branch = visit(person("Ida", "Grosz", seat=cast.tarnow, rights="see_budgets"))
    assert "“One”" not in text(branch.get(url("budget", other))), "she may not see that one"
    refused = dora.post(url("transfer_budget", one), {**booking, "amount": "99999", "to": other.pk})
    assert (refused.status_code, "are free in this budget" in text(refused)) == (422, True)
    assert dora.post(url("correct_budget", one), {**booking, "direction": "take", "reason": ""}).status_code == 422


def test_calendar_and_next_year(dora: Client, cast: Cast) -> None:
    budgets.make(cast.krakow, name="Branch 2026", ends=date(2026, 12, 31))
    assert dora.post(url("budget_calendar"), {"time_zone": "Europe/London", "fiscal_month": "4"}).status_code == 302
    assert Calendar.objects.get().fiscal_month == 4
    wanted = {"year": "2026", "percent": "10"}
    shown = dora.post(url("copy_budgets"), wanted)
    for said in ("1 budget would be added", "Branch 2027", "PLN 1,100.00", "1 Jan 2027 – 31 Dec 2027"):
        assert said in text(shown)
    assert Budget.objects.count() == 1, "it was only shown"
    wanted["shown"] = hidden(shown.content.decode(), "shown")
    assert dora.post(url("copy_budgets"), {**wanted, "percent": "20"}).status_code == 200, "what was shown is another"
    assert Budget.objects.count() == 1
    assert "1 budget has been copied" in text(dora.post(url("copy_budgets"), wanted, follow=True))
    assert Budget.objects.get(name="Branch 2027").amounts == [["2027-01-01", "1100.00"]]
    assert "Nothing to copy" in text(dora.post(url("copy_budgets"), wanted)), "twice does nothing"
    assert dora.post(url("copy_budgets"), {"year": "2026", "percent": "-101"}).status_code == 422


def test_odd_addresses_are_no_errors(dora: Client, cast: Cast) -> None:
    budget = budgets.make(cast.krakow)
    for query in ("?on=2026-02-31", "?on=0001-01-01", "?on=9999-12-31", "?text=%00", "?after=x&period=1999-01-01"):
        assert dora.get(url("budgets") + query).status_code == 200, query
        assert dora.get(url("budget", budget) + query).status_code == 200, query


@pytest.mark.parametrize("day", ["9026-11-01", "9999-12-31", "0001-01-01"])
def test_b3_days_far_away_are_told_at_their_field_and_pages_bear_them(dora: Client, cast: Cast, day: str) -> None:
    one = budgets.make(cast.krakow)
    booking = {"amount": "10", "reason": "Far", "on": day, "direction": "take", "to": str(one.pk)}
    for name in ("correct_budget", "transfer_budget"):
        answer = dora.post(url(name, one), booking)
        assert answer.status_code == 422
        assert "between 2000 and 2200" in answer.content.decode()
        assert f'value="{day}"' in answer.content.decode()
    for ends in ({"starts": day}, {"ends": day}):
        answer = dora.post("/organization/budgets/add/", {**ADDED, "unit": str(cast.krakow.pk), "amount": "1", **ends})
        assert answer.status_code == 422
        assert "between 2000 and 2200" in answer.content.decode()
    for path in (
        f"/organization/budgets/?on={day}",
        f"/organization/budgets/{one.pk}/?period={day}",
        f"/organization/reports/?since={day}",
        f"/organization/reports/?until={day}&by=month",
        f"/organization/reports/?since=0001-01-01&until={day}",
    ):
        assert dora.get(path).status_code == 200
    assert not LedgerRow.objects.exists()


def test_b3_substitute_for_a_day_far_away_is_refused_and_what_was_typed_stays(dora: Client, cast: Cast) -> None:
    typed = {"absent": cast.ben.user.email, "substitute": cast.cora.user.email, "starts": "2026-11-01"}
    for days, told in (
        ({"ends": "9999-12-31"}, "between 2000 and 2200"),
        ({"starts": "0001-01-01", "ends": "2026-11-01"}, "between 2000 and 2200"),
        ({"starts": "2199-11-01", "ends": "2199-11-02"}, "within the next 366 days"),
    ):
        answer = dora.post("/organization/substitutes/", {**typed, **days})
        assert answer.status_code == 422
        assert told in answer.content.decode()
        assert f'value="{days["ends"]}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "said"), [("en", "It has no owner: orders that exceed it"), ("pl", "Nie ma opiekuna")]
)
def test_d7_a_budget_whose_owner_has_to_accept_is_saved_without_one_only_once_that_was_seen(
    cast: Cast, visit: Visit, language: str, said: str
) -> None:
    dora = visit(cast.dora)
    dora.cookies["django_language"] = language
    typed = {**ADDED, "unit": cast.krakow.pk, "amount": "500", "unowned": ""}
    answer = dora.post(url("add_budget"), typed)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not Budget.objects.exists()
    assert dora.post(url("add_budget"), {**typed, "effect": "warn", "name": "Other"}).status_code == 302
    assert dora.post(url("add_budget"), {**typed, "unowned": "yes"}).status_code == 302
    budget = Budget.objects.get(name="Kraków")
    shown = dora.post(
        url("change_budget", budget), {**typed, "owner": "", "state": "active", "version": budget.version}
    ).content.decode()
    assert said in shown


def test_d7_a_budget_for_a_unit_wants_one_chosen(cast: Cast, visit: Visit) -> None:
    answer = visit(cast.dora).post(url("add_budget"), {**ADDED, "amount": "500", "effect": "warn"})
    assert answer.status_code == 422
    assert not Budget.objects.exists()
