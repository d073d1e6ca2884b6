"""Who acts, on every request."""

from __future__ import annotations

from django.http import HttpRequest

from akcept.kernel.actor import Actor
from akcept.organizations import queries
from akcept.organizations.seats import Seat

#: Where a person's choice among several organisations is kept.
SESSION_KEY = "akcept_organization"


def person_of(request: HttpRequest) -> Actor:
    """Return who acts at the shop's front; no statement beyond the session's and the user's own."""
    user = request.user
    if user.pk is None:
        return Actor.anonymous()
    return Actor.person(user.pk, queries.name_of(user), organization_id=request.session.get(SESSION_KEY))


def staff_of(request: HttpRequest) -> Actor:
    """Return who acts in the merchant's panel; anybody but staff stays what he is and is refused by the policies."""
    user = request.user
    if user.pk is not None and user.is_active and user.is_staff:
        return Actor.staff(user.pk, queries.name_of(user))
    return person_of(request)


def seat_of(request: HttpRequest) -> Seat | None:
    """Return the visitor's seat for menus and pages, read once a request. Actions read it anew in their transaction."""
    if not hasattr(request, "_akcept_seat"):
        request._akcept_seat = queries.seat_of(person_of(request))  # type: ignore[attr-defined]
    seat: Seat | None = request._akcept_seat  # type: ignore[attr-defined]
    return seat
