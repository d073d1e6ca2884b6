"""Sent back, changed and submitted again by who ordered; reduced by who is asked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.apps import apps

from akcept.journal.models import Entry
from akcept.kernel.errors import Invalid, NotAllowed, OutOfStock, Stale
from akcept.ordering import actions, queries
from akcept.ordering.actions import Placed
from akcept.ordering.models import Placement
from akcept.organizations.models import Member
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.ordering.actions.on_its_way import (
    case_of,
    inbox,
    line_ids,
    may_amend,
    place,
    quantities,
    reserved,
    sums,
    told,
    version_of,
)
from tests.support.statements import statements

# --- sent back, changed, submitted again ---


def test_sent_back_order_is_with_its_requester_and_nobody_decides_it(cast: Cast, waiting: Placed) -> None:
    actions.send_back(waiting.order_number, actor=cast.ben.actor, version=1, question="Po co tyle?")
    assert case_of(waiting).state == "returned"
    assert orders.order(waiting).status == "awaiting_acceptance"
    assert reserved("A", "B") == [6, 4]
    assert inbox(cast.ben) == inbox(cast.cora) == []
    with pytest.raises(Stale, match="Ben Nowak sent this order back"):
        actions.accept(waiting.order_number, actor=cast.cora.actor, version=1)
    with pytest.raises(Stale, match="sent this order back already"):
        actions.send_back(waiting.order_number, actor=cast.ben.actor, version=1, question="Po co?")


def test_a_question_is_needed_to_send_back(cast: Cast, waiting: Placed) -> None:
    with pytest.raises(Invalid) as refused:
        actions.send_back(waiting.order_number, actor=cast.ben.actor, version=1, question=" \n")
    assert refused.value.field == "remark"
    assert version_of(waiting) == 1


def test_resubmitted_order_starts_anew_with_what_was_changed(cast: Cast, waiting: Placed) -> None:
    actions.send_back(waiting.order_number, actor=cast.ben.actor, version=1, question="Mniej?")
    ids = line_ids(waiting)
    actions.resubmit(
        waiting.order_number,
        actor=cast.anna.actor,
        version=2,
        quantities={ids["A"]: 8, ids["B"]: 0},
        note="Tylko A",
        remark="Proszę",
    )
    case = case_of(waiting)
    assert (case.state, case.round, case.revision, case.position, case.steps_total) == ("awaiting", 2, 2, 1, 1)
    assert quantities(waiting) == {"A": 8}
    assert reserved("A", "B") == [8, 0]
    assert sums(waiting) == (Decimal("99.00"), Decimal("121.77"))  # 80 + 19, 23 %
    assert Placement.objects.get(pk=waiting.order_id).note == "Tylko A"
    assert inbox(cast.ben) == inbox(cast.cora) == [waiting.order_number]
    assert told(waiting) == ["placed", "sent_back", "resubmitted"]
    decided = actions.accept(waiting.order_number, actor=cast.ben.actor, version=3)
    assert decided.state == "accepted"
    assert orders.order(waiting).status == "unhandled"


def test_requester_may_change_an_order_that_waits_and_open_pages_are_out_of_date(cast: Cast, waiting: Placed) -> None:
    actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=1, quantities={line_ids(waiting)["A"]: 7})
    with pytest.raises(Stale, match="has changed since you opened it"):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    (change,) = queries.order(cast.ben.actor, waiting.order_number).changes
    (line,) = change.lines
    assert (line.sku, line.quantity_before, line.quantity_after) == ("A", 6, 7)
    assert (change.net_before, change.net_after) == (Decimal("179.00"), Decimal("189.00"))


def test_resubmission_that_needs_nobody_goes_to_the_shop_at_once(cast: Cast, waiting: Placed) -> None:
    actions.send_back(waiting.order_number, actor=cast.cora.actor, version=1, question="?")
    Member.objects.filter(pk=cast.anna.member.pk).update(accept_orders=True)
    decided = actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=2)
    assert decided.state == "accepted"
    assert orders.order(waiting).status == "unhandled"
    assert told(waiting) == ["placed", "sent_back", "resubmitted", "released"]


def test_resubmission_is_refused_whole(cast: Cast, waiting: Placed) -> None:
    ids = line_ids(waiting)
    apps.get_model("partner.StockRecord").objects.filter(partner_sku="A").update(num_in_stock=9)
    before = told(waiting)
    with pytest.raises(OutOfStock, match=r"up to 9 of “Produkt A”"):
        actions.resubmit(
            waiting.order_number, actor=cast.anna.actor, version=1, quantities={ids["A"]: 10, ids["B"]: 1}, note="x"
        )
    with pytest.raises(Invalid, match="withdraw"):
        actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=1, quantities={ids["A"]: 0, ids["B"]: 0})
    with pytest.raises(Invalid, match="Produkt A") as refused:
        actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=1, quantities={ids["A"]: -1})
    assert refused.value.field == f"quantity-{ids['A']}"
    assert told(waiting) == before
    assert quantities(waiting) == {"A": 6, "B": 4}
    assert reserved("A", "B") == [6, 4]
    assert Placement.objects.get(pk=waiting.order_id).note == ""


def test_line_of_somebody_elses_order_cannot_be_named(cast: Cast, waiting: Placed) -> None:
    other = orders.place(cast.jan)
    foreign = next(iter(line_ids(other).values()))
    with pytest.raises(Invalid):
        actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=1, quantities={foreign: 1})
    assert all(number == 2 for number in quantities(other).values())


@pytest.mark.parametrize("how", ["accept", "reject"])
def test_decided_order_is_not_changed_any_more(cast: Cast, waiting: Placed, how: str) -> None:
    words = {"reason": "no"} if how == "reject" else {}
    getattr(actions, how)(waiting.order_number, actor=cast.ben.actor, version=1, **words)
    for attempt in (actions.resubmit, actions.withdraw):
        with pytest.raises(Stale, match="Ben Nowak"):
            attempt(waiting.order_number, actor=cast.anna.actor, version=2)


# --- reduced by the approver ---


def test_approver_reduces_only_where_the_organisation_lets_them(cast: Cast, waiting: Placed) -> None:
    less = {line_ids(waiting)["A"]: 5}
    with pytest.raises(NotAllowed, match="Send it back to Anna"):
        actions.amend(waiting.order_number, actor=cast.ben.actor, version=1, quantities=less, reason="mniej")
    may_amend(cast)
    actions.amend(waiting.order_number, actor=cast.ben.actor, version=1, quantities=less, reason="mniej")
    assert quantities(waiting) == {"A": 5, "B": 4}
    assert sums(waiting) == (Decimal("169.00"), Decimal("207.87"))
    assert reserved("A", "B") == [5, 4]


@pytest.mark.parametrize(("wanted", "field"), [({"A": 7}, True), ({"A": 6}, False), ({}, False), ({"A": -1}, True)])
def test_approver_never_raises_and_changes_something(
    cast: Cast, waiting: Placed, wanted: dict[str, int], field: bool
) -> None:
    may_amend(cast)
    ids = line_ids(waiting)
    with pytest.raises(Invalid) as refused:
        actions.amend(
            waiting.order_number,
            actor=cast.ben.actor,
            version=1,
            quantities={ids[sku]: number for sku, number in wanted.items()},
            reason="x",
        )
    assert refused.value.field == (f"quantity-{ids['A']}" if field else None)
    assert version_of(waiting) == 1


def test_reduced_order_is_released_as_reduced(cast: Cast, waiting: Placed) -> None:
    may_amend(cast)
    actions.amend(
        waiting.order_number, actor=cast.ben.actor, version=1, quantities={line_ids(waiting)["B"]: 0}, reason="bez B"
    )
    with pytest.raises(Stale, match="has changed since you opened it"):
        actions.accept(waiting.order_number, actor=cast.cora.actor, version=1)
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=2)
    assert quantities(waiting) == {"A": 6}
    assert reserved("A", "B") == [6, 0]
    assert told(waiting) == ["placed", "amended", "accepted", "released"]
    entry = Entry.objects.get(subject_id=waiting.order_number, topic="order.amended")
    assert entry.payload["lines"] == [{"sku": "B", "title": "Produkt B", "from": 4, "to": 0}]


def test_dropping_every_line_rejects_the_order(cast: Cast, waiting: Placed) -> None:
    may_amend(cast)
    ids = line_ids(waiting)
    decided = actions.amend(
        waiting.order_number,
        actor=cast.ben.actor,
        version=1,
        quantities=dict.fromkeys(ids.values(), 0),
        reason="nic z tego",
    )
    assert decided.state == "rejected"
    assert orders.order(waiting).status == "rejected"
    assert reserved("A", "B") == [0, 0]


def test_delivery_charge_that_comes_back_is_charged_and_asks_anew(cast: Cast) -> None:
    """Free from 500.00 net: below it the courier costs 19.00 again; when the total rises, earlier yeses are void."""
    may_amend(cast)
    placed = place(cast, {"A": ("10.00", 51)})
    assert sums(placed)[0] == Decimal("510.00")
    actions.amend(
        placed.order_number, actor=cast.ben.actor, version=1, quantities={line_ids(placed)["A"]: 49}, reason="x"
    )
    assert sums(placed) == (Decimal("509.00"), Decimal("626.07"))
    dearer = place(cast, {"A": ("10.00", 50)})
    actions.amend(
        dearer.order_number, actor=cast.ben.actor, version=1, quantities={line_ids(dearer)["A"]: 49}, reason="x"
    )
    assert sums(dearer)[0] == Decimal("509.00")
    assert told(placed) == ["placed", "amended"]
    assert told(dearer) == ["placed", "amended", "step_asked"]


def _reduce(cast: Cast, placed: Placed, wanted: dict[str, int]) -> None:
    ids = line_ids(placed)
    quantities = {ids[sku]: number for sku, number in wanted.items()}
    actions.amend(placed.order_number, actor=cast.ben.actor, version=1, quantities=quantities, reason="x")


@pytest.mark.parametrize("lines", [1, 3, 30])
def test_changing_takes_few_statements_whatever_the_lines(cast: Cast, lines: int) -> None:
    may_amend(cast)
    amended, resubmitted = (orders.place(cast.anna, lines=lines, quantity=3) for _ in range(2))
    fewer, more = dict.fromkeys(line_ids(amended).values(), 2), dict.fromkeys(line_ids(resubmitted).values(), 4)
    amend = statements(
        lambda: actions.amend(amended.order_number, actor=cast.ben.actor, version=1, quantities=fewer, reason="x")
    )
    resubmit = statements(
        lambda: actions.resubmit(resubmitted.order_number, actor=cast.anna.actor, version=1, quantities=more)
    )
    assert (len(amend), len(resubmit)) == (24, 34)
