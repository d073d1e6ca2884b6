"""A call with an `Idempotency-Key` is done once; whoever sends it again is answered the same, byte for byte.

Before the action, the key is claimed in a transaction of its own. What is answered is written in the transaction of
the action, where its turn is still its own: a process that dies before the commit has done nothing, one that dies after
it has left the answer. A claim nobody came back to is taken over after a minute; whoever had it cannot commit any more.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from akcept.api.models import Answer
from akcept.kernel.errors import Invalid, Refused

#: How long an answer is kept.
KEPT: Final = timedelta(hours=24)
#: How long a call may be at work before another one takes its turn.
TURN: Final = timedelta(seconds=60)
KEY_LIMIT: Final = 200
#: Of what is answered, beside status and body.
_HEADERS: Final = ("Content-Type", "Content-Language", "ETag", "Location")


class KeyReused(Refused):
    """The key came with another call before."""

    code = "key_reused"
    status = 422


class InFlight(Refused):
    """The same call is at work."""

    code = "in_flight"


class KeyMissing(Invalid):
    """The call needs a key."""

    code = "key_missing"
    status = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A key that is ours to answer."""

    row_id: int
    turn: str


def key_of(request: HttpRequest) -> str:
    """Return the key of a call, empty for none. Raises KeyMissing for one that cannot be one."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > KEY_LIMIT or not key.isascii() or not key.isprintable():
        raise KeyMissing(_("An Idempotency-Key has up to %(limit)d ASCII characters.") % {"limit": KEY_LIMIT})
    return key


def fingerprint_of(request: HttpRequest) -> str:
    """Return what tells one call from another."""
    parts = (request.method or "", request.get_full_path(), request.headers.get("If-Match", ""))
    told = hashlib.sha256("\n".join(parts).encode())
    told.update(request.body)
    return told.hexdigest()


def claim(credential_id: int, key: str, fingerprint: str, *, now: datetime) -> Claim | HttpResponse:
    """Claim a key, or return what was answered to it; at most three statements. Raises KeyReused, InFlight."""
    turn = secrets.token_hex(16)
    new = Answer(
        credential_id=credential_id, key=key, fingerprint=fingerprint, turn=turn, turn_since=now, created_at=now
    )
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError:
        return _there(credential_id, key, fingerprint, turn=turn, now=now)
    return Claim(row_id=new.pk, turn=turn)


def _there(credential_id: int, key: str, fingerprint: str, *, turn: str, now: datetime) -> Claim | HttpResponse:
    row = Answer.objects.filter(credential_id=credential_id, key=key).first()
    if row is None:  # let go meanwhile
        raise in_flight()
    if row.created_at <= now - KEPT and row.status is not None:
        Answer.objects.filter(pk=row.pk, turn=row.turn).delete()
        return claim(credential_id, key, fingerprint, now=now)
    if row.fingerprint != fingerprint:
        raise KeyReused(_("This Idempotency-Key was sent with another call before. Take a new one."))
    if row.status is not None:
        return _response(row)
    stale = Answer.objects.filter(pk=row.pk, turn=row.turn, status=None, turn_since__lte=now - TURN)
    if stale.update(turn=turn, turn_since=now) != 1:
        raise in_flight()
    return Claim(row_id=row.pk, turn=turn)


def in_flight() -> InFlight:
    """Return the refusal of a call whose twin is at work."""
    return InFlight(_("The same call is still at work. Ask again in a moment, with the same key."))


def _response(row: Answer) -> HttpResponse:
    response = HttpResponse(bytes(row.body), status=row.status)
    for name, value in row.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response


def write(claimed: Claim, response: HttpResponse) -> None:
    """Keep an answer, as long as it is still ours to give; one statement. Raises InFlight, which undoes the action."""
    headers = {name: response[name] for name in _HEADERS if name in response}
    own = Answer.objects.filter(pk=claimed.row_id, turn=claimed.turn, status=None)
    if own.update(status=response.status_code, headers=headers, body=response.content) != 1:
        raise in_flight()


def let_go(claimed: Claim) -> None:
    """Give up a claim nothing was done for, so that the call can be sent again."""
    Answer.objects.filter(pk=claimed.row_id, turn=claimed.turn, status=None).delete()
