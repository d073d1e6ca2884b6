"""What the notices about orders have in common."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from akcept.approvals.models import Case
from akcept.journal import sharing
from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotFound
from akcept.notices.recipients import user_id_of, user_target
from akcept.ordering import actions, queries, topics
from akcept.ordering.changes.differences import DeliveryChange
from akcept.ordering.changes.revisions import delivery_change
from akcept.ordering.models import Placement
from akcept.ordering.queries import MailedOrder
from akcept.organizations import module
from akcept.organizations import queries as organizations
from akcept.organizations.pseudonyms import shown
from akcept.organizations.queries import acting_name
from akcept.organizations.seats import Person

#: Lines a mail lists before it says how many more there are.
SHOWN_LINES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMail:
    """An order as a mail shows it."""

    view: MailedOrder
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
    number = entry.subject_id
    found = sharing.once(("order", number), lambda: queries.loaded(Placement.objects.all(), number))
    if found is None:
        raise Skip("the order no longer exists")
    return found


def asked_now(placement: Placement) -> Sequence[Person]:
    """Return who may decide a waiting order at this moment; nobody where deciding is not possible at all."""
    return _view(placement).approvers if _decidable(placement) else []


def asked_later(placement: Placement) -> Sequence[Person]:
    """Return whose turn comes in a later step of a waiting order, as `asked_now`."""
    case = _decidable(placement)
    return queries.asked_later(case) if case else []


def _decidable(placement: Placement) -> Case | None:
    case: Case | None = getattr(placement.order, "akcept_case", None)
    if case is None or case.state != "awaiting" or placement.unit is None:
        return None
    if placement.organization is None or placement.organization.status != "active" or not module.is_available():
        return None  # blocked by the shop or withheld by its host: nobody can decide now, so nobody is asked
    case.order.akcept_placement = placement
    return case


def order_mail(placement: Placement, *, for_approver: bool = False) -> OrderMail:
    """Return an order ready for a mail, its budgets only for whoever decides it; a constant number of statements."""
    view = _view(placement)
    if not for_approver:
        view = replace(view, budgets=())
    return OrderMail(view=view, more=max(0, len(view.document.lines) - SHOWN_LINES))


def _view(placement: Placement) -> MailedOrder:
    # How the other order ended is told as it is read.
    key = ("mailed", placement.order_id, get_language() if placement.instead_of_id else "")
    return sharing.once(key, lambda: queries.mailed(placement))


def decide_path(view: MailedOrder, asked: Person | None) -> str:
    """Return the link with which this person decides without logging in, on what the mail shows; "" for none."""
    if view.case is None or asked is None:
        return ""
    number, revision, version = view.placement.number, view.case.revision, view.case.version
    told = {target for entry, target in sharing.deliveries() if entry.subject_id == number}
    members = {person.member_id for person in view.approvers if user_target(person.user_id) in told}
    members.add(asked.member_id)
    tokens = sharing.once(
        ("links", number, frozenset(members), revision, version),
        lambda: actions.offer_links(
            number, actor=Actor.system("notices"), member_ids=members, revision=revision, version=version
        ),
    )
    token = tokens.get(asked.member_id)
    return reverse("akcept:by_mail", kwargs={"token": token}) if token else ""


def who(entry: Entry) -> str:
    """Return who did it, with whom they stood in for."""
    return acting_name(entry.actor_name, str(entry.payload.get("for", "")))


def in_place(entry: Entry) -> str:
    """Return by whom of the shop, in whose place and why an order was placed or submitted again; "" otherwise."""
    if not (member := entry.payload.get("in_place_of")):
        return ""
    words = {"name": shown(entry.actor_name), "member": shown(member), "because": shown(entry.payload["because"])}
    if entry.topic == topics.PLACED:
        return _("Placed by %(name)s of the shop for %(member)s, because: %(because)s") % words
    return _("Done by %(name)s of the shop for %(member)s, because: %(because)s") % words


def buyer_of(entry: Entry) -> int | None:
    """Return the account of whoever placed the order, as the entry itself says it; None for one that is gone."""
    # Entries written before 0.2.0 do not name the buyer; some may wait for the relay while it is updated.
    buyer_id: int | None = entry.payload["buyer_id"] if "buyer_id" in entry.payload else placement_of(entry).buyer_id
    return buyer_id


def to_requester(entry: Entry) -> list[str]:
    """Return the target of whoever placed the order; none when they did it themselves."""
    buyer_id = buyer_of(entry)
    return [] if buyer_id in (None, entry.actor_user_id) else [user_target(buyer_id)]


def to_others(entry: Entry, member_ids: Collection[int]) -> list[str]:
    """Return the targets of members, each account once, without whoever did it."""
    found = dict.fromkeys(organizations.accounts_of(member_ids))
    return [user_target(user_id) for user_id in found if user_id != entry.actor_user_id]


def last_decider(entry: Entry) -> list[int]:
    """Return the member who decided the order last, for what concerns it while nobody is asked."""
    case = placement_of(entry).order.akcept_case
    last = case.decisions.order_by("-pk").first()
    return [last.member_id] if last else []


def require_sees(entry: Entry, target: str) -> None:
    """Raise Skip when this person may not see the order (any more): moved, deactivated, or gone."""
    reader = Actor.person(user_id_of(target), "", organization_id=entry.organization_id)
    try:
        seen = queries.visible_numbers(reader, [entry.subject_id])
    except NotFound:
        seen = frozenset()
    if entry.subject_id not in seen:
        raise Skip("this person may no longer see the order")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDifference:
    """What an entry says was changed: lines with `title`, `sku`, `from` and `to`; sums net with delivery."""

    lines: list[dict[str, Any]]
    #: Lines that only cost something else: `title`, `before` and `after`.
    prices: list[dict[str, Any]]
    delivery: DeliveryChange | None
    before: Decimal
    after: Decimal


def difference_of(entry: Entry) -> ToldDifference | None:
    """Return what was changed in the reader's language, None when an entry changed neither a line nor the delivery."""
    stored, prices = entry.payload.get("delivery", {}), prices_of(entry)
    if not entry.payload.get("lines") and not stored and not prices:
        return None
    before, after = (Decimal(str(entry.payload[name])) for name in ("net_before", "net_after"))
    delivery = delivery_change(stored.get("from"), stored.get("to"))
    return ToldDifference(lines=entry.payload["lines"], prices=prices, delivery=delivery, before=before, after=after)


def prices_of(entry: Entry) -> list[dict[str, Any]]:
    """Return the lines that cost something else for the same quantity: `title`, `before` and `after`, net."""
    return [
        {"title": row["title"], "before": Decimal(str(row["from"])), "after": Decimal(str(row["to"]))}
        for row in entry.payload.get("prices", ())
    ]
