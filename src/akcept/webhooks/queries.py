"""Every read of webhooks, for whoever keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.errors import NotFound
from akcept.organizations import policies
from akcept.organizations import queries as organizations
from akcept.organizations.systems import require_keeper
from akcept.webhooks.models import Attempt, Endpoint, Message

#: Messages the log shows.
SHOWN: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRow:
    """One endpoint, who hears through it, and how many messages wait or were given up."""

    endpoint: Endpoint
    kept_by: str
    waiting: int
    dead: int

    @property
    def active(self) -> bool:
        """Whether it is sent to."""
        return self.endpoint.state == Endpoint.State.ACTIVE

    @property
    def failing(self) -> bool:
        """Whether the last try did not end well."""
        return self.endpoint.failing_since is not None


def _of(actor: Actor) -> QuerySet[Endpoint]:
    """Return the endpoints of the actor's organisation, or the merchant's. Raises NotAllowed."""
    if actor.kind is ActorKind.STAFF:
        policies.require_manages_organizations(actor)
        return Endpoint.objects.filter(organization=None)
    return Endpoint.objects.filter(organization_id=require_keeper(organizations.seat_of(actor)).organization_id)


def _rows(found: QuerySet[Endpoint]) -> list[EndpointRow]:
    waiting = Count("messages", filter=Q(messages__state=Message.State.DUE))
    dead = Count("messages", filter=Q(messages__state=Message.State.DEAD))
    return [
        EndpointRow(endpoint=row, kept_by=organizations.name_of(row.user), waiting=row.waiting, dead=row.dead)
        for row in found.select_related("user").annotate(waiting=waiting, dead=dead).order_by("pk")
    ]


def endpoints(actor: Actor) -> list[EndpointRow]:
    """Return the webhooks the actor keeps; one statement and that of who they are. Raises NotAllowed."""
    return _rows(_of(actor))


def endpoint(actor: Actor, endpoint_id: int, *, only: str = "") -> tuple[EndpointRow, list[Message]]:
    """Return one webhook with its latest messages and their tries, those of the state `only` where it is named.

    Each message has the number of the `order` it tells of, empty where it tells of none. Three
    statements and that of who they are. Raises NotAllowed, NotFound.
    """
    row = next(iter(_rows(_of(actor).filter(pk=endpoint_id))), None)
    if row is None:
        raise NotFound(_("There is no such webhook."))
    messages = Message.objects.filter(endpoint_id=endpoint_id)
    if only in Message.State.values:
        messages = messages.filter(state=only)
    tries = Prefetch("attempts", queryset=Attempt.objects.order_by("-pk"))
    order = Case(When(entry__subject_type="order", then=F("entry__subject_id")), default=Value(""))
    found = messages.defer("body").annotate(order=order).prefetch_related(tries)
    return row, list(found.order_by("-pk")[:SHOWN])
