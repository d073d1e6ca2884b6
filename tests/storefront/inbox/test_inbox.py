"""The inbox: sorted, narrowed and paged; several orders decided at once with a result for each."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from akcept.approvals import cases
from akcept.approvals.models import Case, Decision, Terms
from akcept.journal.models import Entry
from akcept.kernel.clock import utc_now
from akcept.kernel.paging import PAGE_SIZE
from akcept.ordering import actions, queries
from akcept.ordering.actions import BULK_LIMIT, Chosen, Placed
from akcept.organizations.actions import name_substitute
from akcept.organizations.models import Member, Substitution
from akcept.testing import budgets, orders
from akcept.testing.cast import Cast
from akcept.testing.cast import person as new_person
from tests.conftest import Visit
from tests.support.statements import statements


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _bulk(client: Client, placed: list[Placed], move: str = "accept", **data: Any) -> Any:
    chosen = [f"{order.order_number}:1" for order in placed]
    return client.post("/acceptance/decide/", {"chosen": chosen, "move": move, **data})


def _status(placed: list[Placed]) -> list[str]:
    return [orders.order(order).status for order in placed]


# --- bulk ---


def test_bulk_accepts_with_a_result_for_each_and_pretends_nothing(cast: Cast, visit: Visit) -> None:
    placed = [orders.place(cast.anna, lines=1) for _ in range(10)]
    actions.reject(placed[3].order_number, actor=cast.cora.actor, version=1, reason="no")
    actions.withdraw(placed[7].order_number, actor=cast.anna.actor, version=1)
    answer = _bulk(visit(cast.ben), placed, remark="dobrze")
    page = _text(answer)
    assert answer.status_code == 200
    assert "Accepted: 8" in page
    assert "not decided: 2" in page
    assert f"{placed[3].order_number}</a>: Someone was faster: Cora Wiśniewska rejected this order" in page
    assert f"{placed[7].order_number}</a>: Anna Kowalska withdrew this order" in page
    assert _status(placed).count("unhandled") == 8
    assert set(Decision.objects.filter(member=cast.ben.member).values_list("remark", flat=True)) == {"dobrze"}
    history = _text(visit(cast.anna).get(f"/orders/{placed[0].order_number}/"))
    assert "together with others" in history


def test_bulk_rejects_with_one_reason_for_all_and_asks_for_it(cast: Cast, visit: Visit) -> None:
    placed = [orders.place(cast.anna, lines=1) for _ in range(2)]
    client = visit(cast.ben)
    refused = _bulk(client, placed, "reject", remark=" ")
    assert (refused.status_code, "Give a reason" in _text(refused)) == (422, True)
    assert _text(refused).count(" checked>") == 2, "what was chosen stays chosen"
    assert _status(placed) == ["awaiting_acceptance"] * 2
    done = _bulk(client, placed, "reject", remark="za drogo")
    assert (done.status_code, "Rejected: 2" in _text(done)) == (200, True)
    assert _status(placed) == ["rejected"] * 2


def test_bulk_beyond_the_limit_does_nothing_and_names_it(cast: Cast, visit: Visit) -> None:
    placed = orders.place(cast.anna, lines=1)
    chosen = [f"{placed.order_number}:1", *(f"N{n}:1" for n in range(BULK_LIMIT))]
    answer = visit(cast.ben).post("/acceptance/decide/", {"chosen": chosen, "move": "accept", "remark": "my words"})
    assert answer.status_code == 422
    assert f"up to {BULK_LIMIT} orders at a time" in _text(answer)
    assert f"you chose {BULK_LIMIT + 1}" in _text(answer)
    assert "my words" in _text(answer)
    assert not Decision.objects.exists()


def test_bulk_of_exactly_the_limit_is_done(cast: Cast) -> None:
    chosen = [Chosen(order_number=f"N{n}", version=1) for n in range(BULK_LIMIT)]
    results = actions.accept_many([*chosen, chosen[0]], actor=cast.ben.actor)
    assert [result.order_number for result in results] == [order.order_number for order in chosen]
    assert all("no such order" in result.refused for result in results)


@pytest.mark.parametrize("chosen", [[], ["x"], [":"], ["x:"], ["x:abc"], ["\x00:1"], ["x:" + "9" * 30]])
@pytest.mark.parametrize("move", ["accept", "reject", "amend", ""])
def test_mangled_bulk_is_refused_kindly(cast: Cast, visit: Visit, chosen: list[str], move: str) -> None:
    placed = orders.place(cast.anna, lines=1)
    answer = visit(cast.ben).post("/acceptance/decide/", {"chosen": chosen, "move": move, "remark": "why"})
    assert answer.status_code in (200, 422)
    assert "Accepted: 1" not in _text(answer)
    assert _status([placed]) == ["awaiting_acceptance"]


@pytest.mark.parametrize("version", ["0", "2", "", "x"])
def test_bulk_decides_only_what_was_seen(cast: Cast, visit: Visit, version: str) -> None:
    placed = orders.place(cast.anna, lines=1)
    data = {"chosen": [f"{placed.order_number}:{version}"], "move": "accept"}
    assert "not decided: 1" in _text(visit(cast.ben).post("/acceptance/decide/", data))
    assert _status([placed]) == ["awaiting_acceptance"]


def test_own_order_is_never_accepted_in_bulk(cast: Cast, visit: Visit) -> None:
    Terms.objects.create(organization=cast.acme, self_acceptance=True)
    own, other = orders.place(cast.anna, lines=1), orders.place(cast.ewa, lines=1)
    Member.objects.filter(pk=cast.anna.member.pk).update(accept_orders=True)
    page = _text(_bulk(visit(cast.anna), [own, other]))
    assert f"{own.order_number}</a>: You placed this order yourself" in page
    assert _status([own, other]) == ["awaiting_acceptance", "unhandled"]
    actions.accept(own.order_number, actor=cast.anna.actor, version=1)


@pytest.mark.parametrize("who", ["otto", "jan", "ewa", "dora", "paul", "mia"])
def test_bulk_of_others_orders_is_told_the_same_as_of_no_order(cast: Cast, visit: Visit, who: str) -> None:
    placed = orders.place(cast.anna, lines=1)
    client = visit(getattr(cast, who))
    told, unknown = (
        _text(client.post("/acceptance/decide/", {"chosen": [f"{number}:1"], "move": "accept"})).replace(number, "N")
        for number in (placed.order_number, "999999")
    )
    strip = [page.partition("<main")[2].partition("</main>")[0] for page in (told, unknown)]
    assert strip[0] == strip[1]
    assert _status([placed]) == ["awaiting_acceptance"]


def test_acceptor_of_another_branch_decides_nothing_in_bulk(cast: Cast, visit: Visit) -> None:
    placed = orders.place(cast.anna, lines=1)
    boss = new_person("Teresa", "Tar", seat=cast.tarnow, rights="accept_orders")
    assert "no such order" in _text(_bulk(visit(boss), [placed]))
    assert _status([placed]) == ["awaiting_acceptance"]


def test_get_decides_nothing_and_leads_to_the_inbox(cast: Cast, visit: Visit) -> None:
    placed = orders.place(cast.anna, lines=1)
    answer = visit(cast.ben).get(f"/acceptance/decide/?chosen={placed.order_number}:1&move=accept")
    assert (answer.status_code, answer["Location"]) == (302, "/acceptance/")
    assert _status([placed]) == ["awaiting_acceptance"]


def test_one_that_the_database_refuses_stops_no_other(
    cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = [orders.place(cast.anna, lines=1) for _ in range(3)]
    real = cases.accept

    def busy(act: Any, **kwargs: Any) -> Any:
        if act.case.pk == placed[1].order_id:
            raise OperationalError("lock timeout")
        return real(act, **kwargs)

    monkeypatch.setattr(cases, "accept", busy)
    page = _text(_bulk(visit(cast.ben), placed))
    assert f"{placed[1].order_number}</a>: The shop was too busy" in page
    assert _status(placed) == ["unhandled", "awaiting_acceptance", "unhandled"]


def test_bulk_costs_the_same_statements_for_each_order(cast: Cast) -> None:
    def taken(count: int) -> int:
        placed = [orders.place(cast.anna, lines=1) for _ in range(count)]
        chosen = [Chosen(order_number=order.order_number, version=1) for order in placed]
        return len(statements(lambda: actions.accept_many(chosen, actor=cast.ben.actor)))

    taken(1)
    assert taken(3) == 3 * taken(1)


def test_bulk_writes_down_nothing_for_what_it_did_not_do(cast: Cast, visit: Visit) -> None:
    placed = orders.place(cast.anna, lines=1)
    actions.accept(placed.order_number, actor=cast.cora.actor, version=1)
    before = Entry.objects.count()
    _bulk(visit(cast.ben), [placed])
    assert (Entry.objects.count(), Case.objects.get().version) == (before, 2)


# --- sorted and narrowed ---


def _numbers(client: Client, query: str) -> list[str]:
    page = client.get(f"/acceptance/{query}").context["page"]
    return [row.number for row in page.rows]


@pytest.fixture
def three(cast: Cast) -> dict[str, str]:
    """Anna's small one of Kraków, Piotr's dear one of Skawina, Ewa's of Kraków in between."""
    return {
        "anna": orders.place(cast.anna, lines=1, note="Papier na kwartał").order_number,
        "piotr": orders.place(cast.piotr, lines=3).order_number,
        "ewa": orders.place(cast.ewa, lines=2).order_number,
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "anna piotr ewa"),
        ("?sort=oldest", "anna piotr ewa"),
        ("?sort=value", "piotr ewa anna"),
        ("?sort=unit", "piotr anna ewa"),
        ("?sort=x", "anna piotr ewa"),
        ("?q=PAPIER", "anna"),
        ("?q=nothing-like-it", ""),
        ("?net_from=60", "piotr ewa"),
        ("?net_from=60&net_to=70", "ewa"),
        ("?net_to=-1", "anna piotr ewa"),
        ("?net_from=abc", "anna piotr ewa"),
        ("?unit=999999", "anna piotr ewa"),
    ],
)
def test_inbox_is_sorted_and_narrowed(
    cast: Cast, three: dict[str, str], visit: Visit, query: str, expected: str
) -> None:
    assert _numbers(visit(cast.ben), query) == [three[name] for name in expected.split()]


