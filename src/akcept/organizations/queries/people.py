"""Who somebody is in his organisation, and who may accept an order now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.amounts import Limit
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound
from akcept.organizations import module
from akcept.organizations.asking import AskKind, answers
from akcept.organizations.mailing import MailChoices, Topic
from akcept.organizations.models import (
    Member,
    Module,
    Profile,
    Substitution,
    UnitAddress,
)
from akcept.organizations.pseudonyms import shown
from akcept.organizations.seats import (
    Mandate,
    Matter,
    Membership,
    Person,
    Premises,
    Seat,
    SeatedAt,
    ancestors_of,
    ids_in,
)

#: Who looks at a page, with the seat that was read for it.
_looking: ContextVar[tuple[Actor, Seat | None] | None] = ContextVar("looking", default=None)


@contextmanager
def looking_from(actor: Actor, seat: Seat | None) -> Iterator[None]:
    """Let all that is read for a page start from the seat read for it; for requests that only look.

    An act reads its seat anew, in its transaction: none may be carried out inside the block.
    """
    token = _looking.set((actor, seat))
    try:
        yield
    finally:
        _looking.reset(token)


def seat_of(actor: Actor) -> Seat | None:
    """Return the actor's seat as it is now, or None for somebody who belongs to no organisation.

    One statement, one more for a substitute; none where the actor is `looking_from` it.

    Without a chosen organisation an active membership wins over a deactivated one; a person with none but deactivated
    memberships still has a (powerless) seat, so that losing it does not turn an employee into a private customer.
    Raises NotFound when the actor chose an organisation he never belonged to: no choice may make him a private one.
    """
    looking = _looking.get()
    if looking is not None and looking[0] == actor:
        return looking[1]
    member = _counting(actor, _members_of(actor))
    return None if member is None else _seat(member)


def seat_and_address(actor: Actor, address_id: int) -> tuple[Seat | None, UnitAddress | None]:
    """Return the actor's seat as `seat_of` does, with that delivery address if it is one of his unit's."""
    chosen = FilteredRelation("unit__addresses", condition=Q(unit__addresses__id=address_id))
    # The plugin of mypy does not know filtered relations.
    members = _members_of(actor).annotate(delivery=chosen).select_related("delivery")  # type: ignore[misc]
    member = _counting(actor, members)
    return (None, None) if member is None else (_seat(member), getattr(member, "delivery", None))


def _members_of(actor: Actor) -> QuerySet[Member]:
    """Return the memberships one of which counts, with what a seat is made of."""
    if actor.kind is not ActorKind.PERSON or actor.user_id is None:
        return Member.objects.none()
    members = Member.objects.filter(user_id=actor.user_id)
    if actor.organization_id is not None:
        members = members.filter(organization_id=actor.organization_id)
    return members.select_related("user", "unit", "organization").annotate(
        switched_off=Exists(Module.objects.filter(enabled=False)),
        stands_in=Exists(_begun(utc_now()).filter(substitute=OuterRef("pk"))),
        elsewhere=Exists(Member.objects.filter(user_id=actor.user_id, active=True).exclude(pk=OuterRef("pk"))),
    )


def _counting(actor: Actor, members: QuerySet[Member]) -> Member | None:
    """Return the membership that counts."""
    member = members.order_by("-active", "id").first()
    if member is None and actor.kind is ActorKind.PERSON and actor.organization_id is not None:
        raise NotFound(_("You do not belong to this organisation."))
    return member


def memberships(actor: Actor, *, current: int | None) -> list[Membership]:
    """Return the organisations a person may act in, by name; `current` is the one he acts in now. One statement."""
    if actor.kind is not ActorKind.PERSON or actor.user_id is None:
        return []
    rows = Member.objects.filter(user_id=actor.user_id, active=True).select_related("organization", "unit")
    return [
        Membership(
            organization_id=row.organization_id,
            organization_name=row.organization.name,
            organization_status=row.organization.status,
            unit_name=row.unit.name,
            current=row.organization_id == current,
        )
        for row in rows.order_by("organization__name", "id")
    ]


def _seat(member: Member) -> Seat:
    active = member.active and member.user.is_active
    organization = member.organization
    return Seat(
        member_id=member.pk,
        user_id=member.user_id,
        name=name_of(member.user),
        email=member.user.email,
        active=active,
        ended_at=member.removed_at or member.deactivated_at,
        permissions=member.permissions,
        limits=member.limits,
        mandates=_mandates_of(member) if active and getattr(member, "stands_in", False) else (),
        organization_id=member.organization_id,
        organization_name=organization.name,
        organization_status=organization.status,
        organization_premises=Premises(
            line1=organization.line1,
            postcode=organization.postcode,
            city=organization.city,
            country=organization.country,
        ),
        blocked_reason=organization.blocked_reason,
        unit_id=member.unit_id,
        unit_name=member.unit.name,
        unit_path=member.unit.path,
        unit_closed=member.unit.closed_at is not None,
        cost_centre=member.unit.cost_centre,
        role_ids=frozenset(member.role_ids),
        module_enabled=module.is_available() and not getattr(member, "switched_off", False),
        elsewhere=bool(getattr(member, "elsewhere", False)),
    )


def _begun(now: datetime) -> QuerySet[Substitution]:
    """Return the substitutions begun and not over, whoever is absent: enough to know whether to look closer."""
    return Substitution.objects.filter(starts_at__lte=now, ends_at__gt=now, ended_at=None)


def running_substitutions(now: datetime) -> QuerySet[Substitution]:
    """Return the substitutions in force: begun, not over, of an absent member who still has something to hand on."""
    return _begun(now).filter(
        absent__active=True,
        absent__accept_orders=True,
        absent__user__is_active=True,
    )


def _mandates_of(member: Member) -> tuple[Mandate, ...]:
    running = running_substitutions(utc_now()).filter(substitute=member).select_related("absent__user", "absent__unit")
    return tuple(
        Mandate(
            member_id=row.absent_id,
            name=name_of(row.absent.user),
            unit_id=row.absent.unit_id,
            unit_path=row.absent.unit.path,
            role_ids=frozenset(row.absent.role_ids),
            limits=row.absent.limits,
        )
        for row in running.order_by("id")
    )


def name_of(user: object) -> str:
    """Return a person's name as shown to colleagues; the e-mail address where no name was given."""
    full = f"{getattr(user, 'first_name', '')} {getattr(user, 'last_name', '')}".strip()
    return shown(full) or str(getattr(user, "email", ""))


