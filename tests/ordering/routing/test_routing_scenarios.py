"""Who must accept, as others complained about it: whole orders under rules, placed and decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from akcept.approvals import actions as rules
from akcept.approvals import queries as approvals
from akcept.approvals.conditions import Compare, Together, Value
from akcept.approvals.facts import Scope
from akcept.approvals.models import Case, PolicyVersion, Terms
from akcept.approvals.rules import Outcome, Rule, RuleStep
from akcept.kernel.errors import NobodyCanDecide, NotAllowed, NotFound, Stale
from akcept.ordering import actions, queries
from akcept.ordering.routing import trials
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Role
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person, person
from akcept.ui.history import sentences

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def above(amount: str) -> Value:
    return Value(compare=Compare.ABOVE, amount=Decimal(amount), currency="PLN")


def of(*people: Person, quorum: int = 1) -> RuleStep:
    asks = (Ask(kind=AskKind.MEMBER, id=each.member.pk) for each in people if each.member)
    return RuleStep(asks=tuple(asks), quorum=quorum)


def add(cast: Cast, *steps: RuleStep, when: tuple[Any, ...] = (), name: str = "Rule", **more: Any) -> int:
    """Save a rule, dead ends and all; return its id."""
    number = approvals.policy_of(cast.acme.pk).version or 0
    unit = more.pop("unit", cast.head_office)
    typed = Rule(id=more.pop("id", 0), name=name, unit_id=unit.pk, conditions=when, steps=steps, **more)
    try:
        made = rules.save_rule(typed, actor=cast.dora.actor, version=number)
    except rules.LeadsNowhere as warned:
        made = rules.save_rule(typed, actor=cast.dora.actor, version=number, confirmed=warned.seal)
    return typed.id or made.number


def place(who: Person, price: str = "100.00", **terms: Any) -> str:
    record = carts.stock(f"P{price}", price=price)
    return orders.place(who, records=[record], quantity=1, **terms).order_number


def accept(number: str, who: Person) -> str:
    version = Case.objects.get(order__number=number).version
    return actions.accept(number, actor=who.actor, version=version).state


def waits(number: str) -> bool:
    return Case.objects.filter(order__number=number).exists()


def told(who: Person, number: str) -> list[str]:
    """Return the order's history as they read it."""
    return [line.what for line in sentences(queries.order(who.actor, number).told)]


def asked_of(who: Person) -> set[str]:
    return {row.number for row in queries.inbox(who.seat).rows}


def may_decide(who: Person, number: str) -> bool:
    return queries.order(who.actor, number).may_decide


# --- R1 ---


def test_unit_whose_parent_alone_has_an_approver_asks_them_or_says_so_before(cast: Cast) -> None:
    number = place(cast.jan)  # Tarnów has nobody who may accept
    assert [each.name for each in queries.order(cast.jan.actor, number).approvers] == [cast.cora.name]
    cast.cora.member.active = False
    cast.cora.member.save()
    with pytest.raises(NobodyCanDecide, match=cast.dora.name):
        place(cast.jan)


# --- R5 ---


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_roles_give_the_same_limit_in_whichever_order_they_are_given(cast: Cast, order: tuple[int, int]) -> None:
    small = {"amount": "100", "currency": "PLN", "basis": "goods_net"}
    rights = ["accept_orders", "place_orders"]
    made = [
        Role.objects.create(organization=cast.acme, name="Unlimited", permissions=rights),
        Role.objects.create(organization=cast.acme, name="Limited", permissions=rights, limit=small),
    ]
    both = person("Tom", "Both", seat=cast.krakow)
    assert both.member is not None
    for index in order:
        both.member.roles.add(made[index])
    both.member.recompute()
    both.member.save()
    assert both.member.limits == ()
    assert not waits(place(both, "5000.00"))


# --- R7, R9 ---


def test_configured_levels_are_asked_in_their_order_and_both_have_to_accept(cast: Cast) -> None:
    add(cast, of(cast.ben), when=(above("10000"),), name="Manager")
    add(cast, of(cast.ben), of(cast.cora), when=(above("20000"),), name="Director")
    number = place(cast.anna, "21000.00")
    assert (may_decide(cast.ben, number), may_decide(cast.cora, number)) == (True, False)
    with pytest.raises(NotAllowed):
        accept(number, cast.cora)
    assert accept(number, cast.ben) == "awaiting"
    assert (may_decide(cast.ben, number), may_decide(cast.cora, number)) == (False, True)
    assert accept(number, cast.cora) == "accepted"
    manager_only = place(cast.anna, "10000.01")
    assert accept(manager_only, cast.ben) == "accepted"


# --- R11 ---