def test_inbox_is_narrowed_to_a_unit_or_a_person(cast: Cast, three: dict[str, str], visit: Visit) -> None:
    client = visit(cast.ben)
    assert _numbers(client, f"?unit={cast.skawina.pk}") == [three["piotr"]]
    assert _numbers(client, f"?requester={cast.ewa.member.pk}") == [three["ewa"]]
    page = _text(client.get("/acceptance/"))
    for stranger in ("Otto", "Jan Mazur", "Terminal", "Serwis Tarnów"):
        assert stranger not in page, "the filter offers only what is in the inbox"


@pytest.mark.parametrize("sort", ["oldest", "value", "unit"])
def test_every_sort_pages_by_key_without_gap_or_repeat(cast: Cast, visit: Visit, sort: str) -> None:
    for who, lines in ((cast.anna, 1), (cast.piotr, 2), (cast.ewa, 1), (cast.anna, 3), (cast.piotr, 2), (cast.ewa, 2)):
        orders.place(who, lines=lines)
    whole = [row.number for row in queries.inbox(cast.cora.seat, sort=queries.Sort(sort)).rows]
    assert len(whole) == 6
    seen, after = [], ""
    for _ in range(6):
        page = queries.inbox(cast.cora.seat, sort=queries.Sort(sort), after=after, size=2)
        seen += [row.number for row in page.rows]
        if page.next_after is None:
            break
        after = page.next_after
    assert seen == whole


