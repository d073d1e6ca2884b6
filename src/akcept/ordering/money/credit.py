"""How much an organisation may still order on account: the merchant's limits and what it owes.

A unit may have a limit of its own inside the organisation's: an order fits when it fits every limit on its unit's way
up. Whoever uses credit holds the organisation's row, so that no limit is used twice; see docs/adr/0023.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from akcept.kernel.amounts import Amounts
from akcept.kernel.errors import CreditExceeded
from akcept.ordering import payments
from akcept.ordering.models import CreditLimit, Placement, UnitCreditLimit
from akcept.ordering.ports import receivables
from akcept.organizations.models import Unit
from akcept.organizations.wording import money
from akcept.transactions.locking import lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """The credit of an organisation, or of a unit and those below it: gross, with delivery, in `currency`.

    `used` is owed by released orders not settled. `unit_name` is empty for the whole organisation.
    """

    limit: Decimal
    used: Decimal
    currency: str
    unit_name: str = ""

    @property
    def free(self) -> Decimal:
        """What may still be ordered on account; nothing where more is owed than the limit is by now."""
        return max(Decimal(0), self.limit - self.used)

    def covers(self, amounts: Amounts) -> bool:
        """Whether an order fits; exactly as much does, one in another currency never."""
        return amounts.currency == self.currency and amounts.total_gross <= self.free

    def in_words(self, amounts: Amounts) -> str:
        """Return what is left on account, and what that means for an order, for where somebody chooses how to pay."""
        words = {
            "free": money(self.free, self.currency),
            "limit": money(self.limit, self.currency),
            "unit": self.unit_name,
        }
        if self.covers(amounts) and self.unit_name:
            return _("On account: %(free)s of %(limit)s gross left for %(unit)s.") % words
        if self.covers(amounts):
            return _("On account: %(free)s of %(limit)s gross left.") % words
        if self.unit_name:
            return (
                _(
                    "On account: %(free)s of %(limit)s gross left for %(unit)s, too little for this order. "
                    "Pay another way, or ask the shop."
                )
                % words
            )
        return (
            _(
                "On account: %(free)s of %(limit)s gross left, too little for this order. "
                "Pay another way, or ask the shop."
            )
            % words
        )

    def refusal(self, amounts: Amounts) -> str:
        """Return why an order does not fit, with the figures."""
        if amounts.currency != self.currency:
            return _("The shop gives credit in %(currency)s only, and this order is in %(other)s.") % {
                "currency": self.currency,
                "other": amounts.currency,
            }
        words = {
            "limit": money(self.limit, self.currency),
            "used": money(self.used, self.currency),
            "free": money(self.free, self.currency),
            "value": money(amounts.total_gross, self.currency),
            "unit": self.unit_name,
        }
        if self.unit_name:
            return (
                _(
                    "The credit limit of %(unit)s is %(limit)s gross. %(used)s is used and %(free)s is left; "
                    "this order is %(value)s."
                )
                % words
            )
        return (
            _(
                "Your organisation's credit limit is %(limit)s gross. %(used)s is used and %(free)s is left; "
                "this order is %(value)s."
            )
            % words
        )


def limits_of(organization_id: int | OuterRef) -> QuerySet[CreditLimit]:
    """Return the row that says an organisation, or units of it, have a limit; to be part of another statement."""
    return CreditLimit.objects.filter(Q(amount__isnull=False) | Q(by_unit=True), organization_id=organization_id)


def limit_of(organization_id: int) -> CreditLimit:
    """Return the row the merchant changes, one that says nothing where nothing was ever set; one statement."""
    return CreditLimit.objects.filter(pk=organization_id).first() or CreditLimit(organization_id=organization_id)


def limit_of_unit(unit_id: int) -> UnitCreditLimit:
    """Return the row of a unit's own limit, one that says nothing where nothing was ever set; one statement."""
    return UnitCreditLimit.objects.filter(pk=unit_id).first() or UnitCreditLimit(unit_id=unit_id)


def credit_of(organization_id: int, *, unit_id: int | None = None, locked: bool = False) -> Credit | None:
    """Return what an order of a unit has to fit: of the limits on its way up the one with the least left.

    Without a unit only the organisation's own counts. None where the merchant set no limit: one statement then. Two
    with one, three more where units have limits of their own. `locked`: nobody else uses any of them until the
    transaction ends.
    """
    found = limits_of(organization_id)
    row = (lock(found) if locked else found).first()
    if row is None:
        return None
    counted = []
    if row.amount is not None:
        owed = receivables().owed(organization_id, row.currency)
        counted.append(Credit(limit=row.amount, used=owed, currency=row.currency))
    if row.by_unit and unit_id is not None:
        below = Unit.objects.filter(pk=unit_id, path__startswith=OuterRef("unit__path"))
        counted += [found for _row, found in _used(organization_id, _own_limits(organization_id).filter(Exists(below)))]
    return min(counted, key=_room, default=None)


def credit_of_units(organization_id: int) -> list[tuple[UnitCreditLimit, Credit]]:
    """Return the units' own limits with what is used of each; three statements, one where there is none."""
    return _used(organization_id, _own_limits(organization_id))


def _own_limits(organization_id: int) -> QuerySet[UnitCreditLimit]:
    found = UnitCreditLimit.objects.filter(unit__organization=organization_id, amount__isnull=False)
    return found.select_related("unit").order_by("unit__name", "pk")


def _used(organization_id: int, rows: Iterable[UnitCreditLimit]) -> list[tuple[UnitCreditLimit, Credit]]:
    """Return limits of units, each with what the unit and those below it owe."""
    limits = [(row, row.amount) for row in rows if row.amount is not None]
    owed = {
        currency: receivables().owed_by_unit(organization_id, currency)
        for currency in {row.currency for row, _amount in limits}
    }
    owing = {unit_id for by_unit in owed.values() for unit_id in by_unit}
    paths = dict(Unit.objects.filter(pk__in=owing).values_list("pk", "path")) if owing else {}
    return [
        (
            row,
            Credit(
                limit=amount,
                used=sum(
                    (sum_ for unit_id, sum_ in owed[row.currency].items() if _is_below(paths, unit_id, row.unit)),
                    Decimal(0),
                ),
                currency=row.currency,
                unit_name=row.unit.name,
            ),
        )
        for row, amount in limits
    ]


def _is_below(paths: Mapping[int, str], unit_id: int, above: Unit) -> bool:
    return paths.get(unit_id, "").startswith(above.path)


def _room(found: Credit) -> tuple[bool, Decimal]:
    """Order credits by what they leave; one in another currency than the shop's by now leaves nothing."""
    return found.currency == settings.OSCAR_DEFAULT_CURRENCY, found.free


def on_account(placement: Placement) -> bool:
    """Whether an order is an organisation's, to be paid for later."""
    return placement.payment_code == payments.ON_ACCOUNT and placement.organization_id is not None


def require_room(credit: Credit | None, amounts: Amounts) -> None:
    """Raise CreditExceeded (field `payment`) for an order on account that the credit does not cover."""
    if credit is not None and not credit.covers(amounts):
        way = _("Choose another way to pay, or ask the shop.")
        raise CreditExceeded(f"{credit.refusal(amounts)} {way}", field="payment")


def require_room_to_accept(credit: Credit | None, amounts: Amounts) -> None:
    """Raise CreditExceeded for an order on account that is about to join the shop's work."""
    if credit is not None and not credit.covers(amounts):
        way = _("Send the order back to have another payment method chosen, or ask the shop.")
        raise CreditExceeded(f"{credit.refusal(amounts)} {way}")
