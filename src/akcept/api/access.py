"""Who calls: from a bearer token to an actor with the rights its member has now, and the scopes the token has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from akcept.api import secret as secrets
from akcept.api.models import AccessToken, Credential
from akcept.api.scopes import OF_MEMBERS, OF_MERCHANT, Scope, known
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Refused
from akcept.organizations import module
from akcept.organizations.gate import includes_seeing
from akcept.organizations.queries import name_of

#: How long an access token counts.
ACCESS_SECONDS: Final = 3600
#: The last use is noted this often: an update for each call would make parallel calls wait for each other.
_NOTED_EVERY: Final = timedelta(minutes=1)


class NoAccess(Refused):
    """The token is none, has ended, or its member may not log in any more; which, nobody is told."""

    code = "invalid_token"
    status = 401


class InvalidClient(Refused):
    """The client id and secret are no pair of ours."""

    code = "invalid_client"
    status = 401


class ScopeMissing(Refused):
    """The token was not made for this."""

    code = "scope_missing"
    status = 403


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls. `actor` carries no rights: actions and queries read them themselves."""

    credential_id: int
    actor: Actor
    scopes: frozenset[Scope]
    #: Whether sums are told to them.
    sees_prices: bool = True

    def require(self, scope: Scope) -> None:
        """Raise ScopeMissing unless the token was made for it."""
        if scope not in self.scopes:
            of_shop = self.actor.organization_id is None
            if of_shop and scope in OF_MEMBERS:
                text = _("Only tokens of an organisation's members are made for “%(scope)s”.")
            elif scope in OF_MERCHANT and not of_shop:
                text = _("Only tokens of the shop's own systems are made for “%(scope)s”.")
            else:
                text = _("This token was not made for “%(scope)s”. Make one that names it.")
            raise ScopeMissing(text % {"scope": scope.value})


_JOINED: Final = ("user", "member", "organization")


def caller_of(token: str, *, now: datetime | None = None) -> Caller:
    """Return who calls with a token; one statement, one more once a minute. Raises NoAccess."""
    at, parts = now or utc_now(), secrets.parts_of(token)
    credential, scopes = None, frozenset[Scope]()
    if parts is not None and parts.kind == secrets.ACCESS:
        joined = [f"credential__{name}" for name in _JOINED]
        row = AccessToken.objects.select_related("credential", *joined).filter(key=parts.key).first()
        if row is not None and row.expires_at > at and secrets.matches(parts.secret, row.digest):
            credential, scopes = row.credential, known(row.scopes)
    elif parts is not None:
        personal = Credential.objects.filter(kind=Credential.Kind.PERSONAL, key=parts.key)
        found = personal.select_related(*_JOINED).first()
        if found is not None and secrets.matches(parts.secret, found.digest):
            credential, scopes = found, known(found.scopes)
    if credential is None or not _counts(credential, at):
        raise NoAccess(_("The token is missing, wrong or no longer valid."))
    _note_use(credential, at)
    return Caller(
        credential_id=credential.pk,
        actor=_actor_of(credential),
        scopes=scopes & known(credential.scopes),
        sees_prices=_sees_prices(credential),
    )


def _counts(credential: Credential, at: datetime) -> bool:
    """Whether a credential still stands and whoever gave it could log in and is where they were."""
    if credential.revoked_at is not None or credential.expires_at <= at or not credential.user.is_active:
        return False
    if credential.organization_id is None:
        return bool(credential.user.is_staff)
    return credential.member is not None and credential.member.active and module.is_available()


def _sees_prices(credential: Credential) -> bool:
    """Whether a credential's member sees prices; the shop's systems do. A substitute's token has their own right."""
    by_right = credential.organization is not None and credential.organization.prices_by_right
    return not by_right or (credential.member is not None and includes_seeing(credential.member.permissions))


def _actor_of(credential: Credential) -> Actor:
    name = name_of(credential.user)
    if credential.organization_id is None:
        return Actor.staff(credential.user_id, name)
    return Actor.person(credential.user_id, name, organization_id=credential.organization_id)


def _note_use(credential: Credential, at: datetime) -> None:
    if credential.last_used_at is None or at - credential.last_used_at >= _NOTED_EVERY:
        before = Q(last_used_at=None) | Q(last_used_at__lte=at - _NOTED_EVERY)
        Credential.objects.filter(before, pk=credential.pk).update(last_used_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """An access token, how long it counts, and for what."""

    token: str
    scopes: tuple[str, ...]


def exchange(client_id: str, client_secret: str, *, scope: str = "", now: datetime | None = None) -> Exchanged:
    """Exchange a system's id and secret for an access token (RFC 6749, 4.4); `scope` names fewer than it has.

    Three statements. Raises InvalidClient, ScopeMissing.
    """
    at = now or utc_now()
    if not (client_id.isascii() and client_id.isprintable()):  # no id of ours, and nothing to ask a database for
        raise InvalidClient(_("The client id and secret do not match, or are no longer valid."))
    row = Credential.objects.filter(kind=Credential.Kind.CLIENT, key=client_id[:24]).select_related(*_JOINED).first()
    if row is None or not _is_secret_of(row, client_secret, at) or not _counts(row, at):
        raise InvalidClient(_("The client id and secret do not match, or are no longer valid."))
    asked = set(scope.split()) or set(row.scopes)
    if asked - set(row.scopes):
        raise ScopeMissing(_("The client was not made for all of these scopes."))
    AccessToken.objects.filter(credential=row, expires_at__lte=at).delete()
    key, given = secrets.new_key(), secrets.new_secret()
    AccessToken.objects.create(
        credential=row,
        key=key,
        digest=secrets.digest(given),
        scopes=sorted(asked),
        expires_at=min(at + timedelta(seconds=ACCESS_SECONDS), row.expires_at),
    )
    return Exchanged(token=secrets.token(secrets.ACCESS, key, given), scopes=tuple(sorted(asked)))


def _is_secret_of(row: Credential, secret: str, at: datetime) -> bool:
    if secrets.matches(secret, row.digest):
        return True
    overlaps = row.previous_until is not None and row.previous_until > at
    return overlaps and secrets.matches(secret, row.previous_digest)
