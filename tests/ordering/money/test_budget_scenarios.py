"""What other systems' budgets got wrong, each as its users would meet it (docs/concepts/scenarios.md, B1 to B17)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from akcept.approvals.models import Case
from akcept.budgets.actions import change
from akcept.budgets.models import Budget
from akcept.budgets.states import State
from akcept.kernel.errors import OverBudget, Refused
from akcept.ordering import actions, queries
from akcept.ordering.models import Placement
from akcept.organizations.actions import close_unit
from akcept.organizations.models import Unit, UnitAddress
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast, Person, person
from tests.budgets.test_actions import change_of
from tests.conftest import Visit
from tests.ordering.money.test_order_budgets import place, used
from tests.support.visitors import hidden

CHECKOUT = reverse("checkout:index")
WARSAW = ZoneInfo("Europe/Warsaw")


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def form_of(client: Client, who: Person) -> dict[str, Any]:
    """Open the checkout; return its form as it would be sent."""
    page = client.get(CHECKOUT).content.decode()
    return {
        "cart": hidden(page, "cart"),
        "seen": hidden(page, "seen"),
        "delivery": orders.COURIER,
        "payment": "transfer",
        "address": UnitAddress.objects.get(unit=who.member.unit, is_default=True).pk,  # type: ignore[union-attr]
    }


# --- B1: what counts ---


@pytest.mark.parametrize(("basis", "waits", "taken"), [("total_net", True, "23.00"), ("goods_net", False, "4.00")])
def test_delivery_counts_where_the_budget_says_so(cast: Cast, basis: str, waits: bool, taken: str) -> None:
    """Of 100 are 95 used; goods for 4 with delivery for 19 more."""
    budget = budgets.make(cast.krakow, basis=basis, amount="100.00", effect="ask", owner=cast.cora.member)
    place(cast.ben, "95.00" if basis == "goods_net" else "76.00")
    assert used(budget)[1] == 95
    placed = place(cast.ben, "4.00")
    assert placed.held is waits
    assert sum(used(budget)[:2]) == 95 + Decimal(taken)


# --- B3: once, or not at all ---


def test_whatever_becomes_of_it_money_is_taken_once_or_free_again(cast: Cast) -> None:
    budget = budgets.make(cast.krakow, "300.00")

    def number_of_one_that_waits() -> str:
        number = place(cast.anna, "300.00").order_number
        with pytest.raises(OverBudget):
            place(cast.ewa, "0.01")
        return number

    at_an_end: list[Callable[[str], Any]] = [
        lambda number: actions.reject(number, actor=cast.ben.actor, version=1, reason="no"),
        lambda number: actions.withdraw(number, actor=cast.anna.actor, version=1),
        lambda number: actions.expire(
            number, actor=cast.ben.actor.system("relay"), now=datetime.now(WARSAW) + timedelta(days=60)
        ),
    ]
    for end in at_an_end:
        end(number_of_one_that_waits())
        assert used(budget) == (0, 0, 0)
    accepted = number_of_one_that_waits()
    actions.accept(accepted, actor=cast.ben.actor, version=1)
    with pytest.raises(Refused):
        actions.accept(accepted, actor=cast.ben.actor, version=1)
    assert used(budget) == (0, 300, 1)
    orders.order(_placed(accepted)).set_status("cancelled")
    assert used(budget) == (0, 0, 0)


def _placed(number: str) -> Any:
    return Placement.objects.get(number=number)


# --- B5: not twice against itself ---


def test_waiting_order_is_shown_and_accepted_without_counting_against_itself(cast: Cast, visit: Visit) -> None:
    budget = budgets.make(cast.krakow, "20.00", name="Branch")
    place(cast.ben, "11.00")
    placed = place(cast.anna, "5.00")
    (standing,) = queries.order(cast.ben.actor, placed.order_number).budgets
    assert (standing.funds.free, standing.this, standing.left, standing.over) == (9, 5, 4, ())
    assert "PLN 4.00 of PLN 20.00 will be left" in text(visit(cast.ben).get(f"/orders/{placed.order_number}/"))
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    assert used(budget) == (0, 16, 2)


# --- B7: who may reject may accept ---


def _may(what: Callable[..., Any], number: str, **said: str) -> bool:
    point = transaction.savepoint()
    try:
        what(number, version=Case.objects.get(order__number=number).version, **said)
    except Refused:
        return False
    finally:
        transaction.savepoint_rollback(point)
    return True


@pytest.mark.parametrize(("owner", "able"), [(None, {"ben", "cora"}), ("cora", {"cora"}), ("anna", {"ben", "cora"})])
def test_whoever_may_reject_an_order_over_budget_may_accept_it(cast: Cast, owner: str | None, able: set[str]) -> None:
    reviewer = getattr(cast, owner).member if owner else None
    budgets.make(cast.krakow, "50.00", effect="ask", owner=reviewer)
    number = place(cast.anna).order_number
    everybody = ("anna", "ben", "cora", "dora", "ewa", "piotr", "jan", "otto", "paul")
    may = {
        name: (
            _may(actions.accept, number, actor=getattr(cast, name).actor),
            _may(actions.reject, number, actor=getattr(cast, name).actor, reason="no"),
        )
        for name in everybody
    }
    assert may == {name: (name in able, name in able) for name in everybody}


def test_checkout_names_who_will_be_asked_about_it(cast: Cast, visit: Visit) -> None:
    """Not the owner where they may accept nothing, nor about their own order."""
    reader = person("Olga", "Lis", seat=cast.head_office, rights="see_budgets")
    budgets.make(cast.krakow, "50.00", effect="ask", owner=reader.member)
    budgets.make(cast.krakow, "60.00", effect="ask", owner=cast.cora.member)
    budgets.make(cast.krakow, "70.00", effect="ask", owner=cast.ben.member)
    for who, asks in ((cast.anna, ["It has", "Cora Wiśniewska has", "Ben Nowak has"]), (cast.ben, ["It has"] * 2)):
        carts.fill(who, records=[carts.stock("M1", price="100.00")], quantity=1)
        page = text(visit(who).get(CHECKOUT))
        for said in asks:
            assert f"{said} to" in page, said
        assert "Olga Lis has to accept" not in page
        assert ("Ben Nowak has to accept" in page) is (who is cast.anna)


# --- B9: none is not 0 ---


@pytest.mark.parametrize("limit", ["amount", "max_orders", "max_single"])
def test_no_limit_limits_nothing_and_zero_everything(cast: Cast, visit: Visit, limit: str) -> None:
    def page_of_a_cart() -> str:
        carts.fill(cast.ben, records=[carts.stock("M1", price="900.00")], quantity=1)
        return text(visit(cast.ben).get(CHECKOUT))

    assert "goes straight to the shop" in page_of_a_cart(), "nobody set a budget for him"
    budget = budgets.make(cast.ben, "999999.00", name="Ben's")
    unlimited = page_of_a_cart()
    assert "goes straight to the shop" in unlimited
    assert 'class="why bad' not in unlimited
    columns: dict[str, Any] = {limit: 0}
    if limit == "amount":
        columns = {"amounts": [[budget.amounts[0][0], "0.00"]]}
    Budget.objects.filter(pk=budget.pk).update(**columns)
    assert "The order is refused" in page_of_a_cart()
    with pytest.raises(OverBudget, match="Ben's"):
        place(cast.ben)


# --- B11: switched off ---


@pytest.mark.parametrize("effect", ["block", "ask", "warn"])
@pytest.mark.parametrize("kind", ["unit", "member", "cost_centre"])
def test_frozen_budget_refuses_also_on_a_page_left_open(cast: Cast, visit: Visit, kind: str, effect: str) -> None:
    Unit.objects.filter(pk=cast.krakow.pk).update(cost_centre="MPK 4")
    of: Any = {"unit": cast.krakow, "member": cast.anna, "cost_centre": "MPK 4"}[kind]
    more = {"organization_id": cast.acme.pk} if kind == "cost_centre" else {}
    budget = budgets.make(of, name="Winter", effect=effect, owner=cast.cora.member, **more)
    carts.fill(cast.anna)
    client = visit(cast.anna)
    form = form_of(client, cast.anna)
    terms: dict[str, Any] = {"owner_id": cast.cora.member.pk}  # type: ignore[union-attr]
    change(budget.pk, change_of(budget, state=State.FROZEN, **terms), actor=cast.dora.actor, version=1)
    answer = client.post(CHECKOUT, form)
    said = "The budget “Winter” is frozen: nothing may be ordered on it for now."
    assert answer.status_code >= 400
    assert said in text(answer)
    assert "Cora Wiśniewska" in text(answer)
    anew = text(client.get(CHECKOUT))
    assert f"{said} The order is refused." in anew
    assert not Placement.objects.exists()
    budget.refresh_from_db()
    change(budget.pk, change_of(budget, state=State.ACTIVE), actor=cast.dora.actor, version=budget.version)
    assert client.post(CHECKOUT, form).status_code == 302, "the same page works again"


def test_closed_unit_is_ordered_for_no_more_also_on_a_page_left_open(cast: Cast, visit: Visit) -> None:
    """Its members are in another unit from then on, and goods go to that one's addresses."""
    carts.fill(cast.jan)
    client = visit(cast.jan)
    form = form_of(client, cast.jan)
    close_unit(cast.tarnow.pk, actor=cast.dora.actor, members_to=cast.head_office.pk, version=1)
    answer = client.post(CHECKOUT, form)
    assert answer.status_code == 422
    assert "This is not, or no longer, a delivery address of Centrala" in text(answer)
    assert not Placement.objects.exists()
    cast.jan.member.refresh_from_db()  # type: ignore[union-attr]
    assert client.post(CHECKOUT, form_of(client, cast.jan)).status_code == 302
    assert Placement.objects.get().unit_id == cast.head_office.pk