def _person(member: Member, *, stands_for: str = "") -> Person:
    return Person(
        member_id=member.pk,
        user_id=member.user_id,
        name=name_of(member.user),
        email=member.user.email,
        unit_name=member.unit.name,
        stands_for=stands_for,
    )


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
    possible = Q(unit__path__in=ancestors_of(unit_path)) | Q(pk__in=named)
    return Acceptors(
        organization_id=organization_id,
        unit_path=unit_path,
        named=frozenset(named),
        members=tuple(_accepting(possible).filter(organization_id=organization_id).order_by("pk")),
    )


def who_may_accept_each(matters: Sequence[Matter], *, among: Acceptors | None = None) -> list[list[Person]]:
    """Return who may answer each of many orders' steps now, nearest unit first.

    One statement however many, one more where somebody is substituted; one less with acceptors that were read before
    (`among`) and include everybody. Never its requester unless the organisation allows that; a substitute stands beside
    whom he substitutes, and never for the requester.
    """
    if not matters:
        return []
    read = among is not None and all(among.include(matter) for matter in matters)
    members = among.members if among is not None and read else tuple(_acceptors(matters))
    substitutes = _substitutes_of([member.pk for member in members if getattr(member, "substituted", False)])
    acceptors = [_Acceptor.of(member) for member in members]
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
    return _accepting(possible).filter(organization_id__in={matter.organization_id for matter in matters})


