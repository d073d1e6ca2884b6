"""What budgets take on one PostgreSQL, with a short and with a long ledger: questions, pages, placing bound by five."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.urls import reverse

from akcept.budgets import binding
from akcept.budgets.models import Budget
from akcept.budgets.scope import Bearer
from akcept.kernel.amounts import Amounts
from akcept.kernel.clock import utc_now
from akcept.organizations.models import Member, Unit
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Person, organization
from akcept.testing.companies import Company, grow
from bench.timing import ROUNDS, each, table, timed
from bench.visitors import client_of

#: Rows of the ledger unless told otherwise; one budget for a hundred of them, 300 at most.
SIZES = (2_000, 200_000)
_ROWS_A_BUDGET, _MOST_BUDGETS = 100, 300
_MONTHS = 24
#: Of the rows, how many in a hundred are on the five budgets that bind the requester.
_BOUND_SHARE = 50
_PRICE = "90.00"


def measure(sizes: Sequence[int], *, rounds: int = ROUNDS) -> dict[str, Any]:
    """Return statements and milliseconds (median, p95) of every question, page and placing at every size."""
    found = {}
    for number, rows in enumerate(sizes):
        company = grow(organization(f"Acme {number}", f"{number:010}"), units=60, members=120)
        bound, every = _budgets(company, count=max(10, min(_MOST_BUDGETS, rows // _ROWS_A_BUDGET)))
        _book(bound, rows * _BOUND_SHARE // 100)
        _book(every, rows - rows * _BOUND_SHARE // 100)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE akcept_budgets_ledgerrow")
        asked = {name: timed(ask, rounds=rounds) for name, ask in _questions(company, bound).items()}
        found[f"{len(bound) + len(every)} budgets, {rows} rows"] = asked | _placing(company, bound, rounds=rounds)
    return found


def _requester(company: Company) -> Person:
    """Return somebody in the deepest unit, four levels below head office."""
    return next(person for person in company.people if person.member and person.member.unit_id == company.deepest.pk)


def _budgets(company: Company, *, count: int) -> tuple[list[Budget], list[Budget]]:
    """Set up the five that bind the requester (one carries its rest over), and others around them."""
    who, unit, top = _requester(company), company.deepest, company.units[0]
    starts = _month(utc_now().date(), back=_MONTHS - 1)
    more: dict[str, Any] = {"starts": starts, "effect": "block"}
    parent = Unit.objects.get(pk=unit.parent_id)
    bound = [
        budgets.make(top, "999999999", name="Whole", **more),
        budgets.make(parent, "999999999", name="Parent", **more),
        budgets.make(unit, "999999999", below=False, carry="all", name="Unit", **more),
        budgets.make(who, "999999999", name="Member", **more),
        budgets.make(
            unit.cost_centre, "999999999", organization_id=company.organization.pk, name="Cost centre", **more
        ),
    ]
    around = [unit for unit in company.units[1:] if not company.deepest.path.startswith(unit.path)]
    every = [
        budgets.make(around[number % len(around)], name=f"Budget {number}", carry=("none", "all")[number % 2], **more)
        for number in range(count - len(bound))
    ]
    return bound, every


def _month(day: date, *, back: int) -> date:
    for _ in range(back):
        day = day.replace(day=1) - timedelta(days=1)
    return day.replace(day=1)


def _book(on: list[Budget], rows: int) -> None:
    """Spend one grosz at a time on budgets, evenly over the months up to this one."""
    months = [_month(utc_now().date(), back=back) for back in range(_MONTHS)]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO akcept_budgets_ledgerrow (budget_id, organization_id, period_start, kind, amount, orders,
                exceeded, order_number, act, original_currency, rate_source, actor_kind, reason, at)
            SELECT (%s::bigint[])[n %% %s + 1], %s, (%s::date[])[n / %s %% %s + 1], 'spend', -0.01, 1,
                false, '', 'bench/' || n, '', '', 'system', '', now()
            FROM generate_series(0, %s) n
            """,
            [[budget.pk for budget in on], len(on), on[0].organization_id, months, len(on), _MONTHS, rows - 1],
        )


def _questions(company: Company, bound: list[Budget]) -> dict[str, Callable[[], Any]]:
    who, boss = _requester(company), company.administrator
    Member.objects.filter(pk=boss.member.pk).update(manage_budgets=True)  # type: ignore[union-attr]
    visitor, seat = client_of(boss.user), who.seat
    assert seat is not None  # noqa: S101
    bearer = Bearer(
        organization_id=seat.organization_id,
        unit_id=seat.unit_id,
        unit_path=seat.unit_path,
        member_id=seat.member_id,
    )
    amounts = Amounts(currency="PLN", goods_net=1, goods_gross=1, total_net=1, total_gross=1)  # type: ignore[arg-type]

    def standing(*, lock: bool) -> None:
        with transaction.atomic():
            found = binding.standings(bearer, amounts, at=utc_now(), lock=lock)
        if len(found) != len(bound):
            raise RuntimeError(f"{len(found)} budgets bind the order")

    page = partial(reverse, "akcept:budget")
    return {
        "how five stand": partial(standing, lock=False),
        "the same, locked": partial(standing, lock=True),
        "page: all budgets": lambda: visitor.get(reverse("akcept:budgets")),
        "page: one, ledger": lambda: visitor.get(page(args=[bound[0].pk])),
        "page: one, orders": lambda: visitor.get(page(args=[bound[0].pk]) + "?show=orders"),
    }


def _placing(company: Company, bound: list[Budget], *, rounds: int) -> dict[str, dict[str, float]]:
    """Place orders bound by none, by one and by all five budgets, five lines each."""
    who = _requester(company)
    records = [carts.stock(f"B{number}", price=_PRICE, number=10_000_000) for number in range(5)]
    taken = {}
    for number in (0, 1, len(bound)):
        Budget.objects.filter(pk__in=[budget.pk for budget in bound]).update(state="closed")
        Budget.objects.filter(pk__in=[budget.pk for budget in bound[:number]]).update(state="active")
        waiting = [carts.fill(who, records=records, quantity=1) for _ in range(rounds)]
        taken[f"placing, {number} budgets"] = each([partial(orders.place_cart, who, cart) for cart in waiting])
    return taken


def report(figures: dict[str, Any]) -> list[str]:
    """Return the figures as lines."""
    return ["Budgets: statements, median and p95 in ms", *table(figures)]
