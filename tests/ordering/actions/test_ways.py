"""Every way an order can go until it is the shop's: sent back, resubmitted, reduced, withdrawn, revoked, passed on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from akcept.approvals.models import Case, Decision, Terms
from akcept.budgets.models import Budget, LedgerRow
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.errors import IllegalMove, Invalid, NotAllowed, OutOfStock, Stale
from akcept.ordering import actions, queries
from akcept.ordering.actions import Placed
from akcept.ordering.models import Placement
from akcept.ordering.queries import Act
from akcept.organizations.models import Member
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast
from akcept.ui.history import sentences
from tests.support.statements import statements


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    """Anna's order of 6 of A at 10.00 and 4 of B at 25.00 net; delivery by courier is 19.00 below 500.00."""
    return _place(cast, {"A": ("10.00", 6), "B": ("25.00", 4)})


def _place(cast: Cast, wanted: dict[str, tuple[str, int]]) -> Placed:
    records = [carts.stock(sku, price=price) for sku, (price, _number) in wanted.items()]
    cart_id = carts.fill(cast.anna, records=records)
    for record, (_price, number) in zip(records, wanted.values(), strict=True):
        apps.get_model("basket.Line").objects.filter(basket_id=cart_id, stockrecord=record).update(quantity=number)
    return orders.place_cart(cast.anna, cart_id)


def _lines(placed: Placed) -> dict[str, int]:
    """Return sku -> id of the order's lines."""
    return dict(apps.get_model("order.Line").objects.filter(order_id=placed.order_id).values_list("partner_sku", "pk"))


def _quantities(placed: Placed) -> dict[str, int]:
    found = apps.get_model("order.Line").objects.filter(order_id=placed.order_id)
    return dict(found.values_list("partner_sku", "quantity"))


def _reserved(*skus: str) -> list[int]:
    return [carts.stock(sku).num_allocated or 0 for sku in skus]


def _case(placed: Placed) -> Case:
    return Case.objects.get(pk=placed.order_id)


def _version(placed: Placed) -> int:
    return _case(placed).version


def _told(placed: Placed) -> list[str]:
    found = Entry.objects.filter(subject_id=placed.order_number).order_by("pk")
    return [topic.removeprefix("order.") for topic in found.values_list("topic", flat=True)]


def _sums(placed: Placed) -> tuple[Decimal, Decimal]:
    """Return net and gross, found alike on the shop's order and on our placement."""
    order, placement = orders.order(placed), Placement.objects.get(pk=placed.order_id)
    assert (order.total_excl_tax, order.total_incl_tax) == (placement.total_net, placement.total_gross)
    return order.total_excl_tax, order.total_incl_tax


def _may_amend(cast: Cast) -> None:
    Terms.objects.update_or_create(organization=cast.acme, defaults={"approver_may_amend": True})


def _inbox(who: Any) -> list[str]:
    return [row.number for row in queries.inbox(who.seat).rows]


# --- sent back, changed, submitted again ---


def test_sent_back_order_is_with_its_requester_and_nobody_decides_it(cast: Cast, waiting: Placed) -> None:
    actions.send_back(waiting.order_number, actor=cast.ben.actor, version=1, question="Po co tyle?")
    assert _case(waiting).state == "returned"
    assert orders.order(waiting).status == "awaiting_acceptance"
    assert _reserved("A", "B") == [6, 4]
    assert _inbox(cast.ben) == _inbox(cast.cora) == []
    with pytest.raises(Stale, match="Ben Nowak sent this order back"):
        actions.accept(waiting.order_number, actor=cast.cora.actor, version=1)
    with pytest.raises(Stale, match="sent this order back already"):
        actions.send_back(waiting.order_number, actor=cast.ben.actor, version=1, question="Po co?")


def test_a_question_is_needed_to_send_back(cast: Cast, waiting: Placed) -> None:
    with pytest.raises(Invalid) as refused:
        actions.send_back(waiting.order_number, actor=cast.ben.actor, version=1, question=" \n")
    assert refused.value.field == "remark"
    assert _version(waiting) == 1


