"""Targets of deliveries and the people behind them."""

from __future__ import annotations

from django.contrib.auth import get_user_model

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.notices.kind import Recipient
from akcept.organizations.queries import is_active_member, language_of


def user_target(user_id: int) -> str:
    """Return the target of a person with an account."""
    return f"user:{user_id}"


def user_id_of(target: str) -> int:
    """Return whose target it is."""
    return int(target.removeprefix("user:"))


def named(entry: Entry, target: str) -> Recipient:
    """Return who a target is: the person as they are now, or a bare address, written to in the shop's language.

    Raises Skip when the account is closed or has no address, and for what concerns an organisation this person no
    longer belongs to, or is deactivated in.
    """
    if target.startswith("email:"):
        return Recipient(email=target.removeprefix("email:"), language=language_of(None))
    user = get_user_model().objects.filter(pk=user_id_of(target), is_active=True).first()
    if user is None or not user.email:
        raise Skip("the account is closed or has no address")
    if entry.organization_id and not is_active_member(user.pk, entry.organization_id):
        raise Skip("this person does not belong to the organisation any more")  # 0 is no organisation
    return Recipient(email=user.email, language=language_of(user.pk))
