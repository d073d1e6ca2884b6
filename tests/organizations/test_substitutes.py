"""While an approver is away a substitute decides, for a time and never about their own; history says for whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from akcept.approvals.models import Decision
from akcept.kernel.amounts import Basis, Limit
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from akcept.ordering import actions as ordering
from akcept.ordering import queries as ordering_queries
from akcept.ordering import visibility
from akcept.organizations import actions, queries
from akcept.organizations.actions.rows import stored_grant
from akcept.organizations.models import Member, Substitution
from akcept.organizations.permissions import Permission
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person, person
from akcept.ui.history import sentences
from tests.support.statements import statements


def _name(cast: Cast, absent: Person, substitute: Person, *, by: Person | None = None, **period: Any) -> Substitution:
    assert absent.member is not None
    assert substitute.member is not None
    now = utc_now()
    asked = {"starts_at": now, "ends_at": now + timedelta(days=2)} | period
    return actions.name_substitute(
        actor=(by or absent).actor, absent_id=absent.member.pk, substitute_id=substitute.member.pk, **asked
    )


def _inbox(who: Person) -> list[str]:
    return [row.number for row in ordering_queries.inbox(who.seat).rows]


def test_waiting_and_new_orders_reach_the_substitute_and_history_says_for_whom(cast: Cast) -> None:
    waiting = orders.place(cast.anna).order_number
    assert _inbox(cast.ewa) == []
    _name(cast, cast.ben, cast.ewa)
    new = orders.place(cast.piotr).order_number
    assert _inbox(cast.ewa) == [waiting, new]
    view = ordering_queries.order(cast.ewa.actor, waiting)
    assert (view.may_decide, view.stands_for) == (True, "Ben Nowak")
    ordering.accept(waiting, actor=cast.ewa.actor, version=1)
    decision = Decision.objects.get()
    assert (decision.member_name, decision.for_member, decision.for_member_name) == (
        "Ewa Dąbrowska",
        cast.ben.member,
        "Ben Nowak",
    )
    told = sentences(ordering_queries.order(cast.anna.actor, waiting).told)
    assert (told[1].who, told[1].what) == ("Ewa Dąbrowska for Ben Nowak", "accepted the order")
    (row,) = [r for r in ordering_queries.orders(cast.anna.actor).rows if r.number == waiting]
    assert row.decided_by == "Ewa Dąbrowska for Ben Nowak"


def test_who_decides_by_their_own_right_decides_for_nobody(cast: Cast) -> None:
    _name(cast, cast.ben, cast.cora)
    number = orders.place(cast.anna).order_number
    ordering.reject(number, actor=cast.cora.actor, version=1, reason="no")
    assert Decision.objects.get().for_member is None


def test_substitute_decides_neither_their_own_orders_nor_those_of_whom_they_stand_for(cast: Cast) -> None:
    _name(cast, cast.cora, cast.ewa)
    own = orders.place(cast.ewa).order_number
    cora = Member.objects.get(pk=cast.cora.member.pk)
    cora.granted = stored_grant({Permission.ACCEPT_ORDERS, Permission.PLACE_ORDERS}, _limit("1"))
    cora.recompute()
    cora.save()
    person("Greta", "Gal", seat=cast.head_office, rights="accept_orders")
    absents = orders.place(cast.cora).order_number
    for number, error in ((own, NotAllowed), (absents, NotFound)):
        with pytest.raises(error):
            ordering.accept(number, actor=cast.ewa.actor, version=1)
    assert _inbox(cast.ewa) == []
    assert not ordering_queries.order(cast.ewa.actor, own).may_decide


def _limit(amount: str) -> Limit:
    return Limit(amount=Decimal(amount), currency="PLN", basis=Basis.GOODS_NET)


def test_substitute_has_the_limit_of_whom_they_stand_for(cast: Cast) -> None:
    ben = Member.objects.get(pk=cast.ben.member.pk)
    ben.granted = stored_grant({Permission.ACCEPT_ORDERS}, _limit("600"))
    ben.recompute()
    ben.save()
    _name(cast, cast.ben, cast.ewa)
    record = carts.stock("P10", price="10.00")
    within = orders.place(cast.anna, records=[record], quantity=60).order_number
    beyond = orders.place(cast.anna, records=[record], quantity=61).order_number
    assert _inbox(cast.ewa) == [within]
    with pytest.raises(NotAllowed, match="above your acceptance limit"):
        ordering.accept(beyond, actor=cast.ewa.actor, version=1)
    assert ordering.accept(within, actor=cast.ewa.actor, version=1).state == "accepted"


def test_right_comes_and_goes_by_itself_also_from_a_page_left_open(cast: Cast) -> None:
    number = orders.place(cast.anna).order_number
    begins, ends = utc_now() + timedelta(days=1), utc_now() + timedelta(days=3)
    _name(cast, cast.ben, cast.ewa, starts_at=begins, ends_at=ends)

    def tries(at: datetime) -> str:
        with time_machine.travel(at, tick=False):
            try:
                ordering.accept(number, actor=cast.ewa.actor, version=99)
            except Stale:
                return "may"  # only the version they named was wrong
            except NotFound:
                return "may not"
        return "accepted"

    moment = timedelta(seconds=1)
    assert [tries(at) for at in (begins - moment, begins + moment, ends - moment, ends, ends + moment)] == [
        "may not",
        "may",
        "may",
        "may not",
        "may not",
    ]


@pytest.mark.parametrize("lost", ["deactivated", "right taken", "removed"])
def test_who_loses_the_right_hands_nothing_on(cast: Cast, lost: str) -> None:
    orders.place(cast.anna)
    _name(cast, cast.ben, cast.ewa)
    assert len(_inbox(cast.ewa)) == 1
    assert cast.ben.member is not None
    changes: dict[str, Any] = {"permissions": cast.ben.member.permissions, "active": True}
    if lost == "removed":
        actions.remove_member(cast.ben.member.pk, actor=cast.dora.actor, version=1)
    else:
        changes["active"] = lost != "deactivated"
        changes["permissions"] = changes["permissions"] if lost == "deactivated" else frozenset()
        actions.change_member(cast.ben.member.pk, actor=cast.dora.actor, unit_id=cast.krakow.pk, version=1, **changes)
    assert _inbox(cast.ewa) == []
    assert not visibility.sees_more(cast.ewa.seat)


def test_mandate_is_not_handed_on(cast: Cast) -> None:
    _name(cast, cast.ben, cast.ewa)
    with pytest.raises(Invalid, match="nothing to hand over"):
        _name(cast, cast.ewa, cast.anna)


@pytest.mark.parametrize("who", ["ben", "ewa", "dora"])
def test_ended_early_by_each_who_is_concerned(cast: Cast, who: str) -> None:
    orders.place(cast.anna)
    row = _name(cast, cast.ben, cast.ewa)
    actions.end_substitution(row.pk, actor=getattr(cast, who).actor)
    assert _inbox(cast.ewa) == []
    with pytest.raises(Stale):
        actions.end_substitution(row.pk, actor=getattr(cast, who).actor)


def test_administrator_names_one_for_somebody_else_and_a_branch_manager_only_for_their_people(cast: Cast) -> None:
    _name(cast, cast.ben, cast.ewa, by=cast.dora)
    krakow = person("Kora", "Kier", seat=cast.krakow, rights="manage_members accept_orders")
    tarnow = person("Teresa", "Tar", seat=cast.tarnow, rights="manage_members")
    _name(cast, cast.ben, cast.piotr, by=krakow)
    for by, absent in ((krakow, cast.cora), (tarnow, cast.ben), (cast.otto, cast.ben), (cast.anna, cast.ben)):
        with pytest.raises(Invalid) as refused:
            _name(cast, absent, cast.jan, by=by)
        assert refused.value.field == "absent"
    assert len(queries.substitutions(krakow.actor)) == 2
    assert queries.substitutions(tarnow.actor) == []


@pytest.mark.parametrize(("limit", "may"), [(None, False), ("50.00", False), ("100.00", True), ("", True)])
def test_branch_manager_hands_on_no_more_than_they_may(cast: Cast, limit: str | None, may: bool) -> None:
    rights = frozenset({Permission.ACCEPT_ORDERS})
    actions.change_member(
        cast.ben.member.pk,  # type: ignore[union-attr]
        actor=cast.dora.actor,
        unit_id=cast.krakow.pk,
        permissions=rights,
        limit=_up_to("100.00"),
        active=True,
        version=1,
    )
    manager = person("Kora", "Kier", seat=cast.krakow, rights="manage_members")
    if limit is not None:
        actions.change_member(
            manager.member.pk,  # type: ignore[union-attr]
            actor=cast.dora.actor,
            unit_id=cast.krakow.pk,
            permissions=rights | {Permission.MANAGE_MEMBERS},
            limit=_up_to(limit) if limit else None,
            active=True,
            version=1,
        )
    if may:
        _name(cast, cast.ben, manager, by=manager)
        return
    for substitute in (manager, cast.ewa):
        with pytest.raises(NotAllowed, match="head office: accepting orders"):
            _name(cast, cast.ben, substitute, by=manager)
    _name(cast, cast.ben, manager, by=cast.dora)


def _up_to(amount: str) -> Limit:
    return Limit(amount=Decimal(amount), currency="PLN", basis=Basis.GOODS_NET)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("ends", {"ends_at": timedelta(days=-1)}),
        ("ends", {"starts_at": timedelta(days=3), "ends_at": timedelta(days=2)}),
        ("ends", {"ends_at": timedelta(days=400)}),
        ("starts", {"starts_at": timedelta(days=367), "ends_at": timedelta(days=368)}),
    ],
)
def test_period_that_cannot_be(cast: Cast, field: str, changes: dict[str, timedelta]) -> None:
    now = utc_now()
    with pytest.raises(Invalid) as refused:
        _name(cast, cast.ben, cast.ewa, **{name: now + after for name, after in changes.items()})
    assert refused.value.field == field


@pytest.mark.parametrize("substitute", ["ben", "otto"])
def test_nobody_of_elsewhere_and_not_themselves(cast: Cast, substitute: str) -> None:
    with pytest.raises(Invalid) as refused:
        _name(cast, cast.ben, getattr(cast, substitute))
    assert refused.value.field == "substitute"


def test_several_substitutes_but_each_once_at_a_time(cast: Cast) -> None:
    orders.place(cast.anna)
    _name(cast, cast.ben, cast.ewa)
    _name(cast, cast.ben, cast.piotr)
    assert len(_inbox(cast.ewa)) == len(_inbox(cast.piotr)) == 1
    with pytest.raises(Invalid, match="already"):
        _name(cast, cast.ben, cast.ewa, starts_at=utc_now() + timedelta(days=1), ends_at=utc_now() + timedelta(days=9))


def test_suggestions_and_list_take_the_same_statements_for_one_and_three(cast: Cast) -> None:
    taken = []
    for people in ([cast.ewa], [cast.piotr, cast.anna]):
        for who in people:
            _name(cast, cast.ben, who)
        taken.append(
            (
                len(statements(lambda: queries.substitutions(cast.dora.actor))),
                len(statements(lambda: queries.substitutes_to_choose(cast.dora.actor))),
                len(statements(lambda: cast.ewa.seat)),
            )
        )
    assert taken == [(2, 3, 2)] * 2
