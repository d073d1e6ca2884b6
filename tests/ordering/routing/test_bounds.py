"""What may be written about an order is bounded (B5, B6), and its page reads no more than it shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import count as count_up
from typing import Any

import pytest

from akcept.journal.models import Entry
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import IllegalMove, NotAllowed, Refused, TooOften
from akcept.ordering import actions, queries
from akcept.ordering.actions import Placed
from akcept.ordering.actions.comments import COMMENT_LIMIT, HOURLY_LIMIT
from akcept.testing import orders
from akcept.testing.cast import Cast, Person, person
from tests.conftest import Visit
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    return orders.place(cast.anna)


def _refused() -> int:
    return Entry.objects.filter(topic="order.decision_refused").count()


# --- B5 ---

TRIES: list[Callable[[str, Any], object]] = [
    lambda number, actor: actions.accept(number, actor=actor, version=1),
    lambda number, actor: actions.reject(number, actor=actor, version=1, reason="no"),
    lambda number, actor: actions.send_back(number, actor=actor, version=1, question="why?"),
    lambda number, actor: actions.forward(number, actor=actor, version=1, to_member_id=1),
    lambda number, actor: actions.revoke(number, actor=actor, version=1, reason="no"),
    lambda number, actor: actions.update_prices(number, actor=actor, version=1),
]


@pytest.mark.parametrize("available", [True, False])
@pytest.mark.parametrize("attempt", TRIES)
def test_b5_nothing_is_written_about_an_order_that_is_not_seen(
    cast: Cast, waiting: Placed, settings: Any, attempt: Callable[[str, Any], object], available: bool
) -> None:
    settings.AKCEPT_B2B_AVAILABLE = available
    wrong_branch = person("Tara", "Tarnów", seat=cast.tarnow, rights="accept_orders")
    for who in (cast.otto, wrong_branch, cast.jan, cast.paul):
        for number in (waiting.order_number, "anything", "x" * 500):
            with pytest.raises(Refused):
                attempt(number, who.actor)
    assert _refused() == 0


def test_b5_nor_by_address_while_the_module_is_withheld(
    cast: Cast, waiting: Placed, visit: Visit, settings: Any
) -> None:
    settings.AKCEPT_B2B_AVAILABLE = False
    before = Entry.objects.count()
    for number in ("anything", waiting.order_number):
        answer = visit(cast.otto).post(f"/orders/{number}/accept/", {"version": "1"})
        assert answer.status_code in (403, 404)
    assert Entry.objects.count() == before


def test_b5_tries_at_one_order_are_written_down_five_times_an_hour(cast: Cast, waiting: Placed) -> None:
    onlooker = person("Olek", "Widz", seat=cast.krakow, rights="see_unit_orders")
    for _ in range(8):
        with pytest.raises(NotAllowed):
            actions.accept(waiting.order_number, actor=onlooker.actor, version=1)
    assert _refused() == 5
    with pytest.raises(NotAllowed):  # somebody else's tries count apart
        actions.accept(waiting.order_number, actor=cast.anna.actor, version=1)
    assert _refused() == 6
    Entry.objects.filter(topic="order.decision_refused").update(at=utc_now() - timedelta(hours=2))
    with pytest.raises(NotAllowed):
        actions.accept(waiting.order_number, actor=onlooker.actor, version=1)
    assert _refused() == 7


# --- B6 ---


def _end(cast: Cast, waiting: Placed, how: str) -> None:
    if how == "rejected":
        actions.reject(waiting.order_number, actor=cast.ben.actor, version=1, reason="no")
    else:
        actions.withdraw(waiting.order_number, actor=cast.anna.actor, version=1, reason="")


@pytest.mark.parametrize("how", ["rejected", "withdrawn"])
def test_b6_ended_order_takes_no_comment_and_what_was_typed_is_shown(
    cast: Cast, waiting: Placed, visit: Visit, how: str
) -> None:
    _end(cast, waiting, how)
    with pytest.raises(IllegalMove, match="has ended"):
        actions.comment(waiting.order_number, actor=cast.anna.actor, text="Why?")
    answer = visit(cast.anna).post(f"/orders/{waiting.order_number}/comment/", {"text": "Why, I ask?"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Why, I ask?" in page
    assert "takes no more comments" in page
    assert not Entry.objects.filter(topic="order.commented").exists()


def test_b6_accepted_order_is_still_commented_on(cast: Cast, waiting: Placed) -> None:
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    actions.comment(waiting.order_number, actor=cast.anna.actor, text="When does it come?")
    assert Entry.objects.filter(topic="order.commented").count() == 1


def test_b6_one_person_writes_twenty_comments_an_hour(cast: Cast, waiting: Placed, visit: Visit) -> None:
    assert HOURLY_LIMIT == 20
    for number in range(HOURLY_LIMIT):
        actions.comment(waiting.order_number, actor=cast.anna.actor, text=f"No. {number}")
    with pytest.raises(TooOften, match="20 comments on this order within an hour"):
        actions.comment(waiting.order_number, actor=cast.anna.actor, text="One more")
    answer = visit(cast.anna).post(f"/orders/{waiting.order_number}/comment/", {"text": "One more, please"})
    assert answer.status_code == 429
    assert "One more, please</textarea>" in answer.content.decode()
    actions.comment(waiting.order_number, actor=cast.ben.actor, text="Others may")
    later = utc_now() + timedelta(hours=1, seconds=1)
    actions.comment(waiting.order_number, actor=cast.anna.actor, text="Later", now=later)


#: Far above the chain, which goes on below.
_SEQ = count_up(1_000_000)


def _write(cast: Cast, waiting: Placed, topic: str, count: int) -> None:
    Entry.objects.bulk_create(
        Entry(
            organization_id=cast.acme.pk,
            seq=next(_SEQ),
            topic=topic,
            subject_type="order",
            subject_id=waiting.order_number,
            actor_kind="member",
            actor_user_id=cast.ben.user.pk,
            actor_name="Ben Nowak",
            payload={"text": f"No. {number}.", "remark": f"No. {number}.", "order_id": waiting.order_id, "to": "Cora"},
            at=utc_now() - timedelta(days=1),
        )
        for number in range(count)
    )


def test_b6_an_order_has_two_hundred_comments_at_most(cast: Cast, waiting: Placed) -> None:
    assert COMMENT_LIMIT == 200
    _write(cast, waiting, "order.commented", 199)
    actions.comment(waiting.order_number, actor=cast.anna.actor, text="The last")
    with pytest.raises(TooOften, match="up to 200 comments"):
        actions.comment(waiting.order_number, actor=cast.anna.actor, text="One more")


def test_b6_comments_and_history_come_page_by_page_and_whole_in_the_end(
    cast: Cast, waiting: Placed, visit: Visit
) -> None:
    _write(cast, waiting, "order.commented", 60)
    _write(cast, waiting, "order.sent_back", 60)
    client, address = visit(cast.ben), f"/orders/{waiting.order_number}/"
    for mark, after in (("comments", "comments"), ("before", "history")):
        query, seen, pages = "", [], 0
        while True:
            view = queries.order(cast.ben.actor, waiting.order_number, **_cursor(after, query))
            page = view.comments if after == "comments" else view.history
            seen += [entry.pk for entry in page.rows]
            pages += 1
            assert len(page.rows) <= 25
            text = client.get(f"{address}?{mark}={query}").content.decode()
            assert (f"?{mark}={page.next_after}#{after}" in text) is (page.next_after is not None)
            if page.next_after is None:
                break
            query = page.next_after
        assert pages == 3
        assert len(set(seen)) == len(seen) >= 60
    assert client.get(f"{address}?before=x&comments=%00").status_code == 200


def _cursor(after: str, query: str) -> dict[str, str]:
    return {"comments_before": query} if after == "comments" else {"before": query}


@pytest.mark.parametrize("entries", [1, 3, 300])
def test_b6_page_of_an_order_reads_no_more_of_a_long_history(
    cast: Cast, waiting: Placed, visit: Visit, entries: int
) -> None:
    _write(cast, waiting, "order.commented", entries)
    _write(cast, waiting, "order.forwarded", entries)
    client = visit(cast.ben)
    read: list[int] = []

    def page() -> None:
        view = queries.order(cast.ben.actor, waiting.order_number)
        read.append(len(view.history.rows) + len(view.comments.rows))

    page()
    made = statements(page)
    assert read[0] <= 50
    of_journal = [sql for sql in made if 'FROM "akcept_journal_entry"' in sql]
    assert len(of_journal) == 2
    assert all("LIMIT 26" in sql for sql in of_journal)
    assert client.get(f"/orders/{waiting.order_number}/").status_code == 200


def test_b6_who_decided_is_told_at_the_top_however_much_was_written_since(
    cast: Cast, waiting: Placed, visit: Visit
) -> None:
    actions.reject(waiting.order_number, actor=cast.ben.actor, version=1, reason="Too dear for us")
    _write(cast, waiting, "order.forwarded", 80)
    for query in ("", "?before=1"):
        page = visit(cast.anna).get(f"/orders/{waiting.order_number}/{query}").content.decode()
        assert "Too dear for us" in page


def test_b6_nobody_else_reads_older_pages(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _write(cast, waiting, "order.commented", 60)
    tara: Person = person("Tara", "Tarnów", seat=cast.tarnow, rights="accept_orders")
    for who in (cast.otto, tara):
        assert visit(who).get(f"/orders/{waiting.order_number}/?comments=999999").status_code == 404


def test_b6_panel_shows_a_long_history_in_parts_too(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _write(cast, waiting, "order.forwarded", 60)
    cast.mia.user.is_superuser = True
    cast.mia.user.save()
    client, address = visit(cast.mia), f"/dashboard/acceptance/{waiting.order_number}/"
    page = client.get(address).content.decode()
    (before,) = re.findall(r"\?before=(\d+)#history", page)
    assert page.count("passed the order on to") == 25
    assert client.get(f"{address}?before={before}").content.decode().count("passed the order on to") == 25
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    detail = client.get(f"/dashboard/orders/{waiting.order_number}/")
    assert f"{address}?before=" in detail.content.decode()
