"""Placing under an organisation's rules: who waits, why, for whom; what is kept; what a later rule changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import translation

from akcept.approvals import actions as rules
from akcept.approvals import queries as approvals
from akcept.approvals.conditions import Among, Compare, Flag, Group, Is, Named, Together, Value
from akcept.approvals.facts import Scope
from akcept.approvals.models import Case, Grounds
from akcept.approvals.rules import Outcome, Rule, RuleStep
from akcept.journal.models import Entry
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import IllegalMove, Invalid, NobodyCanDecide, NotAllowed, NotFound, RefusedByRule
from akcept.ordering import actions, queries
from akcept.ordering.routing.newer_rules import to_recheck
from akcept.organizations import actions as organizations
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Role, UnitAddress
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person, person
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

ANYBODY = RuleStep(asks=(Ask(kind=AskKind.ACCEPTORS),))
CLIMB = RuleStep(climb=True)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def above(amount: str, compare: Compare = Compare.ABOVE) -> Value:
    return Value(compare=compare, amount=Decimal(amount), currency="PLN")


def someone(member: Person) -> RuleStep:
    assert member.member is not None
    return RuleStep(asks=(Ask(kind=AskKind.MEMBER, id=member.member.pk),))


def add(cast: Cast, *steps: RuleStep, when: tuple[Any, ...] = (), name: str = "Rule", **more: Any) -> int:
    """Save a rule, dead ends and all; return its id."""
    number = approvals.policy_of(cast.acme.pk).version or 0
    typed = Rule(id=0, name=name, unit_id=more.pop("unit", cast.head_office).pk, conditions=when, steps=steps, **more)
    try:
        made = rules.save_rule(typed, actor=cast.dora.actor, version=number)
    except rules.LeadsNowhere as warned:
        made = rules.save_rule(typed, actor=cast.dora.actor, version=number, confirmed=warned.seal)
    return made.number


def place(who: Person, price: str = "100.00", *, sku: str = "", **terms: Any) -> str:
    """Order one piece of something of that price; return the order's number."""
    record = carts.stock(sku or f"P{price}", price=price)
    return orders.place(who, records=[record], quantity=1, **terms).order_number


def steps(number: str) -> list[str]:
    case = Case.objects.get(order__number=number)
    rows = case.steps.filter(round=case.round).order_by("position")
    return ["+".join(selector.label or selector.kind for selector in row.selectors.all()) for row in rows]


def waits(number: str) -> bool:
    return Case.objects.filter(order__number=number).exists()


# --- what a rule does ---


def test_boundary_of_600_asks_from_the_next_cent(cast: Cast) -> None:
    add(cast, someone(cast.cora), when=(above("600"),), name="Above 600")
    assert [waits(place(cast.ben, value)) for value in ("600.00", "600.01", "1000.00")] == [False, True, True]


def test_allowed_order_goes_to_the_shop_although_its_requester_may_only_place(cast: Cast) -> None:
    add(cast, when=(above("200", Compare.UP_TO),), outcome=Outcome.ALLOW)
    small, big = place(cast.anna, "200.00"), place(cast.anna, "200.01")
    assert (waits(small), waits(big)) == (False, True)
    topics = Entry.objects.filter(subject_id=small, subject_type="order").values_list("topic", flat=True)
    assert list(topics.order_by("id")) == ["order.placed", "order.released"]


def test_refused_order_is_not_placed_and_the_checkout_says_why(cast: Cast) -> None:
    add(cast, when=(above("50"),), outcome=Outcome.REFUSE, refusal="Ask purchasing first.")
    cart = carts.fill(cast.anna, records=[carts.stock("P60", price="60.00")])
    with pytest.raises(RefusedByRule, match="Ask purchasing first"):
        orders.place_cart(cast.anna, cart)
    assert not Entry.objects.filter(topic="order.placed").exists()


def test_steps_of_the_case_are_a_copy_with_the_rule_and_what_it_saw(cast: Cast) -> None:
    add(cast, someone(cast.ben), someone(cast.cora), when=(above("600"),), name="Big orders")
    number = place(cast.anna, "2846.10")
    case = Case.objects.get(order__number=number)
    assert (case.steps_total, case.policy_version) == (2, 1)
    assert steps(number) == [cast.ben.name, cast.cora.name]
    assert [step.rule for step in case.steps.order_by("position")] == ["Big orders", "Big orders"]
    view = queries.order(cast.ben.actor, number)
    text = view.why.replace("\xa0", " ")
    assert text == ("Rule “Big orders”: the value (net, without delivery) of PLN 2,846.10 is above PLN 600.00.")


