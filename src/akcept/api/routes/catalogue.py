"""The catalogue, with the prices and stock of whoever asks; what they may not buy is not there."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from akcept.api import told
from akcept.api.operations import Answered, caller, reads
from akcept.api.schemas.common import CODES_LIMIT, CodeSent, MomentAsked, UnitPrice, moment
from akcept.api.schemas.paging import Paged
from akcept.api.scopes import Scope
from akcept.ordering.ports import Goods, GoodsFilter, Had
from akcept.ordering.queries import catalogue

router = Router(tags=["catalogue"])


class PriceStep(Schema):
    """What a piece costs net from so many pieces on."""

    from_quantity: int
    unit_net: UnitPrice


class Pack(Schema):
    """In how many pieces at a time a product is sold, and from how many; what such a pack is called."""

    multiple: int
    smallest: int
    unit: str


class Product(Schema):
    """A product as the caller may order it: by `code` or `ean`. Prices are before the shop's offers.

    `stock` is null where it is not counted; prices are null for what has none now, and cannot be ordered.
    `availability` says what can be had: more is `expected` from the day `expected_on`; what was `replaced` has the
    code of the product in its place as `successor_code`.
    """

    id: int
    code: str
    ean: str
    title: str
    unit_net: UnitPrice | None
    unit_gross: UnitPrice | None
    vat_rate: str | None
    steps: list[PriceStep]
    pack: Pack | None
    can_be_ordered: bool
    stock: int | None
    availability: Had
    expected_on: date | None
    successor_code: str | None
    changed_at: datetime


class ProductPage(Schema):
    """A page of products."""

    items: list[Product]
    next_cursor: str | None


class Wanted(Paged):
    """What the catalogue is narrowed by."""

    text: str = Field(default="", max_length=200)
    code: list[CodeSent] = Field(default_factory=list, max_length=CODES_LIMIT)
    changed_since: MomentAsked | None = None


@reads(
    router,
    "/products",
    scope=Scope.CATALOGUE_READ,
    answer=ProductPage,
    name="list_products",
    summary="Products, with the caller's prices and stock",
)
def list_products(request: HttpRequest, wanted: Query[Wanted]) -> Answered:
    """Searched by words, the nearest first; or by codes and EANs exactly, up to 100 in one call.

    `changed_since`: whose data, price or stock somebody has changed; what orders take of the stock changes nothing
    here, and what is agreed with an organisation counts from a day of its own, so read all of it once a day.
    """
    since = None if wanted.changed_since is None else moment(wanted.changed_since, field="changed_since")
    asked = GoodsFilter(text=wanted.text, codes=tuple(wanted.code), changed_since=since)
    page = catalogue(caller(request).actor, asked, after=wanted.after(), size=wanted.limit)
    return Answered(content=ProductPage(items=[_product(row) for row in page.rows], next_cursor=page.next_after))


def _product(row: Goods) -> Product:
    priced = row.unit_net is not None and row.unit_gross is not None
    return Product(
        id=row.product_id,
        code=row.sku,
        ean=row.ean,
        title=row.title,
        unit_net=UnitPrice.of(row.unit_net, row.currency) if priced and row.unit_net is not None else None,
        unit_gross=UnitPrice.of(row.unit_gross, row.currency) if priced and row.unit_gross is not None else None,
        vat_rate=told.rate_of(row.vat_rate),
        steps=[PriceStep(from_quantity=least, unit_net=UnitPrice.of(net, row.currency)) for least, net in row.steps],
        pack=None if row.pack is None else Pack(multiple=row.pack[0], smallest=row.pack[1], unit=row.pack[2]),
        can_be_ordered=row.can_be_ordered,
        stock=row.stock,
        availability=row.availability,
        expected_on=row.expected_on,
        successor_code=row.successor or None,
        changed_at=row.changed_at,
    )
