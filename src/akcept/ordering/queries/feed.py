"""What has happened, one after the other, for systems that follow along: a member's, the merchant's."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from akcept.journal import queries as journal
from akcept.journal.models import SHOP_CHAIN, Entry
from akcept.kernel.actor import Actor
from akcept.kernel.paging import PAGE_SIZE, Page
from akcept.ordering import topics
from akcept.ordering.visibility import visible_placements
from akcept.organizations import policies
from akcept.organizations import queries as organizations
from akcept.organizations.permissions import Permission
from akcept.organizations.queries import Subject
from akcept.organizations.seats import Seat

_ORDER: Final = "order"
_BUDGET: Final = "budget"
#: Whom an organisation asks, and what its people write to each other, is its own.
_ITS_OWN: Final = frozenset({topics.STEP_ASKED, topics.COMMENTED})


class ShopMatter(StrEnum):
    """What of the shop itself was changed, or done with: the type of the subject in the journal."""

    EXPORT = "export"
    SHOP = "shop"
    AGREEMENT = "agreement"
    PRICE_LIST = "price_list"
    MODULE = "module"
    ACCESS = "access"
    WEBHOOK = "webhook"


def feed(actor: Actor, *, after: int = 0, size: int = PAGE_SIZE) -> tuple[list[Entry], int]:
    """Return what happened after a number of the organisation's journal, oldest first, and the number read up to.

    Orders as far as the actor sees them; at head office what was changed in the organisation for who manages members,
    and budgets for who sees those. Numbers rise without gaps in the order of commits, so that whoever asks again with
    the last one misses nothing. Two statements besides the seat's. Raises NotAllowed.
    """
    seat = policies.require_seat(organizations.seat_of(actor))
    entries = journal.following(seat.organization_id, _subjects(seat), after=after, size=size)
    numbers = {entry.subject_id for entry in entries if entry.subject_type == _ORDER}
    visible = visible_placements(actor, seat).filter(number__in=numbers) if numbers else None
    seen = set(visible.values_list("number", flat=True)) if visible is not None else set()
    shown = [entry for entry in entries if entry.subject_type != _ORDER or entry.subject_id in seen]
    return shown, entries[-1].seq if entries else after


def _subjects(seat: Seat) -> Collection[str]:
    found = {_ORDER}
    if seat.at_head_office and seat.sees(Permission.MANAGE_MEMBERS):
        found |= {subject.value for subject in Subject}
    if seat.at_head_office and (seat.sees(Permission.SEE_BUDGETS) or seat.sees(Permission.MANAGE_BUDGETS)):
        found.add(_BUDGET)
    return found


def feed_for_staff(
    actor: Actor, organization_id: int, *, after: int = 0, size: int = PAGE_SIZE
) -> tuple[list[Entry], int]:
    """As `feed`, of one organisation for the merchant: its orders and itself, not its people, rules and budgets.

    Raises NotAllowed, NotFound.
    """
    organizations.organization_for_staff(actor, organization_id)
    wanted = (_ORDER, Subject.ORGANIZATION.value)
    entries = journal.following(organization_id, wanted, after=after, size=size)
    return [entry for entry in entries if entry.topic not in _ITS_OWN], entries[-1].seq if entries else after


def shop_feed(actor: Actor, *, after: int = 0, size: int = PAGE_SIZE) -> tuple[list[Entry], int]:
    """As `feed`, of what belongs to no organisation: the shop itself, and orders of customers without one.

    One statement besides the right's. Raises NotAllowed.
    """
    policies.require_staff(actor)
    wanted = (_ORDER, *(matter.value for matter in ShopMatter))
    entries = journal.following(SHOP_CHAIN, wanted, after=after, size=size)
    return entries, entries[-1].seq if entries else after


def shop_changes(actor: Actor, *, matter: str = "", after: str = "", size: int = PAGE_SIZE) -> Page[Entry]:
    """Return a page of what was done with the shop itself, the latest first: about one `ShopMatter`, or all.

    What is agreed with a customer stands in that customer's history. One statement besides the right's. Raises
    NotAllowed.
    """
    policies.require_staff(actor)
    wanted = [one.value for one in ShopMatter if one.value == matter] or [one.value for one in ShopMatter]
    return journal.recent(SHOP_CHAIN, wanted, before=after, size=size)
