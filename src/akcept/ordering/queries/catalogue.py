"""What a member may order, at what was agreed with their organisation."""

from __future__ import annotations

from akcept.kernel.actor import Actor
from akcept.kernel.paging import PAGE_SIZE, Page, key_of
from akcept.ordering.ports import Goods, GoodsFilter
from akcept.ordering.ports import catalogue as shops_catalogue
from akcept.organizations import policies
from akcept.organizations import queries as organizations


def catalogue(
    actor: Actor, wanted: GoodsFilter | None = None, *, after: str = "", size: int = PAGE_SIZE
) -> Page[Goods]:
    """Return a page of the products a member may order, each at the price of their unit.

    A constant number of statements. Raises NotAllowed for somebody without an active membership.
    """
    seat = policies.require_seat(organizations.seat_of(actor))
    key = key_of(after)
    rows, following = shops_catalogue().goods(
        wanted or GoodsFilter(), buyer_id=seat.user_id, member_id=seat.member_id, after=key, size=size
    )
    return Page(rows=tuple(rows), next_after=None if following is None else str(following), is_first=key is None)
