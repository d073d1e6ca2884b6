"""What the notices about orders have in common."""

from __future__ import annotations

from dataclasses import dataclass

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.ordering import queries
from akcept.ordering.models import Placement
from akcept.ordering.queries import OrderView

#: Lines a mail lists before it says how many more there are.
SHOWN_LINES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMail:
    """An order as a mail shows it."""

    view: OrderView
    more: int

    @property
    def context(self) -> dict[str, object]:
        """Return what the templates use."""
        return {
            "view": self.view,
            "placement": self.view.placement,
            "document": self.view.document,
            "lines": self.view.document.lines[:SHOWN_LINES],
            "more": self.more,
        }


def placement_of(entry: Entry) -> Placement:
    """Return the placement an entry is about. Raises Skip when the order is gone."""
    found = Placement.objects.filter(number=entry.subject_id).select_related(*queries.LOADED).first()
    if found is None:
        raise Skip("the order no longer exists")
    return found


def order_mail(placement: Placement) -> OrderMail:
    """Return an order ready for a mail; a constant number of statements."""
    view = queries.view_of(placement, seat=None, user_id=None)
    return OrderMail(view=view, more=max(0, len(view.document.lines) - SHOWN_LINES))
