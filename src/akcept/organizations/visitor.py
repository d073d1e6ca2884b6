"""Who acts, on every request, and for which of their organisations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import translation
from django.utils.translation import gettext as _

from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotFound
from akcept.organizations import module, queries, second_factor, speaking
from akcept.organizations.gate import Kept, Sight, of_staff, of_visitor
from akcept.organizations.seats import Membership, Seat

#: Where a person's choice among several organisations is kept.
SESSION_KEY = "akcept_organization"


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts at the shop's front; no statement beyond the session's and the user's own."""
    user = request.user
    if user.pk is None:
        return Actor.anonymous()
    return Actor.person(
        user.pk,
        queries.name_of(user),
        organization_id=request.session.get(SESSION_KEY),
        second_factor=second_factor.was_given(request),
    )


def staff_of(request: HttpRequest) -> Actor:
    """Return who acts in the merchant's panel; anybody but staff stays what they are and is refused by the policies."""
    user = request.user
    if user.pk is not None and user.is_active and user.is_staff:
        return Actor.staff(user.pk, queries.name_of(user))
    return actor_of(request)


def seat_of(request: HttpRequest) -> Seat | None:
    """Return the visitor's seat for menus and pages, read once a request. Actions read it anew in their transaction."""
    if not was_read(request):
        request._akcept_seat = _seat_of(request)  # type: ignore[attr-defined]
    seat: Seat | None = request._akcept_seat  # type: ignore[attr-defined]
    return seat


def shown_seat(request: HttpRequest) -> Seat | None:
    """Return the seat a page may tell of: none to whoever has lost it, who is told nothing of the organisation."""
    seat = seat_of(request)
    return seat if seat is not None and seat.active else None


def has_lost_seat(request: HttpRequest) -> bool:
    """Whether the visitor belongs to organisations only by sub-accounts that were taken away."""
    seat = seat_of(request)
    return seat is not None and not seat.active and not seat.elsewhere


def was_read(request: HttpRequest) -> bool:
    """Whether the visitor's seat has been read in this request."""
    return hasattr(request, "_akcept_seat")


def _seat_of(request: HttpRequest) -> Seat | None:
    try:
        return queries.seat_of(actor_of(request))
    except NotFound:  # the membership that was chosen is gone altogether
        request.session.pop(SESSION_KEY, None)
        return queries.seat_of(actor_of(request))


def kept_gate(request: HttpRequest) -> Kept:
    """Return what the merchant chose for the shop; read once a request, with the visitor's seat where that was."""
    seat = seat_of(request) if request.user.is_authenticated else None
    return seat.kept if seat is not None else _switches(request)[0]


def signs_up(request: HttpRequest) -> bool:
    """Return whether a company can open an account; read once a request, together with the gate."""
    return module.is_available() and _switches(request)[1]


def _switches(request: HttpRequest) -> tuple[Kept, bool]:
    if not hasattr(request, "_akcept_switches"):
        request._akcept_switches = module.switches()  # type: ignore[attr-defined]
    found: tuple[Kept, bool] = request._akcept_switches  # type: ignore[attr-defined]
    return found


def sight_of(request: HttpRequest) -> Sight:
    """Return what of the shop and its prices is there for a visitor: the one door that pages ask."""
    if _is_staff(request):
        return of_staff(kept_gate(request))
    seat = seat_of(request) if request.user.is_authenticated else None
    return seat.sight if seat is not None else of_visitor(kept_gate(request))


def sees_prices(request: HttpRequest) -> bool:
    """Return whether a visitor sees prices; of the shop's people nothing is read."""
    return _is_staff(request) or sight_of(request).sees_prices


def _is_staff(request: HttpRequest) -> bool:
    user = request.user
    return bool(user.is_authenticated and user.is_active and user.is_staff)


def memberships_of(request: HttpRequest) -> list[Membership]:
    """Return the organisations the visitor may act in, for the switch; no statement for whoever has only one."""
    seat = seat_of(request)
    if seat is None or not (seat.elsewhere or seat.active):
        return []
    return queries.memberships(actor_of(request), current=seat.organization_id)


def choose(request: HttpRequest, organization_id: int) -> Membership:
    """Let the visitor act in another of their organisations from now on. Raises NotFound when it is none of theirs.

    Both the session's key and the secret behind every form are exchanged: a form of a page that was rendered for the
    organisation they leave, in whatever tab and of whatever app, is refused from now on instead of counting here.
    """
    chosen = next((m for m in queries.memberships(actor_of(request), current=organization_id) if m.current), None)
    if chosen is None:
        raise NotFound(_("You do not belong to this organisation."))
    request.session[SESSION_KEY] = chosen.organization_id
    request.session.cycle_key()
    rotate_token(request)
    if was_read(request):
        del request._akcept_seat  # type: ignore[attr-defined]
    return chosen


def acting_for(chosen: Membership) -> str:
    """Return the sentence that says so. The company's name never ends it: Polish ones end in a full stop themselves."""
    return _("You now act for %(organization)s, %(unit)s.") % {
        "organization": chosen.organization_name,
        "unit": chosen.unit_name,
    }


def settle(sender: object, request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    """Settle, at log-in, which organisation counts: losing it later must not silently make another one count.

    And in which language the browser goes on (`speaking`).
    """
    speaking.settle(request, user)
    seat = queries.seat_of(Actor.person(user.pk, queries.name_of(user)))
    if seat is None:
        return
    request.session[SESSION_KEY] = seat.organization_id
    if not seat.active and not seat.elsewhere:
        with translation.override(getattr(request, "_akcept_language", None)):
            messages.warning(request, deactivated(seat), fail_silently=True)


def deactivated(seat: Seat) -> str:
    """Return the sentence that says so, once, to whoever has lost their seat."""
    return _("Your account in %(organization)s has been deactivated. Ask an administrator of your organisation.") % {
        "organization": seat.organization_name
    }
