"""Targets of deliveries and the people behind them."""

from __future__ import annotations

from django.contrib.auth import get_user_model

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.notices.kind import Recipient
from akcept.organizations.queries import language_of


def user_target(user_id: int) -> str:
    """Return the target of a person with an account."""
    return f"user:{user_id}"


def user_id_of(target: str) -> int:
    """Return whose target it is."""
    return int(target.removeprefix("user:"))


def named(_entry: Entry, target: str) -> Recipient:
    """Return who a target is: the person as he is now, or a bare address, written to in the shop's language.

    Raises Skip when the account is closed or has no address.
    """
    if target.startswith("email:"):
        return Recipient(email=target.removeprefix("email:"), language=language_of(None))
    user = get_user_model().objects.filter(pk=user_id_of(target), is_active=True).first()
    if user is None or not user.email:
        raise Skip("the account is closed or has no address")
    return Recipient(email=user.email, language=language_of(user.pk))