def test_resubmitted_order_starts_anew_with_what_was_changed(cast: Cast, waiting: Placed) -> None:
    actions.send_back(waiting.order_number, actor=cast.ben.actor, version=1, question="Mniej?")
    ids = _lines(waiting)
    actions.resubmit(
        waiting.order_number,
        actor=cast.anna.actor,
        version=2,
        quantities={ids["A"]: 8, ids["B"]: 0},
        note="Tylko A",
        remark="Proszę",
    )
    case = _case(waiting)
    assert (case.state, case.round, case.revision, case.position, case.steps_total) == ("awaiting", 2, 2, 1, 1)
    assert _quantities(waiting) == {"A": 8}
    assert _reserved("A", "B") == [8, 0]
    assert _sums(waiting) == (Decimal("99.00"), Decimal("121.77"))  # 80 + 19, 23 %
    assert Placement.objects.get(pk=waiting.order_id).note == "Tylko A"
    assert _inbox(cast.ben) == _inbox(cast.cora) == [waiting.order_number]
    assert _told(waiting) == ["placed", "sent_back", "resubmitted"]
    decided = actions.accept(waiting.order_number, actor=cast.ben.actor, version=3)
    assert decided.state == "accepted"
    assert orders.order(waiting).status == "unhandled"


def test_requester_may_change_an_order_that_waits_and_open_pages_are_out_of_date(cast: Cast, waiting: Placed) -> None:
    actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=1, quantities={_lines(waiting)["A"]: 7})
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
    assert _told(waiting) == ["placed", "sent_back", "resubmitted", "released"]


def test_resubmission_is_refused_whole(cast: Cast, waiting: Placed) -> None:
    ids = _lines(waiting)
    apps.get_model("partner.StockRecord").objects.filter(partner_sku="A").update(num_in_stock=9)
    before = _told(waiting)
    with pytest.raises(OutOfStock, match=r"up to 9 of “Produkt A”"):
        actions.resubmit(
            waiting.order_number, actor=cast.anna.actor, version=1, quantities={ids["A"]: 10, ids["B"]: 1}, note="x"
        )
    with pytest.raises(Invalid, match="withdraw"):
        actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=1, quantities={ids["A"]: 0, ids["B"]: 0})
    with pytest.raises(Invalid, match="Produkt A") as refused:
        actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=1, quantities={ids["A"]: -1})
    assert refused.value.field == f"quantity-{ids['A']}"
    assert _told(waiting) == before
    assert _quantities(waiting) == {"A": 6, "B": 4}
    assert _reserved("A", "B") == [6, 4]
    assert Placement.objects.get(pk=waiting.order_id).note == ""


def test_line_of_somebody_elses_order_cannot_be_named(cast: Cast, waiting: Placed) -> None:
    other = orders.place(cast.jan)
    foreign = next(iter(_lines(other).values()))
    with pytest.raises(Invalid):
        actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=1, quantities={foreign: 1})
    assert all(number == 2 for number in _quantities(other).values())


@pytest.mark.parametrize("how", ["accept", "reject"])
def test_decided_order_is_not_changed_any_more(cast: Cast, waiting: Placed, how: str) -> None:
    words = {"reason": "no"} if how == "reject" else {}
    getattr(actions, how)(waiting.order_number, actor=cast.ben.actor, version=1, **words)
    for attempt in (actions.resubmit, actions.withdraw):
        with pytest.raises(Stale, match="Ben Nowak"):
            attempt(waiting.order_number, actor=cast.anna.actor, version=2)


# --- reduced by the approver ---


def test_approver_reduces_only_where_the_organisation_lets_them(cast: Cast, waiting: Placed) -> None:
    less = {_lines(waiting)["A"]: 5}
    with pytest.raises(NotAllowed, match="Send it back to Anna"):
        actions.amend(waiting.order_number, actor=cast.ben.actor, version=1, quantities=less, reason="mniej")
    _may_amend(cast)
    actions.amend(waiting.order_number, actor=cast.ben.actor, version=1, quantities=less, reason="mniej")
    assert _quantities(waiting) == {"A": 5, "B": 4}
    assert _sums(waiting) == (Decimal("169.00"), Decimal("207.87"))
    assert _reserved("A", "B") == [5, 4]


