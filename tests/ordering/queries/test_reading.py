"""Who sees which orders, in lists and alone; counts and pages; statements that do not grow with the rows."""

from __future__ import annotations

import re
import sys
from decimal import Decimal

import pytest

from akcept.kernel.errors import NotAllowed, NotFound
from akcept.ordering import actions, queries
from akcept.ordering.ports import Quote
from akcept.ordering.queries import InboxFilter, merchant, narrowing
from akcept.ordering.queries.merchant import HeldFilter
from akcept.organizations.models import Member
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from tests.support.statements import statements

EVERYBODY = ("anna", "ben", "cora", "dora", "ewa", "piotr", "jan", "otto", "mia", "paul")


def _all(person: Person) -> set[str]:
    return {row.number for row in queries.orders(person.actor, scope="all").rows}


@pytest.fixture
def placed(cast: Cast) -> dict[str, str]:
    """Waiting orders of Anna, Piotr and Jan, unhandled ones of Ben and Paul."""
    return {name: orders.place(getattr(cast, name)).order_number for name in ("anna", "piotr", "jan", "ben", "paul")}


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("anna", "anna"),
        ("ben", "anna piotr ben"),
        ("cora", "anna piotr jan"),  # D3: Ben's own was never asked about
        ("dora", ""),
        ("ewa", ""),
        ("piotr", "piotr"),
        ("jan", "jan"),
        ("otto", ""),
        ("mia", ""),
        ("paul", "paul"),
    ],
)
def test_everybody_sees_exactly_these(cast: Cast, placed: dict[str, str], who: str, sees: str) -> None:
    person: Person = getattr(cast, who)
    expected = {placed[name] for name in sees.split()}
    assert _all(person) == expected
    for number in placed.values():
        if number in expected:
            assert queries.order(person.actor, number).placement.number == number
        else:
            with pytest.raises(NotFound):
                queries.order(person.actor, number)


@pytest.mark.parametrize(
    ("who", "waits"), [("ben", "anna piotr"), ("cora", "anna piotr jan"), ("anna", ""), ("dora", ""), ("otto", "")]
)
def test_inbox_holds_exactly_what_this_person_may_decide(
    cast: Cast, placed: dict[str, str], who: str, waits: str
) -> None:
    seat = getattr(cast, who).seat
    assert [row.number for row in queries.inbox(seat).rows] == [placed[name] for name in waits.split()]
    assert queries.inbox_count(seat) == len(waits.split())
    for name, number in placed.items():
        assert (queries.inbox_row(seat, number) is not None) == (name in waits.split())


def test_own_order_is_not_in_the_own_inbox_nor_its_count(cast: Cast) -> None:
    waiting = orders.place(cast.anna)
    Member.objects.filter(pk=cast.anna.member.pk).update(accept_orders=True)
    assert queries.inbox_count(cast.anna.seat) == 0
    view = queries.order(cast.anna.actor, waiting.order_number)
    assert (view.may_decide, view.mine) == (False, True)


def test_decided_order_leaves_every_inbox(cast: Cast, placed: dict[str, str]) -> None:
    actions.reject(placed["anna"], actor=cast.cora.actor, version=1, reason="no")
    assert queries.inbox_count(cast.ben.seat) == 1
    row = next(r for r in queries.orders(cast.anna.actor).rows)
    assert (row.status, row.decided_by, row.remark, row.asked) == ("rejected", "Cora Wiśniewska", "no", ())


def test_waiting_order_names_who_is_asked_as_it_is_now(cast: Cast, placed: dict[str, str]) -> None:
    assert queries.orders(cast.anna.actor).rows[0].asked == ("Ben Nowak", "Cora Wiśniewska")
    Member.objects.filter(pk=cast.ben.member.pk).update(active=False)
    assert queries.orders(cast.anna.actor).rows[0].asked == ("Cora Wiśniewska",)
    assert [p.name for p in queries.order(cast.anna.actor, placed["anna"]).approvers] == ["Cora Wiśniewska"]


def test_member_who_left_sees_nothing_any_more(cast: Cast, placed: dict[str, str]) -> None:
    Member.objects.filter(pk=cast.anna.member.pk).update(active=False)
    assert _all(cast.anna) == set()


def test_lists_page_by_key_without_gap_or_repeat(cast: Cast) -> None:
    numbers = [orders.place(cast.anna, lines=1).order_number for _ in range(7)]
    seen: list[str] = []
    after, pages = "", 0
    while True:
        page = queries.inbox(cast.ben.seat, after=after, size=3)
        seen += [row.number for row in page.rows]
        pages += 1
        if page.next_after is None:
            break
        after = page.next_after
    assert (seen, pages) == (numbers, 3)
    newest_first = queries.orders(cast.anna.actor, size=3)
    rest = queries.orders(cast.anna.actor, after=newest_first.next_after or "", size=10)
    assert [r.number for r in (*newest_first.rows, *rest.rows)] == numbers[::-1]
    assert (newest_first.is_first, rest.is_first) == (True, False)


