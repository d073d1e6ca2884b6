"""May a product be bought, at which price, in which packs, and why: the one answer of agreements (pure).

Money is net, of one piece, in the currency that stands beside it. Days count from the first to the last, both included;
none is without an end. A category is told by its path, which begins with those of the categories above it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

#: How many lists a price may be taken from one another: a list, off another one, off another one, off another one.
DEEPEST: Final = 4
#: The depth of an agreement with everybody: farther from a unit than any head office.
EVERYBODY: Final = -1
_HUNDRED: Final = Decimal(100)


class Choice(StrEnum):
    """Which of several lists with a price counts."""

    FIRST = "first"
    #: The lowest in the currency of the first one; the shop's own price is among them.
    BEST = "best"


class Assorted(StrEnum):
    """What an agreement says of the goods that may be bought."""

    #: Nothing: the next agreement farther up decides, in the end everything may be bought.
    AS_ABOVE = "as_above"
    ALL = "all"
    ONLY = "only"
    ALL_BUT = "all_but"


class Addressed(StrEnum):
    """To which addresses goods may be sent."""

    #: Nothing: the next agreement farther up decides, in the end the member's permission.
    AS_ABOVE = ""
    #: Those of the member's unit, whatever the member may do elsewhere.
    OWN = "unit"
    PERMISSION = "permission"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """From which day to which; None is without an end."""

    starts: date | None = None
    ends: date | None = None

    def covers(self, day: date) -> bool:
        """Whether a day is one of them, the first and the last included."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a row is about: one product, a category's and those below, those with a value of an attribute, or all."""

    product_id: int | None = None
    category: str = ""
    #: The code of an attribute and one of its values; the assortment's alone, no price is by attribute.
    attribute: tuple[str, str] | None = None

    def holds(self, product: Product) -> bool:
        """Whether a product is among it."""
        if self.product_id is not None:
            return self.product_id in (product.id, product.parent)
        if self.attribute is not None:
            return self.attribute in product.attributes
        return not self.category or any(path.startswith(self.category) for path in product.categories)

    @property
    def closeness(self) -> tuple[bool, int]:
        """The higher, the closer to one product: it before its category, that before those above, all of them last."""
        return self.product_id is not None, len(self.category)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product of the shop: the paths of its categories, its attributes (by code, a value), and the shop's own price.

    What is said of its `parent`, the product it is one kind of, is said of it, too.
    """

    id: int
    parent: int | None = None
    categories: frozenset[str] = frozenset()
    attributes: frozenset[tuple[str, str]] = frozenset()
    net: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """A row of a list: from `least` pieces on, a net price, or per cent off what the list is based on.

    Exactly one of `net` and `per_cent` is given; per cent below zero is dearer.
    """

    id: int
    target: Target
    least: int = 1
    net: Decimal | None = None
    per_cent: Decimal | None = None
    term: Term = field(default_factory=Term)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """A list of prices in one currency; `base` is the list its per cent are off, None the shop's own prices.

    What per cent make is rounded half up to `places`; `offers` says whether the shop's offers count on top.
    """

    id: int
    name: str
    currency: str
    rows: tuple[PriceRow, ...] = ()
    base: int | None = None
    term: Term = field(default_factory=Term)
    places: int = 2
    offers: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """In what a product is sold: `multiple` pieces at a time, at least `smallest`; `unit` is its name."""

    unit: str = ""
    multiple: int = 1
    smallest: int = 1

    def fitting(self, quantity: int) -> int:
        """Return the smallest quantity that can be sold and is not below the wanted one; never below one piece."""
        wanted = max(quantity, self.smallest, 1)
        return -(-wanted // self.multiple) * self.multiple


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What an order has to keep to: goods, net, in the shop's currency; ways to pay and to deliver by their codes.

    None, and no codes, say nothing: what was agreed farther up counts, in the end what the shop has for everybody.
    """

    order_from: Decimal | None = None
    order_up_to: Decimal | None = None
    pays: tuple[str, ...] = ()
    delivers: tuple[str, ...] = ()
    #: Within how many days an order on account is paid; 0 is at once.
    pay_days: int | None = None
    addressed: Addressed = Addressed.AS_ABOVE
    #: Goods of that much or more are delivered free of charge.
    free_from: Decimal | None = None
    #: Goods of less have a surcharge on their delivery; both are given, or neither.
    small_below: Decimal | None = None
    surcharge: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What was agreed for a unit and those below it: `depth` is the unit's, 0 at head office, `EVERYBODY` for all.

    `lists` are asked in their order. `alone` says that nothing agreed farther up counts beside it.
    """

    id: int
    name: str
    version: int = 1
    depth: int = 0
    position: int = 0
    term: Term = field(default_factory=Term)
    choice: Choice = Choice.FIRST
    alone: bool = False
    lists: tuple[int, ...] = ()
    assorted: Assorted = Assorted.AS_ABOVE
    goods: tuple[Target, ...] = ()
    packs: Mapping[int, Pack] = field(default_factory=dict)
    conditions: Conditions = field(default_factory=Conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything agreed for one unit: the agreements on its way up, and the lists they name, by their id."""

    agreements: tuple[Agreement, ...] = ()
    lists: Mapping[int, PriceList] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Off:
    """Per cent that were taken off on the way to a price, and off which list; an empty name is the shop's own price."""

    per_cent: Decimal
    list_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A net price and where it comes from; without a list it is the shop's own."""

    net: Decimal
    currency: str
    list_id: int | None = None
    list_name: str = ""
    list_version: int = 0
    row_id: int | None = None
    least: int = 1
    off: tuple[Off, ...] = ()
    offers: bool = True
    agreement_id: int | None = None
    agreement_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What holds for one product, quantity and day; `price` is None where there is none, or it may not be bought."""

    may_buy: bool
    price: Price | None
    pack: Pack
    #: Which agreement keeps the product out of what may be bought, or lets it in; empty where none says anything.
    assorted_by: str = ""


def in_force(terms: Terms, day: date) -> list[Agreement]:
    """Return the agreements that count on a day, the nearest to the unit first; none farther up than one `alone`."""
    counted = [each for each in terms.agreements if each.term.covers(day)]
    counted.sort(key=lambda each: (-each.depth, each.position, each.id))
    for number, each in enumerate(counted, start=1):
        if each.alone:
            return counted[:number]
    return counted


def conditions(terms: Terms, day: date) -> Conditions:
    """Return what orders have to keep to on a day: each of it as the nearest agreement that says it."""
    said = [each.conditions for each in in_force(terms, day)]
    small = next((each for each in said if each.small_below is not None), Conditions())
    return Conditions(
        order_from=next((each.order_from for each in said if each.order_from is not None), None),
        order_up_to=next((each.order_up_to for each in said if each.order_up_to is not None), None),
        pays=next((each.pays for each in said if each.pays), ()),
        delivers=next((each.delivers for each in said if each.delivers), ()),
        pay_days=next((each.pay_days for each in said if each.pay_days is not None), None),
        addressed=next((each.addressed for each in said if each.addressed), Addressed.AS_ABOVE),
        free_from=next((each.free_from for each in said if each.free_from is not None), None),
        small_below=small.small_below,
        surcharge=small.surcharge,
    )


def surcharge_on(said: Conditions, goods: Decimal) -> Decimal:
    """Return the surcharge on the delivery of goods worth so much, net; 0 without one."""
    small = said.small_below is not None and goods < said.small_below
    return said.surcharge if small and said.surcharge is not None else Decimal(0)


def is_delivered_free(said: Conditions, goods: Decimal) -> bool:
    """Whether goods worth so much, net, are delivered free of charge; a surcharge comes on top all the same."""
    return said.free_from is not None and goods >= said.free_from


def answer(terms: Terms, product: Product, *, quantity: int, day: date) -> Answer:
    """Return whether a product may be bought, what one of `quantity` pieces costs on a day, in which packs, and why."""
    counted = in_force(terms, day)
    may_buy, by = _may_buy(counted, product)
    packs = (each.packs.get(key) for each in counted for key in (product.id, product.parent) if key is not None)
    pack = next((found for found in packs if found is not None), Pack())
    price = _price(terms, counted, product, quantity=quantity, day=day) if may_buy else None
    return Answer(may_buy=may_buy, price=price, pack=pack, assorted_by=by)


def steps(terms: Terms, product: Product, *, day: date) -> list[tuple[int, Price]]:
    """Return from how many pieces on which price counts, where it differs from that of fewer; the first from one."""
    found: list[tuple[int, Price]] = []
    for least in sorted({1, *(row.least for each in terms.lists.values() for row in each.rows)}):
        price = answer(terms, product, quantity=least, day=day).price
        if price is not None and (not found or found[-1][1].net != price.net):
            found.append((least, price))
    return found


def _may_buy(counted: Sequence[Agreement], product: Product) -> tuple[bool, str]:
    for each in counted:
        if each.assorted is Assorted.AS_ABOVE:
            continue
        named = any(target.holds(product) for target in each.goods)
        allowed = each.assorted is Assorted.ALL or named is (each.assorted is Assorted.ONLY)
        return allowed, each.name
    return True, ""


def _price(terms: Terms, counted: Sequence[Agreement], product: Product, *, quantity: int, day: date) -> Price | None:
    own = [Price(net=product.net, currency=product.currency)] if product.net is not None else []
    found: list[Price] = []
    for agreed in counted:
        for list_id in agreed.lists:
            price = price_in(terms.lists, list_id, product, quantity=quantity, day=day)
            if price is not None:
                found.append(_of(price, agreed))
    offered = [*found, *own]
    if not offered:
        return None
    if not counted or counted[0].choice is Choice.FIRST:
        return offered[0]
    return min((each for each in offered if each.currency == offered[0].currency), key=lambda each: each.net)


def _of(price: Price, agreed: Agreement) -> Price:
    kept = {name: getattr(price, name) for name in Price.__slots__}
    return Price(**(kept | {"agreement_id": agreed.id, "agreement_name": agreed.name}))


def price_in(
    lists: Mapping[int, PriceList], list_id: int, product: Product, *, quantity: int, day: date, depth: int = 1
) -> Price | None:
    """Return a product's price in one list; None where it has none, where its days are over, or a base is missing.

    Among the rows of a list the closest to the product counts, then the highest step, then the one that began last.
    """
    found = lists.get(list_id)
    if found is None or depth > DEEPEST or not found.term.covers(day):
        return None
    row = _row(found, product, quantity=quantity, day=day)
    if row is None:
        return None
    if row.net is not None:
        return _as_listed(found, row, net=row.net)
    base = _base(lists, found, product, quantity=quantity, day=day, depth=depth)
    if base is None or base.currency != found.currency or row.per_cent is None:
        return None
    net = base.net * (_HUNDRED - row.per_cent) / _HUNDRED
    rounded = net.quantize(Decimal(f"1E-{found.places}"), ROUND_HALF_UP)
    return _as_listed(found, row, net=rounded, off=(Off(per_cent=row.per_cent, list_name=base.list_name), *base.off))


def _as_listed(found: PriceList, row: PriceRow, *, net: Decimal, off: tuple[Off, ...] = ()) -> Price:
    return Price(
        net=net,
        currency=found.currency,
        list_id=found.id,
        list_name=found.name,
        list_version=found.version,
        row_id=row.id,
        least=row.least,
        off=off,
        offers=found.offers,
    )


def _base(
    lists: Mapping[int, PriceList], found: PriceList, product: Product, *, quantity: int, day: date, depth: int
) -> Price | None:
    if found.base is not None:
        return price_in(lists, found.base, product, quantity=quantity, day=day, depth=depth + 1)
    return Price(net=product.net, currency=product.currency) if product.net is not None else None


def _row(found: PriceList, product: Product, *, quantity: int, day: date) -> PriceRow | None:
    fitting = (
        row for row in found.rows if row.least <= quantity and row.term.covers(day) and row.target.holds(product)
    )
    return max(fitting, key=_rank, default=None)


def _rank(row: PriceRow) -> tuple[tuple[bool, int], int, date, int]:
    return row.target.closeness, row.least, row.term.starts or date.min, row.id
