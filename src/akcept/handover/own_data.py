"""What this room holds of a member: what a system of the merchant's wrote about orders it could not take."""

from __future__ import annotations

from collections.abc import Sequence

from akcept.handover.models import Handover
from akcept.organizations.personal_data import Erasure, Holding, Section, Subject


def export(subject: Subject) -> Sequence[Section]:
    """Return nothing: these are the merchant's words about its own books."""
    return ()


def erase(erasure: Erasure) -> None:
    """Take the person's names out of what was written about orders of their organisation."""
    organization_id = erasure.subject.organization_id
    erasure.clean(Handover.objects.filter(order__akcept_placement__organization_id=organization_id), "failure")


HOLDING = Holding(name="handover", export=export, erase=erase)
