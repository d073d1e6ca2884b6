"""What went wrong elsewhere when orders were decided, as people meet it here: docs/concepts/scenarios.md, D3 to D21."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client
from django.utils import translation

from akcept.approvals.models import Case, Decision
from akcept.journal.models import Entry
from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.ordering.status import CUSTOMER_LABELS, LABELS
from akcept.organizations.models import Member
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.support.days import passing_days
from tests.support.rules import ask_one_after_the_other


@pytest.fixture(autouse=True)
def _outbox(mailoutbox: list[Any]) -> None:
    """Start every test with an empty outbox."""


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    records = [carts.stock("A", price="10.00"), carts.stock("B", price="25.00")]
    return orders.place(cast.anna, records=records, note="Na kwartał", po_number="PO-1")


def _page(placed: Placed) -> str:
    return f"/orders/{placed.order_number}/"


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _main(answer: Any) -> str:
    """Return the page below its menu, with the bar an order is decided in."""
    return _text(answer).partition("<main")[2]


def _decide(client: Client, placed: Placed, move: str = "accept", *, version: int = 1, **data: Any) -> Any:
    return client.post(f"{_page(placed)}{move}/", {"version": str(version), **data})


def _line(placed: Placed, sku: str) -> int:
    return int(apps.get_model("order.Line").objects.get(order_id=placed.order_id, partner_sku=sku).pk)


def _sent() -> list[tuple[str, str]]:
    """Deliver what is due; return who got what, and empty the outbox."""
    deliver()
    found = [(m.to[0].partition("@")[0], m.extra_headers["Message-ID"].split(".")[2]) for m in mail.outbox]
    mail.outbox.clear()
    return sorted(found)


# --- D3: the page is out of date ---


def _dearer(cast: Cast, placed: Placed) -> None:
    actions.resubmit(
        placed.order_number, actor=cast.anna.actor, version=1, quantities={_line(placed, "A"): 7}, note="Na rok"
    )


def _other_words(cast: Cast, placed: Placed) -> None:
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, note="Na <rok>", po_number="PO-2")


SHOWN = {
    _dearer: ("<del>2</del>", "<ins>7</ins>", "<del>20.00</del>", "<ins>70.00</ins>", "<ins>Na rok</ins>"),
    _other_words: ("<del>Na kwartał</del>", "<ins>Na &lt;rok&gt;</ins>", "<del>PO-1</del>", "<ins>PO-2</ins>"),
}


@pytest.mark.parametrize("change", SHOWN)
@pytest.mark.parametrize("move", ["accept", "reject"])
def test_who_decides_on_an_old_page_is_shown_the_difference(
    cast: Cast, waiting: Placed, visit: Visit, change: Any, move: str
) -> None:
    ben = visit(cast.ben)
    ben.get(_page(waiting))
    change(cast, waiting)
    answer = _decide(ben, waiting, move, remark="my words")
    page = _main(answer)
    assert answer.status_code == 409
    for shown in ("has changed since you opened it", "Changed since you opened it", "my words", *SHOWN[change]):
        assert shown in page, shown
    assert not Decision.objects.exists()
    assert _decide(ben, waiting, version=2).status_code == 302, "the page Ben has now is up to date"


@pytest.mark.parametrize("change", SHOWN)
def test_row_and_bulk_of_an_old_inbox_show_the_difference_too(
    cast: Cast, waiting: Placed, visit: Visit, change: Any
) -> None:
    ben = visit(cast.ben)
    ben.get("/acceptance/")
    change(cast, waiting)
    headers = {"HX-Request": "true"}
    row = ben.post(f"{_page(waiting)}accept/", {"version": "1", "from": "inbox"}, headers=headers)
    bulk = ben.post("/acceptance/decide/", {"chosen": f"{waiting.order_number}:1", "move": "accept"})
    assert (row.status_code, bulk.status_code) == (409, 200)
    for page in (_text(row), _main(bulk)):
        for shown in ("has changed since you opened it", f'href="{_page(waiting)}"', *SHOWN[change]):
            assert shown in page, shown
    assert "Accepted: 0" in _main(bulk)
    assert not Decision.objects.exists()


def test_only_what_was_changed_since_is_shown_as_new(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _dearer(cast, waiting)
    actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=2, quantities={_line(waiting, "B"): 3})
    page = _main(_decide(visit(cast.ben), waiting, version=2))
    new = page.partition("Changed since you opened it")[2].partition("Produkt A")[0]
    assert "<ins>3</ins>" in new
    assert "<ins>7</ins>" not in new


def test_history_tells_that_words_were_changed_without_repeating_them(
    cast: Cast, waiting: Placed, visit: Visit
) -> None:
    _other_words(cast, waiting)
    page = _main(visit(cast.ben).get(_page(waiting)))
    assert "changed the order and submitted it again: the note, the organisation&#x27;s order number" in page
    assert "Na" not in str(Entry.objects.get(topic="order.resubmitted").payload)


def test_who_may_not_see_the_order_is_shown_no_difference(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _dearer(cast, waiting)
    for who in (cast.otto, cast.jan, cast.ewa):
        data = {"chosen": f"{waiting.order_number}:1", "move": "accept"}
        told = _main(visit(who).post("/acceptance/decide/", data))
        headers = {"HX-Request": "true"}
        row = visit(who).post(f"{_page(waiting)}accept/", {"version": "1", "from": "inbox"}, headers=headers)
        for page in (told, _text(row)):
            assert "Produkt A" not in page
            assert "Na rok" not in page


def _asked_more(cast: Cast, placed: Placed) -> None:
    """Let Dora give a waiting order the steps of a rule that came after it."""
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    actions.recheck(placed.order_number, actor=cast.dora.actor)


def _told(answer: Any) -> str:
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", _text(answer))))


STEPS = (
    "Dora Zielińska applied the current rules to it",
    "Asked before 1. anyone who may accept the unit's orders",
    "Asked now 1. Ben Nowak rule “One after the other” 2. Cora Wiśniewska rule “One after the other”",
    "earlier acceptances no longer count",
)


def test_page_left_open_says_which_steps_newer_rules_gave_the_order(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _asked_more(cast, waiting)
    with translation.override("en"):
        ben = visit(cast.ben)
        answers = [_decide(ben, waiting), _decide(ben, waiting, "reject", remark="no")]
        data = {"chosen": f"{waiting.order_number}:1", "move": "accept"}
        in_bulk = _told(ben.post("/acceptance/decide/", data))
        row = ben.post(f"{_page(waiting)}accept/", {"version": "1", "from": "inbox"}, headers={"HX-Request": "true"})
        change = visit(cast.anna).post(f"{_page(waiting)}change/", {"version": "1"})
        withdrawn = _decide(visit(cast.anna), waiting, "withdraw")
    assert [answer.status_code for answer in answers] == [409, 409]
    for told in (*map(_told, answers), in_bulk, _told(row), _told(change), _told(withdrawn)):
        for words in STEPS:
            assert words in told
    fresh = _told(ben.get(_page(waiting)))
    assert "Asked before" not in fresh
    assert "Asked before" not in _told(_decide(ben, waiting, "reject", version=2, remark=" "))
    assert _decide(ben, waiting, version=2).status_code == 302


def test_steps_are_shown_to_nobody_who_may_not_see_the_order(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _asked_more(cast, waiting)
    with translation.override("en"):
        for who in (cast.otto, cast.jan, cast.ewa):
            data = {"chosen": f"{waiting.order_number}:1", "move": "accept"}
            assert "Asked" not in _told(visit(who).post("/acceptance/decide/", data))
            assert "Asked" not in _told(_decide(visit(who), waiting))


def test_change_that_brought_other_steps_shows_both(cast: Cast, waiting: Placed, visit: Visit) -> None:
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=1, quantities={_line(waiting, "A"): 7})
    with translation.override("en"):
        told = _told(_decide(visit(cast.ben), waiting))
    assert "Other people have to accept it now" in told
    assert "Asked now 1. Ben Nowak" in told
    assert "2 → 7" in told
    assert "Dora Zielińska" not in told


def test_page_left_open_says_who_took_an_acceptance_back(cast: Cast, waiting: Placed, visit: Visit) -> None:
    actions.accept(waiting.order_number, actor=cast.cora.actor, version=1)
    actions.revoke(waiting.order_number, actor=cast.cora.actor, version=2, reason="Too soon")
    with translation.override("en"):
        told = _told(_decide(visit(cast.ben), waiting))
    assert re.search(
        r"Cora Wiśniewska accepted this order and revoked the acceptance at \d\d:\d\d: it is pending again\.", told
    )


# --- D5: one of two rejects ---


def test_one_rejects_and_the_other_is_asked_no_more_anywhere(cast: Cast, waiting: Placed, visit: Visit) -> None:
    control = orders.place(cast.ewa, lines=1)
    _sent()
    ben = visit(cast.ben)
    assert _text(ben.get("/acceptance/count/")) == "2"
    _decide(visit(cast.cora), waiting, "reject", remark="za drogo")
    assert _text(ben.get("/acceptance/count/")) == "1"
    assert waiting.order_number not in _main(ben.get("/acceptance/"))
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
    assert _text(visit(cast.ben).get("/acceptance/count/")) == "1"
    assert scanner.post(link, {"move": "accept"}).status_code == 302
    assert orders.order(waiting).status == "unhandled"


# --- D9: approved by one, touched by the shop ---


def test_old_link_names_who_accepted_and_not_who_touched_it_last(cast: Cast, waiting: Placed, visit: Visit) -> None:
    deliver()
    body = next(message.body for message in mail.outbox if message.to == ["cora@customer.example"])
    (link,) = set(re.findall(r"/acceptance/by-mail/\S+", body))
    _decide(visit(cast.ben), waiting, remark="tak")
    mia = visit(cast.mia, superuser=True)
    panel = f"/dashboard/orders/{waiting.order_number}/"
    mia.post(panel, {"order_action": "save_note", "message": "packing"})
    mia.post(panel, {"order_action": "change_order_status", "new_status": "in_progress"})
    assert orders.order(waiting).status == "in_progress"
    cora = visit(cast.cora)
    told = [_main(cora.get(_page(waiting))), _main(_decide(cora, waiting)), _main(visit().get(link))]
    assert ["Ben Nowak" in page for page in told] == [True] * 3
    assert "Accepted by Ben Nowak" in told[0]
    assert "Someone was faster: Ben Nowak accepted this order" in told[1]
    assert [name for page in told for name in ("Mia", "Sikora") if name in page] == []
    assert "accepted by Ben Nowak" in _main(cora.get("/orders/?scope=all"))


# --- D13: accepted at step 1, sent back at step 2 ---


@pytest.mark.parametrize("changed", [False, True])
def test_after_sending_back_at_step_two_step_one_is_asked_anew(cast: Cast, visit: Visit, changed: bool) -> None:
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    placed = orders.place(cast.anna, records=[carts.stock("A", price="10.00")])
    ben, cora, anna = visit(cast.ben), visit(cast.cora), visit(cast.anna)
    _decide(ben, placed)
    _decide(cora, placed, "send-back", version=2, remark="Po co?")
    _sent()
    quantity = 1 if changed else 2
    data = {f"quantity-{_line(placed, 'A')}": str(quantity), "remark": "Bo tak", "note": "", "po_number": ""}
    assert _decide(anna, placed, "change", version=3, **data).status_code == 302
    assert _sent() == [("ben", "acceptance_asked")]
    page = _main(anna.get(_page(placed)))
    assert "Step 1 of 2" in page
    steps = page.partition('<ol class="steps">')[2].partition("</ol>")[0]
    assert "accepted by" not in steps, "the former yes is void"
    assert [_text(who.get("/acceptance/count/")) for who in (ben, cora)] == ["1", "0"]
    assert _decide(cora, placed, version=4).status_code == 403
    _decide(ben, placed, version=4)
    assert orders.order(placed).status == "awaiting_acceptance"
    _decide(cora, placed, version=5)
    assert orders.order(placed).status == "unhandled", "it ends, it goes in no circle"


# --- D15: several at once ---


def test_where_nothing_could_be_decided_nothing_is_called_done(cast: Cast, visit: Visit) -> None:
    placed = [orders.place(cast.anna, lines=1) for _ in range(2)]
    for order in placed:
        actions.withdraw(order.order_number, actor=cast.anna.actor, version=1)
    chosen = [f"{order.order_number}:1" for order in placed]
    page = _main(visit(cast.ben).post("/acceptance/decide/", {"chosen": chosen, "move": "accept"}))
    assert "Accepted: 0 · not decided: 2" in page
    assert "why good" not in page
    assert page.count("Anna Kowalska withdrew this order") == 2


# --- D17: own orders, where the organisation allows that ---


def test_organisation_switches_self_acceptance_on_and_history_marks_it(cast: Cast, visit: Visit) -> None:
    limit = {"amount": "10", "currency": "PLN", "basis": "goods_net"}
    Member.objects.filter(pk=cast.ben.member.pk).update(accept_limits=[limit])
    placed = orders.place(cast.ben, records=[carts.stock("A", price="50.00")])
    ben = visit(cast.ben)
    assert f"{_page(placed)}accept/" not in _main(ben.get(_page(placed)))
    assert _decide(ben, placed).status_code == 403
    terms = {"version": "1", "remind_after_days": "2", "expire_after_days": "15", "self_acceptance": "on"}
    assert visit(cast.dora).post("/organization/terms/", terms).status_code == 302
    assert f"{_page(placed)}accept/" in _main(ben.get(_page(placed)))
    assert _decide(ben, placed).status_code == 302
    assert "You accepted your own order" in _text(ben.get(_page(placed), headers={"Accept-Language": "en"}))
    mia = visit(cast.mia, superuser=True)
    told = {
        "en": "accepted their own order, as the organisation allows",
        "pl": "akceptuje własne zamówienie",
    }
    for language, words in told.items():
        for page in (
            visit(cast.ben, language=language).get(_page(placed)),
            visit(cast.cora, language=language).get(_page(placed)),
            visit(cast.mia, language=language).get(f"/dashboard/acceptance/{placed.order_number}/"),
        ):
            assert words in _main(page)
    assert "accepted their own order" in _main(mia.get(f"/dashboard/orders/{placed.order_number}/"))
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
        rows = [_row(_text(who.get("/orders/?scope=all")), waiting) for who in members]
        details = [_main(who.get(_page(waiting))) for who in members]
        details += [_main(mia.get(f"/dashboard/acceptance/{number}/"))]
        panel = [_main(mia.get(path)) for path in shop[1:]]
        panel += [] if held else [_row(_text(mia.get(shop[0])), waiting)]
        return [_chips(page) & labels for page in (*rows, *details, *panel)]

    with translation.override(language):
        shops = {status: str(text) for status, text in LABELS.items()}
        customers = {status: str(text) for status, text in CUSTOMER_LABELS.items()}
    labels = {*shops.values(), *customers.values()}
    assert words(held=True) == [{shops["awaiting_acceptance"]}] * 5
    _decide(visit(cast.ben), waiting)
    panel = f"/dashboard/orders/{number}/"
    for status in ("unhandled", "in_progress", "packed", "shipped", "completed"):
        if status != "unhandled":
            mia.post(panel, {"order_action": "change_order_status", "new_status": status})
        assert words(held=False) == [{customers[status]}] * 4 + [{shops[status]}] * 3, status
        for who in members:
            accepted = "kceptacja: Ben Nowak" if language == "pl" else "ccepted by Ben Nowak"
            assert accepted in _row(_text(who.get("/orders/?scope=all")), waiting) + _main(who.get(_page(waiting)))
        mia.post(panel, {"order_action": "change_order_status", "new_status": "awaiting_acceptance"})
        assert orders.order(waiting).status == status, "nothing the shop does takes the customer's acceptance back"


# --- D21: one of several of the same requester ---


def test_deciding_one_of_several_leaves_the_others_waiting_and_locked(cast: Cast, visit: Visit) -> None:
    budget = budgets.make(cast.krakow, "5000.00")
    placed = [orders.place(cast.anna, records=[carts.stock("A", price="10.00")], quantity=3) for _ in range(3)]
    _decide(visit(cast.ben), placed[1])
    assert [orders.order(each).status for each in placed] == ["awaiting_acceptance", "unhandled", "awaiting_acceptance"]
    mia = visit(cast.mia, superuser=True)
    for each in (placed[0], placed[2]):
        assert Case.objects.get(pk=each.order_id).version == 1
        panel = f"/dashboard/orders/{each.order_number}/"
        mia.post(panel, {"order_action": "change_order_status", "new_status": "in_progress"})
        assert orders.order(each).status == "awaiting_acceptance"
        assert f"{_page(each)}accept/" in _main(visit(cast.ben).get(_page(each)))
    booked = {each.order_number: [] for each in placed}
    for number, kind in budget.rows.order_by("pk").values_list("order_number", "kind"):
        booked[number].append(kind)
    assert list(booked.values()) == [["hold"], ["hold", "release", "spend"], ["hold"]]
    assert carts.stock("A").num_allocated == 9
    assert _text(visit(cast.ben).get("/acceptance/count/")) == "2"
