"""Keeping webhooks: added, changed, paused, tested, sent again. A public function here is a whole transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotFound, Stale
from akcept.organizations import policies, queries
from akcept.organizations.systems import keeper_of, require_keeper
from akcept.transactions.acting import action
from akcept.transactions.locking import lock
from akcept.webhooks import addresses, configured, hearing, signing, topics
from akcept.webhooks import secret as secrets
from akcept.webhooks.events import OF_MERCHANT, OF_ORGANIZATIONS, TEST
from akcept.webhooks.models import Endpoint, Message
from akcept.webhooks.wording import NO_ADDRESS

#: Of one organisation, and of the merchant.
LIMIT: Final = 10
#: So long the secret before an exchange still signs as well, so that a receiver can be given the new one meanwhile.
OVERLAP: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An endpoint and its secret, which nobody is shown again."""

    endpoint: Endpoint
    secret: str


@action
def add_endpoint(*, actor: Actor, url: str, events: Collection[str], now: datetime | None = None) -> Kept:
    """Let another system hear of events at an address, from now on, as far as whoever adds it may see them.

    For whoever manages members at head office, or the merchant's people who manage organisations.
    Journal: `webhook.added`. Raises NotAllowed, Invalid (field `url`, `events`; too many).
    """
    at = now or utc_now()
    organization_id, member_id, user_id = keeper_of(actor)
    of_whom = Q(organization=None) if organization_id is None else Q(organization_id=organization_id)
    if Endpoint.objects.filter(of_whom).count() >= LIMIT:
        raise Invalid(
            _("There can be up to %(limit)d at a time. Remove one that is no longer needed.") % {"limit": LIMIT}
        )
    secret = signing.new_secret()
    made = Endpoint.objects.create(
        organization_id=organization_id,
        member_id=member_id,
        user_id=user_id,
        url=_url(url),
        events=_events(events, merchant=organization_id is None),
        secret=secrets.kept(secret),
        created_at=at,
        busy_until=at,
    )
    _tell(topics.ADDED, made, actor=actor, now=at, more={"url": made.url, "events": made.events})
    return Kept(endpoint=made, secret=secret)


@action
def change_endpoint(
    endpoint_id: int, *, actor: Actor, url: str, events: Collection[str], now: datetime | None = None
) -> Endpoint:
    """Send to another address, or of other events, from now on; what is on its way goes to the new address.

    For whoever could add it. Journal: `webhook.changed`. Raises NotFound, NotAllowed, Invalid (field `url`, `events`).
    """
    row = _kept_by(actor, endpoint_id)
    before = {"url": row.url, "events": row.events}
    row.url, row.events = _url(url), _events(events, merchant=row.organization_id is None)
    row.save(update_fields=["url", "events"])
    after = {"url": row.url, "events": row.events}
    _tell(topics.CHANGED, row, actor=actor, now=now or utc_now(), more={"before": before, "after": after})
    return row


@action
def pause_endpoint(endpoint_id: int, *, actor: Actor, now: datetime | None = None) -> Endpoint:
    """Send nothing for now: what is on its way waits, and what happens meanwhile is not kept for it.

    For whoever could add it. Journal: `webhook.paused`. Raises NotFound, NotAllowed, Stale (paused already).
    """
    row = _kept_by(actor, endpoint_id)
    if row.state != Endpoint.State.ACTIVE:
        raise Stale(_("It is paused already."))
    row.state = Endpoint.State.PAUSED
    row.save(update_fields=["state"])
    _tell(topics.PAUSED, row, actor=actor, now=now or utc_now(), more={"why": row.state})
    return row


@action
def resume_endpoint(endpoint_id: int, *, actor: Actor, now: datetime | None = None) -> Endpoint:
    """Send again; what waited goes out at once.

    For whoever could add it. Journal: `webhook.resumed`. Raises NotFound, NotAllowed, Stale (not paused).
    """
    at = now or utc_now()
    row = _kept_by(actor, endpoint_id)
    if row.state == Endpoint.State.ACTIVE:
        raise Stale(_("It is not paused."))
    row.state, row.failing_since, row.silences = Endpoint.State.ACTIVE, None, 0
    row.save(update_fields=["state", "failing_since", "silences"])
    row.messages.filter(state=Message.State.DUE).update(due_at=at)
    _tell(topics.RESUMED, row, actor=actor, now=at)
    return row


