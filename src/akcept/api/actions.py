"""Giving, exchanging and ending the access of other systems. A public function here is a whole transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from akcept.api import secret as secrets
from akcept.api import topics
from akcept.api.models import AccessToken, Credential
from akcept.api.scopes import OF_MEMBERS, OF_MERCHANT, Scope
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel import typed
from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from akcept.organizations import policies, queries
from akcept.organizations.models import Organization
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat
from akcept.organizations.systems import keeper_of
from akcept.transactions.acting import action
from akcept.transactions.locking import lock

NAME_LIMIT: Final = 80
#: Of one member; of the systems of one organisation, and of the merchant.
TOKENS_LIMIT: Final = 20
CLIENTS_LIMIT: Final = 20
#: Nothing counts for ever.
LONGEST_DAYS: Final = 366
#: So long the secret before an exchange still counts, so that a running system can be given the new one.
OVERLAP: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A credential and its secret, which nobody is shown again: a whole token, or a client's secret."""

    credential: Credential
    secret: str


@action
def give_token(
    *, actor: Actor, name: str, scopes: Collection[str], days: int = 90, now: datetime | None = None
) -> Given:
    """Give a member a token of their own: it does what they may do themselves at that moment, and its scopes name.

    Journal: `access.given`. Raises NotAllowed, Invalid (field `name`, `scopes`, `days`; too many).
    """
    at = now or utc_now()
    seat = policies.require_active_organization(policies.require_seat(queries.seat_of(actor)))
    lock(Organization.objects.all()).get(pk=seat.organization_id)
    own = Credential.objects.filter(member_id=seat.member_id, kind=Credential.Kind.PERSONAL)
    _require_few(own.filter(revoked_at=None, expires_at__gt=at).count(), TOKENS_LIMIT)
    made, given = _made(
        Credential.Kind.PERSONAL, name=name, scopes=scopes, among=OF_MEMBERS, days=days, user_id=seat.user_id, at=at
    )
    made.organization_id, made.member_id = seat.organization_id, seat.member_id
    made.save()
    _tell(topics.ACCESS_GIVEN, made, actor=actor, now=at)
    return Given(credential=made, secret=secrets.token(secrets.PERSONAL, made.key, given))


@action
def give_client(
    *, actor: Actor, name: str, scopes: Collection[str], days: int = 366, now: datetime | None = None
) -> Given:
    """Give a system of the organisation, or of the merchant, a client id and secret; it acts with its giver's rights.

    For whoever manages members at head office, or the merchant's people who manage organisations. A technical member
    with just the rights a system needs gives it access best. Journal: `access.given`.
    Raises NotAllowed, Invalid (field `name`, `scopes`, `days`; too many).
    """
    at = now or utc_now()
    organization_id, member_id, user_id = keeper_of(actor)
    of_whom = Q(organization=None) if organization_id is None else Q(organization_id=organization_id)
    rows = Credential.objects.filter(of_whom, kind=Credential.Kind.CLIENT)
    _require_few(rows.filter(revoked_at=None, expires_at__gt=at).count(), CLIENTS_LIMIT)
    among = OF_MERCHANT if organization_id is None else OF_MEMBERS
    made, given = _made(
        Credential.Kind.CLIENT, name=name, scopes=scopes, among=among, days=days, user_id=user_id, at=at
    )
    made.organization_id, made.member_id = organization_id, member_id
    made.save()
    _tell(topics.ACCESS_GIVEN, made, actor=actor, now=at)
    return Given(credential=made, secret=given)


@action
def exchange_secret(credential_id: int, *, actor: Actor, now: datetime | None = None) -> Given:
    """Give a system a new secret; the one before counts for `OVERLAP` more. A personal token is exchanged at once.

    For its giver, and for systems whoever could have given it. Journal: `access.exchanged`.
    Raises NotFound, NotAllowed, Stale (ended already).
    """
    at = now or utc_now()
    row = _kept_by(actor, credential_id)
    given = secrets.new_secret()
    previous, until = (row.digest, at + OVERLAP) if row.kind == Credential.Kind.CLIENT else ("", None)
    changed = Credential.objects.filter(pk=row.pk, revoked_at=None, expires_at__gt=at, digest=row.digest).update(
        digest=secrets.digest(given), previous_digest=previous, previous_until=until
    )
    if changed != 1:
        raise Stale(_("This access has ended, or somebody has just exchanged its secret."))
    _tell(topics.ACCESS_EXCHANGED, row, actor=actor, now=at)
    whole = secrets.token(secrets.PERSONAL, row.key, given) if row.kind == Credential.Kind.PERSONAL else given
    return Given(credential=row, secret=whole)