# --- B13: history counts, whatever the way ---


def test_second_order_of_the_month_is_asked_about_whatever_way_it_comes(cast: Cast, visit: Visit) -> None:
    budgets.make(cast.krakow, "100.00", effect="ask", owner=cast.cora.member)
    client = visit(cast.ben)
    carts.fill(cast.ben, records=[carts.stock("M60", price="60.00")], quantity=1)
    assert client.post(CHECKOUT, form_of(client, cast.ben)).status_code == 302
    yesterday = datetime.now(WARSAW) - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE akcept_budgets_ledgerrow SET at = %s", [yesterday])
    assert [place(cast.ben, "60.00").held, place(cast.ben, "40.00").held] == [True, True]
    assert list(Placement.objects.order_by("pk").values_list("order__status", flat=True)) == [
        "unhandled",
        *["awaiting_acceptance"] * 2,
    ]


# --- B15: one base everywhere ---


@pytest.mark.parametrize(
    ("basis", "value"),
    [("goods_net", "300.00"), ("goods_gross", "336.00"), ("total_net", "319.00"), ("total_gross", "359.37")],
)
def test_bar_check_ledger_and_file_use_one_base(cast: Cast, visit: Visit, basis: str, value: str) -> None:
    """Goods for 100.00 at 23, 8 and 5 per cent each, delivery for 19.00 at 23."""
    budget = budgets.make(cast.krakow, value, basis=basis, name="Branch")
    records = [carts.stock(f"V{rate}", price="100.00", rate=rate) for rate in (23, 8, 5)]
    carts.fill(cast.ben, records=records, quantity=1)
    client = visit(cast.ben)
    page = text(client.get(CHECKOUT))
    assert f"this order PLN {Decimal(value):,}, of PLN {Decimal(value):,}" in page
    Budget.objects.filter(pk=budget.pk).update(amounts=[["2026-01-01", str(Decimal(value) - Decimal("0.01"))]])
    with pytest.raises(OverBudget):
        orders.place(cast.ben, records=records, quantity=1)
    Budget.objects.filter(pk=budget.pk).update(amounts=budget.amounts)
    assert client.post(CHECKOUT, form_of(client, cast.ben)).status_code == 302
    assert used(budget) == (0, Decimal(value), 1)
    dora = visit(cast.dora)
    assert f"\N{MINUS SIGN}{value}" in text(dora.get(reverse("akcept:budget", args=[budget.pk])))
    export = dora.get(reverse("akcept:export_budgets", args=["csv"])).content.decode().lstrip("\ufeff")
    (row,) = csv.DictReader(io.StringIO(export), delimiter=";")
    assert (row["Spent"], row["Left"]) == (value, "0.00")


