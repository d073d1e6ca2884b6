"""Pages of budgets: who sees them, what they say, what is typed and refused; nothing of it for others."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from akcept.budgets import wording
from akcept.budgets.actions import correct as book_by_hand
from akcept.budgets.models import Budget
from akcept.kernel.clock import utc_now
from akcept.ordering import actions as ordering
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast, person
from tests.budgets.test_ledger import place
from tests.conftest import Visit
from tests.support.statements import statements
from tests.support.visitors import hidden


def url(name: str, budget: Budget | None = None) -> str:
    return reverse(f"akcept:{name}", kwargs={"budget_id": budget.pk} if budget else None)


def text(response: Any) -> str:
    return " ".join(response.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def test_tree_with_bars_and_their_words(dora: Client, cast: Cast) -> None:
    budgets.make(cast.head_office, name="Whole", owner=cast.cora.member)
    budgets.make(cast.krakow, name="Branch", max_orders=9)
    budgets.make(cast.terminal, name="Umbra's")
    now = utc_now()
    place(cast.anna, "250.00", at=now)
    place(cast.ben, "100.00", held=False, at=now)
    page = text(dora.get(url("budgets")))
    assert 'aria-label="Spent PLN 100.00, held PLN 250.00, free PLN 650.00, of PLN 1,000.00"' in page
    assert "2 of 9 orders" in page
    assert "Umbra's" not in page
    assert "no budget" not in page.lower()


@pytest.mark.parametrize(
    ("language", "said"), [("en", "over by PLN 469.75"), ("pl", "przekroczony o 469,75 zł")], ids=["en", "pl"]
)
def test_what_a_budget_is_over_by_is_said_and_not_shown_as_a_negative_rest(
    dora: Client, cast: Cast, language: str, said: str
) -> None:
    budget = budgets.make(cast.krakow, "1000.00", name="Branch", effect="warn")
    place(cast.anna, "1469.75", at=utc_now())
    dora.cookies["django_language"] = language
    for page in (url("budgets"), url("budget", budget), url("transfer_budget", budget)):
        shown = text(dora.get(page))
        assert said in shown, page
        assert not re.search("[-\N{MINUS SIGN}](PLN )?469", shown.partition('id="rows"')[0]), page
    title = re.sub("<[^>]+>", " ", text(dora.get(url("budget", budget))))
    assert re.search(rf"(Budget|Budżet) +{said} ", title), "the label goes with it, and is not “Left”"
    dora.cookies["django_language"] = "en"
    export = dora.get(reverse("akcept:export_budgets", kwargs={"file_format": "csv"})).content.decode()
    assert "-469.75" in export, "a file keeps the number"


def test_a_page_of_one_budget_adds_up(dora: Client, cast: Cast) -> None:
    budget = budgets.make(cast.krakow, name="Branch")
    order = place(cast.anna, "250.00", at=utc_now())
    page = text(dora.get(url("budget", budget)))
    assert "Held by pending orders" in page
    assert "PLN 750.00" in page
    assert f"order {order.number}" in page
    assert f'href="/orders/{order.number}/"' not in page, "Dora may not see that order, so there is no link to it"


def test_every_row_says_what_was_left_after_it_on_every_page(dora: Client, cast: Cast) -> None:
    budget = budgets.make(cast.krakow, "10000.00", name="Branch", carry="all", starts=_last_month())
    order = place(cast.anna, "1.00", at=utc_now())
    for number in range(30):
        book_by_hand(budget.pk, actor=cast.dora.actor, amount=Decimal(number + 1), reason="x")
    pages, following = [], url("budget", budget)
    while following:
        pages.append(dora.get(following).content.decode().partition('id="rows"')[2])
        link = re.search(r'rel="next" href="([^"]+)"', pages[-1])
        following = url("budget", budget) + link[1].replace("&amp;", "&") if link else ""
    left = [
        Decimal(found.replace(",", ""))
        for page in pages
        for found in re.findall(r'class="num left"><span class="sub">([\d.,]+)<', page)
    ]
    steps = [Decimal(30 - number) for number in range(30)]
    assert len(pages) == 2
    assert left[0] == 20000 - 1 + sum(steps)
    assert [newer - older for newer, older in pairwise(left)] == [*steps, -1, 10000]
    assert left[-1] == 10000, "what the period began with"
    assert f"order {order.number}" in pages[-1]


def _last_month() -> date:
    return (utc_now().date().replace(day=1) - timedelta(days=1)).replace(day=1)


def test_orders_of_a_period_with_what_each_takes(dora: Client, visit: Visit, cast: Cast) -> None:
    budget = budgets.make(cast.krakow, owner=cast.ben.member)
    waiting, spent = (orders.place(who, records=[carts.stock("M1", price="100.00")]) for who in (cast.anna, cast.ben))
    rejected = orders.place(cast.anna, records=[carts.stock("M1")])
    ordering.reject(rejected.order_number, actor=cast.ben.actor, version=1, reason="no")
    page = text(visit(cast.ben).get(url("budget", budget) + "?show=orders"))
    rows = re.findall(r"<tr>(.*?)</tr>", page.partition('id="rows"')[2].partition("</table>")[0])[1:]
    found = [re.sub(r"<[^>]+>|\s+", " ", row) for row in rows]
    assert [row.split()[0] for row in found] == [each.order_number for each in (rejected, spent, waiting)]
    for row, said in zip(
        found,
        ("rejected by the customer nothing", "accepted for processing 200.00 spent", "acceptance 200.00 held"),
        strict=True,
    ):
        assert said in " ".join(row.split())
    assert f'href="/orders/{waiting.order_number}/"' in page
    hidden_one = text(dora.get(url("budget", budget) + "?show=orders"))
    assert waiting.order_number in hidden_one
    assert f'href="/orders/{waiting.order_number}/"' not in hidden_one, "Dora may not see that order"
    for query in ("?show=orders&after=x", "?show=orders&after=1", "?show=orders&period=1999-01-01"):
        assert dora.get(url("budget", budget) + query).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_statements_of_orders_of_a_period(dora: Client, cast: Cast, number: int) -> None:
    budget = budgets.make(cast.krakow)
    for _ in range(number):
        place(cast.anna, "1.00", at=utc_now())
    dora.get(url("budget", budget) + "?show=orders")
    assert len(statements(lambda: dora.get(url("budget", budget) + "?show=orders"))) == 12


def test_ledger_as_a_file_adds_up_in_a_spreadsheet(dora: Client, visit: Visit, cast: Cast) -> None:
    budget = budgets.make(cast.krakow, name="Kraków: [2026]")
    place(cast.anna, "250.10", at=utc_now())
    book_by_hand(budget.pk, actor=cast.dora.actor, amount=Decimal("-50.5"), reason="=cash")
    export = {name: reverse("akcept:export_ledger", args=[budget.pk, name]) for name in ("csv", "xlsx")}
    dora.cookies["django_language"] = "pl"
    csv_text = dora.get(export["csv"]).content.decode()
    assert "Kiedy (Europe/Warsaw);Co;Zamówienie" in csv_text
    assert "'=cash" in csv_text
    assert ";-50,50;699,40;PLN" in csv_text, "a negative amount is one"
    answer = dora.get(export["xlsx"])
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    column = {cell.value: number for number, cell in enumerate(sheet[1])}
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[column["Kwota"]] for row in rows] == [-50.5, -250.1]
    assert [row[column["Zostało"]] for row in rows] == [699.4, 749.9]
    assert f"ledger-{budget.pk}-" in answer["Content-Disposition"]
    for who, status in ((cast.anna, 403), (cast.otto, 403), (None, 302)):
        assert visit(who).get(export["csv"]).status_code == status
    other = person("Hal", "Denar", seat=cast.tarnow, rights="see_budgets")
    assert visit(other).get(export["csv"]).status_code == 404


def test_who_may_open_which(visit: Visit, cast: Cast) -> None:
    budget = budgets.make(cast.krakow, owner=cast.ben.member)
    names = ("budget", "change_budget", "correct_budget", "transfer_budget")
    tarnow = person("Hal", "Denar", seat=cast.tarnow, rights="manage_budgets")
    umbra = person("Rex", "Grosz", seat=cast.terminal, rights="manage_budgets")
    for who, expected in (
        (cast.dora, [200, 200, 200, 200]),
        (cast.ben, [200, 403, 403, 403]),
        (tarnow, [404, 404, 404, 404]),
        (umbra, [404, 404, 404, 404]),
        (cast.anna, [403, 403, 403, 403]),
        (cast.otto, [403, 403, 403, 403]),
        (cast.paul, [403, 403, 403, 403]),
        (None, [302, 302, 302, 302]),
    ):
        client = visit(who)
        assert [client.get(url(name, budget)).status_code for name in names] == expected, who
        assert client.post(url("change_budget", budget), {"name": "x"}).status_code in {302, 403, 404, 422}
    budget.refresh_from_db()
    assert budget.version == 1


def test_no_page_while_the_module_is_off(dora: Client, cast: Cast) -> None:
    from akcept.organizations import actions

    actions.switch_module(actor=cast.mia.actor, enabled=False)
    assert dora.get(url("budgets")).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_statements_of_the_list(dora: Client, cast: Cast, number: int) -> None:
    for _ in range(number):
        budgets.make(cast.krakow, owner=cast.ben.member)
    dora.get(url("budgets"))
    assert len(statements(lambda: dora.get(url("budgets")))) == 7


def test_a_file_is_shown_then_imported(dora: Client, cast: Cast) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    def send(content: str) -> Any:
        return dora.post(url("import_budgets"), {"file": SimpleUploadedFile("b.csv", content.encode())})

    head = "Nazwa;Kwota;Oddział;Pierwszy dzień\n"
    bad = send(head + f"Kraków;dużo;{cast.krakow.key};2026-01-01\n")
    assert "is not an amount" in text(bad)
    assert not hasattr(bad, "url")
    shown = send(head + f"Kraków;1 500,00;{cast.krakow.key};2026-01-01\n").content.decode()
    assert "It has no owner" in shown
    assert not Budget.objects.exists()
    confirmation = {"sheet": hidden(shown, "sheet"), "digest": hidden(shown, "digest")}
    tampered = dora.post(url("import_budgets"), {**confirmation, "sheet": confirmation["sheet"][:-2]})
    assert (tampered.status_code, "choose the file again" in text(tampered)) == (422, True)
    assert dora.post(url("import_budgets"), confirmation).status_code == 302
    assert Budget.objects.get().name == "Kraków"
    again = dora.post(url("import_budgets"), confirmation)
    assert again.status_code == 409, "what was shown is done already"
    for refused in (send("x"), send(""), dora.post(url("import_budgets"), {})):
        assert refused.status_code == 422


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            {
                "Unit": "Oddział Kraków",
                "Amount": "PLN 12,500.00",
                "Value": "net, without delivery",
                "Period": "number of days",
                "First day": "1 October 2026",
                "When exceeded": "the order is refused",
                "Thresholds": "80%, 100%",
                "One order at most": "PLN 1,000.50",
                "State": "active",
            },
        ),
        (
            "pl",
            {
                "Kwota": "12 500,00 zł",
                "Wartość": "netto, bez dostawy",
                "Okres": "liczba dni",
                "Pierwszy dzień": "1 października 2026",
                "Po przekroczeniu": "zamówienie jest odrzucane",
                "Progi": "80 %, 100 %",
                "Jedno zamówienie najwyżej": "1 000,50 zł",
                "Stan": "aktywny",
            },
        ),
    ],
)
def test_a_preview_says_what_the_file_would_do_as_pages_say_it(
    visit: Visit, cast: Cast, language: str, said: dict[str, str]
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    content = (
        "Nazwa;Kwota;Oddział;Pierwszy dzień;Okres;Dni;Po przekroczeniu;Progi;Jedno zamówienie najwyżej\n"
        f"Kraków;12500;{cast.krakow.key};2026-10-01;days;14;block;80 100;1000,5\n"
    )
    answer = visit(cast.dora, language=language).post(
        url("import_budgets"), {"file": SimpleUploadedFile("b.csv", content.encode())}
    )
    page = text(answer)
    assert [line for name, value in said.items() if (line := f"<div>{name}: {value}</div>") not in page] == []


def test_a_file_of_what_one_may_see(visit: Visit, dora: Client, cast: Cast) -> None:
    budgets.make(cast.krakow, name="=HYPERLINK()")
    budgets.make(cast.terminal, name="Umbra's")
    content = dora.get(reverse("akcept:export_budgets", kwargs={"file_format": "csv"})).content.decode()
    assert "'=HYPERLINK()" in content
    assert "Umbra" not in content
    assert dora.get(reverse("akcept:export_budgets", kwargs={"file_format": "xlsx"})).content[:2] == b"PK"
    for who in (cast.anna, cast.otto):
        refused = visit(who).get(reverse("akcept:export_budgets", kwargs={"file_format": "csv"}))
        assert refused.status_code == 403
        assert visit(who).get(url("import_budgets")).status_code == 403


# --- A8: a little too much is too much ---


@pytest.mark.parametrize(
    ("used", "said"),
    [
        ("499.99", "99%"),
        ("500.00", "100%"),
        ("500.01", "over 100%"),
        ("501.00", "over 100%"),
        ("502.50", "over 100%"),
        ("505.00", "101%"),
    ],
)
def test_a8_what_is_a_little_over_is_said_to_be_over(used: str, said: str) -> None:
    with translation.override("en"):
        assert wording.percent(Decimal(used), Decimal("500.00")).replace("\N{NO-BREAK SPACE}", "~") == said
    with translation.override("pl"):
        assert ("ponad" in wording.percent(Decimal(used), Decimal("500.00"))) == ("over" in said)


def test_a8_a_budget_two_thousandths_over_says_so_in_the_colour_of_its_bar(cast: Cast, visit: Visit) -> None:
    budget = budgets.make(cast.krakow, "500.00", name="Kraków", effect="warn")
    orders.place(cast.ben, records=[carts.stock("A8", price="501.00")], quantity=1)
    dora = visit(cast.dora)
    for url in ("/organization/budgets/", f"/organization/budgets/{budget.pk}/"):
        page = dora.get(url).content.decode().replace("\N{NO-BREAK SPACE}", " ")
        assert re.search(r'<(b|span) class="text-danger[^"]*">over 100%</', page), url
        assert '<rect class="over" x="98' in page


@pytest.mark.parametrize(("language", "said"), [("en", "7 too few in stock"), ("pl", "w magazynie brakuje 7")])
def test_a8_stock_below_nothing_says_how_many_are_too_few(cast: Cast, visit: Visit, language: str, said: str) -> None:
    record = carts.stock("A8", price="5.00")
    number = orders.place(cast.anna, records=[record], quantity=3).order_number
    type(record).objects.filter(pk=record.pk).update(num_in_stock=0, num_allocated=7)
    ben = visit(cast.ben)
    ben.cookies["django_language"] = language
    page = ben.get(f"/orders/{number}/").content.decode()
    assert said in page
    assert "-7" not in page
