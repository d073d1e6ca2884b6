"""What a change of the organisation would do to orders that wait, in the words its page says it with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.utils.translation import gettext as _

from akcept.journal.models import Entry
from akcept.ordering.reactions.foresight import foreseen
from akcept.ordering.topics import NOBODY_MAY_DECIDE
from akcept.ui.history import sentences

#: Orders whose new deciders are told one by one.
SHOWN: Final = 25


def told(change: Callable[[], object], *, organization_id: int) -> dict[str, Any]:
    """Return what `akcept/_foreseen.html` shows of a change that is tried and undone; its refusals pass through."""
    entries = foreseen(change, organization_id=organization_id)
    return {
        "foreseen": [_in_words(entry) for entry in entries[:SHOWN]],
        "unforeseen": len(entries[SHOWN:]),
        "leaves_stuck": any(entry.topic == NOBODY_MAY_DECIDE for entry in entries),
    }


def _in_words(entry: Entry) -> tuple[str, str]:
    """Return the order's number, and who would be asked instead."""
    if entry.topic == NOBODY_MAY_DECIDE:
        return entry.subject_id, _("Nobody could decide on this order any more.")
    return entry.subject_id, sentences([entry])[0].what
