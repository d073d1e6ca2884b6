"""What is said of an agreement or a list, to be saved whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from akcept.agreements.answers import Assorted, Choice, Conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsInput:
    """A product or a category, by its id, or a value of an attribute; of a price none of them is all products."""

    product_id: int | None = None
    category_id: int | None = None
    #: The attribute's code and the value; only in an assortment.
    attribute: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackInput:
    """In what a product is sold."""

    product_id: int
    unit: str = ""
    multiple: int = 1
    smallest: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementInput:
    """An agreement as it should be; the days are both included, None is without an end."""

    name: str
    starts: date | None = None
    ends: date | None = None
    position: int = 0
    choice: Choice = Choice.FIRST
    alone: bool = False
    list_ids: tuple[int, ...] = ()
    assorted: Assorted = Assorted.AS_ABOVE
    goods: tuple[GoodsInput, ...] = ()
    packs: tuple[PackInput, ...] = ()
    conditions: Conditions = field(default_factory=Conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListInput:
    """A list as it should be, without its prices."""

    name: str
    currency: str
    base_id: int | None = None
    starts: date | None = None
    ends: date | None = None
    places: int = 2
    offers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceInput:
    """A row of a list: a net price of one piece in the list's currency, or per cent off its base."""

    goods: GoodsInput
    least: int = 1
    net: Decimal | None = None
    per_cent: Decimal | None = None
    starts: date | None = None
    ends: date | None = None
