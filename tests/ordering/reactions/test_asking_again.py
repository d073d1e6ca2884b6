"""Waiting orders stay with whoever may decide them now: said in the history, mailed once, found when nobody may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import transaction

from akcept.approvals.models import Case
from akcept.journal.models import Delivery, Entry
from akcept.kernel.clock import utc_now
from akcept.ordering import actions as ordering
from akcept.ordering import queries
from akcept.ordering.queries import merchant
from akcept.ordering.queries.merchant import HeldFilter
from akcept.ordering.reactions.asking_again import NOW, reroute
from akcept.organizations import actions
from akcept.organizations.actions.rows import stored_grant
from akcept.organizations.models import Member
from akcept.organizations.permissions import Permission
from akcept.testing import orders
from akcept.testing.cast import Cast, Person, person
from akcept.testing.relays import deliver
from akcept.ui.history import sentences
from tests.support.statements import statements

ACCEPT = Permission.ACCEPT_ORDERS


@pytest.fixture(autouse=True)
def _outbox(mailoutbox: list[Any]) -> None:
    """Start every test with an empty outbox."""


def _mailed() -> list[tuple[str, str]]:
    found = [
        (message.to[0].partition("@")[0], message.extra_headers["Message-ID"].split(".")[2]) for message in mail.outbox
    ]
    mail.outbox.clear()
    return sorted(found)


def _change(cast: Cast, who: Person, **changes: Any) -> None:
    assert who.member is not None
    member = Member.objects.get(pk=who.member.pk)
    wanted: dict[str, Any] = {
        "unit_id": member.unit_id,
        "permissions": member.permissions,
        "active": member.active,
        "version": member.version,
    }
    actions.change_member(member.pk, actor=cast.dora.actor, **(wanted | changes))


def _told(number: str) -> list[str]:
    return [line.what for line in sentences(Entry.objects.filter(subject_id=number).order_by("seq"))]


def _placed_and_mailed(who: Person) -> str:
    number = orders.place(who).order_number
    deliver()
    mail.outbox.clear()
    return number


LEAVING: dict[str, Callable[[Cast], object]] = {
    "deactivated": lambda cast: _change(cast, cast.ben, active=False),
    "right taken": lambda cast: _change(cast, cast.ben, permissions=frozenset({Permission.PLACE_ORDERS})),
    "moved": lambda cast: _change(cast, cast.ben, unit_id=cast.tarnow.pk),
    "removed": lambda cast: actions.remove_member(cast.ben.member.pk, actor=cast.dora.actor, version=1),
}


@pytest.mark.parametrize("how", sorted(LEAVING))
def test_approver_who_leaves_is_no_longer_asked_and_the_history_says_so(cast: Cast, how: str) -> None:
    number = _placed_and_mailed(cast.anna)
    LEAVING[how](cast)
    deliver()
    assert _told(number) == ["placed the order", "No longer asked: Ben Nowak. Now asked: Cora Wiśniewska."]
    # Cora was asked before; whoever is seated elsewhere now is told of that.
    assert _mailed() == ([("ben", "member_moved")] if how == "moved" else [])
    assert Case.objects.get(order__number=number).asked == [cast.cora.member.pk]


def test_who_gets_the_right_is_mailed_once_and_may_decide(cast: Cast) -> None:
    number = _placed_and_mailed(cast.anna)
    _change(cast, cast.ewa, permissions=frozenset({ACCEPT}))
    _change(cast, cast.ewa, permissions=frozenset({ACCEPT, Permission.PLACE_ORDERS}))
    deliver()
    assert _mailed() == [("ewa", "acceptance_asked")]
    assert _told(number)[1:] == ["Now asked: Ben Nowak, Ewa Dąbrowska, Cora Wiśniewska."]
    assert ordering.accept(number, actor=cast.ewa.actor, version=1).state == "accepted"


def test_order_nobody_may_decide_is_found_and_mailed_once_until_somebody_may(cast: Cast) -> None:
    number = _placed_and_mailed(cast.anna)
    _change(cast, cast.ben, permissions=frozenset())
    deliver()
    assert merchant.held(cast.mia.actor, HeldFilter(stuck=True)).rows == ()
    _change(cast, cast.cora, permissions=frozenset())
    _change(cast, cast.piotr, permissions=frozenset())
    deliver()
    assert _mailed() == [("dora", "order_stuck")]
    assert _told(number)[-1].startswith("No longer asked: Cora Wiśniewska. Nobody may decide")
    assert [row.number for row in merchant.held(cast.mia.actor, HeldFilter(stuck=True)).rows] == [number]
    dora = cast.dora.seat
    assert dora is not None
    (stuck,) = queries.stuck_orders(dora)
    assert (stuck.number, stuck.requester, stuck.may_see) == (number, "Anna Kowalska", False)
    _change(cast, cast.ewa, permissions=frozenset({ACCEPT}))
    deliver()
    assert _mailed() == [("ewa", "acceptance_asked")]
    assert queries.stuck_orders(dora) == []
    assert merchant.held(cast.mia.actor, HeldFilter(stuck=True)).rows == ()


def test_administrators_get_one_mail_of_all_orders_one_change_left_to_nobody(cast: Cast, mailoutbox: list[Any]) -> None:
    numbers = [orders.place(cast.anna).order_number for _ in range(3)]
    deliver()
    mail.outbox.clear()
    for who in (cast.ben, cast.cora):
        _change(cast, who, permissions=frozenset())
    deliver()
    (told,) = mailoutbox
    assert told.to == ["dora@customer.example"]
    assert told.subject == "Nikt nie może już zaakceptować 3 zamówień"
    for body in (told.body, told.alternatives[0][0]):
        assert [number in body for number in numbers] == [True, True, True]
        assert f"/organization/members/?org={cast.acme.pk}" in body
    assert all("Nobody may decide on this order any more" in _told(number)[-1] for number in numbers)


def test_whoever_may_decide_several_orders_from_now_on_gets_one_mail(cast: Cast) -> None:
    numbers = [orders.place(cast.anna).order_number for _ in range(3)]
    orders.place(cast.jan)
    deliver()
    mail.outbox.clear()
    today = utc_now().replace(microsecond=0)
    actions.name_substitute(
        actor=cast.ben.actor,
        absent_id=cast.ben.member.pk,
        substitute_id=cast.ewa.member.pk,
        starts_at=today,
        ends_at=today + timedelta(days=3),
    )
    ordering.withdraw(numbers[2], actor=cast.anna.actor, version=1)
    deliver()
    (asked,) = [message for message in mail.outbox if message.to == ["ewa@customer.example"]]
    assert asked.subject == "Acme: 2 zamówienia czekają na Ciebie"
    for body in (asked.body, asked.alternatives[0][0]):  # type: ignore[attr-defined]
        assert [number in body for number in numbers] == [True, True, False]
        assert f"/acceptance/?org={cast.acme.pk}" in body
        assert "zastęp" in body
        assert "Ben Nowak" in body
    assert all("Now asked: Ben Nowak, Cora Wiśniewska, Ewa Dąbrowska." in _told(number)[1] for number in numbers[:2])


def test_one_mail_tells_of_those_orders_only_that_still_wait_for_somebody(cast: Cast) -> None:
    numbers = [orders.place(who).order_number for who in (cast.anna, cast.piotr)]
    deliver()
    mail.outbox.clear()
    for who in (cast.ben, cast.cora):
        _change(cast, who, permissions=frozenset())
    with transaction.atomic():
        reroute(Entry.objects.filter(topic="member.changed").latest("seq"), NOW)
    ordering.withdraw(numbers[0], actor=cast.anna.actor, version=1)
    deliver()
    told = [message for message in mail.outbox if message.to == ["dora@customer.example"]]
    assert len(told) == 1
    assert (numbers[0] in told[0].body, numbers[1] in told[0].body) == (False, True)


def test_stuck_orders_are_shown_to_whoever_manages_that_branch_and_nobody_else(cast: Cast) -> None:
    _placed_and_mailed(cast.anna)
    for who in (cast.ben, cast.cora):
        _change(cast, who, permissions=frozenset())
    deliver()
    krakow = person("Kora", "Kier", seat=cast.krakow, rights="manage_members")
    tarnow = person("Teresa", "Tar", seat=cast.tarnow, rights="manage_members")
    seen = {
        who.name: len(queries.stuck_orders(seat))
        for who in (cast.dora, krakow, tarnow, cast.otto, cast.anna, cast.ewa)
        if (seat := who.seat) is not None
    }
    assert seen == {
        "Dora Zielińska": 1,
        "Kora Kier": 1,
        "Teresa Tar": 0,
        "Otto Lis": 0,
        "Anna Kowalska": 0,
        "Ewa Dąbrowska": 0,
    }


def test_change_while_an_order_is_being_placed_is_caught_afterwards(cast: Cast) -> None:
    number = orders.place(cast.anna).order_number
    # What a change looks like whose own look at waiting orders came before this order was there.
    ben = Member.objects.get(pk=cast.ben.member.pk)
    ben.granted = stored_grant((), None)
    ben.recompute()
    ben.save()
    deliver()
    assert _told(number)[1:] == ["No longer asked: Ben Nowak. Now asked: Cora Wiśniewska."]
    assert _mailed() == [("anna", "order_received"), ("cora", "acceptance_asked")]


def test_decided_orders_and_other_organisations_are_left_alone(cast: Cast) -> None:
    number = _placed_and_mailed(cast.anna)
    ordering.accept(number, actor=cast.ben.actor, version=1)
    lena = person("Lena", "Król", seat=cast.terminal, rights="place_orders")
    other = _placed_and_mailed(lena)
    _change(cast, cast.cora, permissions=frozenset())
    deliver()
    assert _told(number) == ["placed the order", "accepted the order", "The order went to the shop."]
    assert _told(other) == ["placed the order"]


def test_substitute_is_asked_when_the_time_begins_and_no_longer_when_it_is_over(cast: Cast) -> None:
    number = _placed_and_mailed(cast.anna)
    today = utc_now().replace(microsecond=0)
    begins, ends = today + timedelta(days=1), today + timedelta(days=3)
    actions.name_substitute(
        actor=cast.ben.actor,
        absent_id=cast.ben.member.pk,
        substitute_id=cast.ewa.member.pk,
        starts_at=begins,
        ends_at=ends,
    )
    deliver()
    assert _mailed() == []
    soon = timedelta(milliseconds=1)
    waiting = set(Delivery.objects.filter(state="due").values_list("due_at", flat=True))
    assert waiting == {begins + soon, ends + soon}
    with time_machine.travel(begins + timedelta(minutes=1)):
        deliver()
        (message,) = mail.outbox
        assert message.to == ["ewa@customer.example"]
        assert "zastęp" in message.body
        assert "Ben Nowak" in message.body
    with time_machine.travel(ends + timedelta(minutes=1)):
        deliver()
    assert not Delivery.objects.filter(state="due").exists()
    assert _told(number)[1:] == [
        "Now asked: Ben Nowak, Cora Wiśniewska, Ewa Dąbrowska.",
        "No longer asked: Ewa Dąbrowska. Now asked: Ben Nowak, Cora Wiśniewska.",
    ]


def test_statements_do_not_grow_with_the_waiting_orders(cast: Cast) -> None:
    taken = []
    for count in (1, 3):
        for _ in range(count):
            orders.place(cast.anna)
        deliver()
        right = frozenset({ACCEPT}) if count == 1 else frozenset()
        _change(cast, cast.ewa, permissions=right)
        taken.append(len(statements(deliver)))
        mail.outbox.clear()
    assert taken[1] <= taken[0], taken
