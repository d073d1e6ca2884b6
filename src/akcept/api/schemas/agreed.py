"""What agreements and price lists look like to other systems. Days are both included; null is without an end."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from ninja import Schema
from pydantic import Field

from akcept.agreements.answers import Addressed, Assorted, Choice
from akcept.agreements.checks import (
    ATTRIBUTE_LIMIT,
    ATTRIBUTES_LIMIT,
    DAYS_LIMIT,
    NAME_LIMIT,
    PIECES_LIMIT,
    PLACES,
    VALUE_LIMIT,
)
from akcept.agreements.queries.merchant import When
from akcept.api.schemas.common import AmountSent, CodeSent, CurrencySent, DaySent, KeySent, Money, Sent
from akcept.api.schemas.paging import Continued

#: So many rows of prices in one call: with the longest codes they just fit into a body.
ROWS_LIMIT: Final = 2_000
GOODS_LIMIT: Final = 2_000
#: A net price of one piece, with all its places, and per cent off; below zero is dearer.
NetSent = Annotated[str, Field(pattern=r"^[0-9]{1,7}(\.[0-9]{1,8})?$", examples=["9.50"])]
PerCentSent = Annotated[str, Field(pattern=r"^-?[0-9]{1,3}(\.[0-9]{1,4})?$", examples=["5"])]
Pieces = Annotated[int, Field(ge=1, le=PIECES_LIMIT)]


class OfOrders(Schema):
    """What orders have to keep to: ways by code, none for all that the shop has; sums of goods, net.

    From `free_from` on delivery is free of charge; below `small_below` it costs `surcharge` more.
    """

    order_from: Money | None
    order_up_to: Money | None
    pays: list[str]
    delivers: list[str]
    pay_days: int | None
    addressed: Addressed
    free_from: Money | None
    small_below: Money | None
    surcharge: Money | None


class Agreed(OfOrders):
    """What counts for the caller's unit today. What products cost, and which may be bought, `GET /products` tells."""

    id: int
    name: str
    version: int
    starts: date | None
    ends: date | None


class AgreedAll(Schema):
    """The agreements that count, the nearest to the unit first."""

    items: list[Agreed]


class AgreementRow(Schema):
    """An agreement of a list; without organisation it is one with everybody."""

    id: int
    name: str
    version: int
    organization_id: int | None
    organization: str
    unit_id: int | None
    unit: str
    starts: date | None
    ends: date | None


class AgreementPage(Schema):
    """A page of agreements, the latest made first."""

    items: list[AgreementRow]
    next_cursor: str | None


class NamedList(Schema):
    """A price list an agreement names."""

    id: int
    name: str


class Pack(Schema):
    """In what a product is sold."""

    code: str
    multiple: int
    smallest: int
    unit: str


class AttributeValue(Schema):
    """A value of an attribute, by its code: the products that have it."""

    attribute: str
    value: str


class AgreementOne(AgreementRow, OfOrders):
    """One agreement with everything in it; products by code, categories by id."""

    position: int
    choice: Choice
    alone: bool
    lists: list[NamedList]
    assorted: Assorted
    goods: list[str]
    categories: list[int]
    attributes: list[AttributeValue]
    packs: list[Pack]


class AgreementsWanted(Continued):
    """Which agreements."""

    text: str = Field(default="", max_length=100)
    organization_id: int | None = Field(default=None, ge=1, le=2**53)
    when: When | None = None


class PackSent(Sent):
    """In what a product is sold, by its code or EAN."""

    code: CodeSent
    multiple: Pieces = 1
    smallest: Pieces = 1
    unit: str = Field(default="", max_length=40)


class AttributeSent(Sent):
    """A value of an attribute, by its code or name: the products that have it."""

    attribute: str = Field(min_length=1, max_length=ATTRIBUTE_LIMIT)
    value: str = Field(min_length=1, max_length=VALUE_LIMIT)


class AgreementSent(Sent):
    """An agreement as it should be, all of it; `lists` are asked in their order, sums are net in the shop's currency.

    `goods` are codes or EANs, `categories` ids, `attributes` values that products have; all are for `only` and
    `all_but`.
    """

    name: str = Field(min_length=1, max_length=NAME_LIMIT)
    starts: DaySent | None = None
    ends: DaySent | None = None
    position: int = Field(default=0, ge=0, le=1000)
    choice: Choice = Field(default=Choice.FIRST, strict=False)
    alone: bool = False
    lists: list[KeySent] = Field(default_factory=list, max_length=100)
    assorted: Assorted = Field(default=Assorted.AS_ABOVE, strict=False)
    goods: list[CodeSent] = Field(default_factory=list, max_length=GOODS_LIMIT)
    categories: list[KeySent] = Field(default_factory=list, max_length=GOODS_LIMIT)
    attributes: list[AttributeSent] = Field(default_factory=list, max_length=ATTRIBUTES_LIMIT)
    packs: list[PackSent] = Field(default_factory=list, max_length=GOODS_LIMIT)
    order_from: AmountSent | None = None
    order_up_to: AmountSent | None = None
    pays: list[CodeSent] = Field(default_factory=list, max_length=20)
    delivers: list[CodeSent] = Field(default_factory=list, max_length=100)
    pay_days: int | None = Field(default=None, ge=0, le=DAYS_LIMIT)
    addressed: Addressed = Field(default=Addressed.AS_ABOVE, strict=False)
    free_from: AmountSent | None = None
    small_below: AmountSent | None = None
    surcharge: AmountSent | None = None


class AgreementAdded(AgreementSent):
    """With whom: a unit and those below it; head office's is the whole organisation's, null is everybody's."""

    unit_id: KeySent | None = None


class PriceListRow(Schema):
    """A price list; `base_id` is the list its per cent are off, null the shop's own prices."""

    id: int
    name: str
    version: int
    currency: str
    base_id: int | None
    starts: date | None
    ends: date | None
    places: int
    offers: bool


class PriceListPage(Schema):
    """A page of price lists, the latest made first."""

    items: list[PriceListRow]
    next_cursor: str | None


class ListsWanted(Continued):
    """Which price lists."""

    text: str = Field(default="", max_length=100)


class ListSent(Sent):
    """A list as it should be, without its prices; `offers`: the shop's offers apply on top."""

    name: str = Field(min_length=1, max_length=NAME_LIMIT)
    base_id: KeySent | None = None
    starts: DaySent | None = None
    ends: DaySent | None = None
    places: int = Field(default=2, ge=2, le=PLACES)
    offers: bool = False


class PriceSent(Sent):
    """A row: a product by code or EAN, a category by id, neither for all; a net price or per cent off the base."""

    code: CodeSent | None = None
    category_id: KeySent | None = None
    least: Pieces = 1
    net: NetSent | None = None
    per_cent: PerCentSent | None = None
    starts: DaySent | None = None
    ends: DaySent | None = None


class ListAdded(ListSent):
    """A new list, with prices where they are known."""

    currency: CurrencySent
    lines: list[PriceSent] = Field(default_factory=list, max_length=ROWS_LIMIT)


class PricesSent(Sent):
    """All prices of a list: what is not among them is gone."""

    lines: list[PriceSent] = Field(max_length=ROWS_LIMIT)


class ListedPrice(Schema):
    """A row of a list, as it was written."""

    code: str | None
    category_id: int | None
    least: int
    net: str | None
    per_cent: str | None
    starts: date | None
    ends: date | None


class ListedPrices(Schema):
    """A page of a list's prices, the latest written first."""

    items: list[ListedPrice]
    next_cursor: str | None
