"""D3 of docs/concepts/scenarios.md: whoever decides on a page that is out of date is shown what is different now."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.utils import translation

from akcept.approvals.models import Decision
from akcept.journal.models import Entry
from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.storefront.orders.deciding import decide, line_of, main_of, page_of, text_of, two_kinds
from tests.support.rules import ask_one_after_the_other


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    return two_kinds(cast)


def _dearer(cast: Cast, placed: Placed) -> None:
    actions.resubmit(
        placed.order_number, actor=cast.anna.actor, version=1, quantities={line_of(placed, "A"): 7}, note="Na rok"
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
    ben.get(page_of(waiting))
    change(cast, waiting)
    answer = decide(ben, waiting, move, remark="my words")
    page = main_of(answer)
    assert answer.status_code == 409
    for shown in ("has changed since you opened it", "Changed since you opened it", "my words", *SHOWN[change]):
        assert shown in page, shown
    assert not Decision.objects.exists()
    assert decide(ben, waiting, version=2).status_code == 302, "the page Ben has now is up to date"


@pytest.mark.parametrize("change", SHOWN)
def test_row_and_bulk_of_an_old_inbox_show_the_difference_too(
    cast: Cast, waiting: Placed, visit: Visit, change: Any
) -> None:
    ben = visit(cast.ben)
    ben.get("/acceptance/")
    change(cast, waiting)
    headers = {"HX-Request": "true"}
    row = ben.post(f"{page_of(waiting)}accept/", {"version": "1", "from": "inbox"}, headers=headers)
    bulk = ben.post("/acceptance/decide/", {"chosen": f"{waiting.order_number}:1", "move": "accept"})
    assert (row.status_code, bulk.status_code) == (409, 200)
    for page in (text_of(row), main_of(bulk)):
        for shown in ("has changed since you opened it", f'href="{page_of(waiting)}"', *SHOWN[change]):
            assert shown in page, shown
    assert "Accepted: 0" in main_of(bulk)
    assert not Decision.objects.exists()


def test_only_what_was_changed_since_is_shown_as_new(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _dearer(cast, waiting)
    actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=2, quantities={line_of(waiting, "B"): 3})
    page = main_of(decide(visit(cast.ben), waiting, version=2))
    new = page.partition("Changed since you opened it")[2].partition("Produkt A")[0]
    assert "<ins>3</ins>" in new
    assert "<ins>7</ins>" not in new


def test_history_tells_that_words_were_changed_without_repeating_them(
    cast: Cast, waiting: Placed, visit: Visit
) -> None:
    _other_words(cast, waiting)
    page = main_of(visit(cast.ben).get(page_of(waiting)))
    assert "changed the order and submitted it again: the note, the organisation&#x27;s order number" in page
    assert "Na" not in str(Entry.objects.get(topic="order.resubmitted").payload)


def test_who_may_not_see_the_order_is_shown_no_difference(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _dearer(cast, waiting)
    for who in (cast.otto, cast.jan, cast.ewa):
        data = {"chosen": f"{waiting.order_number}:1", "move": "accept"}
        told = main_of(visit(who).post("/acceptance/decide/", data))
        headers = {"HX-Request": "true"}
        row = visit(who).post(f"{page_of(waiting)}accept/", {"version": "1", "from": "inbox"}, headers=headers)
        for page in (told, text_of(row)):
            assert "Produkt A" not in page
            assert "Na rok" not in page


def _asked_more(cast: Cast, placed: Placed) -> None:
    """Let Dora give a waiting order the steps of a rule that came after it."""
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    actions.recheck(placed.order_number, actor=cast.dora.actor)


def _told(answer: Any) -> str:
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text_of(answer))))


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
        answers = [decide(ben, waiting), decide(ben, waiting, "reject", remark="no")]
        data = {"chosen": f"{waiting.order_number}:1", "move": "accept"}
        in_bulk = _told(ben.post("/acceptance/decide/", data))
        row = ben.post(f"{page_of(waiting)}accept/", {"version": "1", "from": "inbox"}, headers={"HX-Request": "true"})
        change = visit(cast.anna).post(f"{page_of(waiting)}change/", {"version": "1"})
        withdrawn = decide(visit(cast.anna), waiting, "withdraw")
    assert [answer.status_code for answer in answers] == [409, 409]
    for told in (*map(_told, answers), in_bulk, _told(row), _told(change), _told(withdrawn)):
        for words in STEPS:
            assert words in told
    fresh = _told(ben.get(page_of(waiting)))
    assert "Asked before" not in fresh
    assert "Asked before" not in _told(decide(ben, waiting, "reject", version=2, remark=" "))
    assert decide(ben, waiting, version=2).status_code == 302


def test_steps_are_shown_to_nobody_who_may_not_see_the_order(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _asked_more(cast, waiting)
    with translation.override("en"):
        for who in (cast.otto, cast.jan, cast.ewa):
            data = {"chosen": f"{waiting.order_number}:1", "move": "accept"}
            assert "Asked" not in _told(visit(who).post("/acceptance/decide/", data))
            assert "Asked" not in _told(decide(visit(who), waiting))


def test_change_that_brought_other_steps_shows_both(cast: Cast, waiting: Placed, visit: Visit) -> None:
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=1, quantities={line_of(waiting, "A"): 7})
    with translation.override("en"):
        told = _told(decide(visit(cast.ben), waiting))
    assert "Other people have to accept it now" in told
    assert "Asked now 1. Ben Nowak" in told
    assert "2 → 7" in told
    assert "Dora Zielińska" not in told


def test_page_left_open_says_who_took_an_acceptance_back(cast: Cast, waiting: Placed, visit: Visit) -> None:
    actions.accept(waiting.order_number, actor=cast.cora.actor, version=1)
    actions.revoke(waiting.order_number, actor=cast.cora.actor, version=2, reason="Too soon")
    with translation.override("en"):
        told = _told(decide(visit(cast.ben), waiting))
    assert re.search(
        r"Cora Wiśniewska accepted this order and revoked the acceptance at \d\d:\d\d: it is pending again\.", told
    )
