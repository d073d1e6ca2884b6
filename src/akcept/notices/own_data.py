"""What this room holds of a person: which notices wait for his daily mail."""

from __future__ import annotations

from collections.abc import Sequence

from akcept.notices.models import DigestItem
from akcept.organizations.personal_data import Erasure, Holding, Section, Subject


def export(_subject: Subject) -> Sequence[Section]:
    """Return nothing: what waits speaks of orders and history, which their own rooms export."""
    return ()


def erase(erasure: Erasure) -> None:
    """Let nothing wait any more for a login that goes; another one's notices are looked at again before they go out."""
    if erasure.whole_account:
        DigestItem.objects.filter(user_id=erasure.subject.account_id).delete()


HOLDING = Holding(name="notices", export=export, erase=erase)
