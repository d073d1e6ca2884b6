"""Orders, inbox and decisions as pages: isolation, no act by GET, kind refusals, nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from akcept.approvals.models import Decision
from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.ordering.models import Placement
from akcept.organizations.models import Member
from akcept.testing import budgets, orders
from akcept.testing.cast import Cast
from akcept.testing.cast import person as new_person
from tests.conftest import Visit
from tests.support.statements import statements


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    return orders.place(cast.anna, note="Na kwartał")


def _page(placed: Placed) -> str:
    return f"/orders/{placed.order_number}/"


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _decide(client: Client, placed: Placed, move: str = "accept", **data: Any) -> Any:
    return client.post(f"{_page(placed)}{move}/", {"version": "1", **data})


PATHS = ("", "accept/", "reject/")


@pytest.mark.parametrize("who", ["otto", "jan", "ewa", "piotr", "dora", "paul"])
def test_who_may_not_see_it_is_told_the_same_as_of_a_number_that_does_not_exist(
    cast: Cast, waiting: Placed, visit: Visit, who: str
) -> None:
    client = visit(getattr(cast, who))
    for path in PATHS:
        method = client.post if path else client.get
        told = method(f"{_page(waiting)}{path}", {"version": "1", "remark": "x"})
        unknown = method(f"/orders/no-such/{path}", {"version": "1", "remark": "x"})
        assert (told.status_code, unknown.status_code) == (404, 404)
        seen = [_text(answer).partition("<main")[2] for answer in (told, unknown)]
        assert seen[0] == seen[1]
    assert orders.order(waiting).status == "awaiting_acceptance"


def test_asking_for_the_head_of_a_page_answers_as_the_page_would(cast: Cast, waiting: Placed, visit: Visit) -> None:
    for who, status in ((cast.ben, 200), (cast.otto, 404)):
        answer = visit(who).head(_page(waiting))
        assert (answer.status_code, answer.content) == (status, b"")
    assert visit(cast.ben).head("/acceptance/").status_code == 200


def test_acceptor_of_another_branch_gets_the_same_404(cast: Cast, waiting: Placed, visit: Visit) -> None:
    boss = visit(new_person("Teresa", "Tar", seat=cast.tarnow, rights="accept_orders"))
    assert [boss.get(_page(waiting)).status_code, _decide(boss, waiting).status_code] == [404, 404]
    assert waiting.order_number not in _text(boss.get("/acceptance/"))


def test_nobody_logged_in_is_led_to_the_login_and_back(waiting: Placed, visit: Visit) -> None:
    client = visit()
    assert client.get(_page(waiting))["Location"] == f"/accounts/login/?next={_page(waiting)}"
    posted = _decide(client, waiting)
    assert posted.status_code == 302
    assert "/accounts/login/" in posted["Location"]
    assert "accept" not in posted["Location"]
    assert orders.order(waiting).status == "awaiting_acceptance"


@pytest.mark.parametrize("move", ["accept", "reject"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_never_decides(cast: Cast, waiting: Placed, visit: Visit, move: str, method: str) -> None:
    client = visit(cast.ben)
    answer = getattr(client, method)(f"{_page(waiting)}{move}/?version=1&remark=x")
    assert answer["Location"] == _page(waiting)
    assert not Decision.objects.exists()


def test_deciding_needs_the_forms_token(cast: Cast, waiting: Placed, visit: Visit) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = visit(cast.ben).cookies
    assert _decide(strict, waiting).status_code == 403
    assert not Decision.objects.exists()


def test_accepting_from_the_page(cast: Cast, waiting: Placed, visit: Visit) -> None:
    client = visit(cast.ben)
    page = _text(client.get(_page(waiting)))
    for needed in ("Anna Kowalska", "Oddział Kraków", "Na kwartał", "Produkt S1", "You can decide", "first time"):
        assert needed in page
    answer = _decide(client, waiting, remark="ok")
    assert answer["Location"] == _page(waiting)
    after = _text(client.get(_page(waiting)))
    assert "You accepted order" in after
    assert "/accept/" not in after
    assert orders.order(waiting).status == "unhandled"


def test_rejecting_without_a_reason_is_refused_at_the_field(cast: Cast, waiting: Placed, visit: Visit) -> None:
    answer = _decide(visit(cast.ben), waiting, "reject", remark="  ")
    assert answer.status_code == 422
    page = _text(answer)
    assert 'id="remark-error"' in page
    assert "Give a reason" in page
    assert "/accept/" in page, "both ways are still open"


@pytest.mark.parametrize(
    ("remark", "status"), [("x" * 1001, 422), ("x" * 1000, 302), ("<script>alert(1)</script>", 302)]
)
def test_remark_is_limited_kept_and_escaped(
    cast: Cast, waiting: Placed, visit: Visit, remark: str, status: int
) -> None:
    answer = _decide(visit(cast.ben), waiting, "reject", remark=remark)
    assert answer.status_code == status
    if status == 422:
        assert remark in _text(answer), "what was typed stays"
    else:
        shown = _text(visit(cast.anna).get(_page(waiting)))
        assert "<script>alert" not in shown
        assert remark.replace("<", "&lt;").replace(">", "&gt;") in shown


@pytest.mark.parametrize("version", ["", "0", "2", "abc", "-1", "99999999999999999999", "1.0", "\x00"])
def test_version_nobody_saw_decides_nothing(cast: Cast, waiting: Placed, visit: Visit, version: str) -> None:
    answer = _decide(visit(cast.ben), waiting, version=version, remark="typed")
    assert answer.status_code == 409
    assert "typed" in _text(answer)
    assert not Decision.objects.exists()


def test_slower_one_is_told_who_was_faster(cast: Cast, waiting: Placed, visit: Visit) -> None:
    actions.reject(waiting.order_number, actor=cast.cora.actor, version=1, reason="za drogo")
    answer = _decide(visit(cast.ben), waiting, remark="my words")
    assert answer.status_code == 409
    page = _text(answer)
    assert "Someone was faster: Cora Wiśniewska rejected this order" in page
    assert "za drogo" in page
    assert "my words" in page
    assert '/accept/"' not in page.partition("<main")[2]


def test_own_order_has_no_buttons_and_is_refused(cast: Cast, waiting: Placed, visit: Visit) -> None:
    Member.objects.filter(pk=cast.anna.member.pk).update(accept_orders=True)
    client = visit(cast.anna)
    assert "/accept/" not in _text(client.get(_page(waiting)))
    answer = _decide(client, waiting)
    assert (answer.status_code, "yourself" in _text(answer)) == (403, True)


# --- the inbox ---


def test_row_decides_by_htmx_and_answers_with_that_row(cast: Cast, waiting: Placed, visit: Visit) -> None:
    other = orders.place(cast.ewa)
    client = visit(cast.ben)
    headers = {"HX-Request": "true"}
    data = {"version": "1", "from": "inbox"}
    refused = client.post(f"{_page(waiting)}reject/", {**data, "remark": " "}, headers=headers)
    assert refused.status_code == 422
    assert _text(refused).lstrip().startswith("<tr")
    assert f'id="reason-{waiting.order_number}-error"' in _text(refused)
    done = client.post(f"{_page(waiting)}accept/", data, headers=headers)
    assert done.status_code == 200
    assert "You accepted order" in _text(done)
    assert "1 order waits for you" in _text(done)
    late = client.post(f"{_page(waiting)}accept/", data, headers=headers)
    assert (late.status_code, "already" in _text(late)) == (409, True)
    assert "<html" not in _text(done) + _text(late) + _text(refused)
    assert other.order_number in _text(client.get("/acceptance/"))


def test_row_decides_without_script_too(cast: Cast, waiting: Placed, visit: Visit) -> None:
    client = visit(cast.ben)
    answer = client.post(f"{_page(waiting)}accept/", {"version": "1", "from": "inbox"}, follow=True)
    assert answer.redirect_chain == [("/acceptance/", 302)]
    assert "You accepted order" in _text(answer)
    assert "Nothing is waiting for you" in _text(answer)


def test_login_that_ended_leads_htmx_to_the_login_page(waiting: Placed, visit: Visit) -> None:
    client = visit()
    answer = client.post(
        f"{_page(waiting)}accept/",
        {"version": "1", "from": "inbox"},
        headers={"HX-Request": "true", "Referer": "http://testserver/acceptance/"},
    )
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/accounts/login/?next=/acceptance/")


def test_menu_counts_for_the_approver_only(cast: Cast, waiting: Placed, visit: Visit) -> None:
    count = re.compile(r'href="/acceptance/"[^>]*>[^<]*<span class="count"[^>]*>(\d+)</span>')
    assert count.search(_text(visit(cast.ben).get("/", follow=True)))[1] == "1"
    assert '"/acceptance/"' not in _text(visit(cast.anna).get("/", follow=True))


def test_numbers_in_forms_stay_plain_above_a_thousand(cast: Cast, waiting: Placed, visit: Visit, settings) -> None:
    settings.USE_THOUSAND_SEPARATOR = True
    page = _text(visit(cast.ben, language="pl").get(_page(waiting)))
    assert 'data-limit="1000"' in page


@pytest.mark.parametrize(
    "query", ["unit=999999", "unit=abc", "unit=-1", "after=abc", f"after={'9' * 40}", "unit=1%002"]
)
def test_mangled_inbox_address_is_an_ordinary_page(cast: Cast, waiting: Placed, visit: Visit, query: str) -> None:
    assert visit(cast.ben).get(f"/acceptance/?{query}").status_code == 200


@pytest.mark.parametrize("query", ["scope=all", "scope=x", "status=x", "status=rejected", "after=-5", "after=1'"])
def test_mangled_orders_address_is_an_ordinary_page(cast: Cast, waiting: Placed, visit: Visit, query: str) -> None:
    assert visit(cast.anna).get(f"/orders/?{query}").status_code == 200


def test_orders_list_says_where_each_stands_and_why(cast: Cast, waiting: Placed, visit: Visit) -> None:
    client = visit(cast.anna)
    assert "Ben Nowak" in _text(client.get("/orders/"))
    actions.reject(waiting.order_number, actor=cast.ben.actor, version=1, reason="za drogo")
    page = _text(client.get("/orders/"))
    assert "za drogo" in page
    assert "rejected" in page


def test_somebody_who_places_no_orders_is_shown_at_once_what_they_may_see(
    cast: Cast, waiting: Placed, visit: Visit
) -> None:
    def sees(who: str, **asked: str) -> bool:
        return waiting.order_number in _text(visit(getattr(cast, who)).get("/orders/", asked))

    assert sees("cora")
    assert not sees("cora", scope="mine")
    assert sees("anna")
    assert not sees("otto")
    assert not sees("otto", scope="all")
    assert not sees("jan", scope="all"), "another branch"
    both = new_person("Bea", "Both", seat=cast.krakow, rights="place_orders accept_orders")
    own_first = visit(both)
    assert waiting.order_number not in _text(own_first.get("/orders/"))
    assert waiting.order_number in _text(own_first.get("/orders/", {"scope": "all"}))


def test_pages_take_the_same_statements_for_one_and_three(cast: Cast, visit: Visit) -> None:
    first = orders.place(cast.anna, lines=1)
    anna, ben = visit(cast.anna), visit(cast.ben)

    def taken(order: Placed) -> list[int]:
        asked = ((anna, "/orders/"), (ben, _page(order)), (ben, "/acceptance/"))
        return [len(statements(lambda who=who, path=path: who.get(path))) for who, path in asked]

    taken(first)  # fills what a process keeps: sites, content types
    at_one = taken(first)
    later = [orders.place(cast.anna, lines=3) for _ in range(2)]
    assert taken(later[0]) == at_one


@pytest.mark.parametrize("lines", [1, 3])
def test_accepting_takes_fifteen_statements_and_two_more_under_a_budget(cast: Cast, visit: Visit, lines: int) -> None:
    """The whole request: session, user, BEGIN and COMMIT included."""
    client = visit(cast.ben)
    plain = orders.place(cast.anna, lines=lines)
    budgets.make(cast.krakow, "100000.00")
    booked = orders.place(cast.anna, lines=lines)
    answers: list[Any] = []
    taken = [len(statements(lambda one=one: answers.append(_decide(client, one)))) for one in (plain, booked)]
    assert taken == [15, 17]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Placement.objects.filter(order__status="unhandled").count() == 2


# --- the module ---


def test_switched_off_waiting_orders_stay_decidable_and_organisation_pages_are_gone(
    cast: Cast, waiting: Placed, visit: Visit, mia_switches_off: None
) -> None:
    client = visit(cast.ben)
    assert client.get("/organization/").status_code == 404
    assert client.get("/acceptance/").status_code == 200
    assert _decide(client, waiting).status_code == 302


@pytest.fixture
def mia_switches_off(cast: Cast) -> None:
    from akcept.organizations.actions import switch_module

    switch_module(actor=cast.mia.actor, enabled=False)


def test_withheld_nothing_of_it_works(cast: Cast, waiting: Placed, visit: Visit, settings: Any) -> None:
    settings.AKCEPT_B2B_AVAILABLE = False
    client = visit(cast.ben)
    for path in ("/acceptance/", "/organization/", "/organization/sign-up/", "/organization/invite/"):
        assert client.get(path).status_code == 404, path
    assert _decide(client, waiting).status_code in (403, 404)
    assert visit(cast.anna).get(_page(waiting)).status_code == 200, "what she ordered stays visible to her"
    assert orders.order(waiting).status == "awaiting_acceptance"