def test_an_order_on_a_budget_that_is_over_already_hears_by_how_much(cast: Cast, visit: Visit) -> None:
    budgets.make(cast.krakow, "100.00", name="Branch", effect="warn")
    place(cast.anna, "150.00")
    carts.fill(cast.anna, records=[carts.stock("M10", price="10.00")], quantity=1)
    page = text(visit(cast.anna).get(reverse("basket:summary")))
    assert "The budget “Branch” is over by PLN 50.00 for " in page
    assert "this order takes PLN 10.00" in page


def test_an_order_that_takes_nothing_of_a_budget_that_is_over_leaves_it_so(cast: Cast, visit: Visit) -> None:
    budgets.make(cast.krakow, "100.00", name="Branch", effect="warn")
    place(cast.anna, "150.00")
    carts.fill(cast.anna, records=[carts.stock("M0", price="0.00")], quantity=1)
    assert "It stays over by PLN 50.00." in text(visit(cast.anna).get(reverse("basket:summary")))


# --- B17: so much in so many days ---


def test_so_much_in_thirty_days_then_freely_again_and_both_are_told(cast: Cast, visit: Visit) -> None:
    today = datetime.now(WARSAW).date()
    budget = budgets.make(
        cast.ben, "500.00", name="Ben's", period_kind="days", period_days=30, starts=today - timedelta(days=29)
    )
    place(cast.ben, "500.00")
    carts.fill(cast.ben, records=[carts.stock("M100", price="100.00")], quantity=1)
    full = text(visit(cast.ben).get(reverse("basket:summary")))
    assert "Spent PLN 500.00, held PLN 0.00, this order PLN 100.00, of PLN 500.00" in full
    assert "Nothing is left of the budget" in full
    assert "The order is refused." in full
    _a_day_passes(budget)
    free = text(visit(cast.ben).get(reverse("basket:summary")))
    assert "Spent PLN 0.00, held PLN 0.00, this order PLN 100.00, of PLN 500.00" in free
    assert "PLN 400.00 of PLN 500.00 will be left" in free
    assert not place(cast.ben, "500.00").held
    assert used(budget) == (0, 1000, 2)


def _a_day_passes(budget: Budget) -> None:
    """Let everything about a budget have been a day earlier."""
    before: date = budget.starts - timedelta(days=1)
    Budget.objects.filter(pk=budget.pk).update(starts=before, amounts=[[before.isoformat(), "500.00"]])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE akcept_budgets_ledgerrow SET period_start = %s", [before])
