"""Who may accept an order now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

from django.db.models import BigIntegerField, CharField, DateTimeField, Exists, OuterRef, Q, QuerySet

from akcept.kernel.amounts import Limit
from akcept.kernel.clock import utc_now
from akcept.organizations.asking import AskKind, answers
from akcept.organizations.models import (
    Member,
)
from akcept.organizations.paths import ancestors_of, ids_in
from akcept.organizations.queries.mandates import begun, substitutes_of
from akcept.organizations.queries.names import name_of, person_of
from akcept.organizations.seats import Matter, Person
from akcept.transactions.compiled import Compiled


def who_may_accept(matter: Matter) -> list[Person]:
    """Return who may answer an order's step now, nearest unit first; see `who_may_accept_each`."""
    return who_may_accept_each([matter])[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptors:
    """The members who may accept a unit's orders, and those `named` beside; for several questions about one order."""

    organization_id: int
    unit_path: str
    named: frozenset[int]
    #: By id, with user and unit.
    members: tuple[Member, ...]

    def include(self, matter: Matter) -> bool:
        """Whether nobody else could answer the matter."""
        here = (matter.organization_id, matter.unit_path) == (self.organization_id, self.unit_path)
        near = ids_in(self.unit_path)
        asked = ((ask.kind, ask.id) for ask in matter.asks)
        return here and all(
            id_ in {AskKind.MEMBER: self.named, AskKind.UNIT: near}.get(kind, (id_,)) for kind, id_ in asked
        )


def acceptors_of_unit(organization_id: int, unit_path: str, *, named: Collection[int] = ()) -> Acceptors:
    """Return who may accept orders of a unit, and whoever may accept any of those named beside; one statement."""
    above = tuple(ancestors_of(unit_path))
    members = _of_unit(organization_id=organization_id, paths=above, named=tuple(sorted(named)), now=utc_now())
    return Acceptors(
        organization_id=organization_id, unit_path=unit_path, named=frozenset(named), members=tuple(members)
    )


def _written_of_unit(*, organization_id: Any, paths: Sequence[Any], named: Sequence[Any], now: Any) -> QuerySet[Member]:
    possible = Q(unit__path__in=paths) | Q(pk__in=named)
    return _accepting(possible, now).filter(organization_id=organization_id).order_by("pk")


_of_unit: Final = Compiled(
    _written_of_unit,
    organization_id=BigIntegerField(),
    paths=CharField(),
    named=BigIntegerField(),
    now=DateTimeField(),
)


def who_may_accept_each(matters: Sequence[Matter], *, among: Acceptors | None = None) -> list[list[Person]]:
    """Return who may answer each of many orders' steps now, nearest unit first.

    One statement however many, one more where somebody is substituted; one less with acceptors that were read before
    (`among`) and include everybody. Never its requester unless the organisation allows that; a substitute stands beside
    whom they substitute, and never for the requester.
    """
    if not matters:
        return []
    read = among is not None and all(among.include(matter) for matter in matters)
    members = among.members if among is not None and read else tuple(_acceptors(matters))
    substitutes = substitutes_of([member.pk for member in members if cast("_Beside", member).substituted])
    acceptors = [_Holder.of(member) for member in members]
    acceptors.sort(key=lambda acceptor: (-len(acceptor.unit_path), acceptor.member_id))
    return [_asked(matter, acceptors, substitutes) for matter in matters]


def _acceptors(matters: Sequence[Matter]) -> QuerySet[Member]:
    """Return whoever might answer one of the matters: seated in the order's unit or above it, or asked by name."""
    paths = {path for matter in matters for path in ancestors_of(matter.unit_path)}
    asks = [ask for matter in matters for ask in matter.asks]
    possible = Q(unit__path__in=paths)
    if members := {ask.id for ask in asks if ask.kind is AskKind.MEMBER}:
        possible |= Q(pk__in=members)
    if units := {ask.id for ask in asks if ask.kind is AskKind.UNIT}:
        possible |= Q(unit_id__in=units)
    return _accepting(possible, utc_now()).filter(organization_id__in={matter.organization_id for matter in matters})


def _accepting(possible: Q, now: Any) -> QuerySet[Member]:
    """Return those who accept orders at all, and whether somebody stands in for them."""
    return (
        Member.objects.filter(possible, active=True, accept_orders=True, user__is_active=True)
        .select_related("user", "unit")
        .annotate(substituted=Exists(begun(now).filter(absent=OuterRef("pk"))))
    )


class _Beside(Protocol):
    """What the statement that reads an acceptor finds out beside it: whether somebody stands in for them."""

    substituted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Holder:
    """A member's right to accept, as `asking.answers` looks at it."""

    member: Member
    member_id: int
    unit_id: int
    unit_path: str
    role_ids: frozenset[int]
    limits: tuple[Limit, ...]

    @classmethod
    def of(cls, member: Member) -> _Holder:
        return cls(
            member=member,
            member_id=member.pk,
            unit_id=member.unit_id,
            unit_path=member.unit.path,
            role_ids=frozenset(member.role_ids),
            limits=member.limits,
        )


def _asked(matter: Matter, acceptors: Sequence[_Holder], substitutes: dict[int, list[Member]]) -> list[Person]:
    asked: dict[int, Person] = {}
    stand_ins: list[Person] = []
    for acceptor in acceptors:
        member = acceptor.member
        if member.organization_id != matter.organization_id or member.pk in matter.answered:
            continue
        own_order = member.pk == matter.requester_id
        if own_order and not matter.requester_may:
            continue
        amounts = None if own_order else matter.amounts  # see `seats.door_for`
        if not answers(acceptor, matter.asks, unit_path=matter.unit_path, amounts=amounts):
            continue
        asked[member.pk] = person_of(member)
        stand_ins += [
            person_of(other, stands_for=name_of(member.user))
            for other in substitutes.get(member.pk, [])
            if not own_order and other.pk != matter.requester_id and other.pk not in matter.answered
        ]
    for person in stand_ins:
        asked.setdefault(person.member_id, person)
    return list(asked.values())


def count_answering(matter: Matter, member_ids: Collection[int]) -> int:
    """Return how many of these members may answer the matter by their own right; one statement, none for nobody.

    For a step that counts those who accepted an earlier one already.
    """
    if not member_ids:
        return 0
    found = [_Holder.of(member) for member in _acceptors([matter]).filter(pk__in=member_ids)]
    return len(_asked(matter, found, {}))
