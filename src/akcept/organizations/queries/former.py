"""Who belonged to an organisation once: for its administrators at head office, and for the shop's staff."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor, ActorKind
from akcept.kernel.errors import NotFound
from akcept.kernel.paging import PAGE_SIZE, Page, key_of, page_of
from akcept.organizations import policies
from akcept.organizations.models import Member
from akcept.organizations.permissions import Permission
from akcept.organizations.queries.seats import seat_of


def former_members(
    actor: Actor, organization_id: int | None, *, after: str = "", size: int = PAGE_SIZE
) -> Page[Member]:
    """Return removed members, the latest first; two statements (three on later pages) besides the actor's seat.

    `organization_id` counts for staff; others see those of the organisation they act for. Raises NotAllowed.
    """
    found = _reachable(actor, organization_id).filter(removed_at__isnull=False)
    key = key_of(after)
    if key is not None:
        found = found.filter(
            _older_than(Member.objects.filter(pk=key).values_list("removed_at", flat=True).first(), key)
        )
    rows = list(found.order_by("-removed_at", "-id")[: size + 1])
    return page_of(rows, [str(row.pk) for row in rows], size=size, is_first=key is None)


def _older_than(removed_at: datetime | None, key: int) -> Q:
    return Q() if removed_at is None else Q(removed_at__lt=removed_at) | Q(removed_at=removed_at, pk__lt=key)


def any_member(actor: Actor, member_id: int, *, organization_id: int | None = None) -> Member:
    """Return a member, former ones too, for the page about their personal data. Raises NotAllowed, NotFound."""
    found = _reachable(actor, organization_id).filter(pk=member_id).first()
    if found is None:
        raise NotFound(_("There is no such member in your organisation."))
    return found


def _reachable(actor: Actor, organization_id: int | None) -> QuerySet[Member]:
    if actor.kind is not ActorKind.STAFF:
        seat = policies.require_sight(seat_of(actor), Permission.MANAGE_MEMBERS)
        organization_id = policies.require_head_office(seat).organization_id
    if organization_id is None:
        raise NotFound(_("There is no such organisation."))
    return Member.objects.filter(organization_id=organization_id).select_related("user", "unit", "organization")