@pytest.mark.parametrize(("wanted", "field"), [({"A": 7}, True), ({"A": 6}, False), ({}, False), ({"A": -1}, True)])
def test_approver_never_raises_and_changes_something(
    cast: Cast, waiting: Placed, wanted: dict[str, int], field: bool
) -> None:
    _may_amend(cast)
    ids = _lines(waiting)
    with pytest.raises(Invalid) as refused:
        actions.amend(
            waiting.order_number,
            actor=cast.ben.actor,
            version=1,
            quantities={ids[sku]: number for sku, number in wanted.items()},
            reason="x",
        )
    assert refused.value.field == (f"quantity-{ids['A']}" if field else None)
    assert _version(waiting) == 1


def test_reduced_order_is_released_as_reduced(cast: Cast, waiting: Placed) -> None:
    _may_amend(cast)
    actions.amend(
        waiting.order_number, actor=cast.ben.actor, version=1, quantities={_lines(waiting)["B"]: 0}, reason="bez B"
    )
    with pytest.raises(Stale, match="has changed since you opened it"):
        actions.accept(waiting.order_number, actor=cast.cora.actor, version=1)
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=2)
    assert _quantities(waiting) == {"A": 6}
    assert _reserved("A", "B") == [6, 0]
    assert _told(waiting) == ["placed", "amended", "accepted", "released"]
    entry = Entry.objects.get(subject_id=waiting.order_number, topic="order.amended")
    assert entry.payload["lines"] == [{"sku": "B", "title": "Produkt B", "from": 4, "to": 0}]


def test_dropping_every_line_rejects_the_order(cast: Cast, waiting: Placed) -> None:
    _may_amend(cast)
    ids = _lines(waiting)
    decided = actions.amend(
        waiting.order_number,
        actor=cast.ben.actor,
        version=1,
        quantities=dict.fromkeys(ids.values(), 0),
        reason="nic z tego",
    )
    assert decided.state == "rejected"
    assert orders.order(waiting).status == "rejected"
    assert _reserved("A", "B") == [0, 0]


def test_delivery_charge_that_comes_back_is_charged_and_asks_anew(cast: Cast) -> None:
    """Free from 500.00 net: below it the courier costs 19.00 again; when the total rises, earlier yeses are void."""
    _may_amend(cast)
    placed = _place(cast, {"A": ("10.00", 51)})
    assert _sums(placed)[0] == Decimal("510.00")
    actions.amend(
        placed.order_number, actor=cast.ben.actor, version=1, quantities={_lines(placed)["A"]: 49}, reason="x"
    )
    assert _sums(placed) == (Decimal("509.00"), Decimal("626.07"))
    dearer = _place(cast, {"A": ("10.00", 50)})
    actions.amend(
        dearer.order_number, actor=cast.ben.actor, version=1, quantities={_lines(dearer)["A"]: 49}, reason="x"
    )
    assert _sums(dearer)[0] == Decimal("509.00")
    assert _told(placed) == ["placed", "amended"]
    assert _told(dearer) == ["placed", "amended", "step_asked"]


def _reduce(cast: Cast, placed: Placed, wanted: dict[str, int]) -> None:
    ids = _lines(placed)
    quantities = {ids[sku]: number for sku, number in wanted.items()}
    actions.amend(placed.order_number, actor=cast.ben.actor, version=1, quantities=quantities, reason="x")


@pytest.mark.parametrize("lines", [1, 3, 30])
def test_changing_takes_few_statements_whatever_the_lines(cast: Cast, lines: int) -> None:
    _may_amend(cast)
    amended, resubmitted = (orders.place(cast.anna, lines=lines, quantity=3) for _ in range(2))
    fewer, more = dict.fromkeys(_lines(amended).values(), 2), dict.fromkeys(_lines(resubmitted).values(), 4)
    amend = statements(
        lambda: actions.amend(amended.order_number, actor=cast.ben.actor, version=1, quantities=fewer, reason="x")
    )
    resubmit = statements(
        lambda: actions.resubmit(resubmitted.order_number, actor=cast.anna.actor, version=1, quantities=more)
    )
    assert (len(amend), len(resubmit)) == (24, 34)