def test_manager_is_not_enough_where_the_director_is_asked_too(cast: Cast) -> None:
    add(cast, someone(cast.ben), when=(above("100"),))
    add(cast, someone(cast.ben), someone(cast.cora), when=(above("200"),))
    number = place(cast.anna, "210.00")
    assert steps(number) == [cast.ben.name, cast.cora.name]
    assert actions.accept(number, actor=cast.ben.actor, version=1).state == "awaiting"
    case = Case.objects.get(order__number=number)
    assert actions.accept(number, actor=cast.cora.actor, version=case.version).state == "accepted"


def test_unit_without_approvers_asks_the_unit_above(cast: Cast) -> None:
    add(cast, CLIMB)
    assert steps(place(cast.piotr)) == ["Oddział Kraków"]
    assert steps(place(cast.jan)) == ["Centrala"]


def test_climbing_ends_where_a_limit_covers(cast: Cast) -> None:
    cast.ben.member.accept_limits = [{"amount": "150.00", "currency": "PLN", "basis": "goods_net"}]
    cast.ben.member.save()
    add(cast, CLIMB)
    assert steps(place(cast.anna, "150.00")) == ["Oddział Kraków"]
    assert steps(place(cast.anna, "150.01")) == ["Oddział Kraków", "Centrala"]


def test_no_order_is_placed_that_a_later_step_could_never_decide(cast: Cast) -> None:
    empty = Role.objects.create(organization=cast.acme, name="Director", permissions=["accept_orders"])
    add(cast, ANYBODY, RuleStep(asks=(Ask(kind=AskKind.ROLE, id=empty.pk),)), name="Two steps")
    with pytest.raises(NobodyCanDecide) as refused:
        place(cast.anna)
    assert all(text in str(refused.value) for text in ("Two steps", "Director", cast.dora.name))


def test_role_that_rules_or_waiting_orders_need_is_not_removed(cast: Cast) -> None:
    director = Role.objects.create(organization=cast.acme, name="Director", permissions=["accept_orders"])
    cora = cast.cora.member
    assert cora is not None
    cora.roles.set([director])
    cora.recompute()
    cora.save()
    number = add(cast, RuleStep(asks=(Ask(kind=AskKind.ROLE, id=director.pk),)), name="Board")
    named = Among(kind=Group.ROLE, of=(Named(id=director.pk, name="Director"),))
    other = add(cast, ANYBODY, when=(named,), name="Of directors")
    waiting = place(cast.anna)
    cora.roles.set([])
    cora.recompute()
    cora.save()

    def remove() -> None:
        organizations.remove_role(director.pk, actor=cast.dora.actor, version=1)

    needed = ["the rule “Board” names it", "the rule “Of directors” names it", f"order {waiting} is waiting for it"]
    with pytest.raises(Invalid) as refused:
        remove()
    assert all(text in str(refused.value) for text in needed), refused.value
    for version, rule_id in enumerate((number, other), start=2):
        _remove(cast, rule_id, version)
    with pytest.raises(Invalid) as refused:
        remove()
    assert [text for text in needed if text in str(refused.value)] == needed[2:]
    actions.withdraw(waiting, actor=cast.anna.actor, version=1, reason="")
    remove()
    assert not Role.objects.exists()


def _remove(cast: Cast, rule_id: int, version: int) -> None:
    """Remove a rule, dead ends and all."""
    try:
        rules.remove_rule(rule_id, actor=cast.dora.actor, version=version)
    except rules.LeadsNowhere as warned:
        rules.remove_rule(rule_id, actor=cast.dora.actor, version=version, confirmed=warned.seal)


def test_two_of_three_needs_three_to_be_there(cast: Cast) -> None:
    add(cast, RuleStep(asks=ANYBODY.asks, quorum=2))
    assert waits(place(cast.anna))
    with pytest.raises(NobodyCanDecide):
        place(cast.ben)  # only Cora is left


# --- facts ---


