"""Members and invitations, for whoever looks after them."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotFound
from akcept.kernel.paging import PAGE_SIZE, Page, key_of, page_of
from akcept.organizations.models import (
    Invitation,
    Member,
    Unit,
)
from akcept.organizations.permissions import Permission
from akcept.organizations.queries.seats import require_manager
from akcept.organizations.searching import mentions
from akcept.organizations.seats import Seat


def looked_after_by(seat: Seat) -> QuerySet[Member]:
    """Return the members a manager may look after: those of their unit and below, without those who were removed."""
    return Member.objects.filter(
        organization_id=seat.organization_id, unit__path__startswith=seat.unit_path, removed_at=None
    ).select_related("user", "unit")


def members(
    actor: Actor, *, text: str = "", unit_id: int | None = None, after: str = "", size: int = PAGE_SIZE
) -> Page[Member]:
    """Return the members the actor looks after, by name. A constant number of statements. Raises NotAllowed."""
    seat = require_manager(actor, Permission.MANAGE_MEMBERS)
    return listed(looked_after_by(seat), seat.organization_id, text=text, unit_id=unit_id, after=after, size=size)


def listed(
    found: QuerySet[Member], organization_id: int, *, text: str, unit_id: int | None, after: str, size: int
) -> Page[Member]:
    """Return a page of an organisation's members by name, narrowed to words of name, e-mail or unit and to one unit.

    Three statements. A unit's name is compared once, not for each of its members.
    """
    units = Unit.objects.filter(organization_id=organization_id)
    for word in words_of(text):
        named = mentions(word, *PERSON)
        found = found.filter(named | Q(unit__in=units.filter(mentions(word, "name", "code"))))
    if unit_id is not None:
        found = found.filter(unit_id=unit_id)
    key = key_of(after)
    if key is not None:
        found = found.filter(_following(Member.objects.select_related("user").filter(pk=key).first()))
    rows = list(found.prefetch_related("roles").order_by("user__last_name", "user__first_name", "id")[: size + 1])
    return page_of(rows, [str(row.pk) for row in rows], size=size, is_first=key is None)


def _following(last: Member | None) -> Q:
    if last is None:
        return Q(pk__gt=0)  # the row a link named is gone: begin anew rather than show nothing
    family, first = last.user.last_name, last.user.first_name
    return (
        Q(user__last_name__gt=family)
        | Q(user__last_name=family, user__first_name__gt=first)
        | Q(user__last_name=family, user__first_name=first, pk__gt=last.pk)
    )


def member_to_manage(actor: Actor, member_id: int) -> Member:
    """Return a member of the actor's own organisation, unit or below. Raises NotAllowed, NotFound."""
    seat = require_manager(actor, Permission.MANAGE_MEMBERS)
    found = looked_after_by(seat).filter(pk=member_id).prefetch_related("roles").first()
    if found is None:
        raise NotFound(_("There is no such member in your organisation."))
    return found


def invitations(
    actor: Actor, *, text: str = "", unit_id: int | None = None, after: str = "", size: int = PAGE_SIZE
) -> Page[Invitation]:
    """Return open invitations into the actor's unit and below, newest first. Three statements. Raises NotAllowed."""
    seat = require_manager(actor, Permission.MANAGE_MEMBERS)
    found = Invitation.objects.filter(
        organization_id=seat.organization_id,
        unit__path__startswith=seat.unit_path,
        accepted_at=None,
        revoked_at=None,
    )
    for word in words_of(text):
        found = found.filter(mentions(word, "email", "first_name", "last_name", *_UNIT))
    if unit_id is not None:
        found = found.filter(unit_id=unit_id)
    if (key := key_of(after)) is not None:
        found = found.filter(pk__lt=key)
    rows = list(found.select_related("unit", "invited_by__user").prefetch_related("roles").order_by("-pk")[: size + 1])
    return page_of(rows, [str(row.pk) for row in rows], size=size, is_first=key is None)


def words_of(text: str) -> list[str]:
    """Return the first words of what was typed to search for, four at most: each is a condition of the statement."""
    return text.replace("\0", " ").split()[:4]


_UNIT = ("unit__name", "unit__code")


PERSON = ("user__first_name", "user__last_name", "user__email")
