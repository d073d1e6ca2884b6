"""Who somebody is in their organisation, as it is now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Protocol, cast

from django.db.models import BigIntegerField, DateTimeField, Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound
from akcept.organizations import module, policies
from akcept.organizations.gate import Gate, Kept, Shown
from akcept.organizations.models import (
    Member,
    Module,
    UnitAddress,
)
from akcept.organizations.permissions import Permission
from akcept.organizations.queries.mandates import begun, mandates_of
from akcept.organizations.queries.names import name_of
from akcept.organizations.seats import Membership, Premises, Seat
from akcept.transactions.compiled import Compiled

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
    Raises NotFound when the actor chose an organisation they never belonged to: no choice may make them a private one.
    """
    looking = _looking.get()
    if looking is not None and looking[0] == actor:
        return looking[1]
    member = _counting(actor)
    return None if member is None else _seat(member)


def seat_and_address(actor: Actor, address_id: int) -> tuple[Seat | None, UnitAddress | None]:
    """Return the actor's seat as `seat_of` does, with that delivery address if it is one of their unit's."""
    member = _counting(actor, address_id=address_id)
    return (None, None) if member is None else (_seat(member), getattr(member, "delivery", None))


def _counting(actor: Actor, **beside: Any) -> Member | None:
    """Return the membership that counts, with what a seat is made of."""
    if actor.kind is not ActorKind.PERSON or actor.user_id is None:
        return None
    if actor.organization_id is not None:
        beside["organization_id"] = actor.organization_id
    found = _READS[frozenset(beside)](user_id=actor.user_id, now=utc_now(), **beside)
    if not found and actor.organization_id is not None:
        raise NotFound(_("You do not belong to this organisation."))
    return found[0] if found else None


def _memberships(*, user_id: Any, now: Any, organization_id: Any = None, address_id: Any = None) -> QuerySet[Member]:
    """Return the membership that counts, in all organisations or in one, with an address of its unit beside."""
    members = Member.objects.filter(user_id=user_id)
    if organization_id is not None:
        members = members.filter(organization_id=organization_id)
    members = members.select_related("user", "unit", "organization").annotate(
        switched_off=Exists(Module.objects.filter(enabled=False)),
        shop_gate=Subquery(Module.objects.values("gate")[:1]),
        shop_shown=Subquery(Module.objects.values("shown")[:1]),
        stands_in=Exists(begun(now).filter(substitute=OuterRef("pk"))),
        elsewhere=Exists(Member.objects.filter(user_id=user_id, active=True).exclude(pk=OuterRef("pk"))),
    )
    if address_id is not None:
        chosen = FilteredRelation("unit__addresses", condition=Q(unit__addresses__id=address_id))
        # The plugin of mypy does not know filtered relations.
        members = members.annotate(delivery=chosen).select_related("delivery")  # type: ignore[misc]
    return members.order_by("-active", "id")[:1]


def _read(*beside: str) -> Compiled[Member]:
    ids: dict[str, Any] = {name: BigIntegerField() for name in ("user_id", *beside)}
    return Compiled(_memberships, now=DateTimeField(), **ids)


#: Asked at every request and in every act, by what it is narrowed with.
_READS: Final = {
    frozenset(beside): _read(*beside)
    for beside in ((), ("organization_id",), ("address_id",), ("organization_id", "address_id"))
}


def memberships(actor: Actor, *, current: int | None) -> list[Membership]:
    """Return the organisations a person may act in, by name; `current` is the one they act in now. One statement."""
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


class _Beside(Protocol):
    """What the statement that reads a membership finds out beside it."""

    #: Whether the member is somebody's substitute now, and seated in another organisation too.
    stands_in: bool
    elsewhere: bool
    #: Whether the shop has the module switched off.
    switched_off: bool
    #: Whom it is open to and which prices it shows; None where nobody ever chose.
    shop_gate: str | None
    shop_shown: str | None


def _seat(member: Member) -> Seat:
    beside = cast("_Beside", member)
    active = member.active and member.user.is_active
    organization = member.organization
    kept = Kept(gate=Gate(beside.shop_gate or Gate.OPEN), shown=Shown(beside.shop_shown or Shown.BOTH))
    return Seat(
        member_id=member.pk,
        user_id=member.user_id,
        name=name_of(member.user),
        email=member.user.email,
        active=active,
        ended_at=member.removed_at or member.deactivated_at,
        permissions=member.permissions,
        limits=member.limits,
        mandates=mandates_of(member) if active and beside.stands_in else (),
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
        module_enabled=module.is_available() and not beside.switched_off,
        elsewhere=beside.elsewhere,
        kept=kept,
        shown=Shown(organization.shown or kept.shown),
        prices_by_right=organization.prices_by_right,
    )


def require_manager(actor: Actor, permission: Permission) -> Seat:
    """Return the actor's seat, from which they may look at what this permission manages. Raises NotAllowed."""
    return policies.require_sight(seat_of(actor), permission)