def test_several_small_orders_together_pass_a_limit(cast: Cast) -> None:
    window = {"compare": Compare.ABOVE, "amount": Decimal(250), "currency": "PLN"}
    add(cast, someone(cast.cora), when=(Together(scope=Scope.REQUESTER, hours=24, **window),), name="Splitting")
    now = utc_now()
    ben = cast.ben
    assert not waits(place(ben, now=now - timedelta(hours=27)))
    assert not waits(place(ben, now=now - timedelta(hours=23)))
    assert not waits(place(ben, "150.00", now=now - timedelta(hours=1)))  # 250 together: not above
    assert waits(place(ben, "0.01", now=now))
    other = person("Nina", "Nowa", seat=cast.krakow, rights="place_orders accept_orders")
    assert not waits(place(other, now=now))


def test_rejected_orders_do_not_count_together(cast: Cast) -> None:
    window = {"compare": Compare.ABOVE, "amount": Decimal(150), "currency": "PLN"}
    together = Together(scope=Scope.UNIT, hours=24, **window)
    number = place(cast.anna)
    actions.reject(number, actor=cast.ben.actor, version=1, reason="no")
    add(cast, someone(cast.cora), when=(together,))
    assert not waits(place(cast.ben))
    assert waits(place(cast.ben, "50.01"))


def test_first_order_of_a_product_is_first_once_and_for_each_unit(cast: Cast) -> None:
    add(cast, someone(cast.cora), when=(Is(kind=Flag.FIRST_BOUGHT),))
    assert waits(place(cast.ben, sku="NEW"))
    assert not waits(place(cast.ben, sku="NEW"))
    other = person("Tom", "Tarn", seat=cast.tarnow, rights="place_orders accept_orders")
    assert waits(place(other, sku="NEW"))


def test_category_counts_with_those_below_it(cast: Cast) -> None:
    category = apps.get_model("catalogue.Category")
    office = category.objects.add_root({"name": "Office", "slug": "office"})
    paper = category.objects.add_child(office, {"name": "Paper", "slug": "paper"})
    record = carts.stock("PAPER")
    record.product.categories.add(paper)
    add(cast, someone(cast.cora), when=(Among(kind=Group.CATEGORY, of=(Named(office.pk, "Office"),)),))
    assert waits(place(cast.ben, "10.00", sku="PAPER"))
    assert not waits(place(cast.ben, "10.00", sku="OTHER"))


# --- versions: what waits stays as it was ---


def test_waiting_order_keeps_the_rule_it_was_matched_with(cast: Cast) -> None:
    rule_id = add(cast, someone(cast.cora), when=(above("50"),), name="First", unit=cast.head_office)
    before = place(cast.piotr)
    rules.switch_rule(rule_id, actor=cast.dora.actor, version=1, active=False)
    after = place(cast.piotr)
    assert (steps(before), steps(after)) == ([cast.cora.name], ["acceptors"])
    assert Case.objects.get(order__number=before).policy_version == 1


def test_tightening_offers_to_check_waiting_orders_again(cast: Cast) -> None:
    number, other = place(cast.anna, "900.00"), place(cast.anna, "100.00")
    assert to_recheck(cast.dora.actor) == []
    add(cast, someone(cast.ben), someone(cast.cora), when=(above("600"),))
    (row,) = to_recheck(cast.dora.actor)
    assert (row.number, row.then) == (number, (cast.ben.name, cast.cora.name))
    actions.recheck(number, actor=cast.dora.actor)
    assert steps(number) == [cast.ben.name, cast.cora.name]
    case = Case.objects.get(order__number=number)
    assert (case.round, case.position, case.policy_version) == (2, 1, 1)
    assert Entry.objects.get(topic="order.replanned").subject_id == number
    assert to_recheck(cast.dora.actor) == []
    with pytest.raises(IllegalMove):
        actions.recheck(other, actor=cast.dora.actor)


def test_recheck_is_for_who_manages_rules_of_the_unit(cast: Cast) -> None:
    number = place(cast.anna, "900.00")
    add(cast, someone(cast.cora), when=(above("600"),))
    elsewhere = person("Tina", "Tarn", seat=cast.tarnow, rights="manage_policies")
    for actor, refusal in [(cast.ben.actor, NotAllowed), (cast.otto.actor, NotFound), (elsewhere.actor, NotFound)]:
        with pytest.raises(refusal):
            actions.recheck(number, actor=actor)
    assert to_recheck(elsewhere.actor) == []
    assert to_recheck(cast.otto.actor) == []