def test_changed_rule_of_the_parent_unit_leaves_what_waits_and_meets_what_comes(cast: Cast) -> None:
    rule_id = add(cast, of(cast.cora), when=(above("50"),), unit=cast.krakow)
    before = place(cast.piotr)  # of Skawina, below Kraków
    add(cast, of(cast.ben), when=(above("50"),), unit=cast.krakow, id=rule_id)
    after = place(cast.piotr)
    assert (asked_of(cast.cora), asked_of(cast.ben)) == ({before}, {after})
    assert (may_decide(cast.cora, before), may_decide(cast.ben, after)) == (True, True)
    for who, number in ((cast.cora, after), (cast.ben, before)):
        with pytest.raises(NotFound):
            queries.order(who.actor, number)
    assert [Case.objects.get(order__number=each).policy_version for each in (before, after)] == [1, 2]


# --- R15 ---


def test_first_of_two_needed_acceptances_releases_nothing_and_says_who_is_missing(cast: Cast) -> None:
    add(cast, of(cast.ben), name="Budget")
    add(cast, of(cast.cora), name="Cost centre")
    number = place(cast.anna)
    assert accept(number, cast.ben) == "awaiting"
    view = queries.order(cast.anna.actor, number)
    assert view.status == "awaiting_acceptance"
    assert [each.name for each in view.approvers] == [cast.cora.name]
    history = told(cast.anna, number)
    assert "accepted step 1 of 2" in history
    assert f"Now asked: {cast.cora.name}." in history


# --- R17 ---


def test_neither_the_requester_nor_inactive_nor_system_accounts_are_offered_or_asked(cast: Cast) -> None:
    gone = person("Gone", "Away", seat=cast.krakow, rights="accept_orders")
    locked = person("Locked", "Out", seat=cast.krakow, rights="accept_orders")
    assert gone.member is not None
    gone.member.active = False
    gone.member.save()
    locked.user.is_active = False
    locked.user.save()
    offered = {each.name for each in approvals.choices(cast.dora.actor).acceptors}
    assert offered == {cast.ben.name, cast.cora.name}  # no staff of the shop (Mia), nobody of Umbra (Otto)
    asked = {each.name for each in queries.order(cast.ben.actor, place(cast.anna)).approvers}
    assert asked == {cast.ben.name, cast.cora.name}
    add(cast, RuleStep(asks=(Ask(kind=AskKind.ACCEPTORS),)))
    assert [each.name for each in queries.order(cast.ben.actor, place(cast.ben)).approvers] == [cast.cora.name]


# --- R19 ---


def test_any_two_of_three_and_the_third_is_no_longer_asked(cast: Cast) -> None:
    carrie = person("Carrie", "Third", seat=cast.krakow, rights="accept_orders")
    add(cast, of(cast.ben, cast.cora, carrie, quorum=2))
    number = place(cast.anna)
    assert accept(number, cast.ben) == "awaiting"
    with pytest.raises(Stale, match="already"):  # one person is never two
        accept(number, cast.ben)
    assert [may_decide(each, number) for each in (cast.cora, carrie)] == [True, True]
    assert accept(number, carrie) == "accepted"
    assert not may_decide(cast.cora, number)
    assert queries.inbox_count(cast.cora.seat) == 0


# --- D17: own orders, where the organisation allows that ---


def test_own_order_under_a_rule_is_accepted_by_oneself_only_where_allowed_and_history_marks_it(cast: Cast) -> None:
    add(cast, of(cast.ben), when=(above("600"),))
    with pytest.raises(NobodyCanDecide):
        place(cast.ben, "700.00")
    Terms.objects.create(organization=cast.acme, self_acceptance=True)
    number = place(cast.ben, "700.00")
    assert accept(number, cast.ben) == "accepted"
    history = told(cast.ben, number)
    assert "accepted their own order, as the organisation allows" in history


# --- splitting, to the minute ---


@pytest.mark.parametrize(
    ("before", "counted"),
    [(timedelta(hours=24), True), (timedelta(hours=24, microseconds=1), False), (timedelta(0), True)],
)
def test_window_of_hours_takes_its_first_moment_in(cast: Cast, before: timedelta, counted: bool) -> None:
    window = {"compare": Compare.ABOVE, "amount": Decimal(150), "currency": "PLN"}
    add(cast, of(cast.cora), when=(Together(scope=Scope.REQUESTER, hours=24, **window),))
    assert not waits(place(cast.ben, now=NOON - before))
    assert waits(place(cast.ben, "50.01", now=NOON)) is counted


def test_splitting_limit_itself_is_not_passed(cast: Cast) -> None:
    window = {"compare": Compare.ABOVE, "amount": Decimal(150), "currency": "PLN"}
    add(cast, of(cast.cora), when=(Together(scope=Scope.REQUESTER, hours=24, **window),))
    place(cast.ben, now=NOON - timedelta(hours=1))
    assert not waits(place(cast.ben, "50.00", now=NOON))


# --- the simulator, by hand ---


