"""An order at another value is what the rules it was placed under want for that value, and nothing less is released."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.apps import apps

from akcept.approvals import actions as rules
from akcept.approvals.conditions import Compare, Value
from akcept.approvals.models import Case, Decision, Terms
from akcept.approvals.rules import Outcome, RuleStep
from akcept.budgets.models import LedgerRow
from akcept.journal.models import Entry
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Changed, NotAllowed, OverBudget, RefusedByRule
from akcept.ordering import actions, queries
from akcept.ordering.actions import Placed
from akcept.ordering.models import Placement, ShopTerms
from akcept.ordering.routing import explaining
from akcept.organizations.actions.rows import stored_grant
from akcept.organizations.permissions import Permission
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast, Person, person
from akcept.testing.relays import deliver
from akcept.ui.history import sentences
from tests.ordering.routing.test_rules import ANYBODY, above, add, someone

pytestmark = pytest.mark.django_db

LATER = utc_now() + timedelta(days=8)


@pytest.fixture(autouse=True)
def week(db: None) -> ShopTerms:
    """The merchant keeps prices for 7 days, and lets a total rise by 10 %."""
    return ShopTerms.objects.create(pk=1, price_days=7, price_tolerance=Decimal(10))


def _place(who: Person, price: str = "100.00") -> Placed:
    """Order one piece of P, net; delivery by courier is 19.00 more below 500.00."""
    return orders.place(who, records=[carts.stock("P", price=price)], quantity=1)


def _price(price: str) -> None:
    apps.get_model("partner.StockRecord").objects.filter(partner_sku="P").update(price=Decimal(price))


def _accept(placed: Placed, who: Person, *, now: datetime | None = LATER) -> Any:
    version = Case.objects.get(pk=placed.order_id).version
    return actions.accept(placed.order_number, actor=who.actor, version=version, now=now)


def _asked(placed: Placed) -> list[str]:
    case = Case.objects.get(pk=placed.order_id)
    rows = case.steps.filter(round=case.round).order_by("position")
    return ["+".join(selector.label or selector.kind for selector in row.selectors.all()) for row in rows]


def _net(placed: Placed) -> Decimal:
    order, placement = orders.order(placed), Placement.objects.get(pk=placed.order_id)
    assert order.total_excl_tax == placement.total_net
    return Decimal(order.total_excl_tax)


def _limit(who: Person, amount: str) -> None:
    assert who.member is not None
    who.member.accept_limits = [{"amount": amount, "currency": "PLN", "basis": "goods_net"}]
    who.member.save()


# --- brought to the shop's new prices ---


@pytest.mark.parametrize("price", ["105.00", "150.00"])  # within the tolerance, and beyond it
def test_a_rise_past_a_rule_s_boundary_adds_its_step(cast: Cast, price: str) -> None:
    add(cast, someone(cast.ben))
    add(cast, someone(cast.cora), when=(above("104.99"),), name="Above 104.99")
    placed = _place(cast.anna)
    assert _asked(placed) == [cast.ben.name]
    _price(price)
    with pytest.raises(Changed) as refused:
        _accept(placed, cast.ben)
    assert f"these are asked too: {cast.cora.name}" in str(refused.value)
    assert _asked(placed) == [cast.ben.name, cast.cora.name]
    assert _accept(placed, cast.ben).state == "awaiting"
    assert orders.order(placed).status == "awaiting_acceptance"
    assert _accept(placed, cast.cora).state == "accepted"
    assert orders.order(placed).status == "unhandled"


def test_a_rise_below_the_boundary_leaves_what_was_accepted(cast: Cast) -> None:
    add(cast, someone(cast.ben), someone(cast.cora))
    add(cast, ANYBODY, when=(above("109.00"),))
    placed = _place(cast.anna)
    _accept(placed, cast.ben, now=None)
    _price("109.00")
    with pytest.raises(Changed):
        _accept(placed, cast.cora)
    assert not Decision.objects.get().voided
    assert _accept(placed, cast.cora).state == "accepted"


def test_what_others_accepted_before_the_rule_s_step_was_added_counts_no_more(cast: Cast) -> None:
    add(cast, someone(cast.ben), someone(cast.cora))
    add(cast, ANYBODY, when=(above("108.00"),))
    placed = _place(cast.anna)
    _accept(placed, cast.ben, now=None)
    _price("109.00")
    with pytest.raises(Changed):
        _accept(placed, cast.cora)
    assert Decision.objects.get().voided
    case = Case.objects.get(pk=placed.order_id)
    assert (case.position, case.steps_total, case.round) == (1, 3, 2)


def test_lower_goods_with_dearer_delivery_keep_the_boundary_too(cast: Cast) -> None:
    """Delivery is free from goods of 500.00 net on, so that the total falls: the rule's step is asked all the same."""
    add(cast, someone(cast.cora), when=(above("504.00"),))
    placed = _place(cast.anna, "490.00")  # 509.00 with delivery
    assert _asked(placed) == ["acceptors"]
    _price("505.00")
    with pytest.raises(Changed):
        _accept(placed, cast.ben)
    assert (_asked(placed), _net(placed)) == ([cast.cora.name], Decimal("505.00"))
    with pytest.raises(NotAllowed):
        _accept(placed, cast.ben)


