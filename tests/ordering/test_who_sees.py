"""D3: accepting orders and seeing the unit's orders are two permissions."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from akcept.approvals.models import Asked, Case, Terms
from akcept.kernel.errors import NotFound
from akcept.ordering import actions, queries
from akcept.ordering.actions import Placed
from akcept.organizations.models import Member
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person, person
from akcept.testing.relays import deliver
from tests.ordering.routing.test_rules import add, someone
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


def _one(who: Person) -> Placed:
    return orders.place(who, records=[carts.stock("T1", price="10.00")])


def _seen(who: Person) -> set[str]:
    return {row.number for row in queries.orders(who.actor, scope="all").rows}


def test_d3_who_may_only_accept_sees_what_asks_or_asked_them_and_no_other_order_of_the_unit(cast: Cast) -> None:
    never_asked = orders.place(cast.ben).order_number  # Ben may accept his own
    decided, open_one = _one(cast.anna).order_number, _one(cast.anna).order_number
    actions.accept(decided, actor=cast.ben.actor, version=1)
    assert _seen(cast.cora) == {decided, open_one}
    assert queries.order(cast.cora.actor, decided).case.state == "accepted"  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        queries.order(cast.cora.actor, never_asked)
    new = person("Nowy", "Akceptant", seat=cast.krakow, rights="accept_orders")
    assert _seen(new) == {open_one}, "asked now; never about what was decided before"
    sees = person("Widzi", "Oddział", seat=cast.krakow, rights="see_unit_orders")
    assert _seen(sees) == {never_asked, decided, open_one}
    assert _seen(cast.otto) == set()
    assert _seen(person("Tar", "Nów", seat=cast.tarnow, rights="accept_orders see_unit_orders")) == set()


def test_d3_whoever_was_asked_still_sees_it_when_somebody_else_has_decided_and_after_every_step(cast: Cast) -> None:
    Terms.objects.create(organization=cast.acme, skip_already_accepted=False)
    add(cast, someone(cast.ben), someone(cast.cora))
    number = _one(cast.anna).order_number
    assert _seen(cast.cora) == {number}, "a later step asks her"
    actions.accept(number, actor=cast.ben.actor, version=1)
    assert set(Asked.objects.values_list("member", flat=True)) == {cast.ben.member.pk, cast.cora.member.pk}  # type: ignore[union-attr]
    actions.reject(number, actor=cast.cora.actor, version=2, reason="Nie")
    assert _seen(cast.ben) == _seen(cast.cora) == {number}
    Member.objects.filter(pk=cast.ben.member.pk).update(accept_orders=False)  # type: ignore[union-attr]
    assert _seen(cast.ben) == set(), "the right was taken away"


def test_d3_who_decided_before_they_were_told_still_sees_what_they_decided(cast: Cast) -> None:
    number = _one(cast.anna).order_number
    new = person("Nowy", "Akceptant", seat=cast.krakow, rights="accept_orders")
    actions.accept(number, actor=new.actor, version=1)  # no mail has gone out to them yet
    assert _seen(new) == {number}
    assert actions.revoke(number, actor=new.actor, version=2, reason="Pomyłka").state == "awaiting"
    actions.reject(number, actor=new.actor, version=3, reason="Nie")
    assert _seen(new) == {number}
    assert _seen(person("Nikt", "Nowy", seat=cast.krakow, rights="accept_orders")) == set()
    Member.objects.filter(pk=new.member.pk).update(unit=cast.tarnow)  # type: ignore[union-attr]
    assert _seen(new) == set(), "no right of theirs reaches it any more"


def test_d3_who_becomes_able_to_decide_is_remembered_once_told(cast: Cast) -> None:
    number = _one(cast.anna).order_number
    new = person("Nowy", "Akceptant", seat=cast.krakow, rights="place_orders")
    deliver()
    from akcept.organizations import actions as organizations
    from akcept.organizations.permissions import Permission

    assert new.member is not None
    organizations.change_member(
        new.member.pk,
        actor=cast.dora.actor,
        unit_id=cast.krakow.pk,
        permissions=frozenset({Permission.ACCEPT_ORDERS}),
        active=True,
        version=new.member.version,
    )
    deliver()
    actions.accept(number, actor=cast.ben.actor, version=1)
    assert _seen(new) == {number}


def test_d3_list_and_page_take_as_many_statements_for_one_as_for_three(cast: Cast, client: Client) -> None:
    client.force_login(cast.cora.user)
    counts = []
    for _times in range(2):
        for _each in range(1 + 2 * len(counts)):
            _one(cast.anna)
        client.get("/orders/?scope=all")
        counts.append(len(statements(lambda: client.get("/orders/?scope=all"))))
    assert counts[0] == counts[1]


def test_d3_the_migration_keeps_what_people_decided_were_named_for_or_last_asked_about(cast: Cast) -> None:
    add(cast, someone(cast.cora), when=())
    named = _one(cast.anna)
    actions.reject(named.order_number, actor=cast.cora.actor, version=1, reason="Nie")
    Asked.objects.all().delete()
    Case.objects.filter(pk=named.order_id).update(asked=[cast.ben.member.pk, 999_999])  # type: ignore[union-attr]
    migration: Any = importlib.import_module("akcept.approvals.migrations.0011_asked")
    migration.fill(apps, None)
    kept = set(Asked.objects.values_list("case", "member"))
    assert kept == {(named.order_id, cast.ben.member.pk), (named.order_id, cast.cora.member.pk)}  # type: ignore[union-attr]
