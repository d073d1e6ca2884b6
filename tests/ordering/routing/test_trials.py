"""Trying rules on orders that were placed already: who would have waited, and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from akcept.approvals import queries as approvals
from akcept.approvals.conditions import Compare, Flag, Is, Together
from akcept.approvals.facts import Scope
from akcept.approvals.rules import Rule, RuleStep
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed, NotFound
from akcept.ordering.routing import trials
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Role
from akcept.testing.cast import Cast, person
from tests.ordering.routing.test_rules import above, add, place, someone
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_trial_counts_who_would_have_waited_and_for_whom(cast: Cast) -> None:
    for value in ("100.00", "700.00", "900.00"):
        place(cast.ben, value)
    empty = Role.objects.create(organization=cast.acme, name="Director", permissions=["accept_orders"])
    draft = Rule(
        id=0,
        name="Draft",
        unit_id=cast.head_office.pk,
        conditions=(above("600"),),
        steps=(someone(cast.cora), RuleStep(asks=(Ask(kind=AskKind.ROLE, id=empty.pk, label="Director"),))),
    )
    found = trials.try_on_orders(cast.dora.actor, draft=trials.drafted(cast.dora.actor, draft))
    assert (found.total, found.waited, found.waited_now, found.nobody) == (3, 2, 0, 2)
    assert found.asked == ((cast.cora.name, 2),)
    assert found.rules == (("Draft", 2),)
    assert [tried.nobody_at for tried in found.shown_nobody] == [2, 2]
    assert approvals.policy_of(cast.acme.pk).version is None


def test_trial_sees_only_the_own_branch_and_no_other_organisation(cast: Cast) -> None:
    place(cast.ben)
    elsewhere = person("Tina", "Tarn", seat=cast.tarnow, rights="manage_policies")
    assert trials.try_on_orders(cast.otto.actor).total == 0
    assert trials.try_on_orders(elsewhere.actor).total == 0
    assert trials.try_on_orders(cast.dora.actor).total == 1
    for who in (cast.anna, cast.ben, cast.cora):
        with pytest.raises(NotAllowed):
            trials.try_on_orders(who.actor)


def test_trial_on_one_order_wants_to_see_it(cast: Cast) -> None:
    number = place(cast.anna)
    seeing = person("Sara", "Sees", seat=cast.head_office, rights="manage_policies see_all_orders")
    assert trials.try_on_order(seeing.actor, number).tried.plan.waits
    for actor in (cast.dora.actor, cast.otto.actor):
        with pytest.raises(NotFound):
            trials.try_on_order(actor, number)


@pytest.mark.parametrize("count", [1, 3])
def test_trial_does_not_grow_with_the_orders(cast: Cast, count: int) -> None:
    for _number in range(count):
        place(cast.ben, "700.00")
    add(cast, someone(cast.cora), when=(above("600"), Is(kind=Flag.FIRST_BOUGHT, inside=False)))
    trials.try_on_orders(cast.dora.actor)
    assert len(statements(lambda: trials.try_on_orders(cast.dora.actor))) == 8


def test_facts_of_a_past_order_look_back_from_when_it_was_placed(cast: Cast) -> None:
    window = {"compare": Compare.ABOVE, "amount": Decimal(150), "currency": "PLN"}
    now = utc_now()
    first = place(cast.ben, now=now - timedelta(hours=3))
    second = place(cast.ben, now=now - timedelta(hours=2))
    add(cast, someone(cast.cora), when=(Together(scope=Scope.REQUESTER, hours=24, **window),))
    seeing = person("Sara", "Sees", seat=cast.head_office, rights="manage_policies see_all_orders")
    assert not trials.try_on_order(seeing.actor, first).tried.plan.waits
    assert trials.try_on_order(seeing.actor, second).tried.plan.waits
    found = replace(trials.try_on_orders(cast.dora.actor), shown_nobody=())
    assert (found.total, found.waited) == (2, 1)