@pytest.mark.parametrize("how", ["switched_off", "added"])
def test_the_rules_are_those_it_was_placed_under(cast: Cast, how: str) -> None:
    high = add(cast, someone(cast.cora), when=(above("104.99"),)) if how == "switched_off" else 0
    placed = _place(cast.anna)
    if how == "switched_off":
        rules.switch_rule(high, actor=cast.dora.actor, version=1, active=False)
    else:
        add(cast, someone(cast.cora), when=(above("104.99"),))
    _price("150.00")
    with pytest.raises(Changed):
        _accept(placed, cast.ben)
    assert _asked(placed) == ([cast.cora.name] if how == "switched_off" else ["acceptors"])
    assert Case.objects.get(pk=placed.order_id).policy_version == (1 if how == "switched_off" else None)


def test_explanation_is_about_the_new_value(cast: Cast) -> None:
    add(cast, someone(cast.cora), when=(above("104.99"),), name="Big")
    placed = _place(cast.anna)
    _price("150.00")
    with pytest.raises(Changed):
        _accept(placed, cast.ben)
    found = explaining.explain(placed.order_number)
    assert "150.00" in found.steps[0].why
    assert found.kept is not None
    (finding,) = found.kept.findings
    assert finding.verdict == "matched"


def test_a_value_that_the_rules_refuse_waits_as_it_is(cast: Cast) -> None:
    add(cast, when=(above("120"),), outcome=Outcome.REFUSE, refusal="Ask purchasing first.")
    placed = _place(cast.anna)
    _price("150.00")
    with pytest.raises(RefusedByRule, match="Ask purchasing first"):
        _accept(placed, cast.ben)
    assert _net(placed) == Decimal("119.00")
    assert Placement.objects.get(pk=placed.order_id).repriced_at is None
    assert not Entry.objects.filter(topic="order.repriced").exists()
    _price("110.00")
    with pytest.raises(Changed):
        _accept(placed, cast.ben)
    assert _accept(placed, cast.ben).state == "accepted"


def test_an_allow_rule_that_no_longer_holds_is_nobody_s_way_past_the_others(cast: Cast) -> None:
    add(cast, when=(above("120", Compare.UP_TO),), outcome=Outcome.ALLOW)
    add(cast, someone(cast.cora))
    placed = _place(cast.anna, "121.00")
    assert _asked(placed) == [cast.cora.name]
    _price("110.00")
    assert _accept(placed, cast.cora).state == "accepted", "a lower price asks nobody, and nobody's steps change"


# --- limits of people ---


def test_an_approver_s_limit_is_looked_at_with_the_new_price(cast: Cast) -> None:
    _limit(cast.ben, "104.00")
    placed = _place(cast.anna)
    _price("105.00")
    with pytest.raises(Changed):
        _accept(placed, cast.ben)
    deliver()
    case = Case.objects.get(pk=placed.order_id)
    assert case.asked == [cast.cora.member.pk]
    assert Entry.objects.filter(topic="order.asked_again", subject_id=placed.order_number).exists()
    with pytest.raises(NotAllowed, match="above your acceptance limit"):
        _accept(placed, cast.ben)


def test_an_acceptance_counts_no_more_when_the_price_grows_out_of_its_limit(cast: Cast) -> None:
    other = person("Nina", "Nowa", seat=cast.krakow, rights="accept_orders")
    _limit(cast.ben, "104.00")
    add(cast, RuleStep(asks=ANYBODY.asks, quorum=2))
    placed = _place(cast.anna)
    _accept(placed, cast.ben, now=None)
    _price("105.00")
    with pytest.raises(Changed, match="Everybody is asked again"):
        _accept(placed, other)
    assert Decision.objects.get().voided
    _accept(placed, other)
    assert _accept(placed, cast.cora).state == "accepted"


