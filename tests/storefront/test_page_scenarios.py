"""What pages elsewhere did not say, as people meet it here: docs/concepts/scenarios.md, U."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from akcept.approvals.conditions import Compare, Value
from akcept.approvals.rules import Rule, RuleStep
from akcept.ordering import actions
from akcept.ordering.models import Placement
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Member, UnitAddress
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast, Person
from tests.conftest import Visit
from tests.support.days import passing_days
from tests.support.rules import ask_one_after_the_other, save
from tests.support.visitors import hidden


@pytest.fixture(autouse=True)
def _outbox(mailoutbox: list[Any]) -> None:
    """Start every test with an empty outbox."""


def _text(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return re.sub(r"[\u00a0\u202f]", " ", unescape(content.decode()))


def _words(answer: Any) -> str:
    """Return what a page says below its menu, without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", _text(answer).partition("<main")[2]))


def _page(number: str) -> str:
    return f"/orders/{number}/"


# --- U1: why it will wait, with the number, and who decides ---


def _may_only_place(cast: Cast) -> Person:
    return cast.anna


def _above_the_limit(cast: Cast) -> Person:
    limit = {"amount": "50", "currency": "PLN", "basis": "goods_net"}
    Member.objects.filter(pk=cast.ben.member.pk).update(accept_limits=[limit])
    return cast.ben


def _by_a_rule(cast: Cast) -> Person:
    above = Value(compare=Compare.ABOVE, amount=Decimal(60), currency="PLN")
    asks = (Ask(kind=AskKind.MEMBER, id=cast.cora.member.pk, label=cast.cora.name),)
    rule = Rule(id=0, name="Big ones", unit_id=cast.head_office.pk, conditions=(above,), steps=(RuleStep(asks=asks),))
    save(cast, rule)
    return cast.ben


def _over_the_budget(cast: Cast) -> Person:
    budgets.make(cast.krakow, "70.00", effect="ask", owner=cast.cora.member, name="Biuro")
    return cast.ben


SAYS = {
    _may_only_place: {
        "en": ("you may place orders for Oddział Kraków, but not accept them", "Ben Nowak or Cora Wiśniewska"),
        "pl": ("zamówienia, które składasz", "Ben Nowak lub Cora Wiśniewska"),
    },
    _above_the_limit: {
        "en": ("it is above your limit of", "PLN 50.00", "Cora Wiśniewska"),
        "pl": ("50,00 zł", "Cora Wiśniewska"),
    },
    _by_a_rule: {
        "en": ("Big ones", "PLN 80.00", "PLN 60.00", "Cora Wiśniewska"),
        "pl": ("Big ones", "80,00 zł", "60,00 zł", "Cora Wiśniewska"),
    },
    _over_the_budget: {
        "en": ("it exceeds a budget: Biuro", "80.00", "70.00", "Cora Wiśniewska"),
        "pl": ("Biuro", "80,00", "70,00", "Cora Wiśniewska"),
    },
}


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("why", SAYS)
def test_cart_checkout_and_confirmation_say_why_and_who_decides(
    cast: Cast, visit: Visit, why: Any, language: str
) -> None:
    who = why(cast)
    carts.fill(who, records=[carts.stock("A", price="40.00")])
    client = visit(who, language=language)
    cart, checkout = (client.get(path) for path in ("/basket/", "/checkout/"))
    page = _text(checkout)
    form = {
        "cart": hidden(page, "cart"),
        "seen": hidden(page, "seen"),
        "delivery": orders.COURIER,
        "payment": "transfer",
        "po_number": "",
        "note": "",
        "address": str(UnitAddress.objects.get(unit=who.member.unit, is_default=True).pk),
    }
    confirmation = client.post("/checkout/", form, follow=True)
    assert "/thank-you/" in confirmation.redirect_chain[0][0]
    for name, answer in (("cart", cart), ("checkout", checkout), ("confirmation", confirmation)):
        told = _words(answer)
        for words in SAYS[why][language]:
            assert words.casefold() in told.casefold(), (name, words, told)
        for raw in ("may_not_accept", "over_limit", "over_budget", "awaiting_acceptance"):
            assert raw not in told, (name, raw)


def test_who_is_asked_after_whom_is_said_from_the_cart_on(cast: Cast, visit: Visit) -> None:
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    carts.fill(cast.anna, lines=1)
    anna = visit(cast.anna)
    for path in ("/basket/", "/checkout/"):
        assert "Waiting for Ben Nowak , then Cora Wiśniewska" in _words(anna.get(path))
    placed = orders.place(cast.anna, lines=1)
    thanked = _words(anna.get(f"/checkout/thank-you/{placed.order_number}/"))
    assert "Ben Nowak . They have been asked. After them it goes to: Cora Wiśniewska" in thanked


