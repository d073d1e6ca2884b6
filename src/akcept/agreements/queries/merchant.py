"""Agreements and price lists as the merchant's staff find them; whoever else asks is refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from akcept.agreements.models import Agreement, ListedPrice, PriceList
from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotFound
from akcept.kernel.paging import PAGE_SIZE, Page, key_of, page_of
from akcept.organizations import policies

#: How many days before its last one an agreement is told to end soon.
SOON: Final = timedelta(days=30)

Row = TypeVar("Row", bound=Model)


class When(StrEnum):
    """What an agreement is on a day."""

    NOW = "now"
    COMING = "coming"
    ENDED = "ended"
    #: In force, and over within `SOON`.
    ENDING = "ending"


def agreements_page(
    actor: Actor, *, day: date, text: str = "", organization_id: int | None = None, when: str = "", after: str = ""
) -> Page[Agreement]:
    """Return a page of agreements, the latest made first; `text` is in their name, organisation or unit.

    One statement. `when` is one of `When`, anything else is all of them. Raises NotAllowed.
    """
    policies.require_staff(actor)
    found = Agreement.objects.filter(_when(when, day)).select_related("organization", "unit")
    if organization_id is not None:
        found = found.filter(organization=organization_id)
    for word in text.split():
        found = found.filter(
            Q(name__icontains=word) | Q(organization__name__icontains=word) | Q(unit__name__icontains=word)
        )
    return _page(found, after)


def _when(when: str, day: date) -> Q:
    begun, not_over = Q(starts=None) | Q(starts__lte=day), Q(ends=None) | Q(ends__gte=day)
    wanted = {
        When.NOW: begun & not_over,
        When.COMING: Q(starts__gt=day),
        When.ENDED: Q(ends__lt=day),
        When.ENDING: begun & Q(ends__gte=day, ends__lte=day + SOON),
    }
    return wanted.get(When(when), Q()) if when in list(When) else Q()


def untold(now: datetime) -> QuerySet[Agreement]:
    """Return the agreements that end within `SOON` and of whose last day the merchant was not told yet."""
    today = timezone.localdate(now)
    near = Agreement.objects.filter(ends__gte=today, ends__lte=today + SOON)
    return near.filter(Q(told_end=None) | ~Q(told_end=F("ends")))


def agreement_for_staff(actor: Actor, agreement_id: int) -> Agreement:
    """Return an agreement with its lists in order, its goods and packs. Raises NotAllowed, NotFound."""
    policies.require_staff(actor)
    found = Agreement.objects.select_related("organization", "unit").filter(pk=agreement_id)
    row = found.prefetch_related(
        "agreed_lists__price_list", "goods__product__parent", "goods__category", "packs"
    ).first()
    if row is None:
        raise NotFound(_("There is no such agreement."))
    return row


def lists_page(actor: Actor, *, text: str = "", after: str = "") -> Page[PriceList]:
    """Return a page of price lists, the latest made first; one statement. Raises NotAllowed."""
    policies.require_staff(actor)
    found = PriceList.objects.select_related("base")
    for word in text.split():
        found = found.filter(name__icontains=word)
    return _page(found, after)


def list_for_staff(actor: Actor, list_id: int) -> PriceList:
    """Return a price list. Raises NotAllowed, NotFound."""
    policies.require_staff(actor)
    row = PriceList.objects.select_related("base").filter(pk=list_id).first()
    if row is None:
        raise NotFound(_("There is no such price list."))
    return row


def rows_page(
    actor: Actor, list_id: int, *, product_ids: list[int] | None = None, after: str = ""
) -> Page[ListedPrice]:
    """Return a page of a list's prices, the latest written first, or those of some products. Raises NotAllowed."""
    policies.require_staff(actor)
    found = ListedPrice.objects.filter(price_list=list_id).select_related("product__parent", "category")
    return _page(found if product_ids is None else found.filter(product__in=product_ids), after)


def _page(found: QuerySet[Row], after: str) -> Page[Row]:
    key = key_of(after)
    if key is not None:
        found = found.filter(pk__lt=key)
    rows = list(found.order_by("-pk")[: PAGE_SIZE + 1])
    return page_of(rows, [str(row.pk) for row in rows], size=PAGE_SIZE, is_first=key is None)
