"""What went wrong elsewhere when orders were decided, as people meet it here: docs/concepts/scenarios.md, D5 to D21."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.utils import translation

from akcept.approvals.models import Case, Decision
from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.ordering.status import CUSTOMER_LABELS, LABELS
from akcept.organizations.models import Member
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.storefront.orders.deciding import decide, line_of, main_of, page_of, text_of, two_kinds
from tests.support.days import passing_days
from tests.support.rules import ask_one_after_the_other


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    return two_kinds(cast)


@pytest.fixture(autouse=True)
def _outbox(mailoutbox: list[Any]) -> None:
    """Start every test with an empty outbox."""


def _sent() -> list[tuple[str, str]]:
    """Deliver what is due; return who got what, and empty the outbox."""
    deliver()
    found = [(m.to[0].partition("@")[0], m.extra_headers["Message-ID"].split(".")[2]) for m in mail.outbox]
    mail.outbox.clear()
    return sorted(found)


# --- D5: one of two rejects ---


def test_one_rejects_and_the_other_is_asked_no_more_anywhere(cast: Cast, waiting: Placed, visit: Visit) -> None:
    control = orders.place(cast.ewa, lines=1)
    _sent()
    ben = visit(cast.ben)
    assert text_of(ben.get("/acceptance/count/")) == "2"
    decide(visit(cast.cora), waiting, "reject", remark="za drogo")
    assert text_of(ben.get("/acceptance/count/")) == "1"
    assert waiting.order_number not in main_of(ben.get("/acceptance/"))
    assert _sent() == [("anna", "order_rejected")]
    for _day in passing_days(40):
        pass
    reminded = [message.subject for message in mail.outbox if message.to == ["ben@customer.example"]]
    assert any(control.order_number in subject for subject in reminded), "the one that still waits"
    assert not any(waiting.order_number in message.subject for message in mail.outbox)


# --- D7: something else than its reader follows what the mail contains ---


@pytest.mark.parametrize("logged_in", [True, False])
def test_fetching_everything_a_mail_contains_decides_nothing(
    cast: Cast, waiting: Placed, visit: Visit, logged_in: bool
) -> None:
    deliver()
    sent: Any = next(message for message in mail.outbox if message.to == ["ben@customer.example"])
    ((html, _type),) = sent.alternatives
    addresses = set(re.findall(r"https?://[^/\s\"<>]+(/[^\s\"<>]*)", f"{sent.body} {html}"))
    link = next(address for address in addresses if "/by-mail/" in address)
    scanner = visit(cast.ben if logged_in else None)
    for address in addresses:
        for fetch in (scanner.get, scanner.head):
            assert fetch(address, headers={"Accept": "image/*", "Purpose": "prefetch"}).status_code in (200, 302, 405)
    assert Case.objects.get().version == 1
    assert not Decision.objects.exists()
    assert text_of(visit(cast.ben).get("/acceptance/count/")) == "1"
    assert scanner.post(link, {"move": "accept"}).status_code == 302
    assert orders.order(waiting).status == "unhandled"


# --- D9: approved by one, touched by the shop ---


def test_old_link_names_who_accepted_and_not_who_touched_it_last(cast: Cast, waiting: Placed, visit: Visit) -> None:
    deliver()
    body = next(message.body for message in mail.outbox if message.to == ["cora@customer.example"])
    (link,) = set(re.findall(r"/acceptance/by-mail/\S+", body))
    decide(visit(cast.ben), waiting, remark="tak")
    mia = visit(cast.mia, superuser=True)
    panel = f"/dashboard/orders/{waiting.order_number}/"
    mia.post(panel, {"order_action": "save_note", "message": "packing"})
    mia.post(panel, {"order_action": "change_order_status", "new_status": "in_progress"})
    assert orders.order(waiting).status == "in_progress"
    cora = visit(cast.cora)
    told = [main_of(cora.get(page_of(waiting))), main_of(decide(cora, waiting)), main_of(visit().get(link))]
    assert ["Ben Nowak" in page for page in told] == [True] * 3
    assert "Accepted by Ben Nowak" in told[0]
    assert "Someone was faster: Ben Nowak accepted this order" in told[1]
    assert [name for page in told for name in ("Mia", "Sikora") if name in page] == []
    assert "accepted by Ben Nowak" in main_of(cora.get("/orders/?scope=all"))


# --- D13: accepted at step 1, sent back at step 2 ---


@pytest.mark.parametrize("changed", [False, True])
def test_after_sending_back_at_step_two_step_one_is_asked_anew(cast: Cast, visit: Visit, changed: bool) -> None:
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00")])
    ben, cora, anna = visit(cast.ben), visit(cast.cora), visit(cast.anna)
    decide(ben, placed)
    decide(cora, placed, "send-back", version=2, remark="Po co?")
    _sent()
    quantity = 1 if changed else 2
    data = {f"quantity-{line_of(placed, 'A')}": str(quantity), "remark": "Bo tak", "note": "", "po_number": ""}
    assert decide(anna, placed, "change", version=3, **data).status_code == 302
    assert _sent() == [("ben", "acceptance_asked")]
    page = main_of(anna.get(page_of(placed)))
    assert "Step 1 of 2" in page
    steps = page.partition('<ol class="steps">')[2].partition("</ol>")[0]
    assert "accepted by" not in steps, "the former yes is void"
    assert [text_of(who.get("/acceptance/count/")) for who in (ben, cora)] == ["1", "0"]
    assert decide(cora, placed, version=4).status_code == 403
    decide(ben, placed, version=4)
    assert orders.order(placed).status == "awaiting_acceptance"
    decide(cora, placed, version=5)
    assert orders.order(placed).status == "unhandled", "it ends, it goes in no circle"


# --- D15: several at once ---


def test_where_nothing_could_be_decided_nothing_is_called_done(cast: Cast, visit: Visit) -> None:
    placed = [orders.place(cast.anna, lines=1) for _ in range(2)]
    for order in placed:
        actions.withdraw(order.order_number, actor=cast.anna.actor, version=1)
    chosen = [f"{order.order_number}:1" for order in placed]
    page = main_of(visit(cast.ben).post("/acceptance/decide/", {"chosen": chosen, "move": "accept"}))
    assert "Accepted: 0 · not decided: 2" in page
    assert "why good" not in page
    assert page.count("Anna Kowalska withdrew this order") == 2


# --- D17: own orders, where the organisation allows that ---


def test_organisation_switches_self_acceptance_on_and_history_marks_it(cast: Cast, visit: Visit) -> None:
    limit = {"amount": "10", "currency": "PLN", "basis": "goods_net"}
    Member.objects.filter(pk=cast.ben.member.pk).update(accept_limits=[limit])
    placed = orders.place(cast.ben, records=[carts.stock("A", price="50.00")])
    ben = visit(cast.ben)
    assert f"{page_of(placed)}accept/" not in main_of(ben.get(page_of(placed)))
    assert decide(ben, placed).status_code == 403
    terms = {"version": "1", "remind_after_days": "2", "expire_after_days": "15", "self_acceptance": "on"}
    assert visit(cast.dora).post("/organization/terms/", terms).status_code == 302
    assert f"{page_of(placed)}accept/" in main_of(ben.get(page_of(placed)))
    assert decide(ben, placed).status_code == 302
    assert "You accepted your own order" in text_of(ben.get(page_of(placed), headers={"Accept-Language": "en"}))
    mia = visit(cast.mia, superuser=True)
    told = {
        "en": "accepted their own order, as the organisation allows",
        "pl": "akceptuje własne zamówienie",
    }
    for language, words in told.items():
        for page in (
            visit(cast.ben, language=language).get(page_of(placed)),
            visit(cast.cora, language=language).get(page_of(placed)),
            visit(cast.mia, language=language).get(f"/dashboard/acceptance/{placed.order_number}/"),
        ):
            assert words in main_of(page)
    assert "accepted their own order" in main_of(mia.get(f"/dashboard/orders/{placed.order_number}/"))
    assert orders.order(placed).status == "unhandled"


# --- D19: accepted by the customer, then handled by the shop ---


def _chips(page: str) -> set[str]:
    found = re.findall(r'<span class="status status-\w+">(.*?)</span>', page, re.DOTALL)
    return {unescape(re.sub(r"<[^>]+>", "", chip)).strip() for chip in found}


def _row(page: str, placed: Placed) -> str:
    rows = re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    return next(row for row in rows if f"{placed.order_number}</a>" in row)


@pytest.mark.parametrize("language", ["en", "pl"])
def test_both_sides_read_the_same_words_and_accepted_stays_accepted(
    cast: Cast, waiting: Placed, visit: Visit, language: str
) -> None:
    mia = visit(cast.mia, superuser=True, language=language)
    members = [visit(who, language=language) for who in (cast.anna, cast.ben)]
    number = waiting.order_number

    def words(*, held: bool) -> list[set[str]]:
        shop = ["/dashboard/acceptance/"] if held else ["/dashboard/orders/", f"/dashboard/orders/{number}/"]
        rows = [_row(text_of(who.get("/orders/?scope=all")), waiting) for who in members]
        details = [main_of(who.get(page_of(waiting))) for who in members]
        details += [main_of(mia.get(f"/dashboard/acceptance/{number}/"))]
        panel = [main_of(mia.get(path)) for path in shop[1:]]
        panel += [] if held else [_row(text_of(mia.get(shop[0])), waiting)]
        return [_chips(page) & labels for page in (*rows, *details, *panel)]

    with translation.override(language):
        shops = {status: str(text) for status, text in LABELS.items()}
        customers = {status: str(text) for status, text in CUSTOMER_LABELS.items()}
    labels = {*shops.values(), *customers.values()}
    assert words(held=True) == [{shops["awaiting_acceptance"]}] * 5
    decide(visit(cast.ben), waiting)
    panel = f"/dashboard/orders/{number}/"
    for status in ("unhandled", "in_progress", "packed", "shipped", "completed"):
        if status != "unhandled":
            mia.post(panel, {"order_action": "change_order_status", "new_status": status})
        assert words(held=False) == [{customers[status]}] * 4 + [{shops[status]}] * 3, status
        for who in members:
            accepted = "kceptacja: Ben Nowak" if language == "pl" else "ccepted by Ben Nowak"
            assert accepted in _row(text_of(who.get("/orders/?scope=all")), waiting) + main_of(
                who.get(page_of(waiting))
            )
        mia.post(panel, {"order_action": "change_order_status", "new_status": "awaiting_acceptance"})
        assert orders.order(waiting).status == status, "nothing the shop does takes the customer's acceptance back"


# --- D21: one of several of the same requester ---


def test_deciding_one_of_several_leaves_the_others_waiting_and_locked(cast: Cast, visit: Visit) -> None:
    budget = budgets.make(cast.krakow, "5000.00")
    placed = [orders.place(cast.anna, records=[carts.stock("A", price="10.00")], quantity=3) for _ in range(3)]
    decide(visit(cast.ben), placed[1])
    assert [orders.order(each).status for each in placed] == ["awaiting_acceptance", "unhandled", "awaiting_acceptance"]
    mia = visit(cast.mia, superuser=True)
    for each in (placed[0], placed[2]):
        assert Case.objects.get(pk=each.order_id).version == 1
        panel = f"/dashboard/orders/{each.order_number}/"
        mia.post(panel, {"order_action": "change_order_status", "new_status": "in_progress"})
        assert orders.order(each).status == "awaiting_acceptance"
        assert f"{page_of(each)}accept/" in main_of(visit(cast.ben).get(page_of(each)))
    booked = {each.order_number: [] for each in placed}
    for number, kind in budget.rows.order_by("pk").values_list("order_number", "kind"):
        booked[number].append(kind)
    assert list(booked.values()) == [["hold"], ["hold", "release", "spend"], ["hold"]]
    assert carts.stock("A").num_allocated == 9
    assert text_of(visit(cast.ben).get("/acceptance/count/")) == "2"
