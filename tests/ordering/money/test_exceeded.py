"""What an order does whose budget is exceeded: refused, or its owner is asked."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import translation

from akcept.approvals.conditions import Flag, Is
from akcept.approvals.models import Case, Step, Terms
from akcept.budgets.models import LedgerRow
from akcept.kernel.amounts import Basis, Limit
from akcept.kernel.errors import OverBudget
from akcept.ordering import actions, queries
from akcept.ordering.routing import trials
from akcept.organizations.actions import switch_module
from akcept.organizations.models import Member
from akcept.testing import budgets
from akcept.testing.cast import Cast, person
from tests.ordering.money.test_order_budgets import HUNDRED, place, used
from tests.ordering.routing.test_rules import ANYBODY, add
from tests.support.rules import ask_one_after_the_other


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


# --- when it is exceeded ---


def test_a_blocking_budget_refuses_to_the_cent(cast: Cast) -> None:
    budget = budgets.make(cast.krakow, "100.00", name="Kraków", owner=cast.ben.member)
    with pytest.raises(OverBudget) as refused:
        place(cast.anna, "100.01")
    assert "Kraków" in str(refused.value)
    assert "100.00" in str(refused.value)
    assert cast.ben.name in str(refused.value)
    assert used(budget) == (0, 0, 0)
    assert place(cast.anna, "100.00").held


def test_every_budget_has_to_hold(cast: Cast) -> None:
    budgets.make(cast.head_office, "1000.00")
    budgets.make(cast.krakow, "500.00")
    budgets.make(cast.anna, "99.99", name="Anna's own")
    with pytest.raises(OverBudget, match="Anna's own"):
        place(cast.anna)
    assert place(cast.ben) is not None


def test_the_owner_is_asked_before_whoever_else_has_to_accept(cast: Cast) -> None:
    budgets.make(cast.krakow, "50.00", effect="ask", owner=cast.cora.member, name="Branch")
    placed = place(cast.anna)
    first, second = Step.objects.filter(case_id=placed.order_id).order_by("position")
    assert [(step.reason, step.needs_cover) for step in (first, second)] == [
        ("over_budget", False),
        ("may_not_accept", True),
    ]
    assert [row.member_id for row in first.selectors.all()] == [cast.cora.member and cast.cora.member.pk]
    view = queries.order(cast.cora.actor, placed.order_number)
    assert "Branch" in view.why
    assert "50.00" in view.why
    actions.accept(placed.order_number, actor=cast.cora.actor, version=1)


def test_d2_the_owner_is_not_named_again_where_nobody_is_asked_twice(cast: Cast) -> None:
    """Cora, then Ben, then Cora: the page promised three steps, and the third was passed over."""
    budgets.make(cast.krakow, "50.00", effect="ask", owner=cast.cora.member, name="Branch")
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    placed = place(cast.anna)
    view = queries.order(cast.anna.actor, placed.order_number)
    assert [step.asks for step in view.steps] == [("Cora Wiśniewska",), ("Ben Nowak",)]
    assert "it exceeds a budget: Branch; rule “One after the other”" in view.steps[0].why.replace(
        "It exceeds", "it exceeds"
    )
    first, second = Step.objects.filter(case_id=placed.order_id).order_by("position")
    assert (first.needs_cover, second.needs_cover) == (True, False)
    actions.accept(placed.order_number, actor=cast.cora.actor, version=1)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=2)
    assert Case.objects.get(pk=placed.order_id).state == "accepted"


def test_d2_the_owner_is_asked_again_where_that_is_wanted(cast: Cast) -> None:
    Terms.objects.create(organization=cast.acme, skip_already_accepted=False)
    budgets.make(cast.krakow, "50.00", effect="ask", owner=cast.cora.member, name="Branch")
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    placed = place(cast.anna)
    view = queries.order(cast.anna.actor, placed.order_number)
    assert [step.asks for step in view.steps] == [("Cora Wiśniewska",), ("Ben Nowak",), ("Cora Wiśniewska",)]


def test_d2_an_owner_whose_limit_is_too_low_does_not_release_the_order_of_a_rule(cast: Cast) -> None:
    limit = Limit(amount=Decimal(20), currency="PLN", basis=Basis.GOODS_NET)
    Member.objects.filter(pk=cast.ben.member.pk).update(accept_limits=[limit.as_json()])
    budgets.make(cast.krakow, "50.00", effect="ask", owner=cast.ben.member, name="Branch")
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    placed = place(cast.anna)
    steps = list(Step.objects.filter(case_id=placed.order_id).order_by("position"))
    assert [(step.reason, step.needs_cover) for step in steps] == [("over_budget", False), ("rule", True)]


def test_who_may_accept_alone_still_asks_the_owner(cast: Cast) -> None:
    budgets.make(cast.krakow, "50.00", effect="ask", owner=cast.cora.member)
    placed = place(cast.ben)
    assert placed.held
    actions.accept(placed.order_number, actor=cast.cora.actor, version=1)
    assert Case.objects.get(pk=placed.order_id).state == "accepted"


def test_without_an_owner_whoever_may_accept_is_asked_once(cast: Cast) -> None:
    budgets.make(cast.krakow, "50.00", effect="ask", name="Nobody's")
    placed = place(cast.anna)
    (step,) = Step.objects.filter(case_id=placed.order_id)
    assert (step.reason, step.needs_cover) == ("over_budget", True)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)


def test_an_owner_who_may_accept_no_more_is_not_waited_for(cast: Cast) -> None:
    owner = person("Olga", "Lis", seat=cast.head_office, rights="accept_orders")
    budgets.make(cast.krakow, "50.00", effect="ask", owner=owner.member)
    Member.objects.filter(pk=owner.member.pk).update(active=False)  # type: ignore[union-attr]
    placed = place(cast.anna)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)


def test_a_warning_changes_nothing(cast: Cast) -> None:
    budget = budgets.make(cast.krakow, "50.00", effect="warn")
    assert not place(cast.ben).held
    assert used(budget) == (0, HUNDRED, 1)
    assert LedgerRow.objects.get().exceeded


def test_rules_are_told_of_exceeded_budgets_and_so_is_their_trial(cast: Cast) -> None:
    budgets.make(cast.krakow, "150.00", effect="warn", name="Branch")
    add(cast, ANYBODY, when=(Is(kind=Flag.OVER_BUDGET),), name="Over")
    assert not place(cast.ben).held
    placed = place(cast.ben)
    assert placed.held
    step = Step.objects.get(case_id=placed.order_id)
    assert step.rule == "Over"
    tried = trials.try_on_orders(cast.dora.actor)
    assert (tried.total, dict(tried.rules)) == (2, {"Over": 1})


def test_while_the_module_is_off_budgets_bind_nothing(cast: Cast) -> None:
    budget = budgets.make(cast.krakow, "1.00")
    switch_module(enabled=False, actor=cast.mia.actor)
    assert not place(cast.anna).held
    assert used(budget) == (0, 0, 0)