def test_recheck_of_an_order_that_ended_meanwhile_is_refused(cast: Cast) -> None:
    number = place(cast.anna, "900.00")
    add(cast, someone(cast.cora), when=(above("600"),))
    actions.accept(number, actor=cast.ben.actor, version=1)
    with pytest.raises(IllegalMove):
        actions.recheck(number, actor=cast.dora.actor)


# --- statements ---


@pytest.mark.parametrize("lines", [1, 3])
def test_placing_under_rules_costs_a_statement_more(cast: Cast, lines: int) -> None:
    add(cast, someone(cast.ben), someone(cast.cora), when=(above("1"),))
    assert _placing(cast, lines) == 26 + 1


@pytest.mark.parametrize("lines", [1, 3])
def test_rules_that_look_further_cost_a_constant_more(cast: Cast, lines: int) -> None:
    """Two for categories, one for what was bought before, and a lock and a sum for several orders together."""
    window = {"compare": Compare.ABOVE, "amount": Decimal(1), "currency": "PLN"}
    paper = apps.get_model("catalogue.Category").objects.add_root({"name": "Paper", "slug": "paper"})
    for number in range(1, lines + 1):
        carts.stock(f"S{number}").product.categories.add(paper)
    add(
        cast,
        someone(cast.cora),
        when=(
            Together(scope=Scope.UNIT, hours=24, **window),
            Is(kind=Flag.FIRST_BOUGHT, inside=False),
            Among(kind=Group.CATEGORY, of=(Named(paper.pk, "Paper"),)),
        ),
    )
    assert _placing(cast, lines) == 26 + 1 + 5


def _placing(cast: Cast, lines: int) -> int:
    """Return how many statements an order of Anna's takes, those of the transaction itself included."""
    orders.place(cast.anna, lines=lines)  # what a process remembers is no part of an order
    cart, to = carts.fill(cast.anna, lines=lines), UnitAddress.objects.get(unit=cast.krakow).pk
    return len(statements(lambda: orders.place_cart(cast.anna, cart, delivery_address=to)))


@pytest.mark.parametrize("waiting", [1, 3])
def test_looking_for_orders_to_recheck_does_not_grow_with_them(cast: Cast, waiting: int) -> None:
    for _number in range(waiting):
        place(cast.anna, "900.00")
    add(cast, someone(cast.cora), when=(above("600"),))
    to_recheck(cast.dora.actor)
    assert len(statements(lambda: to_recheck(cast.dora.actor))) == 8


# --- explanation ---


def test_every_order_says_which_rules_it_met(cast: Cast) -> None:
    add(cast, someone(cast.cora), when=(above("600"),), name="Big")
    add(cast, when=(above("5000"),), outcome=Outcome.REFUSE, refusal="Too big.", name="Huge")
    number = place(cast.anna, "2846.10")
    kept = Grounds.objects.get(order__number=number)
    assert kept.policy_version == 2
    out: list[str] = []
    call_command("explain", number, "--language=en", stdout=_Lines(out))
    text = "".join(out).replace("\xa0", " ")
    assert "Version 2 of the rules:" in text
    assert "  Big: matches\n    + the value (net, without delivery) of PLN 2,846.10 is above PLN 600.00" in text
    assert (
        "  Huge: does not match\n    - the value (net, without delivery) of PLN 2,846.10 is PLN 5,000.00 or less"
        in text
    )
    assert f"1. {cast.cora.name}" in text


def test_explanation_stays_what_it_was_when_rules_change(cast: Cast) -> None:
    rule_id = add(cast, someone(cast.cora), when=(above("600"),), name="Big")
    number = place(cast.anna, "900.00")
    rules.remove_rule(rule_id, actor=cast.dora.actor, version=1)
    out: list[str] = []
    call_command("explain", number, "--language=en", stdout=_Lines(out))
    assert "Big: matches" in "".join(out)


def test_order_no_rule_bound_is_explained_too(cast: Cast) -> None:
    out: list[str] = []
    call_command("explain", place(cast.anna), "--language=en", stdout=_Lines(out))
    text = "".join(out)
    assert "No rule applied to it." in text
    assert "may place orders for Oddział Kraków, but not accept them" in text
    with pytest.raises(CommandError):
        call_command("explain", "no-such")


class _Lines:
    def __init__(self, out: list[str]) -> None:
        self.out = out

    def write(self, text: str) -> None:
        self.out.append(text)
