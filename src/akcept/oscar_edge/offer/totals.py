"""What offers and vouchers say they have given, beside what is noted with the orders they lowered.

Oscar keeps one sum and two counts with an offer, and no currency: its sum is in the shop's own (`amounts.counted`),
its counts are of orders in any. Before that held, euro were added to zloty, and an offer with a most it may give ended
too early. What was taken off each order is noted with the order, in its currency, and tells the right figures; unless
orders that an offer has counted are gone, for then nobody can tell what they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from akcept.kernel.money import cents
from akcept.ordering import status
from akcept.oscar_edge.offer.amounts import MOST_USES
from akcept.transactions.acting import together
from akcept.transactions.locking import lock
from akcept.ui.formats import money

_BATCH: Final = 500
_NOTHING: Final = Decimal("0.00")
_OFFER: Final = ("total_discount", "num_orders", "num_applications")
_VOUCHER: Final = ("total_discount", "num_orders")


@dataclass(slots=True, kw_only=True)
class Noted:
    """What orders that did not end unaccepted say: `total` in the shop's currency, `others` in all other ones."""

    total: Decimal = _NOTHING
    orders: int = 0
    applications: int = 0
    #: By currency, of orders that ended unaccepted, too: these were added once, and not always taken off again.
    others: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Miscounted:
    """An offer or a voucher whose figures are not what its orders say; `right` is None where nobody can tell."""

    row: Any
    text: str
    right: Mapping[str, Any] | None


def look() -> Iterator[Miscounted]:
    """Yield offers and vouchers that have counted wrongly; three statements, and two for a thousand of them."""
    for model, found, names in (
        (get_model("offer", "ConditionalOffer"), _noted("offer_id"), _OFFER),
        (get_model("voucher", "Voucher"), _of_vouchers(), _VOUCHER),
    ):
        for row in _all(model):
            if (wrong := _compared(row, found.get(row.pk, Noted()), names)) is not None:
                yield wrong


def _all(model: Any) -> Iterator[Any]:
    last = 0
    while batch := list(model._default_manager.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        last = batch[-1].pk
        yield from batch


def mend(found: Miscounted) -> bool:
    """Write the right figures, and return whether there are any; computed again while nothing more is counted."""
    if found.right is None:
        return False
    row, is_offer = found.row, hasattr(found.row, "num_applications")
    with together():
        locked = lock(type(row)._default_manager.filter(pk=row.pk)).get()
        noted = _noted("offer_id", row.pk) if is_offer else _of_vouchers(row.pk)
        again = _compared(locked, noted.get(row.pk, Noted()), _OFFER if is_offer else _VOUCHER)
        if again is not None and again.right is not None:
            type(row)._default_manager.filter(pk=row.pk).update(**again.right)
    return again is None or again.right is not None


def _noted(key: str, of: int | None = None) -> dict[int, Noted]:
    """Return what is noted with orders, by the key of offers or vouchers; one statement."""
    rows = get_model("order", "OrderDiscount").every.exclude(**{f"{key}__isnull": True})
    if of is not None:
        rows = rows.filter(**{key: of})
    counts = ~Q(order__status__in=status.ENDED)
    sums = (
        rows.order_by()
        .values(key, "order__currency")
        .annotate(
            all=Sum("amount"),
            sum=Sum("amount", filter=counts),
            orders=Count("pk", filter=counts),
            times=Sum("frequency", filter=counts),
        )
    )
    found: dict[int, Noted] = {}
    for row in sums:
        noted = found.setdefault(row[key], Noted())
        noted.orders += row["orders"]
        noted.applications = min(MOST_USES, noted.applications + int(row["times"] or 0))
        if row["order__currency"] == settings.OSCAR_DEFAULT_CURRENCY:
            noted.total += cents(row["sum"] or _NOTHING)
        elif row["all"]:
            noted.others[row["order__currency"]] = cents(row["all"])
    return found


def _of_vouchers(of: int | None = None) -> dict[int, Noted]:
    """Return the same of vouchers, whose orders are noted in rows of their own; two statements."""
    found = _noted("voucher_id", of)
    rows = get_model("voucher", "VoucherApplication").objects.all()
    if of is not None:
        rows = rows.filter(voucher_id=of)
    counted = dict(rows.order_by().values_list("voucher_id").annotate(number=Count("pk")))
    for key in counted.keys() | found.keys():
        found.setdefault(key, Noted()).orders = counted.get(key, 0)
    return found


def _compared(row: Any, noted: Noted, names: tuple[str, ...]) -> Miscounted | None:
    """Return what is wrong with an offer or a voucher, None where nothing is."""
    wanted = {"total_discount": noted.total, "num_orders": noted.orders, "num_applications": noted.applications}
    right = {name: wanted[name] for name in names}
    gone = row.num_orders - noted.orders
    if gone > 0:
        return _undecided(row, noted)
    if all(getattr(row, name) == value for name, value in right.items()):
        return None
    currency = settings.OSCAR_DEFAULT_CURRENCY
    words = {
        "name": row.name,
        "total": money(row.total_discount, currency),
        "orders": row.num_orders,
        "right": money(noted.total, currency),
        "right_orders": noted.orders,
    }
    text = _("“%(name)s” has given %(total)s (orders: %(orders)d), by its orders %(right)s (orders: %(right_orders)d)")
    return Miscounted(row=row, text=text % words, right=right)


def _undecided(row: Any, noted: Noted) -> Miscounted | None:
    """Return that nobody can tell, where sums in other currencies may be in the total; None where none can."""
    if not noted.others or row.total_discount <= noted.total:
        return None
    words = {
        "name": row.name,
        "total": money(row.total_discount, settings.OSCAR_DEFAULT_CURRENCY),
        "others": ", ".join(money(sum_, currency) for currency, sum_ in sorted(noted.others.items())),
    }
    text = _(
        "“%(name)s” has given %(total)s, which may have %(others)s in it; orders that it counted are deleted, so "
        "nobody can tell, and it stays"
    )
    return Miscounted(row=row, text=text % words, right=None)
