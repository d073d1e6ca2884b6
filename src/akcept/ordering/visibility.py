"""What a seat may see: the one place from which every read and every decision starts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from akcept.approvals.models import Asked, Case, Decision, Selector
from akcept.approvals.states import OPEN
from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Limit
from akcept.ordering.models import Placement
from akcept.organizations import module
from akcept.organizations.asking import AskKind, Holder
from akcept.organizations.models import Unit
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat

_SHOWS_OTHERS = frozenset({Permission.ACCEPT_ORDERS, Permission.SEE_UNIT_ORDERS, Permission.SEE_ALL_ORDERS})


def sees_more(seat: Seat | None) -> bool:
    """Whether the seat sees orders of others at all."""
    if seat is None or not seat.active:
        return False
    return bool(seat.mandates) or bool(seat.permissions & _SHOWS_OTHERS)


def _within(seat: Seat) -> Q:
    """Return which of the organisation's orders an active seat sees: cases and placements have the same columns.

    The own ones; with the right to see them those of its unit and below; with the right to accept, or somebody's
    mandate to, those that ask for it, from the first step on whoever is asked first, and those it was asked about.
    """
    if Permission.SEE_ALL_ORDERS in seat.permissions:
        return Q(organization_id=seat.organization_id)
    seen = Q(requester_id=seat.member_id)
    if Permission.SEE_UNIT_ORDERS in seat.permissions:
        seen |= Q(unit__path__startswith=seat.unit_path)
    if Permission.ACCEPT_ORDERS in seat.permissions:
        seen |= _asks_or_asked(seat, seat)
    for mandate in seat.mandates:
        seen |= _asks_or_asked(mandate, seat) & ~Q(requester_id=mandate.member_id)
    return Q(organization_id=seat.organization_id) & seen


def _asks_or_asked(holder: Holder, seat: Seat) -> Q:
    """Return the open orders with a step for the holder of a right, and those within it that the seat was asked about.

    Who decided was asked, whether or not they had been told before they did.
    Who was asked long ago, and has been seated elsewhere since, has no right that reaches the order any more.
    """
    selectors = Selector.objects.filter(case=OuterRef("pk"))
    here = Q(case__unit__path__startswith=holder.unit_path)
    reached = Q(kind=AskKind.ACCEPTORS.value) | Q(kind=AskKind.ROLE.value, role_id__in=holder.role_ids)
    now = selectors.filter(
        _named(holder) | (reached & here), case__state__in=[state.value for state in OPEN], round=F("case__round")
    )
    was_asked = Q(Exists(Asked.objects.filter(case=OuterRef("pk"), member_id=seat.member_id)))
    was_asked |= Q(Exists(Decision.objects.filter(case=OuterRef("pk"), member_id=seat.member_id)))
    within = Q(unit__path__startswith=holder.unit_path) | Q(Exists(selectors.filter(_named(holder))))
    return Q(Exists(now)) | (was_asked & within)


def _named(holder: Holder) -> Q:
    by_name = Q(kind=AskKind.MEMBER.value, member_id=holder.member_id)
    return by_name | Q(kind=AskKind.UNIT.value, unit_id=holder.unit_id)


def visible_cases(seat: Seat | None) -> QuerySet[Case]:
    """Return the cases of orders the seat may see: the own ones, and those its permissions or mandates reach."""
    if seat is None or not seat.active:
        return Case.objects.none()
    return Case.objects.filter(_within(seat))


def visible_placements(actor: Actor, seat: Seat | None) -> QuerySet[Placement]:
    """Return the orders the actor may see: as `visible_cases` for a member, the own ones for everybody else.

    A deactivated member sees nothing. A customer who joined an organisation later keeps seeing what they ordered
    privately; a member never sees, through an order of theirs, another organisation they were once in.
    """
    if actor.user_id is None:
        return Placement.objects.none()
    private = Q(buyer_id=actor.user_id, organization=None)
    if seat is None:
        return Placement.objects.filter(private)
    if not seat.active:
        return Placement.objects.none()
    return Placement.objects.filter(private | _within(seat))


def awaiting_decision_by(seat: Seat | None) -> QuerySet[Case]:
    """Return the cases this seat may decide now, by its own right or as a substitute: its inbox, and nothing else.

    The same rule as `organizations.seats.door_for`, in SQL. Waiting orders stay decidable while the merchant has the
    module switched off, not while the host withholds it. What it forwarded to a colleague is theirs to find here now.
    """
    if seat is None or not module.is_available() or not seat.decides:
        return Case.objects.none()
    doors = Q(pk__in=[])
    for door in _doors(seat):
        doors |= door
    waiting = Case.objects.filter(organization_id=seat.organization_id, state="awaiting")
    mine = Q(requester_id=seat.member_id) & ~Q(organization__acceptance_terms__self_acceptance=True)
    return waiting.filter(doors).exclude(mine).exclude(forwarded_by=seat.member_id)


def _doors(seat: Seat) -> Iterator[Q]:
    if Permission.ACCEPT_ORDERS in seat.permissions:
        yield _asks(seat, answered_by=[seat], beyond_limits=Q(case__requester_id=seat.member_id))
    for mandate in seat.mandates:
        others = ~Q(requester_id__in=[mandate.member_id, seat.member_id])
        yield _asks(mandate, answered_by=[seat, mandate]) & others


def _asks(holder: Holder, *, answered_by: Iterable[Holder], beyond_limits: Q | None = None) -> Q:
    """Return what asks for the holder of a right and none of `answered_by` has accepted; what is dearer comes later."""
    reached = Q(kind=AskKind.ACCEPTORS.value) | Q(kind=AskKind.ROLE.value, role_id__in=holder.role_ids)
    covers = Q()
    if holder.limits:
        covers = Q(needs_cover=False) | _covered(holder.limits) | (beyond_limits or Q(pk__in=[]))
    unanswered = ~_answered_by([each.member_id for each in answered_by])
    open_ones = Selector.objects.filter(
        covers, unanswered, case=OuterRef("pk"), round=OuterRef("round"), position=OuterRef("position")
    )
    units = Unit.objects.filter(path__startswith=holder.unit_path).values("pk")
    here = Q(unit_id__in=units) & _there_is(open_ones.filter(reached | _named(holder)))
    # Asked once, so that whoever was never named pays for no look at each case of other units.
    named = _there_is(Selector.objects.filter(_named(holder)))
    return here | (named & _there_is(open_ones.filter(_named(holder))))


def _answered_by(member_ids: Collection[int]) -> Q:
    """Return which selectors are of a step that one of these members has accepted, or somebody in their stead."""
    given = Q(member_id__in=member_ids) | Q(for_member_id__in=member_ids)
    of_the_step = {"case": OuterRef("case"), "round": OuterRef("round"), "position": OuterRef("position")}
    return _there_is(Decision.objects.filter(given, kind=Decision.Kind.ACCEPT, voided=False, **of_the_step))


def _there_is(rows: QuerySet[Any]) -> Q:
    """Return what `Exists` says, asked of one case after another.

    PostgreSQL turns `EXISTS` into a join over every selector and decision the shop ever had, however few cases are
    read; a value it looks up for each case, by an index, and stops with the page that is full.
    """
    found = Subquery(rows.annotate(there=Value(True)).values("there")[:1])
    return Q(Coalesce(found, Value(False), output_field=BooleanField()))


def _covered(limits: Iterable[Limit]) -> Q:
    covered = Q(pk__in=[])
    for limit in limits:
        placed = f"case__order__akcept_placement__{limit.basis.value}__lte"
        covered |= Q(**{placed: limit.amount, "case__order__akcept_placement__currency": limit.currency})
    return covered