@action
def exchange_secret(endpoint_id: int, *, actor: Actor, now: datetime | None = None) -> Kept:
    """Give it a new secret; for `OVERLAP` the one before signs as well.

    For whoever could add it. Journal: `webhook.exchanged`. Raises NotFound, NotAllowed.
    """
    at = now or utc_now()
    row = _kept_by(actor, endpoint_id)
    given = signing.new_secret()
    row.previous_secret, row.previous_until, row.secret = row.secret, at + OVERLAP, secrets.kept(given)
    row.save(update_fields=["previous_secret", "previous_until", "secret"])
    _tell(topics.EXCHANGED, row, actor=actor, now=at)
    return Kept(endpoint=row, secret=given)


@action
def remove_endpoint(endpoint_id: int, *, actor: Actor, now: datetime | None = None) -> str:
    """Remove it, with what is on its way and its log; return its address.

    For whoever could add it. Journal: `webhook.removed`. Raises NotFound, NotAllowed.
    """
    row = _kept_by(actor, endpoint_id)
    key = row.pk
    row.delete()
    row.pk = key
    _tell(topics.REMOVED, row, actor=actor, now=now or utc_now(), more={"url": row.url})
    return row.url


@action
def send_test(endpoint_id: int, *, actor: Actor, now: datetime | None = None) -> Message:
    """Put an event of the type `webhook.test` on its way, which tells of nothing.

    For whoever could add it. Journal: nothing. Raises NotFound, NotAllowed, Stale (paused).
    """
    at = now or utc_now()
    row = _kept_by(actor, endpoint_id)
    _require_active(row)
    made = hearing.message(row, TEST, entry=None, data={"test": True}, now=at)
    made.save()
    return made


@action
def send_again(message_id: int, *, actor: Actor, now: datetime | None = None) -> Message:
    """Send a message once more, delivered or given up, under the same id, and try it as often as a new one.

    For whoever could add its endpoint. Journal: nothing. Raises NotFound, NotAllowed, Stale (paused).
    """
    found = Message.objects.filter(pk=message_id).first()
    row = _kept_by(actor, found.endpoint_id if found else 0)
    _require_active(row)
    assert found is not None  # noqa: S101  an endpoint was found by it
    found.state, found.due_at, found.tries, found.ended_at = Message.State.DUE, now or utc_now(), 0, None
    found.save(update_fields=["state", "due_at", "tries", "ended_at"])
    return found


def _require_active(row: Endpoint) -> None:
    if row.state != Endpoint.State.ACTIVE:
        raise Stale(_("It is paused. Resume it first."))


def _kept_by(actor: Actor, endpoint_id: int) -> Endpoint:
    """Return an endpoint of the actor's organisation, or of the merchant, locked. Another's is not found."""
    if actor.kind is ActorKind.STAFF:
        policies.require_manages_organizations(actor)
        rows = Endpoint.objects.filter(organization=None)
    else:
        rows = Endpoint.objects.filter(organization_id=require_keeper(queries.seat_of(actor)).organization_id)
    row = lock(rows).filter(pk=endpoint_id).first()
    if row is None:
        raise NotFound(_("There is no such webhook."))
    return row


def _url(typed: str) -> str:
    """Return an address in one spelling. Raises Invalid."""
    try:
        target = addresses.target_of(typed.strip())
    except addresses.NoAddress as error:
        raise Invalid(NO_ADDRESS[error.why], field="url") from error
    if not target.secure and not configured.http_allowed():
        raise Invalid(NO_ADDRESS["scheme"], field="url")
    literal = addresses.literal(target.host)
    if target.host == "localhost" or (literal and not addresses.may_be_reached(literal)):
        _require_allowed(literal or "127.0.0.1")
    if len(target.text) > addresses.LONGEST:
        raise Invalid(NO_ADDRESS["long"], field="url")
    return target.text


def _require_allowed(literal: str) -> None:
    if not addresses.may_be_reached(literal, configured.allowed_networks()):
        raise Invalid(_("This address is within a private network; the shop sends to public ones only."), field="url")


def _events(chosen: Collection[str], *, merchant: bool) -> list[str]:
    among = OF_MERCHANT if merchant else OF_ORGANIZATIONS
    if not chosen or not set(chosen) <= set(among):
        raise Invalid(_("Choose what it is notified about."), field="events")
    return sorted(set(chosen))


def _tell(topic: str, row: Endpoint, *, actor: Actor, now: datetime, more: dict[str, Any] | None = None) -> None:
    event = Event(topic, ("webhook", str(row.pk)), more or {})
    journal.write(event, actor=actor, organization_id=row.organization_id, now=now)
