"""The merchant's terms for what waits, as they are now."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from akcept.agreements.answers import Conditions, Terms, conditions
from akcept.kernel.amounts import Amounts
from akcept.kernel.errors import OutOfBounds
from akcept.ordering.models import Placement, ShopTerms
from akcept.organizations.wording import money

if TYPE_CHECKING:
    from akcept.agreements.queries import Heads


def in_force(*, agreed: Conditions | None = None, bound: bool = True) -> ShopTerms:
    """Return the terms, those of a shop that never set any where there is no row; one statement.

    What was `agreed` with a unit counts before the shop's own bounds; `bound` False: those are known to say nothing
    (`saying_something`), and no statement asks for them.
    """
    terms = (ShopTerms.objects.filter(pk=1).first() if bound else None) or ShopTerms()
    if agreed is not None:
        terms.order_from = terms.order_from if agreed.order_from is None else agreed.order_from
        terms.order_up_to = terms.order_up_to if agreed.order_up_to is None else agreed.order_up_to
    return terms


def is_agreed(unit: Any, today: Any) -> Any:
    """Return the condition, for somebody's own statement, that something was agreed with a unit of its orders.

    `unit` is its key, or the expression of it inside a subquery of a subquery; `today` is the shop's day.
    """
    if not apps.is_installed("akcept.agreements"):
        return Value(False)
    from akcept.agreements import queries  # its tables are there only where it is installed

    return Exists(queries.saying_conditions(queries.Party(unit_id=unit), today))


def was_agreed(order_id: Any) -> Any:
    """Return the condition, for somebody's own statement, that an order was placed under an agreement."""
    if not apps.is_installed("akcept.agreements"):
        return Value(False)
    from akcept.agreements import queries

    return Exists(queries.under_agreement(order_id))


def heads_with(unit_id: int) -> Heads | None:
    """Return what was agreed with a unit, today, without what is said of products: one statement.

    None, and no statement, in a shop without agreements.
    """
    if not apps.is_installed("akcept.agreements"):
        return None
    from akcept.agreements import queries

    return queries.heads_of(queries.Party(unit_id=unit_id), timezone.localdate())


def said_of_orders(heads: Heads | None) -> Conditions:
    """Return what agreements say of orders."""
    return Conditions() if heads is None else conditions(Terms(agreements=heads.agreements), heads.day)


def agreed_with(unit_id: int) -> Conditions:
    """Return what was agreed with a unit of its orders, today; statements as `heads_with`."""
    return said_of_orders(heads_with(unit_id))


def saying_something() -> QuerySet[ShopTerms]:
    """Return the row when it binds orders at all, to be asked for as part of another statement."""
    bound = Q(price_days__isnull=False) | Q(order_from__isnull=False) | Q(order_up_to__isnull=False)
    return ShopTerms.objects.filter(bound)


def prices_end(terms: ShopTerms, placement: Placement) -> datetime | None:
    """Return until when an order's prices are frozen; None for as long as it waits."""
    if terms.price_days is None:
        return None
    return (placement.repriced_at or placement.placed_at) + timedelta(days=terms.price_days)


def beyond_tolerance(terms: ShopTerms, before: Decimal, after: Decimal) -> bool:
    """Whether a total, net with delivery, rose by more than the tolerance; exactly as much is within it."""
    return (after - before) * 100 > before * terms.price_tolerance


def require_value(terms: ShopTerms, amounts: Amounts) -> None:
    """Raise OutOfBounds for an organisation's order of too little or too much; goods, net, in the shop's currency."""
    currency = settings.OSCAR_DEFAULT_CURRENCY
    if amounts.currency != currency:
        return
    low, high = terms.order_from, terms.order_up_to
    if low is not None and amounts.goods_net < low:
        raise OutOfBounds(
            _("The shop takes orders from %(limit)s net; the products in this one are worth %(value)s.")
            % {"limit": money(low, currency), "value": money(amounts.goods_net, currency)}
        )
    if high is not None and amounts.goods_net > high:
        raise OutOfBounds(
            _("The shop takes orders up to %(limit)s net; the products in this one are worth %(value)s.")
            % {"limit": money(high, currency), "value": money(amounts.goods_net, currency)}
        )
