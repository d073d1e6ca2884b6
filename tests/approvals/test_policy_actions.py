"""Changing the rules: versions, reach, what is refused, and what is warned about."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from akcept.approvals import actions, queries
from akcept.approvals.actions import TermsInput
from akcept.approvals.conditions import Among, Compare, Count, Counted, Expression, Group, Named, Together, Value
from akcept.approvals.facts import Scope
from akcept.approvals.models import PolicyVersion, Terms
from akcept.approvals.rules import Outcome, Rule, RuleStep
from akcept.journal.models import Entry
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Role
from akcept.testing.cast import Cast, Person, person
from tests.support.statements import statements

ANYBODY = RuleStep(asks=(Ask(kind=AskKind.ACCEPTORS),))
ABOVE_100 = Value(compare=Compare.ABOVE, amount=Decimal(100), currency="PLN")
ABOVE_200 = replace(ABOVE_100, amount=Decimal(200))

pytestmark = pytest.mark.django_db


def rule(cast: Cast, **changes: Any) -> Rule:
    given: dict[str, Any] = {
        "id": 0,
        "name": "Big orders",
        "unit_id": cast.head_office.pk,
        "conditions": (ABOVE_100,),
        "steps": (ANYBODY,),
    }
    return Rule(**(given | changes))


def save(
    cast: Cast, typed: Rule, *, by: Person | None = None, version: int | None = None, **more: Any
) -> PolicyVersion:
    number = queries.policy_of(cast.acme.pk).version or 0 if version is None else version
    return actions.save_rule(typed, actor=(by or cast.dora).actor, version=number, **more)


@pytest.fixture
def branch_policy_maker(cast: Cast) -> Person:
    return person("Greta", "Branch", seat=cast.krakow, rights="manage_policies")


# --- versions ---


def test_every_change_makes_a_version_and_the_latest_is_in_force(cast: Cast) -> None:
    assert queries.policy_of(cast.acme.pk).version is None
    save(cast, rule(cast))
    first = queries.policy_of(cast.acme.pk)
    save(cast, replace(first.rules[0], name="Bigger orders"))
    save(cast, rule(cast, name="Second", conditions=(ABOVE_200,)))
    second = queries.policy_of(cast.acme.pk).rules[1]
    actions.move_rule(second.id, actor=cast.dora.actor, version=3, up=True)
    actions.switch_rule(second.id, actor=cast.dora.actor, version=4, active=False)
    actions.remove_rule(first.rules[0].id, actor=cast.dora.actor, version=5)
    found = queries.policy_of(cast.acme.pk)
    assert [(each.name, each.active) for each in found.rules] == [("Second", False)]
    assert found.version == 6
    made = PolicyVersion.objects.filter(organization=cast.acme).order_by("number")
    assert [(row.number, row.change, row.rule_name) for row in made] == [
        (1, "added", "Big orders"),
        (2, "changed", "Bigger orders"),
        (3, "added", "Second"),
        (4, "moved", "Second"),
        (5, "switched_off", "Second"),
        (6, "removed", "Bigger orders"),
    ]
    assert queries.policy_at(cast.acme.pk, 1).rules == first.rules
    assert queries.policy_of(cast.umbra.pk).rules == ()


def test_no_rule_ever_gets_the_number_of_a_former_one(cast: Cast) -> None:
    save(cast, rule(cast))
    save(cast, rule(cast, name="Second", conditions=(ABOVE_200,)))
    actions.remove_rule(2, actor=cast.dora.actor, version=2)
    save(cast, rule(cast, name="Third", conditions=(ABOVE_200,)))
    assert [(each.id, each.name) for each in queries.policy_of(cast.acme.pk).rules] == [(1, "Big orders"), (4, "Third")]


def test_change_is_in_the_journal_with_before_and_after(cast: Cast) -> None:
    save(cast, rule(cast))
    save(cast, replace(queries.policy_of(cast.acme.pk).rules[0], conditions=()))
    entry = Entry.objects.filter(topic="policy.changed").latest("id")
    assert (entry.organization_id, entry.subject_type, entry.actor_name) == (cast.acme.pk, "policy", cast.dora.name)
    assert entry.payload["change"] == "changed"
    assert entry.payload["before"]["conditions"][0]["amount"] == "100"
    assert entry.payload["after"]["conditions"] == []


@pytest.mark.parametrize("act", ["save", "move", "switch", "remove"])
def test_page_that_is_out_of_date_changes_nothing(cast: Cast, act: str) -> None:
    save(cast, rule(cast))
    with pytest.raises(Stale):
        {
            "save": lambda: save(cast, rule(cast, name="Other"), version=0),
            "move": lambda: actions.move_rule(1, actor=cast.dora.actor, version=0, up=True),
            "switch": lambda: actions.switch_rule(1, actor=cast.dora.actor, version=0, active=False),
            "remove": lambda: actions.remove_rule(1, actor=cast.dora.actor, version=0),
        }[act]()
    assert queries.policy_of(cast.acme.pk).version == 1


def test_rules_move_among_those_of_their_unit_only(cast: Cast) -> None:
    for name, unit, condition in [
        ("A", cast.head_office, ABOVE_100),
        ("B", cast.krakow, ABOVE_100),
        ("C", cast.head_office, ABOVE_200),
    ]:
        save(cast, rule(cast, name=name, unit_id=unit.pk, conditions=(condition,)))
    actions.move_rule(3, actor=cast.dora.actor, version=3, up=True)
    assert [each.name for each in queries.policy_of(cast.acme.pk).rules] == ["C", "B", "A"]
    with pytest.raises(Invalid, match=r"any further|dalej"):
        actions.move_rule(3, actor=cast.dora.actor, version=4, up=True)


def test_reading_rules_takes_one_statement_and_a_second_one_the_first_time(cast: Cast) -> None:
    assert len(statements(lambda: queries.policy_of(cast.acme.pk))) == 1
    save(cast, rule(cast, name="Never read before"))
    assert len(statements(lambda: queries.policy_of(cast.acme.pk))) == 2
    assert len(statements(lambda: queries.policy_of(cast.acme.pk))) == 1
    for number in (200, 300):
        save(cast, rule(cast, name=f"Above {number}", conditions=(replace(ABOVE_100, amount=Decimal(number)),)))
    queries.policy_of(cast.acme.pk)
    assert len(statements(lambda: queries.policy_of(cast.acme.pk))) == 1


# --- who, and how far ---


def test_right_reaches_the_own_unit_and_below_and_no_further(cast: Cast, branch_policy_maker: Person) -> None:
    save(cast, rule(cast))
    save(cast, rule(cast, name="Branch", unit_id=cast.krakow.pk), by=branch_policy_maker)
    save(cast, rule(cast, name="Below", unit_id=cast.skawina.pk), by=branch_policy_maker)
    for unit in (cast.head_office, cast.tarnow, cast.terminal):
        with pytest.raises(Invalid) as refused:
            save(cast, rule(cast, unit_id=unit.pk), by=branch_policy_maker)
        assert refused.value.field == "unit"
    greta = branch_policy_maker.actor
    for attempt in (
        lambda: save(
            cast, replace(queries.policy_of(cast.acme.pk).rules[0], unit_id=cast.krakow.pk), by=branch_policy_maker
        ),
        lambda: actions.move_rule(1, actor=greta, version=3, up=True),
        lambda: actions.switch_rule(1, actor=greta, version=3, active=False),
        lambda: actions.remove_rule(1, actor=greta, version=3),
        lambda: queries.rule_to_edit(greta, 1),
    ):
        with pytest.raises(NotFound):
            attempt()
    groups = queries.rule_book(greta).groups
    assert [(group.unit.name, group.editable) for group in groups] == [
        ("Centrala", False),
        ("Oddział Kraków", True),
        ("Magazyn Skawina", True),
    ]


def test_otto_neither_sees_nor_changes_rules_of_acme(cast: Cast) -> None:
    save(cast, rule(cast))
    assert queries.rule_book(cast.otto.actor).groups == ()
    for attempt in (
        lambda: queries.rule_to_edit(cast.otto.actor, 1),
        lambda: actions.remove_rule(1, actor=cast.otto.actor, version=0),
        lambda: queries.version(cast.otto.actor, 1),
    ):
        with pytest.raises(NotFound):
            attempt()
    with pytest.raises(Invalid):
        save(cast, rule(cast), by=cast.otto, version=0)


def test_versions_and_terms_are_head_offices(cast: Cast, branch_policy_maker: Person) -> None:
    for attempt in (
        lambda: queries.versions(branch_policy_maker.actor),
        lambda: queries.version(branch_policy_maker.actor, 1),
        lambda: queries.terms(branch_policy_maker.actor),
        lambda: actions.change_terms(TERMS, actor=branch_policy_maker.actor, version=1),
    ):
        with pytest.raises(NotAllowed):
            attempt()


# --- what is offered ---


def test_people_offered_are_active_and_may_accept(cast: Cast) -> None:
    names = [each.name for each in queries.choices(cast.dora.actor).acceptors]
    assert sorted(names) == sorted([cast.ben.name, cast.cora.name])
    member = cast.ben.member
    assert member is not None
    member.active = False
    member.save()
    assert [each.name for each in queries.choices(cast.dora.actor).acceptors] == [cast.cora.name]
    with pytest.raises(Invalid) as refused:
        save(cast, rule(cast, steps=(RuleStep(asks=(Ask(kind=AskKind.MEMBER, id=member.pk, label="Ben"),)),)))
    assert "Ben" in str(refused.value)


def test_names_are_the_organisations_own_whatever_was_typed(cast: Cast) -> None:
    role = Role.objects.create(organization=cast.acme, name="Manager", permissions=["accept_orders"])
    cast.cora.member.roles.add(role)
    cast.cora.member.role_ids = [role.pk]
    cast.cora.member.save()
    save(
        cast,
        rule(
            cast,
            conditions=(Among(kind=Group.REQUESTER, of=(Named(cast.anna.member.pk, "x"),)),),
            steps=(RuleStep(asks=(Ask(kind=AskKind.ROLE, id=role.pk, label="x"),)),),
        ),
    )
    (saved,) = queries.policy_of(cast.acme.pk).rules
    assert saved.conditions[0].of[0].name == cast.anna.name
    assert saved.steps[0].asks[0].label == "Manager"


# --- what is refused ---


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"steps": ()}, "steps"),
        ({"steps": (RuleStep(),)}, "step-0"),
        ({"steps": (ANYBODY, RuleStep(asks=ANYBODY.asks, quorum=-1))}, "step-1"),
        ({"steps": (ANYBODY, RuleStep(asks=(Ask(kind=AskKind.ROLE, id=999_999),)))}, "step-1"),
        ({"outcome": Outcome.REFUSE}, "refusal"),
        ({"outcome": Outcome.REFUSE, "refusal": "x" * 301}, "refusal"),
        ({"conditions": (replace(ABOVE_100, amount=Decimal("-1")),)}, "condition-0"),
        ({"conditions": (replace(ABOVE_100, amount=Decimal("1.001")),)}, "condition-0"),
        ({"conditions": (replace(ABOVE_100, amount=Decimal("NaN")),)}, "condition-0"),
        ({"conditions": (replace(ABOVE_100, amount=Decimal("1E+11")),)}, "condition-0"),
        ({"conditions": (ABOVE_100, Count(kind=Counted.PRODUCTS, compare=Compare.ABOVE, number=-1))}, "condition-1"),
        ({"conditions": (Among(kind=Group.CATEGORY, of=()),)}, "condition-0"),
        ({"conditions": (Among(kind=Group.ROLE, of=(Named(999_999, "x"),)),)}, "condition-0"),
        ({"conditions": (Expression(text="goods_net > 1000"),)}, "condition-0"),
        ({"conditions": (Expression(text="nothing"),)}, "condition-0"),
        (
            {
                "conditions": (
                    Together(scope=Scope.UNIT, hours=0, compare=Compare.ABOVE, amount=Decimal(1), currency="PLN"),
                )
            },
            "condition-0",
        ),
        ({"conditions": (ABOVE_100,) * 21}, None),
    ],
)
def test_what_is_no_rule_is_refused_at_its_place(cast: Cast, changes: dict[str, Any], field: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        save(cast, rule(cast, **changes))
    assert refused.value.field == field
    assert str(refused.value)
    assert queries.policy_of(cast.acme.pk).version is None


def test_more_people_than_are_named_cannot_be_wanted(cast: Cast) -> None:
    ben = Ask(kind=AskKind.MEMBER, id=cast.ben.member.pk)
    with pytest.raises(Invalid):
        save(cast, rule(cast, steps=(RuleStep(asks=(ben,), quorum=2),)))


# --- terms ---

TERMS = TermsInput(
    self_acceptance=True,
    skip_already_accepted=False,
    approver_may_amend=True,
    remind_after_days=1,
    escalate_after_days=None,
    expire_after_days=30,
    mail_links=True,
    mail_link_login_above=Decimal("1000.00"),
)


def test_terms_change_as_a_whole_and_are_in_the_journal(cast: Cast) -> None:
    made = actions.change_terms(TERMS, actor=cast.dora.actor, version=queries.terms(cast.dora.actor).version)
    assert made.version == 2
    stored = Terms.objects.get(organization=cast.acme)
    assert (stored.self_acceptance, stored.expire_after_days, stored.escalate_after_days) == (True, 30, None)
    entry = Entry.objects.get(topic="policy.terms_changed")
    assert (entry.payload["before"]["expire_after_days"], entry.payload["after"]["expire_after_days"]) == (14, 30)
    with pytest.raises(Stale):
        actions.change_terms(TERMS, actor=cast.dora.actor, version=1)
    assert queries.terms(cast.otto.actor).self_acceptance is False


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"remind_after_days": 0}, "remind_after_days"),
        ({"expire_after_days": 251}, "expire_after_days"),
        ({"escalate_after_days": 30}, "escalate_after_days"),
        ({"mail_link_login_above": Decimal(-1)}, "mail_link_login_above"),
    ],
)
def test_terms_that_make_no_sense_are_refused_at_their_field(cast: Cast, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.change_terms(replace(TERMS, **changes), actor=cast.dora.actor, version=1)
    assert refused.value.field == field
    assert not Terms.objects.filter(organization=cast.acme).exists()
