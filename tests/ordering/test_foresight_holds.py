"""D4: what was foreseen of a change is what the histories of orders say once it is done, whatever the change."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from akcept.approvals.models import Terms
from akcept.journal.models import Entry
from akcept.ordering import actions, topics
from akcept.ordering.reactions.asking_again import NOW, reroute
from akcept.ordering.reactions.foresight import foreseen
from akcept.organizations import topics as organization_topics
from akcept.organizations.actions import (
    change_member,
    close_unit,
    move_unit,
    remove_member,
    reopen_unit,
)
from akcept.organizations.actions.members import reseat, take_out
from akcept.organizations.actions.units import hang, restore, shut
from akcept.organizations.models import Member, Unit
from akcept.testing import orders
from akcept.testing.cast import Cast, Person, person
from akcept.testing.relays import deliver
from tests.support.rules import ask_one_after_the_other

TOLD = (topics.ASKED_AGAIN, topics.NOBODY_MAY_DECIDE, topics.REQUESTER_LEFT)
Act = Callable[[Any], Any]


def _version(row: Any) -> int:
    return int(type(row).objects.get(pk=row.pk).version)


def _reseated(cast: Cast, who: Person, **changes: Any) -> dict[str, Any]:
    member = Member.objects.get(pk=who.member.pk)  # type: ignore[union-attr]
    return {
        "actor": cast.dora.actor,
        "unit_id": member.unit_id,
        "permissions": member.permissions,
        "active": True,
        "version": member.version,
        **changes,
    }


def _member(who: str, **changes: Any) -> Callable[[Cast], tuple[Act, Act]]:
    def both(cast: Cast) -> tuple[Act, Act]:
        chosen: Person = getattr(cast, who)
        given = {name: value(cast) if callable(value) else value for name, value in changes.items()}
        terms = _reseated(cast, chosen, **given)
        pk = chosen.member.pk  # type: ignore[union-attr]
        return (lambda _: reseat(pk, **terms)), (lambda _: change_member(pk, **terms))

    return both


def _removed(who: str) -> Callable[[Cast], tuple[Act, Act]]:
    def both(cast: Cast) -> tuple[Act, Act]:
        member = getattr(cast, who).member
        given = {"actor": cast.dora.actor, "version": _version(member)}
        return (lambda _: take_out(member.pk, **given)), (lambda _: remove_member(member.pk, **given))

    return both


def _unit(name: str, tried: Any, done: Any, **where: str) -> Callable[[Cast], tuple[Act, Act]]:
    def both(cast: Cast) -> tuple[Act, Act]:
        unit: Unit = getattr(cast, name)
        given = {key: getattr(cast, value).pk for key, value in where.items()}
        given |= {"actor": cast.dora.actor, "version": _version(unit)}
        return (lambda _: tried(unit.pk, **given)), (lambda _: done(unit.pk, **given))

    return both


def _reopened(cast: Cast) -> tuple[Act, Act]:
    close_unit(cast.skawina.pk, actor=cast.dora.actor, members_to=cast.tarnow.pk, version=_version(cast.skawina))
    deliver()
    unit = Unit.objects.get(pk=cast.skawina.pk)
    given = {
        "actor": cast.dora.actor,
        "name": unit.name,
        "code": unit.code,
        "parent_id": cast.krakow.pk,
        "version": unit.version,
    }
    return (lambda _: restore(unit.pk, **given)), (lambda _: reopen_unit(unit.pk, **given))


CHANGES: dict[str, Callable[[Cast], tuple[Act, Act]]] = {
    "a requester is deactivated": _member("anna", active=False),
    "a requester moves": _member("anna", unit_id=lambda cast: cast.tarnow.pk),
    "a requester is removed": _removed("anna"),
    "who decides is deactivated": _member("ben", active=False),
    "who decides moves": _member("ben", unit_id=lambda cast: cast.tarnow.pk),
    "who decides loses the right": _member("ben", permissions=frozenset()),
    "who decides is removed": _removed("cora"),
    "a unit moves": _unit("skawina", hang, move_unit, parent_id="tarnow"),
    "a unit is closed": _unit("krakow", shut, close_unit, members_to="tarnow"),
    "a unit opens again": _reopened,
}


def _told(entries: Any) -> list[tuple[Any, ...]]:
    """Return what entries say, whom the first of several speaks for too."""
    return sorted(
        (e.subject_id, e.topic, e.payload.get("asked", []), e.payload.get("gone", []), e.payload.get("told", []))
        for e in entries
    )


@pytest.mark.parametrize("change", sorted(CHANGES))
@pytest.mark.parametrize("scene", ["plain", "steps", "passed on", "earlier"])
def test_d4_what_is_foreseen_happens(cast: Cast, change: str, scene: str) -> None:
    if scene == "steps":
        Terms.objects.create(organization=cast.acme, skip_already_accepted=False)
        ask_one_after_the_other(cast, cast.ben, cast.ben, cast.cora, cast.ben)
    person("Teresa", "Tar", seat=cast.tarnow, rights="place_orders accept_orders")
    placed = [orders.place(who) for who in (cast.anna, cast.anna, cast.piotr)]
    deliver()
    if scene == "passed on":
        actions.forward(placed[0].order_number, actor=cast.ben.actor, version=1, to_member_id=cast.cora.member.pk)
        actions.send_back(placed[1].order_number, actor=cast.ben.actor, version=1, question="ile?")
        deliver()
    if scene == "earlier":  # nobody has looked since
        Member.objects.filter(pk=cast.cora.member.pk).update(accept_orders=False)
    tried, done = CHANGES[change](cast)
    told = foreseen(partial(tried, None), organization_id=cast.acme.pk)
    if scene == "earlier":
        Member.objects.filter(pk=cast.cora.member.pk).update(accept_orders=True)
        deliver()
        Member.objects.filter(pk=cast.cora.member.pk).update(accept_orders=False)
        reroute(Entry(organization_id=cast.acme.pk, topic=organization_topics.UNIT_MOVED, payload={}), NOW)
    before = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    done(None)
    deliver()
    found = Entry.objects.filter(pk__gt=before, topic__in=TOLD, organization_id=cast.acme.pk)
    assert _told(told) == _told(found)
