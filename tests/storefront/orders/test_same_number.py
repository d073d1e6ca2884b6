"""D10: an own order number that other orders bear too is a hint to requester and approver, never a refusal."""

from __future__ import annotations

from typing import Any

import pytest

from akcept.ordering import actions, queries
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.conftest import Visit
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


def _place(who: Person, po_number: str = "PO/7") -> str:
    return orders.place(who, records=[carts.stock("T1", price="10.00")], po_number=po_number).order_number


def _text(answer: Any) -> str:
    return str(answer.content.decode()).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "2 other orders of your organisation have the number PO/7 too"),
        ("pl", "2 inne zamówienia Twojej organizacji mają też numer PO/7"),
    ],
)
def test_d10_requester_and_approver_are_told_on_their_pages(cast: Cast, visit: Visit, language: str, said: str) -> None:
    _place(cast.otto)
    first, second, third = (_place(cast.anna) for _ in range(3))
    for who in (cast.anna, cast.ben):
        client = visit(who)
        client.cookies["django_language"] = language
        page = _text(client.get(f"/orders/{third}/"))
        assert f'{said}: <a href="/orders/{second}/">{second}</a>, <a href="/orders/{first}/">{first}</a>.' in page
    assert queries.order(cast.otto.actor, _place(cast.otto, "PO/8")).same_number is None


@pytest.mark.parametrize("typed", ["po/7", "Po/7", "PO/7\N{NO-BREAK SPACE}", "PO/\N{ZERO WIDTH SPACE}7"])
def test_d10_a_number_that_only_looks_the_same_is_told_too(cast: Cast, visit: Visit, typed: str) -> None:
    first, second = _place(cast.anna), _place(cast.anna, typed)
    same = queries.order(cast.ben.actor, second).same_number
    assert same is not None
    assert same.numbers == (first,)
    assert f'<a href="/orders/{first}/">{first}</a>' in _text(visit(cast.anna).get(f"/orders/{second}/"))


def test_d10_a_number_corrected_on_the_order_is_compared_as_it_is_then(cast: Cast) -> None:
    first, second = _place(cast.anna), _place(cast.anna, "PO/8")
    assert queries.order(cast.anna.actor, second).same_number is None
    actions.send_back(second, actor=cast.ben.actor, version=1, question="Zły numer")
    actions.resubmit(second, actor=cast.anna.actor, version=2, po_number="po/7")
    same = queries.order(cast.anna.actor, second).same_number
    assert same is not None
    assert same.numbers == (first,)


def test_d10_otto_and_the_wrong_branch_learn_nothing_of_others(cast: Cast) -> None:
    ours = _place(cast.anna)
    assert queries.order(cast.otto.actor, _place(cast.otto)).same_number is None
    jans = queries.order(cast.jan.actor, _place(cast.jan)).same_number
    assert jans is not None
    assert (jans.count, jans.numbers) == (1, ()), "Jan may not see Kraków's"
    assert queries.order(cast.paul.actor, _place(cast.paul)).same_number is None
    assert ours


def test_d10_what_came_to_nothing_and_what_has_no_number_is_no_double(cast: Cast) -> None:
    rejected = _place(cast.anna)
    actions.reject(rejected, actor=cast.ben.actor, version=1, reason="Nie")
    assert queries.order(cast.anna.actor, _place(cast.anna)).same_number is None
    assert [queries.order(cast.anna.actor, _place(cast.anna, "")).same_number for _ in range(2)] == [None, None]


def test_d10_many_doubles_take_as_many_statements_as_one_and_are_counted_up_to_a_bound(cast: Cast) -> None:
    _place(cast.anna)
    taken = []
    for more in (1, 2, 20):
        for _each in range(more):
            number = _place(cast.anna)
        taken.append(len(statements(lambda: queries.order(cast.anna.actor, number))))  # noqa: B023  called at once
    assert taken[0] == taken[1] == taken[2]
    same = queries.order(cast.anna.actor, number).same_number
    assert same is not None
    assert (same.count, same.at_least, len(same.numbers)) == (20, True, 3)