@pytest.mark.parametrize("after", ["1", "1~", "1~x", "1~NaN", "1~1e999999", "~5", "x~5", "1~Infinity"])
@pytest.mark.parametrize("sort", ["oldest", "value", "unit"])
def test_mangled_key_of_any_sort_is_an_ordinary_page(cast: Cast, visit: Visit, sort: str, after: str) -> None:
    orders.place(cast.anna, lines=1)
    answer = visit(cast.ben).get("/acceptance/", {"sort": sort, "after": after})
    assert answer.status_code == 200


def test_inbox_takes_the_same_statements_for_one_and_three(cast: Cast, visit: Visit) -> None:
    orders.place(cast.anna, lines=1)
    client = visit(cast.ben)
    client.get("/acceptance/")
    at_one = len(statements(lambda: client.get("/acceptance/?sort=value")))
    for who in (cast.ewa, cast.piotr):
        orders.place(who, lines=3)
    assert len(statements(lambda: client.get("/acceptance/?sort=value"))) == at_one


def test_pages_filters_and_the_number_in_the_menu_agree_on_whose_turn_it_is(cast: Cast, visit: Visit) -> None:
    """Cora is asked after Ben: what waits for him is not hers yet."""
    first, second = (orders.place(cast.jan, lines=1) for _ in range(2))
    hers = {order.order_number for order in (first, second)}
    budgets.make(cast.krakow, "0.00", effect="ask", owner=cast.ben.member)
    budgets.make(cast.anna, "0.00", effect="ask", owner=cast.cora.member)
    not_yet = [orders.place(cast.anna, lines=1) for _ in range(PAGE_SIZE + 2)]

    def listed(client: Client, query: str = "") -> set[str]:
        found: set[str] = set()
        following = f"/acceptance/?{query}"
        while following:
            page = _text(client.get(following))
            found |= set(re.findall(r'href="/orders/(\d+)/"', page.partition("<main")[2]))
            link = re.search(r'rel="next" href="([^"]+)"', page)
            following = "/acceptance/" + link[1].replace("&amp;", "&") if link else ""
        return found

    cora, ben = visit(cast.cora), visit(cast.ben)
    bens = {order.order_number for order in not_yet}
    for client, expected in ((cora, hers), (ben, bens)):
        assert listed(client) == expected
        assert _text(client.get("/acceptance/count/")) == str(len(expected))
    ewas = orders.place(cast.ewa, lines=1)
    assert listed(ben, f"requester={cast.ewa.member.pk}") == {ewas.order_number}  # type: ignore[union-attr]
    actions.accept(not_yet[0].order_number, actor=cast.ben.actor, version=1)
    assert listed(cora) == hers | {not_yet[0].order_number}
    assert _text(cora.get("/acceptance/count/")) == "3"
    assert _text(ben.get("/acceptance/count/")) == str(PAGE_SIZE + 2)


