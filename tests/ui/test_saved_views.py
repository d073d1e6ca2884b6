"""Saved views: each person's own, kept by name, of the shop's list of orders and of the panel's."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from akcept.testing import orders
from akcept.testing.cast import Cast
from akcept.ui.models import SavedView
from akcept.ui.saved_views import MOST, QUERY_LIMIT
from tests.conftest import Visit
from tests.support.statements import statements

#: Whose list, where it is, and where its views are kept.
LISTS = [("ben", "/orders/", "/orders/views/"), ("mia", "/dashboard/orders/", "/dashboard/orders/views/")]
each_list = pytest.mark.parametrize(("who", "page", "keeps"), LISTS, ids=["shop", "panel"])


def _client(cast: Cast, visit: Visit, who: str) -> Any:
    return visit(getattr(cast, who), superuser=who == "mia")


def _views(client: Any, page: str) -> list[tuple[str, str, bool]]:
    text = client.get(page).content.decode()
    found = re.findall(r'<li class="saved-view( now)?"><a href="([^"]*)"[^>]*>([^<]*)</a>', text)
    return [(html.unescape(name), html.unescape(address), bool(now)) for now, address, name in found]


@each_list
def test_a_list_is_kept_found_again_and_removed(cast: Cast, visit: Visit, who: str, page: str, keeps: str) -> None:
    orders.place(cast.anna)
    client = _client(cast, visit, who)
    narrowed = f"{page}?status=unhandled&q=Papier+ksero+%C5%BB"
    offered = client.get(f"{narrowed}&after=999").content.decode()
    query = html.unescape(re.findall(r'name="query" value="([^"]*)"', offered)[0])
    answer = client.post(keeps, {"name": "  Papier   „Ż” ", "query": query})
    assert answer["Location"] == f"{page}?q=Papier+ksero+%C5%BB&status=unhandled"
    ((name, address, now),) = _views(client, answer["Location"])
    assert (name, address, now) == ("Papier „Ż”", answer["Location"], True)
    assert 'name="query"' not in client.get(narrowed).content.decode(), "it is kept already"
    assert _views(client, page) == [(name, address, False)]
    client.post(keeps, {"remove": str(SavedView.objects.get().pk)})
    assert _views(client, page) == []


@each_list
def test_only_a_narrowed_list_can_be_kept(cast: Cast, visit: Visit, who: str, page: str, keeps: str) -> None:
    orders.place(cast.anna)
    assert 'name="query"' not in _client(cast, visit, who).get(page).content.decode()


@each_list
def test_views_are_ones_own(cast: Cast, visit: Visit, who: str, page: str, keeps: str) -> None:
    person = getattr(cast, who)
    _client(cast, visit, who).post(keeps, {"name": "Moje", "query": "q=a"})
    kept = SavedView.objects.get()
    assert kept.user == person.user
    for other in ("anna", "otto", "dora"):
        stranger = visit(getattr(cast, other))
        assert _views(stranger, "/orders/") == []
        stranger.post("/orders/views/", {"remove": str(kept.pk)})
    visit().post(keeps, {"remove": str(kept.pk)})
    other_list = next(each for _who, _page, each in LISTS if each != keeps)
    _client(cast, visit, who).post(other_list, {"remove": str(kept.pk)})
    assert SavedView.objects.get() == kept


def test_members_keep_nothing_of_the_shops_own_list(cast: Cast, visit: Visit) -> None:
    answer = visit(cast.dora).post("/dashboard/orders/views/", {"name": "x", "query": "q=a"})
    assert answer.status_code in {302, 403, 404}
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"name": "", "query": "q=a"}, "Give the view a name."),
        ({"name": " \u200b ", "query": "q=a"}, "Give the view a name."),
        ({"name": "x" * 61, "query": "q=a"}, "at most 60 characters"),
        ({"name": "x", "query": "q=" + "a" * QUERY_LIMIT}, "too long to be saved"),
    ],
)
def test_what_cannot_be_kept_is_refused_kindly(cast: Cast, visit: Visit, sent: dict[str, str], told: str) -> None:
    client = visit(cast.anna)
    page = client.post("/orders/views/", sent, follow=True)
    assert page.redirect_chain[0][0].startswith("/orders/?q=a"), "the list stays narrowed"
    assert told in page.content.decode()
    assert not SavedView.objects.exists()


def test_a_name_that_is_taken_is_kept_anew_and_there_are_a_dozen(cast: Cast, visit: Visit) -> None:
    client = visit(cast.anna)
    for number in range(MOST):
        client.post("/orders/views/", {"name": f"{number}", "query": f"q={number}"})
    client.post("/orders/views/", {"name": "3", "query": "q=papier"})
    assert SavedView.objects.get(name="3").query == {"q": ["papier"]}
    page = client.post("/orders/views/", {"name": "one more", "query": "q=x"}, follow=True).content.decode()
    assert f"You have {MOST} saved views of this list already." in page
    assert SavedView.objects.count() == MOST


@pytest.mark.parametrize("sent", ["", "x", "-1", "9" * 30, "²"])
def test_a_mangled_key_removes_nothing(cast: Cast, visit: Visit, sent: str) -> None:
    client = visit(cast.anna)
    client.post("/orders/views/", {"name": "x", "query": "q=a"})
    assert client.post("/orders/views/", {"remove": sent}).status_code == 302
    assert SavedView.objects.count() == 1


def test_one_statement_however_many(cast: Cast, visit: Visit) -> None:
    client = visit(cast.anna)
    counts = []
    for number in range(3):
        client.post("/orders/views/", {"name": f"{number}", "query": f"q={number}"})
        client.get("/orders/")
        counts.append(len(statements(lambda: client.get("/orders/"))))
    assert len(set(counts)) == 1
