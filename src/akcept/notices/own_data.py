"""What this room holds of a person: which notices wait for their daily mail."""

from __future__ import annotations

from collections.abc import Sequence

from akcept.notices.models import DigestItem
from akcept.organizations.personal_data import Erasure, Holding, Section, Subject


def export(_subject: Subject) -> Sequence[Section]:
    """Return nothing: what waits speaks of orders and history, which their own rooms export."""
    return ()


def erase(erasure: Erasure) -> None:
    """Let nothing of the organisation wait for the subject any more, and nothing at all for a login that goes."""
    waiting = DigestItem.objects.filter(user_id=erasure.subject.account_id)
    if not erasure.whole_account:
        waiting = waiting.filter(entry__organization_id=erasure.subject.organization_id)
    waiting.delete()


HOLDING = Holding(name="notices", export=export, erase=erase)
