"""All of a subject's history, however long; pages show it in parts."""

from __future__ import annotations

from akcept.journal.models import Entry


def history(subject_type: str, subject_id: str) -> list[Entry]:
    """Return what happened to one subject, oldest first."""
    return list(Entry.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("id"))
