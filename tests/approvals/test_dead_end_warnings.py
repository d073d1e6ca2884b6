"""What would leave orders to nobody is saved only against a warning that names it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from akcept.approvals import actions, queries
from akcept.approvals.actions import LeadsNowhere
from akcept.approvals.conditions import Compare
from akcept.approvals.deadends import Lack
from akcept.approvals.models import Terms
from akcept.approvals.rules import Outcome, RuleStep
from akcept.kernel.amounts import Basis, Limit
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Member, Role
from akcept.testing.cast import Cast
from tests.approvals.test_policy_actions import ABOVE_100, ANYBODY, TERMS, rule, save

pytestmark = pytest.mark.django_db


# --- dead ends ---


def test_no_dead_end_is_saved_without_a_warning_that_names_it(cast: Cast) -> None:
    role = Role.objects.create(organization=cast.acme, name="Director", permissions=["accept_orders"])
    typed = rule(cast, steps=(RuleStep(asks=(Ask(kind=AskKind.ROLE, id=role.pk),)),))
    with pytest.raises(LeadsNowhere) as warned:
        save(cast, typed)
    (end,) = warned.value.ends
    assert (end.lack, end.step) == (Lack.PEOPLE, 1)
    assert set(end.units) == {"Centrala", "Oddział Kraków", "Magazyn Skawina", "Serwis Tarnów"}
    assert "Centrala" in str(warned.value)
    with pytest.raises(LeadsNowhere):
        save(cast, typed, confirmed="something else")
    save(cast, typed, confirmed=warned.value.seal)
    assert queries.policy_of(cast.acme.pk).version == 1


def test_only_approver_who_orders_too_is_a_dead_end_of_their_own_orders(cast: Cast) -> None:
    typed = rule(
        cast, unit_id=cast.krakow.pk, steps=(RuleStep(asks=(Ask(kind=AskKind.MEMBER, id=cast.ben.member.pk),)),)
    )
    with pytest.raises(LeadsNowhere) as warned:
        save(cast, typed)
    (end,) = warned.value.ends
    assert (end.lack, end.person, end.units) == (Lack.OTHERS, cast.ben.name, ("Oddział Kraków",))
    Terms.objects.create(organization=cast.acme, self_acceptance=True)
    save(cast, typed)


def test_value_above_everybodys_limit_is_a_dead_end_unless_the_rule_ends_before(cast: Cast) -> None:
    for somebody in (cast.ben, cast.cora):
        somebody.member.accept_limits = [{"amount": "500.00", "currency": "PLN", "basis": "goods_net"}]
        somebody.member.save()
    with pytest.raises(LeadsNowhere) as warned:
        save(cast, rule(cast, unit_id=cast.krakow.pk))
    (end,) = warned.value.ends
    assert (end.lack, end.amount) == (Lack.COVER, Decimal("500.00"))
    bounded = replace(ABOVE_100, compare=Compare.UP_TO, amount=Decimal(500))
    save(cast, rule(cast, unit_id=cast.krakow.pk, conditions=(ABOVE_100, bounded)))


def test_switching_a_rule_on_again_is_checked_like_saving(cast: Cast) -> None:
    save(cast, rule(cast))
    actions.switch_rule(1, actor=cast.dora.actor, version=1, active=False)
    for somebody in (cast.ben, cast.cora):
        somebody.member.active = False
        somebody.member.save()
    with pytest.raises(LeadsNowhere) as warned:
        actions.switch_rule(1, actor=cast.dora.actor, version=2, active=True)
    actions.switch_rule(1, actor=cast.dora.actor, version=2, active=True, confirmed=warned.value.seal)
    assert [each.active for each in queries.policy_of(cast.acme.pk).rules] == [True]
    ((found, ends),) = queries.rules_leading_nowhere(cast.dora.actor)
    assert (found.name, ends[0].lack) == ("Big orders", Lack.PEOPLE)


# --- what other changes leave behind ---


def _kept_out(cast: Cast) -> None:
    """Only Ben accepts, in Kraków: elsewhere in Acme nobody could answer an order that is asked about."""
    cast.cora.member.active = False
    cast.cora.member.save()


def _confirmed(act: Any) -> LeadsNowhere:
    """Run a change that is warned about, twice: it takes the warning's own seal, and no other."""
    with pytest.raises(LeadsNowhere) as warned:
        act("")
    with pytest.raises(LeadsNowhere):
        act("something else")
    act(warned.value.seal)
    return warned.value


