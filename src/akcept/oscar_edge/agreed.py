"""What was agreed, brought to Oscar's prices: a strategy that mixes `AgreedPrices` in answers with the member's.

Where the room `agreements` is not installed nothing here does anything. The shop's strategy still makes the price: it
is given the agreed net one in the place of the stock record's, so that its VAT and its availability stay its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.apps.partner.availability import Unavailable
from oscar.apps.partner.prices import Unavailable as UnavailablePrice
from oscar.apps.partner.strategy import PurchaseInfo
from oscar.core.loading import get_model

from akcept.kernel.errors import Changed
from akcept.oscar_edge import attributes, figures

if TYPE_CHECKING:
    from akcept.agreements.answers import Answer, Conditions, Price, Product, Terms
    from akcept.agreements.queries import Heads


#: How often what was changed while it was read is read again: a change takes a moment, somebody's next one longer.
_TRIES: Final = 8


def are_installed() -> bool:
    """Whether the shop has the room."""
    return apps.is_installed("akcept.agreements")


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """For whom prices are asked: a unit, or the one of a member; neither is somebody nothing was agreed with."""

    unit_id: int | None = None
    member_id: int | None = None
    #: What was agreed with them, where somebody has read it in this transaction.
    known: Heads | None = None


class Agreed:
    """What was agreed with one buyer on one day, read when it is asked for and once."""

    def __init__(self, buyer: Buyer | HttpRequest, *, day: date | None = None) -> None:
        self._buyer = buyer
        self.day = day or timezone.localdate()
        known = buyer.known if isinstance(buyer, Buyer) else None
        self._heads = known if known is not None and known.day == self.day else None
        self._terms: dict[int, Terms] = {}
        self._products: dict[int, frozenset[str]] = {}
        self._attributes: dict[int, frozenset[tuple[str, str]]] = {}

    @property
    def buyer(self) -> Buyer:
        """Who buys; of a request it is the unit the visitor acts for."""
        from akcept.organizations.visitor import shown_seat  # strategies are imported before there are models

        if isinstance(self._buyer, HttpRequest):
            seat = shown_seat(self._buyer) if self._buyer.user.is_authenticated else None
            self._buyer = Buyer(unit_id=seat.unit_id if seat else None)
        return self._buyer

    @property
    def heads(self) -> Heads:
        """The agreements and lists that count; one statement, the first time."""
        from akcept.agreements import queries

        if self._heads is None:
            party = queries.Party(unit_id=self.buyer.unit_id, member_id=self.buyer.member_id)
            self._heads = queries.heads_of(party, self.day)
        return self._heads

    @property
    def is_known(self) -> bool:
        """Whether it was read already."""
        return self._heads is not None

    @property
    def decides(self) -> bool:
        """Whether anything agreed keeps products out of what may be bought."""
        from akcept.agreements import queries

        return queries.deciding(self.heads) is not None

    def is_nothing(self) -> None:
        """Take it as known that nothing counts: somebody found out in a statement of their own."""
        from akcept.agreements import queries

        self._heads = queries.Heads(day=self.day)

    def know(self, products: Iterable[Any]) -> None:
        """Read what is said of products, all at once; those that are known are not read again."""
        from akcept.agreements import queries

        asked = {product.pk: product.parent_id for product in products if product is not None}
        ids = set(asked) - set(self._terms)
        if not ids or not self.heads.agreements:
            return
        above = {asked[each] for each in ids if asked[each] is not None}
        try:
            terms = queries.terms_of(self.heads, ids | above)
        except queries.Torn:
            ids = self._again(ids)
            terms = self._reread(ids | above)
        self._terms |= dict.fromkeys(ids, terms)
        if _names_categories(terms):
            for product_id, paths in categories_of(ids).items():
                self._products[product_id] = frozenset(paths)
        if _names_attributes(terms):
            for product_id, values in attributes.of_products(ids).items():
                self._attributes[product_id] = frozenset(values)

    def _again(self, ids: set[int]) -> set[int]:
        """Forget what was read, and return which products to ask of anew: prices of one buyer are of one moment."""
        ids = ids | set(self._terms)
        self._terms = {}
        return ids

    def _reread(self, ids: set[int]) -> Terms:
        """Read until nothing changed meanwhile. Raises Changed after a few times."""
        from akcept.agreements import queries

        for _time in range(_TRIES):
            self._heads = None
            with suppress(queries.Torn):
                return queries.terms_of(self.heads, ids)
        raise Changed(_("What was agreed with you is being changed at this moment. Please try again."))

    def answer(self, product: Any, record: Any, quantity: int) -> Answer:
        """Return what holds for a product of a stock record (None: without a price of the shop's own)."""
        from akcept.agreements.answers import Terms, answer

        self.know([product])
        terms = self._terms.get(product.pk, Terms())
        return answer(terms, self._facts(product, record), quantity=quantity, day=self.day)

    def steps(self, product: Any, record: Any) -> list[tuple[int, Price]]:
        """Return from how many pieces on which net price counts."""
        from akcept.agreements.answers import Terms, steps

        self.know([product])
        return steps(self._terms.get(product.pk, Terms()), self._facts(product, record), day=self.day)

    def _facts(self, product: Any, record: Any) -> Product:
        from akcept.agreements.answers import Product

        return Product(
            id=product.pk,
            parent=product.parent_id,
            categories=self._products.get(product.pk, frozenset()),
            attributes=self._attributes.get(product.pk, frozenset()),
            net=figures.number(record.price) if record is not None else None,
            currency=str(record.price_currency) if record is not None else "",
        )

    def visible(self, products: Any) -> Any:
        """Return the products that may be bought; what may not does not exist for the buyer. No statement more."""
        from akcept.agreements import queries
        from akcept.agreements.answers import Assorted

        decides = queries.deciding(self.heads)
        if decides is None:
            return products
        goods = queries.goods_of(decides.id)
        if decides.assorted is not Assorted.ONLY:
            return products.exclude(_named(goods))
        children = get_model("catalogue", "Product").objects.exclude(parent=None)
        children = children.filter(Q(pk__in=_own(goods)) | Q(pk__in=attributes.products_with(goods)))
        return products.filter(_named(goods) | Q(pk__in=children.values("parent")))

    def named_goods(self) -> QuerySet[Any] | None:
        """Return the goods that are named as those that may not be bought; None where those are named that may."""
        from akcept.agreements import queries
        from akcept.agreements.answers import Assorted

        decides = queries.deciding(self.heads)
        keeps_out = decides is not None and decides.assorted is Assorted.ALL_BUT
        return queries.goods_of(decides.id) if decides is not None and keeps_out else None


def _own(goods: QuerySet[Any]) -> Any:
    return goods.exclude(product=None).values("product")


def _named(goods: QuerySet[Any]) -> Q:
    """Return the condition on a product that it or its parent is named, by itself, by a category or an attribute."""
    path: Any = ExpressionWrapper(OuterRef("category__path"), output_field=CharField())
    above = goods.exclude(category=None).annotate(asked=path).filter(asked__startswith=F("category__path"))
    inside = get_model("catalogue", "Product").categories.through.objects.filter(Exists(above)).values("product")
    own, valued = _own(goods), attributes.products_with(goods)
    named = Q(pk__in=own) | Q(parent__in=own) | Q(pk__in=inside) | Q(parent__in=inside)
    return named | Q(pk__in=valued) | Q(parent__in=valued)


def _names_categories(terms: Terms) -> bool:
    rows = (row.target for each in terms.lists.values() for row in each.rows)
    goods = (target for each in terms.agreements for target in each.goods)
    return any(target.category for target in (*rows, *goods))


def _names_attributes(terms: Terms) -> bool:
    return any(target.attribute for each in terms.agreements for target in each.goods)


def categories_of(product_ids: Collection[int]) -> dict[int, set[str]]:
    """Return the paths of the categories each product is in, its parent's too; one statement."""
    products = get_model("catalogue", "Product").objects.filter(pk__in=product_ids)
    found: dict[int, set[str]] = {}
    for product_id, *paths in products.values_list("pk", "categories__path", "parent__categories__path"):
        found.setdefault(product_id, set()).update(filter(None, paths))
    return found


class AgreedPrices:
    """Mixed into a shop's strategy of prices, in front of Oscar's classes; its stock records hold net prices.

    `Selector.strategy` has nothing to do: of a request it is who visits it, and whoever prices a basket without one
    says for whom (`quotes.strategy_for`).
    """

    request: Any

    @property
    def agreed(self) -> Agreed:
        """What was agreed with whom the prices are for."""
        if not hasattr(self, "_agreed"):
            self._agreed = Agreed(self.request if isinstance(self.request, HttpRequest) else Buyer())
        return self._agreed

    @agreed.setter
    def agreed(self, agreed: Agreed) -> None:
        self._agreed = agreed

    def fetch_for_product(self, product: Any, stockrecord: Any = None) -> PurchaseInfo:
        """Return what the smallest quantity that is sold of a product costs a piece."""
        return self.fetch_for_quantity(product, stockrecord, None)

    def fetch_for_quantity(self, product: Any, stockrecord: Any, quantity: int | None) -> PurchaseInfo:
        """Return what one of so many pieces costs; None is the smallest quantity that is sold."""
        info: PurchaseInfo = super().fetch_for_product(product, stockrecord)  # type: ignore[misc]
        if not are_installed() or info.stockrecord is None:
            return info
        found = self.agreed.answer(product, info.stockrecord, quantity or 1)
        if quantity is None and found.pack.fitting(1) > 1:
            found = self.agreed.answer(product, info.stockrecord, found.pack.fitting(1))
        return self._as_agreed(product, info, found)

    def _as_agreed(self, product: Any, info: PurchaseInfo, found: Answer) -> PurchaseInfo:
        if not found.may_buy:
            return PurchaseInfo(price=UnavailablePrice(), availability=Unavailable(), stockrecord=info.stockrecord)
        if found.price is None or found.price.list_id is None:
            return info
        return info._replace(price=self.agreed_price(product, info.stockrecord, found.price))

    def agreed_price(self, product: Any, stockrecord: Any, price: Price) -> Any:
        """Return an agreed net price as the shop's own policy makes it, its tax and all."""
        record = copy(stockrecord)
        record.price, record.price_currency = price.net, price.currency
        return self.pricing_policy(product, record)  # type: ignore[attr-defined]

    def fetch_for_line(self, line: Any, stockrecord: Any = None) -> PurchaseInfo:
        """Return what a piece of a basket's line costs at the quantity all lines of its product have together."""
        if not are_installed():
            return super().fetch_for_line(line, stockrecord)  # type: ignore[misc]
        lines = list(line.basket.all_lines()) if line.basket_id else []
        self.agreed.know([each.product for each in lines])
        others = sum(each.quantity for each in lines if each.product_id == line.product_id and each.pk != line.pk)
        return self.fetch_for_quantity(line.product, stockrecord, others + max(line.quantity, 1))

    def fetch_for_parent(self, product: Any) -> PurchaseInfo:
        """Return what the first child that may be bought costs."""
        info: PurchaseInfo = super().fetch_for_parent(product)  # type: ignore[misc]
        if not are_installed() or not self.agreed.heads.agreements:
            return info
        children = self.select_children_stockrecords(product)  # type: ignore[attr-defined]
        self.agreed.know([child for child, _record in children])
        found = [self.fetch_for_product(child, record) for child, record in children if record is not None]
        priced = [each.price for each in found if each.price.exists]
        return info._replace(price=priced[0]) if priced else info._replace(price=UnavailablePrice())


def of(strategy: Any) -> Agreed | None:
    """Return what was agreed with whom a strategy's prices are for; None where it knows nothing of agreements."""
    return strategy.agreed if are_installed() and isinstance(strategy, AgreedPrices) else None


def info_for(strategy: Any, product: Any, stockrecord: Any, quantity: int) -> PurchaseInfo:
    """Return what one of so many pieces of a product costs."""
    if isinstance(strategy, AgreedPrices):
        return strategy.fetch_for_quantity(product, stockrecord, quantity)
    info: PurchaseInfo = strategy.fetch_for_product(product, stockrecord=stockrecord)
    return info


def know(strategy: Any, products: Iterable[Any]) -> None:
    """Let a strategy read what was agreed of products at once: a page's, a list's; no statement without agreements."""
    found = of(strategy)
    if found is not None:
        found.know(products)


def visible(strategy: Any, products: Any) -> Any:
    """Return those products that may be bought by whom a strategy's prices are for."""
    found = of(strategy)
    return products if found is None else found.visible(products)


def without_offers(strategy: Any, line: Any) -> bool:
    """Whether a basket's line costs what a list says on which no offer of the shop counts."""
    found = of(strategy)
    if found is None or line.stockrecord is None or not found.heads.lists:
        return False
    price = found.answer(line.product, line.stockrecord, max(line.quantity, 1)).price
    return price is not None and not price.offers


def conditions(strategy: Any) -> Conditions:
    """Return what was agreed of orders with whom a strategy's prices are for; no statement beyond that of prices."""
    from akcept.agreements.answers import Conditions, Terms, conditions

    found = of(strategy)
    return Conditions() if found is None else conditions(Terms(agreements=found.heads.agreements), found.day)


def is_outside(strategy: Any, product: Any) -> bool:
    """Whether a product may not be bought by whom a strategy's prices are for."""
    found = of(strategy)
    return found is not None and not found.answer(product, None, 1).may_buy


def asked_for(strategy: Any) -> dict[str, Any] | None:
    """Return for whom and on which day `any_agreed` is asked; None where nobody needs to ask."""
    found = of(strategy)
    if found is None or found.is_known:
        return None
    buyer = found.buyer
    if buyer.unit_id is not None:
        return {"unit_id": buyer.unit_id, "day": found.day}
    return {"day": found.day} | ({} if buyer.member_id is None else {"member_id": buyer.member_id})


def any_agreed(*, day: Any, **whom: Any) -> Any:
    """Return the condition, for somebody's own statement, that anything counts for whom it is asked."""
    from akcept.agreements import queries

    return Exists(queries.agreements_with(queries.Party(**whom), day))


def keep(order_id: int, strategy: Any, lines: Iterable[tuple[Any, int]]) -> None:
    """Keep under what an order is placed, its basket lines with their quantities; no statement without an agreement."""
    found = of(strategy)
    if found is None or not found.heads.agreements:
        return
    from akcept.agreements import answers, ordered

    counted = answers.in_force(answers.Terms(agreements=found.heads.agreements), found.day)
    kept = [{"agreement": each.id, "name": each.name, "version": each.version} for each in counted]
    rows = [_kept(line, found.answer(line.product, line.stockrecord, quantity), quantity) for line, quantity in lines]
    ordered.keep(order_id, agreements=kept, lines=rows, said=conditions(strategy), day=found.day)


def delivered_by(order: Any) -> Conditions:
    """Return what was agreed of the delivery of an order when it was placed, whatever has changed since.

    No statement where it was loaded with `packs.of_order`.
    """
    from akcept.agreements.answers import Conditions

    under = getattr(order, "akcept_ordered_under", None) if are_installed() else None
    if under is None:
        return Conditions()
    from akcept.agreements import ordered

    return ordered.delivered_by(under)


def keep_delivery(order: Any, strategy: Any) -> None:
    """Keep that an order's delivery is reckoned by what is agreed today; one statement at most."""
    under = getattr(order, "akcept_ordered_under", None) if are_installed() else None
    if under is not None:
        from akcept.agreements import ordered

        ordered.keep_delivery(under, conditions(strategy))


def _kept(line: Any, found: Answer, quantity: int) -> Mapping[str, Any]:
    price = found.price
    row: dict[str, Any] = {"product": line.product_id, "quantity": quantity}
    if found.pack.fitting(1) > 1:
        row["pack"] = [found.pack.unit, found.pack.multiple, found.pack.smallest]
    if price is None:
        return row
    return row | {
        "net": str(price.net),
        "agreement": price.agreement_id,
        "list": price.list_id,
        "list_name": price.list_name,
        "list_version": price.list_version,
        "least": price.least,
        "off": [[str(off.per_cent), off.list_name] for off in price.off],
    }
