"""Substitutes: who decides while an approver is away."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotFound, Stale
from akcept.organizations import policies, queries, topics
from akcept.organizations.grants import Effective
from akcept.organizations.models import Member, Organization, Substitution
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat
from akcept.transactions.acting import action
from akcept.transactions.locking import lock

LONGEST = timedelta(days=366)
AHEAD = timedelta(days=366)


@action
def name_substitute(
    *,
    actor: Actor,
    absent_id: int,
    substitute_id: int,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime | None = None,
) -> Substitution:
    """Let `substitute_id` decide what `absent_id` may decide, from `starts_at` until `ends_at` (exclusive).

    The approver names one, or whoever manages them does; below head office a manager hands on no more than
    they have themselves, as with permissions. What approvers may not do they cannot hand on, and it ends by itself.
    Journal: `member.substitute_named`. Raises NotAllowed, Invalid (field: nobody of the organisation or of whom they
    look after, period).
    """
    at = now or utc_now()
    seat = policies.require_active_organization(policies.require_seat(queries.seat_of(actor)))
    lock(Organization.objects.all()).get(pk=seat.organization_id)
    absent = _absent(seat, absent_id)
    substitute = _active_member(seat, substitute_id)
    if substitute is None or substitute.pk == absent.pk:
        raise Invalid(_("Choose somebody else of your organisation."), field="substitute")
    _require_period(starts_at, ends_at, now=at)
    _require_new(absent, substitute, starts_at=starts_at, ends_at=ends_at)
    row = Substitution.objects.create(
        organization_id=seat.organization_id,
        absent=absent,
        substitute=substitute,
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=at,
        created_by=actor.name[:200],
    )
    _journal(topics.SUBSTITUTE_NAMED, row, seat, actor=actor, now=at)
    return row


@action
def end_substitution(substitution_id: int, *, actor: Actor, now: datetime | None = None) -> Substitution:
    """End a substitution now, or a planned one before it begins: by the approver, the substitute, or whoever manages.

    Journal: `member.substitute_ended`. Raises NotAllowed, NotFound, Stale (over already).
    """
    at = now or utc_now()
    seat = policies.require_seat(queries.seat_of(actor))
    rows = Substitution.objects.filter(organization_id=seat.organization_id, pk=substitution_id)
    row = lock(rows.select_related("absent__user", "absent__unit", "substitute__user")).first()
    involved = row is not None and seat.member_id in (row.absent_id, row.substitute_id)
    manages = row is not None and seat.holds(Permission.MANAGE_MEMBERS) and seat.covers(row.absent.unit.path)
    if row is None or not (involved or manages):
        raise NotFound(_("There is no such substitution."))
    if row.ended_at is not None or row.ends_at <= at:
        raise Stale(_("This substitution is over already."))
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    _journal(topics.SUBSTITUTE_ENDED, row, seat, actor=actor, now=at)
    return row


def _absent(seat: Seat, member_id: int) -> Member:
    absent = _active_member(seat, member_id)
    manages = seat.holds(Permission.MANAGE_MEMBERS)
    if absent is None or not (absent.pk == seat.member_id or (manages and seat.covers(absent.unit.path))):
        raise Invalid(_("Choose yourself or an approver you manage."), field="absent")
    if not absent.accept_orders:
        raise Invalid(
            _("%(name)s may not accept orders, so there is nothing to hand over.")
            % {"name": queries.name_of(absent.user)},
            field="absent",
        )
    if absent.pk != seat.member_id:
        handed_on = Effective(permissions=frozenset({Permission.ACCEPT_ORDERS}), limits=absent.limits)
        policies.require_giveable(seat, handed_on)
    return absent


def _active_member(seat: Seat, member_id: int) -> Member | None:
    return (
        Member.objects.filter(organization_id=seat.organization_id, active=True, user__is_active=True, pk=member_id)
        .select_related("user", "unit")
        .first()
    )


def _require_period(starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    if ends_at <= now:
        raise Invalid(_("The end is in the past."), field="ends")
    if ends_at <= starts_at:
        raise Invalid(_("The end must be after the start."), field="ends")
    if starts_at - now > AHEAD:
        raise Invalid(
            _("A substitution must start within the next %(days)d days.") % {"days": AHEAD.days}, field="starts"
        )
    if ends_at - max(starts_at, now) > LONGEST:
        raise Invalid(_("A substitution can last a year at most."), field="ends")


def _require_new(absent: Member, substitute: Member, *, starts_at: datetime, ends_at: datetime) -> None:
    same = Substitution.objects.filter(
        absent=absent, substitute=substitute, ended_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    if same.exists():
        raise Invalid(
            _("%(name)s is already the substitute at that time.") % {"name": queries.name_of(substitute.user)},
            field="substitute",
        )


def _journal(topic: str, row: Substitution, seat: Seat, *, actor: Actor, now: datetime) -> None:
    payload = {
        "substitution_id": row.pk,
        "absent": queries.name_of(row.absent.user),
        "substitute": queries.name_of(row.substitute.user),
        "substitute_id": row.substitute_id,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
    }
    event = Event(topic, ("member", str(row.absent_id)), payload)
    journal.write(event, actor=actor, organization_id=seat.organization_id, now=now)
