"""Budgets from and to files: previewed, all or nothing, exactly what was shown, repeatable."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from akcept.budgets import actions, queries
from akcept.budgets.bulk.columns import COLUMNS, FIGURES
from akcept.budgets.models import Budget
from akcept.budgets.queries import Question
from akcept.journal.models import Entry
from akcept.kernel.errors import Changed, Invalid
from akcept.organizations.bulk import sheets
from akcept.organizations.bulk.planning import RowAct
from akcept.organizations.bulk.sheets import CLEARED, Row, Sheet
from akcept.testing import budgets
from akcept.testing.cast import Cast, Person, person
from tests.budgets.test_ledger import NOW
from tests.support.statements import statements


@pytest.fixture
def fay(cast: Cast) -> Person:
    return person("Fay", "Grosz", seat=cast.head_office, rights="manage_budgets")


def sheet(*rows: dict[str, str]) -> Sheet:
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    return Sheet(
        columns=columns,
        rows=tuple(
            Row(line=line, cells={name: row.get(name, "") for name in columns})
            for line, row in enumerate(rows, start=2)
        ),
    )


def row(cast: Cast, **cells: str) -> dict[str, str]:
    return {"name": "New", "amount": "1 000,50", "unit": cast.krakow.key, "starts": "2026-01-01", **cells}


def errors(cast: Cast, who: Person, **cells: str) -> list[str]:
    return queries.import_plan(who.actor, sheet(row(cast, **cells)), now=NOW).outcomes[0].errors


def do(who: Person, file: Sheet) -> dict[str, int]:
    plan = queries.import_plan(who.actor, file, now=NOW)
    return actions.import_budgets(file, actor=who.actor, digest=plan.digest, now=NOW)


def test_new_changed_and_left(cast: Cast, fay: Person) -> None:
    budgets.make(cast.krakow, name="Kept", effect="ask")
    budgets.make(cast.krakow, name="Raised", effect="ask")
    file = sheet(
        {"name": "Kept", "amount": "1000"},
        {"name": "Raised", "amount": "1500"},
        row(
            cast,
            scope="Członek",
            unit="",
            member=cast.anna.user.email.upper(),
            effect="block",
            basis="gross, with delivery",
            thresholds="50; 90 %",
            max_orders="0",
        ),
    )
    assert do(fay, file) == {RowAct.CREATED: 1, RowAct.CHANGED: 1, RowAct.LEFT: 1, RowAct.WRONG: 0}
    new = Budget.objects.get(name="New")
    assert (new.member_id, new.basis, new.thresholds, new.max_orders) == (
        cast.anna.member.pk,
        "total_gross",
        [50, 90],
        0,
    )
    assert new.amounts == [["2026-01-01", "1000.50"]]
    raised = Budget.objects.get(name="Raised")
    assert (raised.amounts, raised.version) == ([["2026-01-01", "1000.00"], ["2026-11-01", "1500.00"]], 2)
    assert Entry.objects.filter(topic__startswith="budget.").count() == 2
    assert do(fay, file) == {RowAct.CREATED: 0, RowAct.CHANGED: 0, RowAct.LEFT: 3, RowAct.WRONG: 0}, (
        "a second time nothing changes"
    )


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"name": ""}, "Enter the budget's name"),
        ({"amount": "a lot"}, "is not an amount"),
        ({"amount": "-5"}, "Enter an amount"),
        ({"unit": "XX"}, "There is no unit with the code"),
        ({"scope": "world"}, "is not one of: below, unit, member, cost_centre"),
        ({"scope": "member"}, "e-mail address is missing"),
        ({"scope": "member", "member": "otto@customer.example"}, "No active member"),
        ({"scope": "cost_centre"}, "Enter the cost centre"),
        ({"scope": "cost_centre", "cost_centre": "MPK 404"}, "No unit has the cost centre “MPK 404”"),
        ({"owner": "nobody@x.example"}, "No active member"),
        ({"starts": ""}, "needs its first day"),
        ({"starts": "1.1.26"}, "is not a date"),
        ({"starts": "01/02/2026"}, "could be two days"),
        ({"amount": "12.000"}, "could be two numbers"),
        ({"owner": "#N/A"}, "could not be calculated"),
        ({"amount": "5,90123E+12"}, "cut short by a spreadsheet"),
        ({"ends": "2025-12-31"}, "last day comes before"),
        ({"period": "days", "days": "0"}, "Enter a number of days"),
        ({"max_orders": "two"}, "is not a whole number"),
        ({"thresholds": "500"}, "from 1 to 200"),
        ({"currency": "złoty"}, "Choose a currency"),
    ],
)
def test_every_mistake_is_told(cast: Cast, fay: Person, cells: dict[str, str], says: str) -> None:
    found = errors(cast, fay, **cells)
    assert any(says in error for error in found), found


def test_several_mistakes_of_a_row_are_told_at_once_and_nothing_is_imported(cast: Cast, fay: Person) -> None:
    file = sheet(row(cast, name="Good"), row(cast, name="Bad", amount="x", effect="y", owner="z@z.example"))
    plan = queries.import_plan(fay.actor, file)
    assert [len(outcome.errors) for outcome in plan.outcomes] == [0, 3]
    with pytest.raises(Invalid):
        actions.import_budgets(file, actor=fay.actor, digest=plan.digest)
    assert not Budget.objects.exists()


@pytest.mark.parametrize("columns", [("name", "amount"), tuple(column.code for column in COLUMNS)])
def test_e2_what_a_file_does_not_say_stays(cast: Cast, fay: Person, columns: tuple[str, ...]) -> None:
    kept: dict[str, Any] = {"effect": "block", "state": "frozen", "thresholds": [80], "max_orders": 5}
    more = {"owner": cast.ben.member, "max_single": Decimal("9.50"), "ends": date(2026, 12, 31)}
    budgets.make(cast.krakow, "1000", name="Kept", **kept, **more)
    row = dict.fromkeys(columns, "") | {"name": "Kept", "amount": "1500"}
    plan = queries.import_plan(fay.actor, sheet(row), now=NOW)
    assert [(c.field, c.before, c.after) for c in plan.outcomes[0].changes] == [("amount", "1000.00", "1500.00")]
    do(fay, sheet(row))
    found = Budget.objects.get(name="Kept")
    assert {name: getattr(found, name) for name in (*kept, *more)} == kept | more


@pytest.mark.parametrize("word", ["-", "clear", "Wyczyść"])
def test_e2_a_word_clears(cast: Cast, fay: Person, word: str) -> None:
    more: dict[str, Any] = {"owner": cast.ben.member, "max_single": Decimal(9), "ends": date(2026, 12, 31)}
    budgets.make(cast.krakow, "1000", name="Kept", thresholds=[80], max_orders=5, **more)
    text = f"Name;Amount;Owner;Thresholds;Orders at most;One order at most;Last day\nKept;;{';'.join([word] * 5)}"
    do(fay, sheets.read_table(text.encode(), columns=COLUMNS))
    found = Budget.objects.get(name="Kept")
    assert (found.owner, found.thresholds, found.max_orders, found.max_single, found.ends) == (
        None,
        [],
        None,
        None,
        None,
    )
    for column in ("When exceeded", "State", "Amount", "Name"):
        file = f"Name;Amount;{'' if column in ('Name', 'Amount') else column}\nKept;1;"
        cells = {"Name": f"{word};1;", "Amount": f"Kept;{word};"}.get(column, f"Kept;1;{word}")
        read = sheets.read_table(f"{file.splitlines()[0]}\n{cells}".encode(), columns=COLUMNS)
        assert any("cannot be cleared" in error for error in queries.import_plan(fay.actor, read).outcomes[0].errors)


def test_e5_e6_amounts(cast: Cast, fay: Person) -> None:
    assert "could be two numbers" in errors(cast, fay, amount="12.000")[0]
    assert "two decimal places" in errors(cast, fay, amount="0,001")[0]
    assert errors(cast, fay, amount="1 500,00 zł") == []
    assert errors(cast, fay, amount="1500 EUR") != []
    file = sheet(row(cast, amount="1870.0000000000002"))
    do(fay, file)
    assert Budget.objects.get(name="New").amounts == [["2026-01-01", "1870.00"]]


@pytest.mark.parametrize(
    ("cells", "fits"),
    [
        ({"amount": "500 GBP"}, True),
        ({"amount": "500 zł"}, False),
        ({"amount": "500 zł", "currency": "PLN"}, True),
        ({"amount": "500 GBP", "currency": "EUR"}, False),
    ],
)
def test_g4_an_amount_is_in_the_shops_own_currency_unless_the_row_names_another(
    cast: Cast, fay: Person, settings: Any, cells: dict[str, str], fits: bool
) -> None:
    settings.OSCAR_DEFAULT_CURRENCY = "GBP"
    assert (errors(cast, fay, **cells) == []) is fits
    if fits:
        do(fay, sheet(row(cast, **cells)))
        assert Budget.objects.get(name="New").currency == cells.get("currency", "GBP")


def test_e9_a_name_written_otherwise_is_the_same_budget(cast: Cast, fay: Person) -> None:
    budgets.make(cast.krakow, "1000", name="Kraków")
    for written in ("Krako\u0301w", "KRAKÓW", "Kra\u00adków", "Kraków\u200b"):
        plan = queries.import_plan(fay.actor, sheet({"name": written, "amount": "1000"}), now=NOW)
        assert [(one.act, one.errors) for one in plan.outcomes] == [(RowAct.LEFT, [])], written
    twice = sheet(row(cast, name="Nowy"), row(cast, name="NOWY"))
    assert queries.import_plan(fay.actor, twice).outcomes[1].errors == ["NOWY is already in row 2."]


def test_what_rows_are_sums_of_cannot_be_changed(cast: Cast, fay: Person) -> None:
    budgets.make(cast.krakow, name="New")
    assert errors(cast, fay, scope="below") == []
    assert errors(cast, fay, scope="unit", currency="EUR") == [
        "For of a budget cannot be changed: close it and add another one.",
        "Currency of a budget cannot be changed: close it and add another one.",
    ]


def test_somebody_of_a_branch_reaches_no_other(cast: Cast) -> None:
    gil = person("Gil", "Szeląg", seat=cast.krakow, rights="manage_budgets")
    budgets.make(cast.tarnow, name="Theirs")
    assert "There is already a budget named Theirs." in errors(cast, gil, name="Theirs")
    assert errors(cast, gil, unit=cast.tarnow.key) == [f"There is no unit with the code “{cast.tarnow.key}”."]
    assert errors(cast, gil, scope="member", member=cast.jan.user.email) != []
    assert errors(cast, gil, scope="cost_centre", cost_centre="4") == [
        "Only administrators at head office may do this."
    ]
    assert errors(cast, gil) == []


def test_what_has_changed_since_the_preview_stops_it(cast: Cast, fay: Person) -> None:
    budget = budgets.make(cast.krakow, name="New")
    file = sheet({"name": "New", "amount": "5"})
    plan = queries.import_plan(fay.actor, file)
    Budget.objects.filter(pk=budget.pk).update(version=2)
    with pytest.raises(Changed):
        actions.import_budgets(file, actor=fay.actor, digest=plan.digest)


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_export_comes_back_as_it_is(cast: Cast, fay: Person, file_format: str, language: str) -> None:
    budgets.make(cast.krakow, "1234.56", name="=1+1", owner=cast.ben.member, max_single=Decimal("9.50"))
    budgets.make(cast.anna, name="A", period_kind="days", period_days=14, carry="up_to", carry_most=Decimal(3))
    budgets.make("4", name="C", organization_id=cast.acme.pk, ends=date(2026, 12, 31), thresholds=[80])
    from django.utils.translation import override

    with override(language):
        content = sheets.written_table(
            queries.export_rows(fay.actor, Question()),
            columns=(*COLUMNS, *FIGURES),
            title="Budgets",
            file_format=file_format,
            language=language,
        )
        file = sheets.read_table(content, columns=(*COLUMNS, *FIGURES))
        plan = queries.import_plan(fay.actor, file)
    assert [(outcome.act, outcome.errors) for outcome in plan.outcomes] == [(RowAct.LEFT, [])] * 3


@pytest.mark.parametrize("number", [1, 3])
def test_statements_do_not_grow(cast: Cast, fay: Person, number: int) -> None:
    there = [budgets.make(cast.krakow, name=f"B{index}") for index in range(number)]
    changed = [{"name": budget.name, "amount": "5"} for budget in there]
    file = sheet(*changed, *(row(cast, name=f"N{index}") for index in range(number)))
    digest = queries.import_plan(fay.actor, file).digest
    importing: Any = lambda: actions.import_budgets(file, actor=fay.actor, digest=digest)  # noqa: E731  one expression
    assert len(statements(importing)) == 18


@pytest.mark.parametrize("column", ["starts", "ends"])
@pytest.mark.parametrize("day", ["9026-11-01", "9999-12-31", "0001-01-01"])
def test_b3_file_with_a_day_far_away_is_refused_and_the_years_named(
    cast: Cast, fay: Person, column: str, day: str
) -> None:
    told = [error for error in errors(cast, fay, **{column: day}) if "between" in error]
    assert told == ["Enter a day between 2000 and 2200."]


def test_d7_a_new_budget_without_its_unit_says_that_the_unit_is_missing(cast: Cast, fay: Person) -> None:
    assert errors(cast, fay, unit="") == ["The code of the unit is missing."]
    assert errors(cast, fay, unit="NIL") == ["There is no unit with the code “NIL”."]


@pytest.mark.parametrize("column", ["name", "amount", "unit", "owner", "effect", "starts", "thresholds"])
def test_e10_a_cell_that_could_not_be_calculated_is_said_once(cast: Cast, fay: Person, column: str) -> None:
    (said,) = errors(cast, fay, **{column: "#REF!"})
    assert "could not be calculated: the cell says #REF!" in said


@pytest.mark.parametrize("cells", [{"starts": "31.02.2026"}, {"scope": "everybody"}, {"period": "week"}])
def test_what_of_a_known_budget_cannot_be_read_is_said_once(cast: Cast, fay: Person, cells: dict[str, str]) -> None:
    budgets.make(cast.krakow, name="Kept")
    outcome = queries.import_plan(fay.actor, sheet({"name": "Kept", **cells}), now=NOW).outcomes[0]
    assert len(outcome.errors) == 1
    assert "cannot be changed" not in outcome.errors[0]


def test_d7_a_budget_that_asks_its_owner_and_has_none_is_said_before_it_is_imported(cast: Cast, fay: Person) -> None:
    budgets.make(cast.krakow, name="Owned", effect="ask", owner=cast.cora.member)
    budgets.make(cast.krakow, name="Ownerless", effect="ask")

    def note(**cells: str) -> str:
        return queries.import_plan(fay.actor, sheet(row(cast, **cells)), now=NOW).outcomes[0].note

    said = "It has no owner: orders that exceed it go to anyone who may accept them."
    assert note(effect="ask") == said
    assert note() == said, "asking is what a new budget does where the file does not say"
    assert note(effect="block") == ""
    assert note(effect="ask", owner=cast.cora.user.email) == ""
    plan = queries.import_plan(
        fay.actor, sheet({"name": "Owned", "owner": CLEARED}, {"name": "Ownerless", "owner": ""}), now=NOW
    )
    assert [outcome.note for outcome in plan.outcomes] == [said, ""], "what is left as it is says nothing new"