@pytest.mark.parametrize(
    ("quorum", "said"),
    [
        (0, "All of these have to accept it: Ben Nowak , Cora Wiśniewska"),
        (2, "2 of these have to accept it: Ben Nowak"),
    ],
)
def test_several_who_all_have_to_accept_are_not_told_as_a_choice(
    cast: Cast, visit: Visit, quorum: int, said: str
) -> None:
    asks = tuple(Ask(kind=AskKind.MEMBER, id=each.member.pk, label=each.name) for each in (cast.ben, cast.cora))
    save(cast, Rule(id=0, name="Both", unit_id=cast.head_office.pk, steps=(RuleStep(asks=asks, quorum=quorum),)))
    carts.fill(cast.anna, lines=1)
    anna = visit(cast.anna)
    placed = orders.place(cast.ewa, lines=1)
    pages = [anna.get("/basket/"), anna.get("/checkout/")]
    for page in (*pages, visit(cast.ewa).get(f"/checkout/thank-you/{placed.order_number}/")):
        assert said in _words(page)


# --- U7: the requester's list ---


def _row(client: Client, number: str) -> str:
    rows = re.findall(r"<tr.*?</tr>", _text(client.get("/orders/")), re.DOTALL)
    row = next(row for row in rows if f"{number}</a>" in row)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row))


def test_list_says_who_has_accepted_who_is_asked_and_who_comes_then(cast: Cast, visit: Visit) -> None:
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    number = orders.place(cast.anna, lines=1).order_number
    anna = visit(cast.anna)
    assert "asked: Ben Nowak · then Cora Wiśniewska" in _row(anna, number)
    actions.accept(number, actor=cast.ben.actor, version=1)
    row = _row(anna, number)
    assert "accepted by Ben Nowak · asked: Cora Wiśniewska" in row
    assert "then" not in row
    actions.accept(number, actor=cast.cora.actor, version=2)
    assert "accepted by Ben Nowak, Cora Wiśniewska" in _row(anna, number)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Waiting for Ben Nowak. They have been asked. After them it goes to: Cora Wiśniewska. You will"),
        ("pl", "Może zdecydować: Ben Nowak. Prośba o decyzję już wysłana. Potem trafi do: Cora Wiśniewska. "),
    ],
)
def test_after_ordering_it_is_said_who_is_asked_now_and_who_comes_then(
    cast: Cast, visit: Visit, language: str, said: str
) -> None:
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    number = orders.place(cast.anna, lines=1).order_number
    anna = visit(cast.anna)
    anna.cookies["django_language"] = language
    page = _text(anna.get(f"/checkout/thank-you/{number}/"))
    assert said in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_list_counts_those_of_a_step_that_asks_several(cast: Cast, visit: Visit) -> None:
    asks = tuple(Ask(kind=AskKind.MEMBER, id=each.member.pk, label=each.name) for each in (cast.ben, cast.cora))
    save(cast, Rule(id=0, name="Both", unit_id=cast.head_office.pk, steps=(RuleStep(asks=asks, quorum=2),)))
    number = orders.place(cast.anna, lines=1).order_number
    anna = visit(cast.anna)
    assert "asked: Ben Nowak, Cora Wiśniewska" in _row(anna, number)
    actions.accept(number, actor=cast.cora.actor, version=1)
    assert "accepted by Cora Wiśniewska · asked: Ben Nowak" in _row(anna, number)


@pytest.mark.parametrize("language", ["en", "pl"])
def test_list_gives_the_reason_of_a_rejection_and_the_yes_before_it(cast: Cast, visit: Visit, language: str) -> None:
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    number = orders.place(cast.anna, lines=1).order_number
    actions.accept(number, actor=cast.ben.actor, version=1)
    actions.reject(number, actor=cast.cora.actor, version=2, reason="Za <drogo>")
    row = _row(visit(cast.anna, language=language), number)
    accepted, rejected = ("accepted by", "rejected") if language == "en" else ("akceptacja", "odrzucone")
    quote = "Cora Wiśniewska: “Za" if language == "en" else "Cora Wiśniewska: „Za"
    for words in (accepted, "Ben Nowak", rejected, quote):
        assert words in row


def test_acceptances_that_count_no_more_are_not_in_the_list(cast: Cast, visit: Visit) -> None:
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    number = orders.place(cast.anna, lines=1).order_number
    actions.accept(number, actor=cast.ben.actor, version=1)
    actions.resubmit(number, actor=cast.anna.actor, version=2)
    assert "accepted by" not in _row(visit(cast.anna), number)