@pytest.mark.parametrize("after", ["x", "-1", "٣", "9" * 30, "1;drop"])
def test_mangled_page_key_shows_the_first_page(cast: Cast, placed: dict[str, str], after: str) -> None:
    assert queries.inbox(cast.ben.seat, after=after).is_first
    assert queries.orders(cast.ben.actor, after=after).is_first
    assert merchant.held(cast.mia.actor, HeldFilter(), after=after).is_first


@pytest.mark.parametrize("count", [1, 3])
def test_reads_take_the_same_statements_for_one_and_three(cast: Cast, count: int) -> None:
    numbers = [orders.place(cast.anna, lines=count).order_number for _ in range(count)]
    ben, anna, mia = cast.ben.seat, cast.anna.actor, cast.mia.actor
    taken = {
        "inbox": len(statements(lambda: queries.inbox(ben))),
        "inbox_count": len(statements(lambda: queries.inbox_count(ben))),
        "inbox_choices": len(statements(lambda: queries.inbox_choices(ben))),
        "orders": len(statements(lambda: queries.orders(anna))),
        "order": len(statements(lambda: queries.order(cast.ben.actor, numbers[0]))),
        "held": len(statements(lambda: merchant.held(mia, HeldFilter()))),
        "held_count": len(statements(merchant.held_count)),
        "held_rows": len(statements(lambda: list(merchant.held_rows(mia, HeldFilter())))),
        "held_choices": len(statements(lambda: merchant.held_choices(mia, organization_id=cast.acme.pk))),
        "order_for_staff": len(statements(lambda: merchant.order_for_staff(mia, numbers[0]))),
    }
    assert taken == {
        "inbox": 2,
        "inbox_count": 1,
        "inbox_choices": 1,
        "orders": 5,
        "order": 14,
        "held": 3,
        "held_count": 1,
        "held_rows": 4,
        "held_choices": 2,
        "order_for_staff": 10,
    }


def test_a_number_in_a_menu_is_counted_no_further_than_it_is_shown(
    cast: Cast, placed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 11: 20,000 waiting orders were counted one by one on every page."""
    assert (queries.inbox_count(cast.cora.seat), merchant.held_count(), merchant.held_total()) == (3, 3, 3)
    # The package's function hides the module of the same name.
    for module in (sys.modules["akcept.ordering.queries.inbox"], merchant):
        monkeypatch.setattr(module, "COUNTED", 1)
    assert (queries.inbox_count(cast.cora.seat), merchant.held_count(), merchant.held_total()) == (2, 2, 3)
    monkeypatch.undo()
    for count in (lambda: queries.inbox_count(cast.cora.seat), merchant.held_count):
        assert statements(count)[-1].rstrip().removesuffix(") subquery").endswith("LIMIT 100")


def test_no_list_of_waiting_orders_joins_every_selector_or_decision_of_the_shop(cast: Cast) -> None:
    """Issue 11: an EXISTS becomes a join over all there ever were; a value is looked up for each case that is read."""
    seat = cast.ben.seat
    for read in (
        lambda: queries.inbox_count(seat),
        lambda: queries.inbox(seat, size=1),
        lambda: queries.inbox_choices(seat),
    ):
        (sql,) = [sql for sql in statements(read) if "akcept_approvals_case" in sql][:1]
        assert "EXISTS" not in sql
        assert " LIMIT " in sql.rpartition("ORDER BY")[2]


def test_choices_of_the_filters_are_read_from_the_beginning_only(
    cast: Cast, placed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 11: distinct units and requesters of everything that waits; now of what has waited longest."""
    whole = queries.inbox_choices(cast.cora.seat)
    assert whole.whole
    assert [name for _pk, name in whole.units] == ["Magazyn Skawina", "Oddział Kraków", "Serwis Tarnów"]
    assert [name for _pk, name in whole.requesters] == ["Anna Kowalska", "Jan Mazur", "Piotr Zieliński"]
    for module in (narrowing, merchant):
        monkeypatch.setattr(module, "LOOKED_AT", 1)
    first = queries.inbox_choices(cast.cora.seat)
    assert (first.whole, len(first.units)) == (False, 2)
    held = merchant.held_choices(cast.mia.actor, organization_id=cast.acme.pk)
    assert (held.whole, held.organizations, held.within.whole) == (False, ((cast.acme.pk, "Acme"),), False)
    assert queries.inbox_choices(cast.otto.seat).units == ()


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"unit_text": "krakow"}, "anna"),
        ({"unit_text": "kraków oddział"}, "anna"),
        ({"unit_text": "terminal"}, ""),
        ({"requester_text": "zielinski"}, "piotr"),
        ({"requester_text": "anna kowalska"}, "anna"),
        ({"requester_text": "jan@customer.example"}, "jan"),
        ({"requester_text": "otto"}, ""),
        ({"requester_text": "%"}, ""),
    ],
)
def test_inbox_and_held_list_are_narrowed_by_parts_of_names(
    cast: Cast, placed: dict[str, str], wanted: dict[str, str], names: str
) -> None:
    found = [row.number for row in queries.inbox(cast.cora.seat, wanted=InboxFilter(**wanted)).rows]
    assert found == [placed[name] for name in names.split()]
    held = HeldFilter(organization_id=cast.acme.pk, **wanted)
    assert [row.number for row in merchant.held(cast.mia.actor, held).rows] == found
    assert queries.inbox(cast.otto.seat, wanted=InboxFilter(**wanted)).rows == ()


