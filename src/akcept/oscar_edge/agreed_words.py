"""What was agreed of orders, in sentences for who buys: told before an order is submitted."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from akcept.agreements.answers import Addressed, Conditions
from akcept.kernel import price_sight
from akcept.ordering import payments
from akcept.organizations.seats import Seat
from akcept.ui.formats import money


def terms_in_words(said: Conditions, seat: Seat | None) -> list[str]:
    """Return everything agreed of orders, a sentence each; what binds members only is not told to others."""
    if seat is None:
        return carriage_in_words(said)
    addressed = addresses_in_words(said, seat)
    paid = [payments.days_in_words(said.pay_days)] if said.pay_days is not None else []
    return [*_bounds(said), *carriage_in_words(said), *([addressed] if addressed else []), *paid]


def carriage_in_words(said: Conditions) -> list[str]:
    """Return what was agreed of the delivery's charge; nothing to those who see no prices."""
    if not price_sight.are_seen():
        return []
    found = []
    if said.free_from:
        found.append(_("As agreed, delivery is free of charge from %(sum)s net.") % {"sum": _sum(said.free_from)})
    elif said.free_from is not None:
        found.append(_("As agreed, delivery is free of charge."))
    if said.small_below and said.surcharge:
        words = {"sum": _sum(said.small_below), "surcharge": _sum(said.surcharge)}
        found.append(_("Below %(sum)s net the delivery has a surcharge of %(surcharge)s net.") % words)
    return found


def addresses_in_words(said: Conditions, seat: Seat) -> str:
    """Return where goods may be sent as agreed; empty where the member's permission says that."""
    if said.addressed is Addressed.OWN:
        return _("As agreed, goods are sent to the addresses of %(unit)s only.") % {"unit": seat.unit_name}
    if said.addressed is Addressed.ANYWHERE:
        return _("As agreed, goods are sent to any address.")
    return ""


def _bounds(said: Conditions) -> list[str]:
    if not price_sight.are_seen():
        return []
    found = []
    if said.order_from:
        found.append(_("Smallest order: %(sum)s net.") % {"sum": _sum(said.order_from)})
    if said.order_up_to is not None:
        found.append(_("Largest order: %(sum)s net.") % {"sum": _sum(said.order_up_to)})
    return found


def _sum(amount: Decimal) -> str:
    return money(amount, str(settings.OSCAR_DEFAULT_CURRENCY))