@action
def end_access(credential_id: int, *, actor: Actor, now: datetime | None = None) -> Credential:
    """End a token or a system's access for good, with the next call; what it was exchanged for ends with it.

    For its giver, and for systems whoever could have given it; a member's token ends by whoever manages them, too.
    Journal: `access.ended`. Raises NotFound, NotAllowed, Stale (ended already).
    """
    at = now or utc_now()
    row = _kept_by(actor, credential_id, ending=True)
    if Credential.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=at) != 1:
        raise Stale(_("This access has ended already."))
    AccessToken.objects.filter(credential=row).delete()
    _tell(topics.ACCESS_ENDED, row, actor=actor, now=at)
    return row


@action
def end_tokens_of(user_id: int, *, actor: Actor, now: datetime | None = None) -> int:
    """End every personal token of a person, in whichever organisation they made it; return how many still worked.

    For themselves, whatever became of their places there, and for the shop's people who set their password: a login
    calls it when the account had to be won back.
    Systems they connected stay, they are the organisation's. Journal: `access.ended` for each. Raises NotAllowed.
    """
    at = now or utc_now()
    if actor.kind is not ActorKind.STAFF and actor.user_id != user_id:
        raise NotAllowed(_("Only the person who created these tokens can end them."))
    rows = Credential.objects.filter(user_id=user_id, kind=Credential.Kind.PERSONAL, revoked_at=None)
    counted = Credential.objects.filter(revoked_at=None)
    # One by one, and of two who end it at once one only; then the journals, locked by organisation in one order.
    ended = [row for row in rows.order_by("organization_id", "pk") if counted.filter(pk=row.pk).update(revoked_at=at)]
    for row in ended:
        _tell(topics.ACCESS_ENDED, row, actor=actor, now=at)
    return sum(row.expires_at > at for row in ended)


def _kept_by(actor: Actor, credential_id: int, *, ending: bool = False) -> Credential:
    rows = Credential.objects.select_related("member__unit")
    if actor.kind is ActorKind.STAFF:
        policies.require_manages_organizations(actor)
        row = rows.filter(pk=credential_id, organization=None).first()
    else:
        seat = policies.require_seat(queries.seat_of(actor))
        row = rows.filter(pk=credential_id, organization_id=seat.organization_id).first()
        if row is not None and not _keeps(seat, row, ending=ending):
            row = None
    if row is None:
        raise NotFound(_("There is no such access, or it is not yours."))
    return row


def _keeps(seat: Seat, row: Credential, *, ending: bool) -> bool:
    manages = seat.holds(Permission.MANAGE_MEMBERS)
    if row.kind == Credential.Kind.CLIENT:
        return manages and seat.at_head_office
    own = row.member_id == seat.member_id
    return own or (ending and manages and row.member is not None and seat.covers(row.member.unit.path))


def _require_few(there: int, limit: int) -> None:
    if there >= limit:
        raise Invalid(_("There can be up to %(limit)d at a time. End one that is no longer needed.") % {"limit": limit})


def _made(
    kind: Credential.Kind,
    *,
    name: str,
    scopes: Collection[str],
    among: frozenset[Scope],
    days: int,
    user_id: int,
    at: datetime,
) -> tuple[Credential, str]:
    """Return a credential that is not saved yet, and its secret."""
    called = typed.line(name)
    if not called or len(called) > NAME_LIMIT:
        raise Invalid(_("Give it a name of up to %(limit)d characters.") % {"limit": NAME_LIMIT}, field="name")
    wanted = set(scopes)
    if not wanted or wanted - {scope.value for scope in among}:
        raise Invalid(_("Choose what it may be used for."), field="scopes")
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(_("It can be valid for 1 to %(limit)d days.") % {"limit": LONGEST_DAYS}, field="days")
    given = secrets.new_secret()
    made = Credential(
        kind=kind,
        name=called,
        key=secrets.new_key(),
        digest=secrets.digest(given),
        user_id=user_id,
        scopes=sorted(wanted),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    return made, given


def _tell(topic: str, row: Credential, *, actor: Actor, now: datetime) -> None:
    payload = {"name": row.name, "kind": row.kind, "scopes": row.scopes, "key": row.key}
    subject = ("access", str(row.pk))
    journal.write(Event(topic, subject, payload), actor=actor, organization_id=row.organization_id, now=now)
