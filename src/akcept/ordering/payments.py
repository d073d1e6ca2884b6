"""How an order may be paid: two ways, both without a payment provider."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

TRANSFER: Final = "transfer"
ON_ACCOUNT: Final = "on_account"

LABELS: Final = {
    TRANSFER: _("bank transfer"),
    ON_ACCOUNT: _("deferred, on account"),
}


def days_in_words(days: int) -> str:
    """Return within how many days an order on account is paid, for where somebody chooses how to pay."""
    if not days:
        return gettext("On account: to be paid at once.")
    text = ngettext("On account: to be paid within %(n)d day.", "On account: to be paid within %(n)d days.", days)
    return text % {"n": days}


def within(code: str, days: int | None) -> str:
    """Return how an order is paid in words, with the days that were agreed for one on account."""
    label = str(LABELS.get(code, code))
    if code != ON_ACCOUNT or days is None:
        return label
    return label + (ngettext(", %(n)d day", ", %(n)d days", days) % {"n": days} if days else gettext(", at once"))


def choices_for(*, has_organization: bool) -> tuple[str, ...]:
    """Return the codes a buyer may choose from: payment on account is for organisations only."""
    return (TRANSFER, ON_ACCOUNT) if has_organization else (TRANSFER,)