def test_a_requester_who_may_accept_is_asked_about_beyond_their_limit(cast: Cast) -> None:
    """Ben's own order waits for its budget's owner; at the new price it is above his own limit as well."""
    _limit(cast.ben, "120.00")
    budgets.make(cast.krakow, "50.00", effect="ask", owner=cast.dora.member)
    assert cast.dora.member is not None
    cast.dora.member.granted = stored_grant({Permission.ACCEPT_ORDERS}, None)
    cast.dora.member.recompute()
    cast.dora.member.accept_limits = [{"amount": "500.00", "currency": "PLN", "basis": "goods_net"}]
    cast.dora.member.save()
    placed = _place(cast.ben)
    assert _asked(placed) == [cast.dora.name]
    _price("121.00")
    with pytest.raises(Changed):
        _accept(placed, cast.dora)
    assert _asked(placed) == [cast.dora.name, "acceptors"]


# --- budgets ---


def test_a_budget_that_lets_nothing_pass_keeps_the_order_as_it_was(cast: Cast) -> None:
    budgets.make(cast.krakow, "120.00")
    placed = _place(cast.anna)
    _price("121.00")
    with pytest.raises(OverBudget, match="Budget 1"):
        _accept(placed, cast.ben)
    assert (_net(placed), [row.amount for row in LedgerRow.objects.all()]) == (Decimal("119.00"), [Decimal("-100.00")])
    _price("120.00")
    with pytest.raises(Changed):
        _accept(placed, cast.ben)
    assert _accept(placed, cast.ben).state == "accepted"
    assert sum(row.amount for row in LedgerRow.objects.filter(kind="spend")) == Decimal("-120.00")


def test_a_budget_exceeded_by_the_new_price_asks_its_owner(cast: Cast) -> None:
    budgets.make(cast.krakow, "104.00", effect="ask", owner=cast.cora.member)
    placed = _place(cast.anna)
    assert _asked(placed) == ["acceptors"]
    _price("105.00")
    with pytest.raises(Changed, match=cast.cora.name):
        _accept(placed, cast.ben)
    assert _asked(placed) == [cast.cora.name, "acceptors"]


# --- reduced by an approver, and dearer for it ---


def test_a_reduced_order_that_costs_more_is_planned_for_that(cast: Cast) -> None:
    """49 of 50 pieces at 10.00: the delivery free from 500.00 net costs 19.00 again, and 509.00 is another rule's."""
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    total = Value(compare=Compare.ABOVE, amount=Decimal(505), currency="PLN", basis="total_net")
    add(cast, someone(cast.ben))
    add(cast, someone(cast.cora), when=(total,), name="With delivery above 505")
    placed = orders.place(cast.anna, records=[carts.stock("P", price="10.00")], quantity=50)
    assert _asked(placed) == [cast.ben.name]
    line = apps.get_model("order.Line").objects.get(order_id=placed.order_id)
    actions.amend(placed.order_number, actor=cast.ben.actor, version=1, quantities={line.pk: 49}, reason="49")
    assert _asked(placed) == [cast.ben.name, cast.cora.name]
    assert queries.order(cast.ben.actor, placed.order_number).may_decide


# --- said ---


@pytest.mark.parametrize("who", ["anna", "ben"])
def test_history_and_mail_say_that_others_are_asked_too(cast: Cast, who: str, mailoutbox: list[Any]) -> None:
    add(cast, someone(cast.ben))
    add(cast, someone(cast.cora), when=(above("104.99"),))
    placed = _place(cast.anna)
    deliver()
    mailoutbox.clear()
    _price("105.00")
    with time_machine.travel(LATER, tick=False):
        with pytest.raises(Changed):
            _accept(placed, cast.ben)
        deliver()
    view = queries.order(getattr(cast, who).actor, placed.order_number)
    assert any("others have to accept it too" in sentence.what for sentence in sentences(view.told))
    told = {message.to[0]: message for message in mailoutbox}
    assert set(told) == {cast.anna.user.email}, "and Ben not about his own act"
    assert "muszą je zaakceptować także inni" in told[cast.anna.user.email].body