# --- F11: budgets ---


@pytest.mark.parametrize(("language", "said"), [("en", "exceeds budget: Kraków"), ("pl", "przekracza budżet: Kraków")])
def test_f11_a_row_shows_that_a_budget_is_exceeded(cast: Cast, visit: Visit, language: str, said: str) -> None:
    budgets.make(cast.krakow, "60.00", name="Kraków", effect="ask")
    within, beyond = (orders.place(cast.anna, lines=1, quantity=4).order_number for _ in range(2))
    ben = visit(cast.ben)
    ben.cookies["django_language"] = language
    page = _text(ben.get("/acceptance/"))
    first, second = (page.partition(f'value="{number}:1"')[2].partition("</tr>")[0] for number in (within, beyond))
    assert said not in first
    assert said in second
    taken, seat = [], cast.ben.seat
    for _times in range(2):
        taken.append(len(statements(lambda: queries.inbox(seat))))
        orders.place(cast.anna, lines=1, quantity=4)
    assert taken == [2, 2]


# --- D8: the mail of a substitute leads here too ---


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "You were the substitute of Ben Nowak until"), ("pl", "Zastępstwo za: Ben Nowak trwało do")],
)
def test_d8_whose_substitution_is_over_reads_why_nothing_waits(
    cast: Cast, visit: Visit, language: str, said: str
) -> None:
    now = utc_now()
    name_substitute(
        actor=cast.ben.actor,
        absent_id=cast.ben.member.pk,  # type: ignore[union-attr]
        substitute_id=cast.ewa.member.pk,  # type: ignore[union-attr]
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=2),
    )
    orders.place(cast.anna)
    assert said not in _text(visit(cast.ewa, language=language).get("/acceptance/")), "it runs"
    Substitution.objects.update(ended_at=utc_now())
    assert said in _text(visit(cast.ewa, language=language).get("/acceptance/"))
    for other in (cast.anna, cast.otto):
        assert "Ben Nowak" not in _text(visit(other, language=language).get("/acceptance/")).partition("<main")[2]
    Substitution.objects.update(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=8))
    assert said not in _text(visit(cast.ewa, language=language).get("/acceptance/")), "long ago"