def _accepting(possible: Q) -> QuerySet[Member]:
    """Return those who accept orders at all, and whether somebody stands in for them."""
    return (
        Member.objects.filter(possible, active=True, accept_orders=True, user__is_active=True)
        .select_related("user", "unit")
        .annotate(substituted=Exists(_begun(utc_now()).filter(absent=OuterRef("pk"))))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Acceptor:
    """A member's right to accept, as `asking.answers` looks at it."""

    member: Member
    member_id: int
    unit_id: int
    unit_path: str
    role_ids: frozenset[int]
    limits: tuple[Limit, ...]

    @classmethod
    def of(cls, member: Member) -> _Acceptor:
        return cls(
            member=member,
            member_id=member.pk,
            unit_id=member.unit_id,
            unit_path=member.unit.path,
            role_ids=frozenset(member.role_ids),
            limits=member.limits,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstitutionEnded:
    """Whom somebody was the substitute of, and until when."""

    name: str
    at: datetime


def substitution_ended(member_id: int, *, running_at: datetime, now: datetime) -> SubstitutionEnded | None:
    """Return the member's substitution that ran at one moment and is over by now, None without one; one statement."""
    over = Substitution.objects.filter(Q(ends_at__lte=now) | Q(ended_at__lte=now), substitute_id=member_id)
    ran = over.filter(starts_at__lte=running_at, ends_at__gt=running_at)
    found = ran.select_related("absent__user").order_by("-ends_at", "-id").first()
    if found is None:
        return None
    at = found.ends_at if found.ended_at is None else min(found.ends_at, found.ended_at)
    return SubstitutionEnded(name=name_of(found.absent.user), at=at)


def _substitutes_of(member_ids: Sequence[int]) -> dict[int, list[Member]]:
    found: dict[int, list[Member]] = {}
    if not member_ids:
        return found
    running = (
        running_substitutions(utc_now())
        .filter(absent__in=member_ids, substitute__active=True, substitute__user__is_active=True)
        .select_related("substitute__user", "substitute__unit")
    )
    for row in running.order_by("id"):
        found.setdefault(row.absent_id, []).append(row.substitute)
    return found


def _asked(matter: Matter, acceptors: Sequence[_Acceptor], substitutes: dict[int, list[Member]]) -> list[Person]:
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
        asked[member.pk] = _person(member)
        stand_ins += [
            _person(other, stands_for=name_of(member.user))
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
    found = [_Acceptor.of(member) for member in _acceptors([matter]).filter(pk__in=member_ids)]
    return len(_asked(matter, found, {}))


def limits_of(member_ids: Collection[int]) -> list[tuple[Limit, ...]]:
    """Return how far each member's acceptance reaches, former ones' too, none means without limit; one statement."""
    return [member.limits for member in Member.objects.filter(pk__in=member_ids)]


def acting_name(name: str, stands_for: str) -> str:
    """Return who acted, in the active language: "Ewa Dąbrowska", or "Ewa Dąbrowska for Ben Nowak"."""
    if not stands_for:
        return shown(name)
    return _("%(name)s for %(absent)s") % {"name": shown(name), "absent": shown(stands_for)}


def accounts_of(member_ids: Collection[int]) -> list[int]:
    """Return the accounts of those members who still are, in the members' order; one statement, none for nobody."""
    found = Member.objects.filter(pk__in=member_ids, active=True, user__is_active=True).order_by("pk")
    return list(found.values_list("user_id", flat=True)) if member_ids else []


def is_active_member(user_id: int, organization_id: int) -> bool:
    """Whether an account belongs to an organisation and is not deactivated there; one statement."""
    return Member.objects.filter(user_id=user_id, organization_id=organization_id, active=True).exists()


def names_of_members(member_ids: Collection[int]) -> dict[int, str]:
    """Return the names of members, whether or not they still are; one statement, none for nobody."""
    if not member_ids:
        return {}
    return {
        member.pk: name_of(member.user) for member in Member.objects.filter(pk__in=member_ids).select_related("user")
    }


def seats_of_members(member_ids: Collection[int]) -> dict[int, SeatedAt]:
    """Return where members are seated; one statement, none for nobody."""
    if not member_ids:
        return {}
    rows = Member.objects.filter(pk__in=set(member_ids)).values_list("pk", "unit_id", "unit__name", "unit__path")
    return {pk: SeatedAt(unit_id=unit_id, name=name, path=path) for pk, unit_id, name, path in rows}


def administrators(organization_id: int) -> list[Person]:
    """Return the active members who manage members at head office: the people to ask. One statement."""
    return [_person(member) for member in administrators_of(organization_id).order_by("id")]


def administrators_of(organization_id: int | OuterRef) -> QuerySet[Member]:
    """Return the rows of an organisation's administrators; none only before the first one joined."""
    return Member.objects.filter(
        organization_id=organization_id,
        active=True,
        manage_members=True,
        unit__parent=None,
        user__is_active=True,
    ).select_related("user", "unit")


def administered_only_by(user_id: int) -> list[str]:
    """Return the names of the organisations that would have no administrator without this login; one statement."""
    others = administrators_of(OuterRef("organization_id")).exclude(user_id=user_id)
    alone = Member.objects.filter(
        user_id=user_id, active=True, manage_members=True, unit__parent=None, user__is_active=True
    ).exclude(Exists(others))
    return list(alone.order_by("organization__name").values_list("organization__name", flat=True))


def language_of(user_id: int | None) -> str:
    """Return the language mails to that person are written in; the shop's default where none was chosen."""
    chosen = ""
    if user_id is not None:
        chosen = Profile.objects.filter(user_id=user_id).values_list("language", flat=True).first() or ""
    return chosen or str(settings.LANGUAGE_CODE).split("-")[0]


def mail_choices_of(user_id: int) -> MailChoices:
    """Return which mails that person wants, all of them at once where nothing was chosen; one statement."""
    found = Profile.objects.filter(user_id=user_id).values_list("muted", "daily_mail").first()
    if found is None:
        return MailChoices()
    known = {topic.value for topic in Topic}
    return MailChoices(muted=frozenset(Topic(name) for name in found[0] if name in known), daily=found[1])