def test_held_list_is_narrowed_by_part_of_an_organisations_name(cast: Cast, placed: dict[str, str]) -> None:
    mia = cast.mia.actor
    assert len(merchant.held(mia, HeldFilter(organization_text="acm")).rows) == 3
    assert merchant.held(mia, HeldFilter(organization_text="umbra")).rows == ()
    assert merchant.organization_called(mia, "ACME") == cast.acme.pk
    assert merchant.organization_called(mia, "676-243-58-05") == cast.acme.pk
    assert merchant.organization_called(mia, "m") is None  # two have it
    assert merchant.organization_called(mia, "nobody") is None


def test_an_order_is_read_by_a_statement_that_is_quickly_planned(cast: Cast) -> None:
    """PostgreSQL weighs every order of up to eight tables; at sixteen that took it 12 ms, the answer half of one."""
    placed = orders.place(cast.anna)
    read = next(sql for sql in statements(lambda: queries.order(cast.ben.actor, placed.order_number)) if "buyer" in sql)
    assert read.partition(" WHERE ")[0].count(" JOIN ") <= 8


@pytest.mark.parametrize("who", [name for name in EVERYBODY if name != "mia"])
def test_held_list_is_the_merchants_alone(cast: Cast, placed: dict[str, str], who: str) -> None:
    actor = getattr(cast, who).actor
    for read in (
        lambda: merchant.held(actor, HeldFilter()),
        lambda: list(merchant.held_rows(actor, HeldFilter())),
        lambda: merchant.held_choices(actor),
        lambda: merchant.order_for_staff(actor, placed["anna"]),
    ):
        with pytest.raises(NotAllowed):
            read()


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, "anna piotr jan"),
        ({"text": "KOWALSKA"}, "anna"),
        ({"text": "676-243"}, "anna piotr jan"),
        ({"text": "Produkt S1"}, "anna piotr jan"),
        ({"text": "zzz"}, ""),
        ({"older_than_days": 1}, ""),
        ({"older_than_days": 0}, "anna piotr jan"),
        ({"net_from": Decimal("999999")}, ""),
        ({"net_to": Decimal("0.01")}, ""),
    ],
)
def test_held_list_is_narrowed(cast: Cast, placed: dict[str, str], wanted: dict, names: str) -> None:
    rows = merchant.held(cast.mia.actor, HeldFilter(**wanted)).rows
    assert [row.number for row in rows] == [placed[name] for name in names.split()]
    assert [row.number for row in merchant.held_rows(cast.mia.actor, HeldFilter(**wanted))] == [r.number for r in rows]


def test_held_list_is_narrowed_by_unit_and_requester(cast: Cast, placed: dict[str, str]) -> None:
    by_unit = merchant.held(cast.mia.actor, HeldFilter(unit_id=cast.tarnow.pk)).rows
    by_person = merchant.held(cast.mia.actor, HeldFilter(requester_id=cast.piotr.member.pk)).rows
    other = merchant.held(cast.mia.actor, HeldFilter(organization_id=cast.umbra.pk)).rows
    assert ([r.number for r in by_unit], [r.number for r in by_person], other) == (
        [placed["jan"]],
        [placed["piotr"]],
        (),
    )


def test_boundary_of_a_value_filter_is_included(cast: Cast) -> None:
    orders.place(cast.anna, records=[carts.stock("EXACT", price="100.00")], quantity=1)
    total = merchant.held(cast.mia.actor, HeldFilter()).rows[0].total_net
    cent = Decimal("0.01")
    assert len(merchant.held(cast.mia.actor, HeldFilter(net_from=total, net_to=total)).rows) == 1
    assert merchant.held(cast.mia.actor, HeldFilter(net_from=total + cent)).rows == ()
    assert merchant.held(cast.mia.actor, HeldFilter(net_to=total - cent)).rows == ()


def _quote() -> Quote:
    zero = Decimal(0)
    return Quote(
        currency="PLN",
        lines=(),
        goods_net=zero,
        delivery_net=zero,
        delivery_gross=zero,
        total_net=zero,
        total_gross=zero,
        vat=(),
        fingerprint="x",
    )


@pytest.mark.parametrize("who", EVERYBODY)
def test_preview_says_what_placing_then_does(cast: Cast, who: str) -> None:
    person: Person = getattr(cast, who)
    told = queries.preview(person.actor, _quote())
    if told.refused:
        with pytest.raises(NotAllowed, match=re.escape(told.refused)):
            orders.place(person)
        assert not told.waits
        return
    done = orders.place(person)
    assert (told.waits, told.approvers) == (done.held, done.approvers)
    assert bool(told.reason) == done.held