# --- withdrawn, expired ---


@pytest.mark.parametrize("returned", [False, True])
def test_withdrawn_order_ends_and_frees_its_stock(cast: Cast, waiting: Placed, returned: bool) -> None:
    if returned:
        actions.send_back(waiting.order_number, actor=cast.ben.actor, version=1, question="?")
    actions.withdraw(waiting.order_number, actor=cast.anna.actor, version=_version(waiting), reason="pomyłka")
    assert (_case(waiting).state, orders.order(waiting).status) == ("withdrawn", "withdrawn")
    assert _reserved("A", "B") == [0, 0]
    with pytest.raises(Stale, match="Anna Kowalska withdrew"):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    assert _inbox(cast.ben) == []


def test_expired_order_ends_once_and_frees_its_stock(cast: Cast, waiting: Placed) -> None:
    system = Actor.system("expiry")
    assert [actions.expire(waiting.order_number, actor=system) for _ in range(2)] == [True, False]
    assert (_case(waiting).state, orders.order(waiting).status) == ("expired", "expired")
    assert _reserved("A", "B") == [0, 0]
    assert _told(waiting) == ["placed", "expired"]
    with pytest.raises(Stale, match="expired"):
        actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)


# --- revoked ---


def test_acceptance_is_revoked_until_the_shop_begins(cast: Cast, waiting: Placed) -> None:
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    actions.revoke(waiting.order_number, actor=cast.ben.actor, version=2, reason="pomyłka")
    assert (_case(waiting).state, orders.order(waiting).status) == ("awaiting", "awaiting_acceptance")
    assert _reserved("A", "B") == [6, 4]
    assert _inbox(cast.ben) == _inbox(cast.cora) == [waiting.order_number]
    with pytest.raises(Stale):
        actions.accept(waiting.order_number, actor=cast.cora.actor, version=2)
    actions.accept(waiting.order_number, actor=cast.cora.actor, version=3)
    released = Entry.objects.filter(subject_id=waiting.order_number, topic="order.released").order_by("pk")
    assert [bool(entry.payload.get("again")) for entry in released] == [False, True]
    orders.order(waiting).set_status("in_progress")
    with pytest.raises(IllegalMove, match="shop has begun"):
        actions.revoke(waiting.order_number, actor=cast.cora.actor, version=4, reason="za późno")


def test_acceptance_taken_back_again_and_again_is_spent_once(cast: Cast) -> None:
    budget = budgets.make(cast.krakow, "5000.00")
    placed = _place(cast, {"A": ("10.00", 6)})
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    for version in (2, 4):
        actions.revoke(placed.order_number, actor=cast.ben.actor, version=version, reason="za wcześnie")
        assert _free(budget) == ("held", Decimal("-60.00"))
        actions.accept(placed.order_number, actor=cast.cora.actor, version=version + 1)
        assert _free(budget) == ("spent", Decimal("-60.00"))
    actions.revoke(placed.order_number, actor=cast.ben.actor, version=6, reason="jednak nie")
    actions.reject(placed.order_number, actor=cast.cora.actor, version=7, reason="nie")
    assert _free(budget) == ("nothing", Decimal(0))


def _free(budget: Budget) -> tuple[str, Decimal]:
    """Return what a budget's only order does to it now, and what that takes."""
    sums: dict[str, Decimal] = {}
    for kind, amount in LedgerRow.objects.filter(budget=budget).values_list("kind", "amount"):
        does = "held" if kind in ("hold", "release") else "spent"
        sums[does] = sums.get(does, Decimal(0)) + amount
    told = [(does, amount) for does, amount in sums.items() if amount]
    assert len(told) <= 1, told
    return told[0] if told else ("nothing", Decimal(0))