def _steps(client: Client, number: str) -> str:
    found = _text(client.get(_page(number))).partition('<ol class="steps">')[2].partition("</ol>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found))


def test_order_that_ended_says_at_which_step_and_calls_none_skipped(cast: Cast, visit: Visit) -> None:
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    first, second, third = (orders.place(cast.anna, lines=1).order_number for _ in range(3))
    actions.reject(first, actor=cast.ben.actor, version=1, reason="x")
    actions.accept(second, actor=cast.ben.actor, version=1)
    actions.withdraw(second, actor=cast.anna.actor, version=2)
    actions.accept(third, actor=cast.ben.actor, version=1)
    actions.send_back(third, actor=cast.cora.actor, version=2, question="?")
    anna = visit(cast.anna)
    told = [_steps(anna, number) for number in (first, second, third)]
    assert re.search(r"Step 1 rejected here .*Step 2 no longer asked", told[0])
    assert re.search(r"Step 1 accepted .*accepted by Ben Nowak .*Step 2 never answered", told[1])
    assert re.search(r"Step 1 later .*Step 2 later", told[2])
    assert ["skipped" in steps for steps in told] == [False] * 3


# --- U9: local time, and files say the zone ---


@pytest.mark.parametrize(("zone", "shown", "named"), [("Europe/Warsaw", "14:05", "CEST"), ("UTC", "12:05", "UTC")])
def test_times_are_local_on_page_in_mail_and_file_and_files_say_the_zone(
    cast: Cast, visit: Visit, settings: Any, zone: str, shown: str, named: str
) -> None:
    settings.TIME_ZONE = zone
    assert timezone.get_default_timezone_name() == zone
    at = datetime(2026, 7, 1, 12, 5, tzinfo=UTC)
    placed = orders.place(cast.anna, lines=1, now=at)
    held = orders.place(cast.anna, lines=1, now=at)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1, now=at)
    other = ({"14:05", "12:05"} - {shown}).pop()
    mia = visit(cast.mia, superuser=True)
    pages = [
        visit(cast.anna).get("/orders/"),
        visit(cast.anna).get(_page(placed.order_number)),
        mia.get(f"/dashboard/acceptance/{placed.order_number}/"),
        mia.get(f"/dashboard/orders/{placed.order_number}/"),
    ]
    for page in pages:
        assert f"1 July, {shown}" in _words(page)
        assert other not in _words(page)
        assert f"2026-07-01 {shown}:00 {named}" in _text(page), "exact, with its zone, in the title"
    late = visit(cast.cora).post(f"{_page(placed.order_number)}reject/", {"version": "1", "remark": "x"})
    assert f"accepted this order at {shown}" in _words(late)
    file = _text(mia.get("/dashboard/acceptance/export.csv"))
    head, row = file.strip().splitlines()[:2]
    assert f"({zone})" in head
    assert held.order_number in row
    assert f"2026-07-01 {shown}:00" in row
    copy = zipfile.ZipFile(io.BytesIO(visit(cast.anna).post("/organization/my-data/").content))
    assert f"2026-07-01 {shown}:00 {named}" in copy.read("personal-data.html").decode()
    stored = json.loads(copy.read("personal-data.json"))["orders"][0]["placed_at"]
    assert datetime.fromisoformat(stored) == at, "a moment, with its offset"


def test_mail_gives_a_day_and_a_local_time_and_no_yesterday(cast: Cast) -> None:
    number = orders.place(cast.anna, lines=1).order_number
    since = timezone.localtime(Placement.objects.get(number=number).placed_at)
    for _day in passing_days(12):
        pass
    reminders = [m for m in mail.outbox if "order_reminder" in m.extra_headers["Message-ID"]]
    cora = next(message for message in reminders if message.to == ["cora@customer.example"])
    assert f"{since.day} {since:%B}, {since:%H:%M}" in cora.body
    for message in reminders:
        for fresh in ("today", "yesterday", "dzisiaj", "wczoraj"):
            assert fresh not in message.body


# --- U11: the counter in the menu ---


def _menu(client: Client) -> str:
    found = re.search(r'<span class="count"[^>]*>(\d*)</span>', _text(client.get("/orders/")))
    return found[1] if found else "none"


def test_own_order_grows_the_other_approvers_counter_and_not_ones_own(cast: Cast, visit: Visit) -> None:
    _above_the_limit(cast)
    anna, ben, cora = (visit(who) for who in (cast.anna, cast.ben, cast.cora))
    orders.place(cast.ben, records=[carts.stock("A", price="90.00")])
    assert [_text(who.get("/acceptance/count/")) for who in (anna, ben, cora)] == ["", "0", "1"]
    assert (_menu(anna), _menu(ben) or "0", _menu(cora)) == ("none", "0", "1")
    orders.place(cast.anna, records=[carts.stock("B", price="1.00")])
    assert [_text(who.get("/acceptance/count/")) for who in (anna, ben, cora)] == ["", "1", "2"]
    assert (_menu(anna), _menu(ben), _menu(cora)) == ("none", "1", "2")
