"""What the notices about orders have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.kernel.actor import Actor
from akcept.ordering import actions, queries
from akcept.ordering.models import Placement
from akcept.ordering.queries import OrderView
from akcept.organizations import module
from akcept.organizations.seats import Person

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


def asked_now(placement: Placement) -> Sequence[Person]:
    """Return who may decide a waiting order at this moment; nobody where deciding is not possible at all."""
    case = getattr(placement.order, "akcept_case", None)
    if case is None or case.state != "awaiting" or placement.unit is None:
        return []
    if placement.organization is None or placement.organization.status != "active" or not module.is_available():
        return []  # blocked by the shop or withheld by its host: nobody can decide now, so nobody is asked
    case.order.akcept_placement = placement
    return queries.asked_about([case])[0]


def order_mail(placement: Placement, *, for_approver: bool = False) -> OrderMail:
    """Return an order ready for a mail; a constant number of statements."""
    view = queries.view_of(placement, seat=None, user_id=None, for_approver=for_approver)
    return OrderMail(view=view, more=max(0, len(view.document.lines) - SHOWN_LINES))


def decide_path(view: OrderView, asked: Person | None) -> str:
    """Return the link with which this person decides without logging in, on what the mail shows; "" for none."""
    if view.case is None or asked is None:
        return ""
    token = actions.offer_link(
        view.placement.number,
        actor=Actor.system("notices"),
        member_id=asked.member_id,
        revision=view.case.revision,
        version=view.case.version,
    )
    return reverse("akcept:by_mail", kwargs={"token": token}) if token else ""
