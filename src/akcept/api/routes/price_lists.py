"""Price lists and their prices, kept by the merchant's systems."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from akcept.agreements import actions, queries
from akcept.agreements.inputs import GoodsInput, ListInput, PriceInput
from akcept.agreements.models import Agreement, PriceList
from akcept.agreements.models import ListedPrice as Listed
from akcept.api.operations import Answered, Doing, caller, does, etag, reads, saved, version_of
from akcept.api.schemas import agreed as sent
from akcept.api.schemas.common import Key, Saved
from akcept.api.schemas.paging import Continued
from akcept.api.scopes import Scope
from akcept.kernel.errors import InvalidLines
from akcept.ordering.ports import assortment
from akcept.organizations import policies

router = Router(tags=["agreements"])


@reads(
    router,
    "/price-lists",
    scope=Scope.CUSTOMERS_READ,
    answer=sent.PriceListPage,
    name="list_price_lists",
    summary="Price lists, the latest made first",
)
def list_price_lists(request: HttpRequest, wanted: Query[sent.ListsWanted]) -> Answered:
    """Found by words of their name."""
    page = queries.lists_page(caller(request).actor, text=wanted.text, after=wanted.after())
    return Answered(content=sent.PriceListPage(items=[_list(row) for row in page.rows], next_cursor=page.next_after))


def _list(row: PriceList) -> sent.PriceListRow:
    names = ("name", "version", "currency", "base_id", "starts", "ends", "places", "offers")
    return sent.PriceListRow(id=row.pk, **{name: getattr(row, name) for name in names})


@reads(
    router,
    "/price-lists/{list_id}",
    scope=Scope.CUSTOMERS_READ,
    answer=sent.PriceListRow,
    name="get_price_list",
    summary="One price list, without its prices",
    etagged=True,
)
def get_price_list(request: HttpRequest, list_id: Key) -> Answered:
    """Its ETag is its version; writing its prices makes another one."""
    row = queries.list_for_staff(caller(request).actor, list_id)
    return Answered(content=_list(row), headers={"ETag": etag(row.version)})


@reads(
    router,
    "/price-lists/{list_id}/prices",
    scope=Scope.CUSTOMERS_READ,
    answer=sent.ListedPrices,
    name="list_prices",
    summary="The prices of a list, the latest written first",
)
def list_prices(request: HttpRequest, list_id: Key, wanted: Query[Continued]) -> Answered:
    """As they were written: a price of one piece, or per cent off the list's base."""
    actor = caller(request).actor
    queries.list_for_staff(actor, list_id)
    page = queries.rows_page(actor, list_id, after=wanted.after())
    ids = [row.product_id for row in page.rows if row.product_id is not None]
    skus = assortment().skus(ids) if ids else {}
    items = [_listed(row, skus) for row in page.rows]
    return Answered(content=sent.ListedPrices(items=items, next_cursor=page.next_after))


def _listed(row: Listed, skus: dict[int, str]) -> sent.ListedPrice:
    net = row.as_row("").net
    return sent.ListedPrice(
        code=None if row.product_id is None else skus.get(row.product_id, ""),
        category_id=row.category_id,
        least=row.least,
        net=None if net is None else f"{net:f}",
        per_cent=None if row.per_cent is None else f"{row.per_cent.normalize():f}",
        starts=row.starts,
        ends=row.ends,
    )


@does(
    router,
    "/price-lists",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={201: Saved},
    name="add_price_list",
    summary="Make a price list, with prices where they are known",
    versioned=False,
)
def add_price_list(request: HttpRequest, body: sent.ListAdded) -> Doing[Any]:
    """It counts where an agreement names it."""
    actor, wanted, prices = caller(request).actor, _list_as_sent(body, body.currency), _prices(request, body.lines)
    return Doing(
        act=lambda: actions.add_list(wanted, actor=actor, prices=prices),
        answered=lambda led: saved(led, status=201),
    )


@does(
    router,
    "/price-lists/{list_id}",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={200: Saved},
    name="change_price_list",
    summary="Let a price list be as it is sent; its prices and its currency stay",
)
def change_price_list(request: HttpRequest, list_id: Key, body: sent.ListSent) -> Doing[Any]:
    """It counts from now on, not for what waits."""
    actor, version, wanted = caller(request).actor, version_of(request), _list_as_sent(body, "")
    return Doing(
        act=lambda: actions.change_list(list_id, wanted, actor=actor, version=version),
        answered=saved,
        current=lambda: now(queries.list_for_staff(actor, list_id)),
    )


def _list_as_sent(body: sent.ListSent, currency: str) -> ListInput:
    names = ("name", "base_id", "starts", "ends", "places", "offers")
    return ListInput(currency=currency, **{name: getattr(body, name) for name in names})


@does(
    router,
    "/price-lists/{list_id}/prices",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={200: Saved},
    name="set_list_prices",
    summary="Let these be the prices of a list, all of them, up to 2,000",
)
def set_list_prices(request: HttpRequest, list_id: Key, body: sent.PricesSent) -> Doing[Any]:
    """What is not among them is gone; orders that were placed keep their prices. Longer lists are a file's."""
    actor, version, prices = caller(request).actor, version_of(request), _prices(request, body.lines)
    return Doing(
        act=lambda: actions.set_prices(list_id, prices, actor=actor, version=version),
        answered=saved,
        current=lambda: now(queries.list_for_staff(actor, list_id)),
    )


def _prices(request: HttpRequest, rows: Sequence[sent.PriceSent]) -> list[PriceInput]:
    """Return rows as actions take them. Raises NotAllowed, InvalidLines naming each code and category not there."""
    policies.require_manages_organizations(caller(request).actor)
    products = products_of([row.code for row in rows if row.code is not None])
    asked = any(row.category_id is not None for row in rows)
    categories = {each.id for each in assortment().categories()} if asked else set()
    problems: list[tuple[int, str]] = []
    found: list[PriceInput] = []
    for place, row in enumerate(rows):
        if row.code is not None and row.code not in products:
            problems.append((place, _("There is no product %(codes)s.") % {"codes": row.code[:60]}))
        elif row.category_id is not None and row.category_id not in categories:
            problems.append((place, _("There is no such category.")))
        else:
            goods = GoodsInput(product_id=products.get(row.code or ""), category_id=row.category_id)
            found.append(_price(row, goods))
    if problems:
        raise InvalidLines(_("Nothing was written: see each row."), problems=problems)
    return found


def _price(row: sent.PriceSent, goods: GoodsInput) -> PriceInput:
    return PriceInput(
        goods=goods,
        least=row.least,
        net=None if row.net is None else Decimal(row.net),
        per_cent=None if row.per_cent is None else Decimal(row.per_cent),
        starts=row.starts,
        ends=row.ends,
    )


def products_of(codes: Sequence[str]) -> dict[str, int]:
    """Return code -> id of the products that are there."""
    wanted = list(dict.fromkeys(codes))
    return {code: found.id for code, found in assortment().products(wanted).items()} if wanted else {}


def now(row: Agreement | PriceList) -> dict[str, Any]:
    """Return what is there where another version was named."""
    return {"id": row.pk, "name": row.name, "version": row.version}