def test_b2_a_note_of_the_shop_is_not_begun(cast: Cast, waiting: Placed) -> None:
    orders.order(waiting).notes.create(user=cast.mia.user, message="rang them")
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    orders.order(waiting).notes.create(user=cast.mia.user, message="large one")
    assert Act.REVOKE in queries.order(cast.ben.actor, waiting.order_number).acts


def test_requester_revokes_nothing(cast: Cast, waiting: Placed) -> None:
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    with pytest.raises(NotAllowed):
        actions.revoke(waiting.order_number, actor=cast.anna.actor, version=2, reason="x")


# --- passed on, commented ---


def test_passed_on_order_leaves_one_inbox_and_stays_decidable(cast: Cast, waiting: Placed) -> None:
    actions.forward(
        waiting.order_number, actor=cast.ben.actor, version=1, to_member_id=cast.cora.member.pk, remark="Twoja działka"
    )
    assert (_inbox(cast.ben), _inbox(cast.cora)) == ([], [waiting.order_number])
    # What Cora had open before is still good: the order is the same.
    actions.accept(waiting.order_number, actor=cast.cora.actor, version=1)
    assert _told(waiting) == ["placed", "forwarded", "accepted", "released"]


@pytest.mark.parametrize("to", ["anna", "ben", "jan", "otto", "ewa"])
def test_passed_on_only_to_somebody_else_who_may_decide(cast: Cast, waiting: Placed, to: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.forward(waiting.order_number, actor=cast.ben.actor, version=1, to_member_id=getattr(cast, to).member.pk)
    assert refused.value.field == "to"


def test_comments_are_for_the_organisation_alone(cast: Cast, waiting: Placed) -> None:
    actions.comment(waiting.order_number, actor=cast.ben.actor, text="Czy to na pewno?")
    actions.comment(waiting.order_number, actor=cast.anna.actor, text="Tak")
    assert _version(waiting) == 1
    with pytest.raises(Invalid) as refused:
        actions.comment(waiting.order_number, actor=cast.anna.actor, text="  ")
    assert refused.value.field == "text"
    history = Entry.objects.filter(subject_id=waiting.order_number).order_by("pk")
    assert [line.said for line in sentences(history)] == ["", "Czy to na pewno?", "Tak"]
    assert [line.said for line in sentences(history, for_staff=True)] == [""]


# --- what pages offer is what actions do ---


def test_acts_are_offered_to_whom_they_are_for(cast: Cast, waiting: Placed) -> None:
    def acts(who: Any) -> set[str]:
        return {act.value for act in queries.order(who.actor, waiting.order_number).acts}

    assert acts(cast.anna) == {"resubmit", "withdraw", "comment"}
    assert acts(cast.ben) == acts(cast.cora) == {"send_back", "forward", "comment"}
    _may_amend(cast)
    assert acts(cast.ben) == {"send_back", "forward", "comment", "amend"}
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    assert acts(cast.anna) == {"comment"}
    assert acts(cast.ben) == acts(cast.cora) == {"revoke", "comment"}


def test_organisation_may_let_approvers_accept_their_own_orders_and_history_says_so(cast: Cast) -> None:
    member = cast.ben.member
    limit = {"amount": "10", "currency": "PLN", "basis": "goods_net"}
    Member.objects.filter(pk=member.pk).update(accept_limits=[limit])
    over = orders.place(cast.ben)
    assert over.held
    assert over.approvers == ("Cora Wiśniewska",)
    with pytest.raises(NotAllowed, match="yourself"):
        actions.accept(over.order_number, actor=cast.ben.actor, version=1)
    Terms.objects.create(organization=cast.acme, self_acceptance=True)
    assert _inbox(cast.ben) == [over.order_number]
    actions.accept(over.order_number, actor=cast.ben.actor, version=1)
    assert Decision.objects.get(case_id=over.order_id).member_id == member.pk
    assert Entry.objects.get(topic="order.accepted").payload["own_order"] is True
    assert orders.place(cast.ben).approvers == ("Ben Nowak", "Cora Wiśniewska")
