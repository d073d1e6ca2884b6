"""Colleagues found by what somebody types."""

from __future__ import annotations

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid
from akcept.organizations import policies
from akcept.organizations.models import (
    Member,
)
from akcept.organizations.paths import ancestors_of
from akcept.organizations.queries.members import PERSON, words_of
from akcept.organizations.queries.names import name_of
from akcept.organizations.queries.seats import seat_of
from akcept.organizations.searching import mentions
from akcept.organizations.seats import Seat

#: How many people a form suggests; anybody else is named by e-mail address.
SUGGESTED = 60


def colleagues(seat: Seat) -> QuerySet[Member]:
    """Return active colleagues: of the own unit and those around it first, then by name."""
    near = Q(unit__path__startswith=seat.unit_path) | Q(unit__path__in=ancestors_of(seat.unit_path))
    return (
        Member.objects.filter(organization_id=seat.organization_id, active=True, user__is_active=True)
        .select_related("user", "unit")
        .annotate(far=Case(When(near, then=0), default=1))
        .order_by("far", "user__last_name", "user__first_name", "id")
    )


def colleague(actor: Actor, email: str) -> int | None:
    """Return the active member of the actor's organisation with that address, None for nobody. Raises NotAllowed."""
    seat = policies.require_seat(seat_of(actor))
    found = Member.objects.filter(organization_id=seat.organization_id, active=True, user__email__iexact=email.strip())
    return found.values_list("pk", flat=True).first()


#: How many people are named when several are called what was typed.
_NAMED = 3


def colleague_called(actor: Actor, typed: str, *, field: str) -> int:
    """Return the active colleague of that e-mail address, or the only one with every word in their name or address.

    Three statements. Raises NotAllowed, Invalid (`field`: nobody, or several, of whom some are named).
    """
    seat = policies.require_seat(seat_of(actor))
    found = colleagues(seat)
    people = list(found.filter(user__email__iexact=typed.strip()))
    if not people and (words := words_of(typed)):
        for word in words:
            found = found.filter(mentions(word, *PERSON))
        people = list(found[: _NAMED + 1])
    if not people:
        raise Invalid(_("Nobody in your organisation has this name."), field=field)
    if len(people) > 1:
        names = ", ".join(f"{name_of(member.user)} ({member.user.email})" for member in people[:_NAMED])
        raise Invalid(
            _("Several people match, such as %(names)s: type more, or the e-mail address.") % {"names": names},
            field=field,
        )
    return people[0].pk
