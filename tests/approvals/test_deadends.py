"""Where a rule would leave orders that nobody can decide, and where taking one away would."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from akcept.approvals.conditions import Among, Compare, Group, Named
from akcept.approvals.deadends import DeadEnd, Lack, Place, dead_ends, left_behind
from akcept.approvals.facts import Acceptor
from akcept.approvals.rules import Rule
from akcept.kernel.amounts import Basis
from tests.approvals.building import (
    CLIMB,
    DIRECTOR,
    HEAD_OFFICE,
    KRAKOW,
    MANAGER,
    PATHS,
    SKAWINA,
    TARNOW,
    above,
    acceptor,
    allow,
    ask,
    people,
    refuse,
    role,
)

PLACES = [
    Place(name=name, path=PATHS[unit])
    for name, unit in (("Centrala", HEAD_OFFICE), ("Kraków", KRAKOW), ("Skawina", SKAWINA), ("Tarnów", TARNOW))
]
BOSS = acceptor(1, unit=HEAD_OFFICE, roles=(DIRECTOR,))
BEN = acceptor(2, unit=KRAKOW, roles=(MANAGER,))
CORA = acceptor(3, unit=KRAKOW, roles=(MANAGER,))


def in_unit(*units: int, inside: bool = True) -> Among:
    return Among(kind=Group.UNIT, of=tuple(Named(unit, f"u{unit}") for unit in units), inside=inside)


def of_a_role() -> Among:
    return Among(kind=Group.ROLE, of=(Named(99, "Clerk"),))


def told(ends: list[DeadEnd]) -> list[tuple[Lack, int, tuple[str, ...]]]:
    return [(end.lack, end.step, end.units) for end in ends]


# --- people ---


def test_a_role_nobody_above_a_unit_holds_leaves_its_orders_there() -> None:
    assert told(dead_ends(ask(role(MANAGER)), PLACES, [BOSS, BEN])) == [(Lack.PEOPLE, 1, ("Centrala", "Tarnów"))]
    assert dead_ends(ask(role(DIRECTOR)), PLACES, [BOSS, BEN]) == []


def test_a_rule_matters_only_below_its_unit_while_it_asks_and_is_active() -> None:
    rule = ask(role(DIRECTOR), unit=KRAKOW)
    assert told(dead_ends(rule, PLACES, [BEN])) == [(Lack.PEOPLE, 1, ("Kraków", "Skawina"))]
    assert dead_ends(replace(rule, active=False), PLACES, [BEN]) == []
    assert dead_ends(refuse(), PLACES, []) == dead_ends(allow(), PLACES, []) == []


@pytest.mark.parametrize(
    ("units", "inside", "left"),
    [
        ((SKAWINA,), True, ("Skawina",)),
        ((KRAKOW,), True, ("Kraków", "Skawina")),
        ((KRAKOW, TARNOW), True, ("Kraków", "Skawina", "Tarnów")),
        ((KRAKOW,), False, ("Centrala", "Tarnów")),
    ],
)
def test_only_units_the_rule_may_meet_are_named(units: tuple[int, ...], inside: bool, left: tuple[str, ...]) -> None:
    rule = ask(role(DIRECTOR), when=(in_unit(*units, inside=inside), above("5")))
    assert told(dead_ends(rule, PLACES, [])) == [(Lack.PEOPLE, 1, left)]


@pytest.mark.parametrize(("quorum", "ends"), [(0, 0), (1, 0), (2, 0), (3, 1)])
def test_as_many_people_as_a_step_asks_for_have_to_be_there(quorum: int, ends: int) -> None:
    found = dead_ends(ask(role(MANAGER, quorum=quorum), unit=KRAKOW), PLACES, [BEN, CORA])
    assert told(found) == [(Lack.PEOPLE, 1, ("Kraków", "Skawina"))] * ends


def test_the_first_step_that_lacks_people_is_the_one_that_is_named() -> None:
    rule = ask(role(DIRECTOR), role(MANAGER), people(99), unit=KRAKOW)
    assert told(dead_ends(rule, PLACES, [BOSS, BEN])) == [(Lack.PEOPLE, 3, ("Kraków", "Skawina"))]


def test_a_rule_about_something_else_than_units_may_meet_every_unit() -> None:
    rule = ask(role(MANAGER), when=(of_a_role(),))
    assert told(dead_ends(rule, PLACES, [BOSS, BEN])) == [(Lack.PEOPLE, 1, ("Centrala", "Tarnów"))]


def test_climbing_needs_anybody_who_may_accept() -> None:
    rule = ask(CLIMB, unit=KRAKOW)
    assert told(dead_ends(rule, PLACES, [])) == [(Lack.PEOPLE, 1, ("Kraków", "Skawina"))]
    assert dead_ends(rule, PLACES, [BEN]) == []


def test_a_rule_without_steps_asks_nobody_and_ends_nowhere() -> None:
    assert dead_ends(ask(), PLACES, []) == []


def test_repeated_steps_keep_the_numbers_they_are_written_with() -> None:
    rule = ask(role(MANAGER), role(MANAGER), people(99), unit=SKAWINA)
    assert told(dead_ends(rule, PLACES, [BEN])) == [(Lack.PEOPLE, 3, ("Skawina",))]
    stricter = ask(role(MANAGER), role(MANAGER, quorum=2), unit=SKAWINA)
    assert told(dead_ends(stricter, PLACES, [BEN])) == [(Lack.PEOPLE, 1, ("Skawina",))]
    assert told(dead_ends(stricter, PLACES, [BEN], asks_once=False)) == [(Lack.PEOPLE, 2, ("Skawina",))]


# --- others than the one who orders ---


def orders(person: Acceptor) -> Acceptor:
    return replace(person, places_orders=True)


@pytest.mark.parametrize(
    ("acceptors", "alone"),
    [
        ([orders(BEN)], [("m2", ("Kraków",))]),
        ([BEN], []),
        ([orders(BEN), CORA], []),
        ([orders(acceptor(1, unit=HEAD_OFFICE, roles=(MANAGER,)))], []),  # orders elsewhere
    ],
)
def test_who_orders_where_they_alone_are_asked_has_nobody(
    acceptors: list[Acceptor], alone: list[tuple[str, tuple[str, ...]]]
) -> None:
    rule = ask(role(MANAGER), unit=KRAKOW)
    found = dead_ends(rule, PLACES, acceptors)
    assert [(end.person, end.units) for end in found] == alone
    assert {end.lack for end in found} <= {Lack.OTHERS}
    assert dead_ends(rule, PLACES, acceptors, self_acceptance=True) == []


def test_two_asked_of_whom_one_orders_are_one_too_few() -> None:
    rule = ask(role(MANAGER, quorum=2), unit=SKAWINA)
    own = [replace(orders(person), unit_id=SKAWINA, unit_path=PATHS[SKAWINA]) for person in (BEN, CORA)]
    assert [end.person for end in dead_ends(rule, PLACES, own)] == ["m2", "m3"]


# --- how far their acceptance reaches ---


def test_nobody_asked_last_may_accept_above_an_amount() -> None:
    some = [BOSS, acceptor(2, roles=(MANAGER,), upto="500"), acceptor(3, roles=(MANAGER,), upto="2000")]
    rule = ask(role(DIRECTOR), role(MANAGER), unit=SKAWINA)
    (end,) = dead_ends(rule, PLACES, some)
    assert (end.lack, end.step, end.amount, end.currency, end.basis) == (
        Lack.COVER,
        2,
        Decimal(2000),
        "PLN",
        Basis.GOODS_NET,
    )
    assert dead_ends(ask(role(MANAGER), role(DIRECTOR), unit=SKAWINA), PLACES, some) == []
    assert dead_ends(rule, PLACES, [*some, BEN]) == [], "one without a limit is enough"


@pytest.mark.parametrize(
    ("amount", "changes", "ends"),
    [
        ("500", {"compare": Compare.UP_TO}, False),
        ("500.01", {"compare": Compare.UP_TO}, True),
        ("500", {"compare": Compare.BELOW}, False),
        ("499", {"compare": Compare.FROM}, True),
        ("499", {"compare": Compare.ABOVE}, True),
        ("10", {"compare": Compare.UP_TO, "currency": "EUR"}, True),
        ("10", {"compare": Compare.UP_TO, "basis": Basis.TOTAL_GROSS}, True),
    ],
)
def test_a_rule_that_ends_before_the_limit_needs_no_more(amount: str, changes: dict[str, object], ends: bool) -> None:
    rule = ask(role(MANAGER), when=(above(amount, **changes),), unit=SKAWINA)  # type: ignore[arg-type]
    found = dead_ends(rule, PLACES, [acceptor(2, roles=(MANAGER,), upto="500")])
    assert [end.lack for end in found] == [Lack.COVER] * ends


def test_a_condition_that_is_no_value_does_not_end_a_rule() -> None:
    rule = ask(role(MANAGER), when=(in_unit(SKAWINA),))
    assert [end.lack for end in dead_ends(rule, PLACES, [acceptor(2, roles=(MANAGER,), upto="500")])] == [Lack.COVER]


def test_who_orders_there_and_alone_reaches_far_has_nobody_above_the_others_limit() -> None:
    far, near = orders(BEN), acceptor(3, roles=(MANAGER,), upto="500")
    rule = ask(role(MANAGER), unit=KRAKOW)
    assert [(e.lack, e.person, e.amount, e.units) for e in dead_ends(rule, PLACES, [far, near])] == [
        (Lack.COVER, "m2", Decimal(500), ("Kraków",))
    ]
    assert dead_ends(rule, PLACES, [far, near], self_acceptance=True) == []
    assert dead_ends(rule, PLACES, [far, near, CORA]) == []


# --- left behind by a change ---

LAST = acceptor(9, unit=HEAD_OFFICE, upto="100")


def left(former: Rule, before: list[Rule], after: list[Rule], *who: Acceptor) -> list[tuple[str, int, tuple[str, ...]]]:
    ends = left_behind(former, before, after, PLACES, who)
    return [(end.rule, end.step, end.units) for end in ends]


def test_orders_of_a_rule_that_is_gone_meet_the_question_where_no_rule_matches() -> None:
    gone = ask(role(DIRECTOR), unit=SKAWINA)
    assert left(gone, [gone], []) == [("", 0, ("Skawina",))]
    assert left(gone, [gone], [], BEN) == []
    assert left(gone, [gone], [replace(gone, active=False)]) == [("", 0, ("Skawina",))]
    assert left(replace(gone, active=False), [], []) == []


def test_whoever_may_answer_is_asked_for_their_own_orders_where_no_rule_matches() -> None:
    gone = ask(role(DIRECTOR), unit=KRAKOW)
    assert left(gone, [gone], [], orders(BEN)) == []


def test_the_question_where_no_rule_matches_ends_at_a_limit_unless_the_rule_did() -> None:
    gone = refuse(above("50"), unit=SKAWINA)
    (end,) = left_behind(gone, [gone], [], PLACES, [LAST])
    assert (end.lack, end.step, end.amount) == (Lack.COVER, 0, Decimal(100))
    small = refuse(above("100", compare=Compare.UP_TO), unit=SKAWINA)
    assert left(small, [small], [], LAST) == []


def test_orders_that_were_refused_go_on_to_the_rules_after_it() -> None:
    gone = refuse(above("50"), unit=KRAKOW)
    earlier = ask(people(99), name="earlier")
    later = ask(people(99), name="later", unit=SKAWINA)
    before = [gone, later, earlier]
    assert left(gone, before, [later, earlier], BEN) == [("later", 1, ("Skawina",))]


def test_a_rule_of_another_branch_is_not_met() -> None:
    gone = allow(above("50"))
    other = ask(people(99), name="other", unit=TARNOW)
    assert left(gone, [gone, other], [other], BOSS) == [("other", 1, ("Tarnów",))]
    not_skawina = ask(people(99), name="other", when=(in_unit(SKAWINA, inside=False),), unit=KRAKOW)
    assert left(gone, [gone, not_skawina], [not_skawina], BOSS) == [("other", 1, ("Kraków",))]


def test_a_rule_that_takes_all_orders_of_the_unit_leaves_none_for_what_comes_after() -> None:
    gone, later = refuse(above("50")), ask(people(99), name="later", unit=SKAWINA)
    everything = allow(in_unit(KRAKOW), unit=KRAKOW)
    assert left(gone, [gone, everything, later], [everything, later]) == [("", 0, ("Centrala", "Tarnów"))]
    for some in (allow(above("70"), unit=KRAKOW), allow(of_a_role(), unit=KRAKOW)):
        assert left(gone, [gone, some, later], [some, later], BOSS) == [("later", 1, ("Skawina",))]


def test_a_rule_that_goes_on_taking_the_same_orders_leaves_none() -> None:
    rule = refuse(above("50"), unit=KRAKOW)
    later = ask(people(99), name="later", unit=SKAWINA)
    assert left(rule, [rule, later], [replace(rule, name="renamed"), later]) == []
    moved = replace(rule, unit_id=SKAWINA)
    assert left(rule, [rule], [moved]) == [("", 0, ("Kraków", "Skawina"))]
    narrower = replace(rule, conditions=(above("60"),))
    assert left(rule, [rule], [narrower], BOSS) == []
    assert left(rule, [rule], [narrower]) == [("", 0, ("Kraków", "Skawina"))]
    assert left(rule, [rule, later], [narrower, later], BOSS) == [("later", 1, ("Skawina",))]


def test_a_rule_that_asks_others_now_is_no_end_of_what_it_took() -> None:
    rule = ask(role(DIRECTOR), unit=KRAKOW)
    assert left(rule, [rule], [replace(rule, steps=(people(99),))]) == []
    let = allow(above("50"), unit=KRAKOW)
    asking = ask(people(99), name="asks", when=(above("50"),), unit=KRAKOW)
    assert left(let, [let], [replace(asking, id=let.id)], BOSS) == []


def test_a_place_knows_the_units_above_it() -> None:
    assert Place(name="Skawina", path="1/2/3/").ids == {1, 2, 3}
