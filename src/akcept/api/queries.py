"""Every read of access that was given: one's own tokens, an organisation's systems, the merchant's, and their calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from akcept.api.models import Call, Credential
from akcept.api.scopes import Scope, known
from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound
from akcept.organizations import policies
from akcept.organizations import queries as organizations
from akcept.organizations.permissions import Permission

#: Ended ones stay to be looked at, as far as they are among the latest.
SHOWN: Final = 50
CALLS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRow:
    """One token or system: who gave it, for what, until when, and whether it still counts."""

    id: int
    name: str
    kind: str
    key: str
    scopes: tuple[Scope, ...]
    given_by: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    counts: bool
    ended: bool


def own_tokens(actor: Actor) -> list[AccessRow]:
    """Return a member's own tokens, newest first; one statement and the seat's. Raises NotAllowed."""
    seat = policies.require_seat(organizations.seat_of(actor))
    return _rows(Credential.objects.filter(member_id=seat.member_id, kind=Credential.Kind.PERSONAL))


def systems(actor: Actor) -> list[AccessRow]:
    """Return the systems of the actor's organisation, or the merchant's, newest first. Raises NotAllowed."""
    rows = Credential.objects.filter(kind=Credential.Kind.CLIENT)
    if actor.kind is ActorKind.STAFF:
        policies.require_manages_organizations(actor)
        return _rows(rows.filter(organization=None))
    seat = policies.require_permission(organizations.seat_of(actor), Permission.MANAGE_MEMBERS)
    policies.require_head_office(seat)
    return _rows(rows.filter(organization_id=seat.organization_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class StillWorking:
    """How many tokens and systems act with a person's rights without their password."""

    tokens: int
    systems: int
    #: Of the systems, whether the shop's own are among them, and an organisation's.
    of_shop: bool
    of_organization: bool


def still_working(user_id: int, *, now: datetime | None = None) -> StillWorking:
    """Return what somebody gave access to, in whichever organisation, that still counts; one statement."""
    counts = Credential.objects.filter(user_id=user_id, revoked_at=None, expires_at__gt=now or utc_now())
    found = list(counts.values_list("kind", "organization_id"))
    systems = [organization for kind, organization in found if kind == Credential.Kind.CLIENT]
    return StillWorking(
        tokens=len(found) - len(systems),
        systems=len(systems),
        of_shop=None in systems,
        of_organization=any(organization is not None for organization in systems),
    )


def _rows(found: QuerySet[Credential]) -> list[AccessRow]:
    now = utc_now()
    return [_row(row, now) for row in found.select_related("user").order_by("-pk")[:SHOWN]]


def _row(row: Credential, now: datetime) -> AccessRow:
    return AccessRow(
        id=row.pk,
        name=row.name,
        kind=row.kind,
        key=row.key,
        scopes=tuple(scope for scope in Scope if scope in known(row.scopes)),
        given_by=organizations.name_of(row.user),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        counts=row.revoked_at is None and row.expires_at > now,
        ended=row.revoked_at is not None,
    )


def calls_of(actor: Actor, credential_id: int) -> tuple[AccessRow, list[Call]]:
    """Return a token or system the actor keeps, with its latest calls. Raises NotAllowed, NotFound."""
    rows = Credential.objects.filter(pk=credential_id).select_related("user")
    if actor.kind is ActorKind.STAFF:
        policies.require_manages_organizations(actor)
        row = rows.filter(organization=None).first()
    else:
        seat = policies.require_seat(organizations.seat_of(actor))
        manages = seat.holds(Permission.MANAGE_MEMBERS) and seat.at_head_office
        own = rows.filter(organization_id=seat.organization_id)
        row = own.first() if manages else own.filter(member_id=seat.member_id, kind=Credential.Kind.PERSONAL).first()
    if row is None:
        raise NotFound(_("There is no such access, or it is not yours."))
    return _row(row, utc_now()), list(row.calls.order_by("-pk")[:CALLS_SHOWN])