@pytest.mark.parametrize("change", ["remove", "switch off", "narrow", "ask"])
def test_rule_that_allows_does_not_vanish_without_a_warning(cast: Cast, change: str) -> None:
    save(cast, rule(cast, name="All go through", outcome=Outcome.ALLOW, steps=(), conditions=()))
    _kept_out(cast)
    dora, allowing = cast.dora.actor, queries.policy_of(cast.acme.pk).rules[0]
    narrow, asks = replace(allowing, conditions=(ABOVE_100,)), replace(allowing, outcome=Outcome.ASK, steps=(ANYBODY,))
    warned = _confirmed(
        {
            "remove": lambda seal: actions.remove_rule(1, actor=dora, version=1, confirmed=seal),
            "switch off": lambda seal: actions.switch_rule(1, actor=dora, version=1, active=False, confirmed=seal),
            "narrow": lambda seal: save(cast, narrow, version=1, confirmed=seal),
            "ask": lambda seal: save(cast, asks, version=1, confirmed=seal),
        }[change]
    )
    people = next(end for end in warned.ends if end.lack is Lack.PEOPLE)
    assert set(people.units) == {"Centrala", "Serwis Tarnów"}
    assert "Serwis Tarnów" in str(warned)
    assert queries.policy_of(cast.acme.pk).version == 2


def test_rule_is_not_moved_to_where_it_leads_nowhere_without_a_warning(cast: Cast) -> None:
    save(cast, rule(cast, name="All go through", outcome=Outcome.ALLOW, steps=(), conditions=()))
    role = Role.objects.create(organization=cast.acme, name="Director", permissions=["accept_orders"])
    nobody = rule(cast, name="The board", steps=(RuleStep(asks=(Ask(kind=AskKind.ROLE, id=role.pk),)),))
    with pytest.raises(LeadsNowhere) as warned:
        save(cast, nobody)
    save(cast, nobody, confirmed=warned.value.seal)
    moved = _confirmed(lambda seal: actions.move_rule(2, actor=cast.dora.actor, version=2, up=True, confirmed=seal))
    assert [(end.rule, end.step) for end in moved.ends] == [("The board", 1)]
    assert "The board" in str(moved)
    actions.move_rule(2, actor=cast.dora.actor, version=3, up=False)


def test_removing_is_not_warned_about_where_somebody_is_left(cast: Cast) -> None:
    save(cast, rule(cast, name="All go through", outcome=Outcome.ALLOW, steps=(), conditions=()))
    actions.remove_rule(1, actor=cast.dora.actor, version=1)


def test_self_acceptance_is_not_switched_off_without_a_warning_that_names_the_rule(cast: Cast) -> None:
    Terms.objects.create(organization=cast.acme, self_acceptance=True)
    only_ben = (RuleStep(asks=(Ask(kind=AskKind.MEMBER, id=cast.ben.member.pk),)),)
    save(cast, rule(cast, unit_id=cast.krakow.pk, steps=only_ben))
    off = replace(TERMS, self_acceptance=False)
    warned = _confirmed(lambda seal: actions.change_terms(off, actor=cast.dora.actor, version=1, confirmed=seal))
    assert [(end.rule, end.lack, end.person) for end in warned.ends] == [("Big orders", Lack.OTHERS, cast.ben.name)]
    assert not Terms.objects.get().self_acceptance


@pytest.mark.parametrize("once", [False, True])
def test_d1_asking_twice_is_not_switched_without_a_warning_of_whose_limit_comes_last(cast: Cast, once: bool) -> None:
    """Ben, Cora, Ben is Ben, Cora where nobody is asked twice: whose limit has to reach is another one's."""
    limited = Limit(amount=Decimal(100), currency="PLN", basis=Basis.GOODS_NET)
    last, between = (cast.cora, cast.ben) if once else (cast.ben, cast.cora)
    Member.objects.filter(pk=cast.ben.member.pk).update(accept_limits=[limited.as_json()])
    Terms.objects.create(organization=cast.acme, self_acceptance=True, skip_already_accepted=not once)
    steps = tuple(RuleStep(asks=(Ask(kind=AskKind.MEMBER, id=each.member.pk),)) for each in (last, between, last))
    save(cast, rule(cast, unit_id=cast.krakow.pk, steps=steps))
    other = replace(TERMS, skip_already_accepted=once)
    warned = _confirmed(lambda seal: actions.change_terms(other, actor=cast.dora.actor, version=1, confirmed=seal))
    number = 2 if once else 3
    found = [(end.rule, end.lack, end.step, end.amount) for end in warned.ends]
    assert found == [("Big orders", Lack.COVER, number, Decimal(100))]
    assert Terms.objects.get().skip_already_accepted is once
    back = replace(TERMS, skip_already_accepted=not once)
    actions.change_terms(back, actor=cast.dora.actor, version=2)  # nothing leads nowhere that does not already
