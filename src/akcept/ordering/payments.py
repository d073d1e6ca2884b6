"""How an order may be paid: two ways, both without a payment provider."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

TRANSFER: Final = "transfer"
ON_ACCOUNT: Final = "on_account"

LABELS: Final = {
    TRANSFER: _("bank transfer"),
    ON_ACCOUNT: _("deferred, on account"),
}


def choices_for(*, has_organization: bool) -> tuple[str, ...]:
    """Return the codes a buyer may choose from: payment on account is for organisations only."""
    return (TRANSFER, ON_ACCOUNT) if has_organization else (TRANSFER,)
