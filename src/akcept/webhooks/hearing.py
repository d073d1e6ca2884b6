"""The journal's subscriber: writes a message for each endpoint that wants to hear of an entry, and whose keeper may.

It only writes rows, one for each endpoint and entry whatever happens (a constraint sees to it), so a batch that is
handed over again after a crash doubles nothing. Sending is another process's, outside of any transaction (`sending`).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from akcept.journal import sharing, subscribers
from akcept.journal.models import Entry
from akcept.kernel import price_sight
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound
from akcept.ordering import queries
from akcept.organizations import policies
from akcept.organizations import queries as organizations
from akcept.organizations.gate import includes_seeing
from akcept.webhooks import told
from akcept.webhooks.events import OF_TOPIC, Type, may_hear, of_order, type_of
from akcept.webhooks.models import Endpoint, Message

SUBSCRIBER: Final = "webhooks"


def connect() -> None:
    """Register with the journal; called once, when the app is ready."""
    subscribers.register(SUBSCRIBER, topics=OF_TOPIC, handle=hear, repeatable=True)


def hear(entry: Entry, _target: str) -> None:
    """Write the messages an entry leads to.

    One statement a batch where nobody listens; else two for what is told, two for each keeper's sight and one insert.
    """
    kind = type_of(entry.topic, entry.payload)
    if kind is None:
        return
    wanted = [found for found in _listening(entry.organization_id) if kind in found.events]
    heard = _heard(wanted, entry, kind)
    now, rows = utc_now(), []
    for sees in dict.fromkeys(_sees_prices(found) for found in heard):
        with price_sight.seen_by(lambda sees=sees: sees):  # type: ignore[misc]
            data = told.data_of(entry, kind)
        if data is not None:
            of_them = [found for found in heard if _sees_prices(found) is sees]
            rows += [message(found, kind, entry=entry, data=data, now=now) for found in of_them]
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def message(endpoint: Endpoint, kind: str, *, entry: Entry | None, data: dict[str, Any], now: datetime) -> Message:
    """Return an event for one endpoint, unsaved, with an id of its own that stays over all tries."""
    key = f"msg_{secrets.token_hex(16)}"
    subject = f"{entry.subject_type}/{entry.subject_id}" if entry else f"webhook/{endpoint.pk}"
    about = endpoint.organization_id if entry is None else entry.organization_id
    return Message(
        endpoint=endpoint,
        entry=entry,
        organization_id=about or 0,
        key=key,
        type=kind,
        body=told.envelope(key, kind, subject=subject, at=entry.at if entry else now, data=data),
        created_at=now,
        due_at=now,
    )


def _listening(organization_id: int) -> list[Endpoint]:
    """Return the active endpoints of an organisation, and the merchant's; one statement for a batch."""
    asked = frozenset({organization_id, *(entry.organization_id for entry, _target in sharing.deliveries())})
    rows = Endpoint.objects.filter(Q(organization=None) | Q(organization_id__in=asked), state=Endpoint.State.ACTIVE)
    found: list[Endpoint] = sharing.once(
        ("webhooks", "listening", asked),
        lambda: list(rows.select_related("user", "member", "organization").order_by("pk")),
    )
    return [row for row in found if row.organization_id in (None, organization_id)]


def _sees_prices(endpoint: Endpoint) -> bool:
    """Whether its keeper sees prices: a webhook has no rights of its own."""
    by_right = endpoint.organization is not None and endpoint.organization.prices_by_right
    return not by_right or (endpoint.member is not None and includes_seeing(endpoint.member.permissions))


def _heard(wanted: Sequence[Endpoint], entry: Entry, kind: Type) -> list[Endpoint]:
    answers = {(found.organization_id, found.user_id): found for found in wanted}
    may = {key for key, found in answers.items() if _may(found, entry, kind)}
    return [found for found in wanted if (found.organization_id, found.user_id) in may]


def _may(endpoint: Endpoint, entry: Entry, kind: Type) -> bool:
    """Whether its keeper may see by now what the event tells of: a webhook has no rights of its own."""
    if endpoint.organization_id is None:
        return policies.manages_organizations(endpoint.user)
    keeper = Actor.person(endpoint.user_id, "", organization_id=endpoint.organization_id)
    try:
        if of_order(kind):
            return bool(queries.visible_numbers(keeper, [entry.subject_id]))
        seat = organizations.seat_of(keeper)
    except NotFound:
        return False
    return seat is not None and seat.active and seat.at_head_office and may_hear(kind, seat.permissions)
