"""Making and changing price lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from akcept.agreements import checks, topics
from akcept.agreements.inputs import ListInput, PriceInput
from akcept.agreements.models import ListedPrice, PriceList
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid, NotFound, Stale
from akcept.organizations import policies
from akcept.transactions.acting import action
from akcept.transactions.locking import lock

#: Rows are written so many at a time.
_BATCH: Final = 1000


@action
def add_list(
    wanted: ListInput, *, actor: Actor, prices: Sequence[PriceInput] = (), now: datetime | None = None
) -> PriceList:
    """Make a price list, with `prices` where they are known already; it counts where an agreement names it.

    Journal: `price_list.added`, then `price_list.prices_changed` where it has prices. Raises NotAllowed, NotFound,
    Invalid (field).
    """
    policies.require_manages_organizations(actor)
    row = PriceList(currency=checks.currency(wanted.currency))
    _save(row, wanted)
    event = Event(topics.LIST_ADDED, ("price_list", str(row.pk)), _kept(row))
    journal.write(event, actor=actor, organization_id=None, now=now)
    if prices:
        _exchange(row, prices, actor=actor, now=now)
    return row


@action
def change_list(
    list_id: int, wanted: ListInput, *, actor: Actor, version: int, now: datetime | None = None
) -> PriceList:
    """Let a list be as `wanted`; its prices and its currency stay. It counts from now on, not for what waits.

    Journal: `price_list.changed` with before and after. Raises NotAllowed, NotFound, Stale, Invalid (field).
    """
    policies.require_manages_organizations(actor)
    row = _seen(list_id, version)
    before = _kept(row)
    _save(row, wanted)
    event = Event(topics.LIST_CHANGED, ("price_list", str(row.pk)), {"before": before, "after": _kept(row)})
    journal.write(event, actor=actor, organization_id=None, now=now)
    return row


@action
def set_prices(
    list_id: int, rows: Sequence[PriceInput], *, actor: Actor, version: int, now: datetime | None = None
) -> PriceList:
    """Let these be the prices of a list, all of them; what is not among them is gone.

    Two rows for the same goods, quantity and first day are refused. Journal: `price_list.prices_changed` with how many
    there were and are. Raises NotAllowed, NotFound, Stale, Invalid (field).
    """
    policies.require_manages_organizations(actor)
    row = _seen(list_id, version)
    row.save(update_fields=["version"])
    _exchange(row, rows, actor=actor, now=now)
    return row


def _exchange(row: PriceList, rows: Sequence[PriceInput], *, actor: Actor, now: datetime | None) -> None:
    """Let these be the prices of a locked or new list. Raises Invalid."""
    checks.rows(rows)
    before = ListedPrice.objects.filter(price_list=row).count()
    ListedPrice.objects.filter(price_list=row).delete()
    ListedPrice.objects.bulk_create((_row(row, each) for each in rows), batch_size=_BATCH)
    payload = {"name": row.name, "version": row.version, "before": before, "after": len(rows)}
    event = Event(topics.PRICES_CHANGED, ("price_list", str(row.pk)), payload)
    journal.write(event, actor=actor, organization_id=None, now=now)


def _seen(list_id: int, version: int) -> PriceList:
    """Return a list, locked. Raises NotFound, Stale."""
    row = lock(PriceList.objects.filter(pk=list_id)).first()
    if row is None:
        raise NotFound(_("There is no such price list."))
    if row.version != version:
        raise Stale(_("Somebody has changed this since you opened it. Here is the current state."))
    row.version += 1
    return row


def _save(row: PriceList, wanted: ListInput) -> None:
    row.name = checks.name(wanted.name)
    if PriceList.objects.filter(name=row.name).exclude(pk=row.pk).exists():
        raise Invalid(_("There already is a price list “%(name)s”.") % {"name": row.name}, field="name")
    checks.days(wanted.starts, wanted.ends)
    found = PriceList.objects.filter(pk=wanted.base_id).first() if wanted.base_id is not None else None
    if wanted.base_id is not None and found is None:
        raise NotFound(_("There is no such price list."))
    row.base = checks.base(found, of=row)
    row.starts, row.ends = wanted.starts, wanted.ends
    row.places, row.offers = checks.places(wanted.places), wanted.offers
    row.save()


def _row(price_list: PriceList, each: PriceInput) -> ListedPrice:
    return ListedPrice(
        price_list=price_list,
        product_id=each.goods.product_id,
        category_id=each.goods.category_id,
        least=each.least,
        net=each.net,
        per_cent=each.per_cent,
        starts=each.starts,
        ends=each.ends,
    )


def _kept(row: PriceList) -> dict[str, Any]:
    return {
        "name": row.name,
        "currency": row.currency,
        "base_id": row.base_id,
        "starts": row.starts.isoformat() if row.starts else "",
        "ends": row.ends.isoformat() if row.ends else "",
        "places": row.places,
        "offers": row.offers,
        "version": row.version,
    }
