"""Who may decide. Computed live from the seat as it is now, never from names frozen at placing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from akcept.approvals.models import Case, Terms
from akcept.approvals.wording import who_decided
from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Amounts
from akcept.kernel.errors import NotAllowed, Stale
from akcept.organizations import module, policies
from akcept.organizations.asking import ANY_ACCEPTOR
from akcept.organizations.labels import role_name
from akcept.organizations.seats import Door, Matter, Seat, door_for
from akcept.organizations.wording import limits, money


def door(seat: Seat | None, matter: Matter) -> Door | None:
    """Return by what right this seat may answer the open step of an order now, None when by none.

    Orders that wait stay decidable while the merchant has the module switched off, so the switch is not asked here;
    while the host withholds the module nobody decides.
    """
    if seat is None or not module.is_available():
        return None
    return door_for(seat, matter)


def require_decider(seat: Seat, case: Case, matter: Matter) -> Door:
    """Return by what right the seat decides. Raises NotAllowed with what stands in the way, Stale when it has decided.

    The case must already be one the seat may see. The refusal carries its text in each of the shop's languages: it is
    kept in the order's history, and read there by others.
    """
    try:
        return _require_decider(seat, case, matter)
    except NotAllowed as refusal:
        for language, _name in settings.LANGUAGES:
            with override(language), suppress(Stale):
                try:
                    _require_decider(seat, case, matter)
                except NotAllowed as again:
                    refusal.said[language] = str(again)
        raise


def _require_decider(seat: Seat, case: Case, matter: Matter) -> Door:
    if seat.member_id == case.requester_id and not matter.requester_may:
        raise NotAllowed(_("You placed this order yourself: somebody else has to accept it."))
    require_active(seat)
    if module.is_available():
        if (found := door_for(seat, matter)) is not None:
            return found
        if seat.member_id in matter.answered:
            raise Stale(_("You have accepted this order already; now others are asked."))
        if not matter.asks and (changed := who_decided(case, seat)):
            raise Stale(changed)  # changed meanwhile so that it asks nobody
        if door_for(seat, replace(matter, amounts=None)) is not None:
            raise NotAllowed(_beyond_limits(seat, matter))
        if door_for(seat, replace(matter, amounts=None, asks=(ANY_ACCEPTOR,))) is not None:
            raise NotAllowed(_("This step of the order asks others: %(names)s.") % {"names": asked_in_words(matter)})
    raise NotAllowed(
        _("You may not accept orders of %(unit)s. Ask an administrator of your organisation.")
        % {"unit": case.unit.name}
    )


def _beyond_limits(seat: Seat, matter: Matter) -> str:
    """Return why somebody's limits do not reach as far as an order: too low, or of other currencies."""
    currency = matter.amounts.currency if matter.amounts else ""
    if seat.limits and all(limit.currency != currency for limit in seat.limits):
        return _(
            "You may accept up to %(limit)s; that does not cover orders in %(currency)s. Somebody else has to decide."
        ) % {"limit": limits(seat.limits), "currency": currency}
    return _("This order is above your acceptance limit. Somebody else has to decide.")


class SecondFactorNeeded(NotAllowed):
    """The organisation wants orders of this value accepted by somebody who has shown a second factor."""

    code = "second_factor_needed"


def is_above(limit: Decimal | None, currency: str, amounts: Amounts) -> bool:
    """Whether an order's net sum with delivery is above an amount of the terms; None is no limit.

    An order in another currency than the amount's is above it.
    """
    return limit is not None and (amounts.currency != currency or amounts.total_net > limit)


def lacks_second_factor(terms: Terms, amounts: Amounts, *, actor: Actor) -> bool:
    """Whether accepting an order of these sums needs a second factor that the actor has not shown."""
    return is_above(terms.second_factor_above, terms.second_factor_currency, amounts) and not actor.second_factor


def require_second_factor(terms: Terms, amounts: Amounts, *, actor: Actor) -> None:
    """Raise SecondFactorNeeded where the organisation wants one for these sums and the actor has shown none."""
    if terms.second_factor_above is not None and lacks_second_factor(terms, amounts, actor=actor):
        raise SecondFactorNeeded(
            _("Your organisation requires a second factor to accept more than %(amount)s. Open the order to enter it.")
            % {"amount": money(terms.second_factor_above, terms.second_factor_currency)}
        )


def require_active(seat: Seat) -> None:
    """Raise NotAllowed for a member who was deactivated, or whose organisation the shop has blocked."""
    if not seat.active:
        raise NotAllowed(_("Your account has been deactivated. Ask an administrator of your organisation."))
    if seat.organization_status != "active":
        raise NotAllowed(policies.blocked_text(seat))


def asked_in_words(matter: Matter) -> str:
    """Return whom a step asks, by the names as they stood: "Director, Cora Wiśniewska"."""
    return ", ".join(role_name(ask.label) or str(_("anyone who may accept orders")) for ask in matter.asks)
