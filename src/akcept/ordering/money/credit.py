"""How much an organisation may still order on account: the merchant's limit and what it owes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext as _

from akcept.kernel.amounts import Amounts
from akcept.kernel.errors import CreditExceeded
from akcept.ordering import payments
from akcept.ordering.models import CreditLimit, Placement
from akcept.ordering.ports import receivables
from akcept.organizations.wording import money
from akcept.transactions.locking import lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """An organisation's credit: gross, with delivery, in `currency`. `used` is owed by released orders not settled."""

    limit: Decimal
    used: Decimal
    currency: str

    @property
    def free(self) -> Decimal:
        """What may still be ordered on account; nothing where more is owed than the limit is by now."""
        return max(Decimal(0), self.limit - self.used)

    def covers(self, amounts: Amounts) -> bool:
        """Whether an order fits; exactly as much does, one in another currency never."""
        return amounts.currency == self.currency and amounts.total_gross <= self.free

    def in_words(self, amounts: Amounts) -> str:
        """Return what is left on account, and what that means for an order, for where somebody chooses how to pay."""
        words = {"free": money(self.free, self.currency), "limit": money(self.limit, self.currency)}
        if self.covers(amounts):
            return _("On account: %(free)s of %(limit)s gross left.") % words
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
        return _(
            "Your organisation's credit limit is %(limit)s gross. %(used)s is used and %(free)s is left; "
            "this order is %(value)s."
        ) % {
            "limit": money(self.limit, self.currency),
            "used": money(self.used, self.currency),
            "free": money(self.free, self.currency),
            "value": money(amounts.total_gross, self.currency),
        }


def limits_of(organization_id: int | OuterRef) -> QuerySet[CreditLimit]:
    """Return the limit set for an organisation, to be asked for as part of another statement."""
    return CreditLimit.objects.filter(organization_id=organization_id, amount__isnull=False)


def limit_of(organization_id: int) -> CreditLimit:
    """Return the row the merchant changes, one that says nothing where nothing was ever set; one statement."""
    return CreditLimit.objects.filter(pk=organization_id).first() or CreditLimit(organization_id=organization_id)


def credit_of(organization_id: int, *, locked: bool = False) -> Credit | None:
    """Return an organisation's credit, None where the merchant set no limit; two statements, one without a limit.

    `locked`: nobody else uses it until the transaction ends.
    """
    found = limits_of(organization_id)
    row = (lock(found) if locked else found).first()
    if row is None or row.amount is None:
        return None
    owed = receivables().owed(organization_id, row.currency)
    return Credit(limit=row.amount, used=owed, currency=row.currency)


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