def test_trial_gives_the_numbers_one_gets_by_hand(cast: Cast) -> None:
    """Ten orders of the last months, net: what waits, who is asked and what has nobody can be counted on fingers.

    Draft: above 600 Ben, then Cora; nothing above 5,000 may be ordered. Ben's limit is 900, Cora's 2,000.
    """
    for who, reach in ((cast.ben, "900"), (cast.cora, "2000")):
        who.member.accept_limits = [{"amount": reach, "currency": "PLN", "basis": "goods_net"}]
        who.member.save()
    now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    may = person("Tom", "May", seat=cast.krakow, rights="place_orders accept_orders")
    for days, value in enumerate(
        ("100.00", "600.00", "600.01", "899.00", "1500.00", "2000.00", "2000.01", "3000.00", "5000.01", "9000.00")
    ):
        place(may, value, now=now - timedelta(days=days * 10))  # the last one is 90 days old
    place(may, "700.00", now=now - timedelta(days=93))  # too old to be counted
    add(cast, when=(above("5000"),), outcome=Outcome.REFUSE, refusal="Tender first.", name="Tender")
    draft = Rule(
        id=0,
        name="Big",
        unit_id=cast.head_office.pk,
        conditions=(above("600"),),
        steps=(of(cast.ben), of(cast.cora)),
    )
    found = trials.try_on_orders(cast.dora.actor, draft=trials.drafted(cast.dora.actor, draft), now=now)
    assert found.total == 10
    assert found.refused == 2  # 5,000.01 and 9,000
    assert found.waited == 6  # 600.01 … 3,000
    assert found.waited_now == 0  # Tom may accept his own orders without limit
    # Ben is asked first about all six (his step needs no cover), Cora about those her limit covers.
    assert dict(found.asked) == {cast.ben.name: 6, cast.cora.name: 4}
    assert found.nobody == 2  # 2,000.01 and 3,000: the last step needs a limit that covers them
    assert [(each.placement.total_net > 2000, each.nobody_at) for each in found.shown_nobody] == [(True, 2), (True, 2)]
    assert found.rules == (("Big", 6),)


def test_trial_of_more_orders_than_it_takes_keeps_the_latest(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "ORDER_LIMIT", 2)
    monkeypatch.setattr(trials, "_BLOCK", 2)
    for value in ("700.00", "100.00", "100.00"):
        place(cast.ben, value)
    add(cast, of(cast.cora), when=(above("600"),))
    found = trials.try_on_orders(cast.dora.actor)
    assert (found.cut, found.total, found.waited) == (True, 2, 0)


# --- versions ---


def test_version_of_the_rules_is_never_written_again(cast: Cast) -> None:
    rule_id = add(cast, of(cast.cora), when=(above("50"),))
    first = PolicyVersion.objects.get(number=1)
    stored = first.rules
    add(cast, of(cast.ben), id=rule_id)
    rules.switch_rule(rule_id, actor=cast.dora.actor, version=2, active=False)
    rules.remove_rule(rule_id, actor=cast.dora.actor, version=3)
    assert PolicyVersion.objects.get(number=1).rules == stored
    assert list(PolicyVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
    first.rules = []
    with pytest.raises(TypeError):
        first.save()


# --- giving waiting orders the present steps ---


def test_recheck_that_a_later_step_could_not_decide_leaves_the_order_its_steps(cast: Cast) -> None:
    number = place(cast.anna, "900.00")
    empty = Role.objects.create(organization=cast.acme, name="Director", permissions=["accept_orders"])
    add(cast, of(cast.ben), RuleStep(asks=(Ask(kind=AskKind.ROLE, id=empty.pk),)))
    with pytest.raises(NobodyCanDecide, match="Director"):
        actions.recheck(number, actor=cast.dora.actor)
    assert Case.objects.get(order__number=number).round == 1


def test_rechecked_order_waits_for_the_new_steps_and_not_for_the_old(cast: Cast) -> None:
    number = place(cast.anna, "900.00")
    add(cast, of(cast.ben), of(cast.cora), when=(above("600"),), name="Two")
    actions.recheck(number, actor=cast.dora.actor)
    assert accept(number, cast.ben) == "awaiting"
    assert accept(number, cast.cora) == "accepted"
    history = told(cast.anna, number)
    assert any("rules" in what for what in history), history


# --- what a rule without a limit of anybody's leads to ---


def test_dead_end_of_somebodys_own_large_orders_is_named(cast: Cast) -> None:
    cast.cora.member.accept_limits = [{"amount": "500.00", "currency": "PLN", "basis": "goods_net"}]
    cast.cora.member.save()
    typed = Rule(id=0, name="Two", unit_id=cast.krakow.pk, steps=(RuleStep(asks=(Ask(kind=AskKind.ACCEPTORS),)),))
    with pytest.raises(rules.LeadsNowhere) as warned:
        rules.save_rule(typed, actor=cast.dora.actor, version=0)
    (end,) = warned.value.ends
    assert (end.person, end.amount, end.units) == (cast.ben.name, Decimal("500.00"), (cast.krakow.name,))
    assert cast.ben.name in str(warned.value)
    assert "500" in str(warned.value)
    narrow = replace(typed, conditions=(replace(above("500"), compare=Compare.UP_TO),))
    rules.save_rule(narrow, actor=cast.dora.actor, version=0)
