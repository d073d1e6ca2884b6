"""Fills a basket with many products at once, in a number of statements that does not depend on how many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.core.loading import get_model

from akcept.kernel.errors import NotFound, TwoCurrencies
from akcept.kernel.folding import fold
from akcept.organizations.searching import folded
from akcept.oscar_edge import agreed, limits, outlook, packs
from akcept.oscar_edge.availability import Successor
from akcept.oscar_edge.basket import currencies
from akcept.oscar_edge.basket.reading import Fault, TypedLine
from akcept.oscar_edge.codes import Key, first, keys, spelled
from akcept.oscar_edge.models import BasketOrigin
from akcept.transactions.acting import together
from akcept.transactions.locking import lock
from akcept.ui import formats

#: What a line asks for: itself, its product where there is exactly one, and what is wrong with it so far.
_Asked = tuple[TypedLine, Any, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a list led to: how many of each product can be had, and what is wrong with which line."""

    wanted: Mapping[int, int]
    products: Mapping[int, Any]
    problems: tuple[tuple[TypedLine, str], ...]
    #: Lines whose quantity does not fit a pack and was rounded up, each in words: never silently.
    rounded: tuple[tuple[TypedLine, str], ...] = ()
    #: Wrong with the list as a whole, empty when nothing is.
    refused: str = ""
    #: What stands in the place of products that cannot be had any more, by the number of the line.
    successors: Mapping[int, Successor] = field(default_factory=dict)
    #: The same, where it was asked for and is `wanted`.
    taken: Mapping[int, Successor] = field(default_factory=dict)


def check(basket: Any, lines: list[TypedLine], *, replacing: bool = False) -> Checked:
    """Find the products of typed lines and say, line by line, which cannot be added to what is in the basket.

    `replacing`: in the place of a product that was replaced its successor is taken.
    """
    asked = named(lines, basket.strategy)
    _know(basket, asked)
    successors = _successors(basket, asked)
    if successors and replacing:
        return _checked(basket, _instead(basket, asked, successors), taken=successors)
    return _checked(basket, asked, successors=successors)


def named(lines: list[TypedLine], strategy: Any = None) -> list[_Asked]:
    """Return typed lines with their products; of a strategy, those that whom its prices are for may buy."""
    codes = [[way.code for way in _ways(line) if way.fault is None] for line in lines]
    found = _products_by_code(codes, strategy)
    return [_asked(line, found) for line in lines]


def check_products(basket: Any, quantities: Mapping[int, int], *, currency: str = "") -> Checked:
    """As `check`, for products known by their primary keys; a problem's line carries the product's title as `code`.

    An empty basket is of `currency` where anything asked for is: not of that of the first product by chance.
    """
    products = {product.pk: product for product in _loaded(Q(pk__in=list(quantities)))}
    gone = outlook.successors_of(basket.strategy, quantities.keys() - products.keys())
    asked: list[_Asked] = []
    successors: dict[int, Successor] = {}
    for number, (pk, quantity) in enumerate(quantities.items(), start=1):
        product = products.get(pk)
        title = product.get_title() if product is not None else ""
        problem = "" if product is not None else _("the shop no longer sells it")
        if pk in gone:
            successors[number] = gone[pk]
            problem = outlook.replaced_by(gone[pk])
        asked.append((TypedLine(number=number, code=title, quantity=quantity), product, problem))
    _know(basket, asked)
    return _checked(basket, asked, currency=currency, successors=successors | _successors(basket, asked))


def _know(basket: Any, asked: list[_Asked]) -> None:
    products = [product for _line, product, _wrong in asked]
    agreed.know(basket.strategy, products)
    outlook.know(basket.strategy, products)


def _successors(basket: Any, asked: list[_Asked]) -> dict[int, Successor]:
    """Return what stands in the place of what cannot be had any more, by the number of the line."""
    return {
        line.number: successor
        for line, product, wrong in asked
        if product is not None and not wrong and not product.is_parent
        if (successor := outlook.of(basket.strategy, product).successor) is not None
    }


def _instead(basket: Any, asked: list[_Asked], successors: Mapping[int, Successor]) -> list[_Asked]:
    """Return what is asked for with successors in the place of what they replace."""
    there = {each.pk: each for each in _loaded(Q(pk__in=[each.product_id for each in successors.values()]))}
    taken = [
        (line, there.get(successors[line.number].product_id, product) if line.number in successors else product, wrong)
        for line, product, wrong in asked
    ]
    _know(basket, taken)
    return taken


def _checked(
    basket: Any,
    asked: list[_Asked],
    *,
    currency: str = "",
    successors: Mapping[int, Successor] | None = None,
    taken: Mapping[int, Successor] | None = None,
) -> Checked:
    """Say of each line whether it can be had; what is said of its products is known."""
    inside = _quantities(basket)
    currency = currencies.of_basket(basket) or (currency if currency in _currencies(basket, asked) else "")
    wanted: dict[int, int] = {}
    products: dict[int, Any] = {}
    problems: list[tuple[TypedLine, str]] = []
    rounded: dict[int, tuple[TypedLine, str]] = {}
    meant: dict[int, list[TypedLine]] = {}
    for line, product, wrong in asked:
        problem = wrong
        if product is not None and not problem:
            there = inside.get(product.pk, 0)
            typed = there + line.quantity + sum(other.quantity for other in meant.get(product.pk, ()))
            total = _fitting(basket, product, typed) - there
            problem = _unavailable(basket, product, total + there, inside=there)
            found = "" if problem else str(basket.strategy.fetch_for_product(product).price.currency)
            problem = problem or currencies.why_not(found, currency)
            currency = currency or found
        if problem:
            problems.append((line, problem))
        else:
            wanted[product.pk], products[product.pk] = total, product
            meant.setdefault(product.pk, []).append(line)
            rounded.pop(product.pk, None)
            if total + there != typed:
                rounded[product.pk] = (line, _rounding(basket, product, typed))
    refused = limits.too_much(sum(inside.values()) + sum(wanted.values()))
    return Checked(
        wanted=wanted,
        products=products,
        problems=tuple(problems),
        rounded=tuple(rounded.values()),
        refused=refused,
        successors=successors or {},
        taken=taken or {},
    )


def _currencies(basket: Any, asked: list[_Asked]) -> set[str]:
    """Return the currencies of what can be had of the products asked for."""
    infos = [basket.strategy.fetch_for_product(each) for _line, each, wrong in asked if each is not None and not wrong]
    return {str(info.price.currency) for info in infos if info.price.exists and info.availability.is_available_to_buy}


def _fitting(basket: Any, product: Any, quantity: int) -> int:
    """Return a quantity rounded up to what a product is sold in."""
    pack = packs.pack_of(basket.strategy, product)
    return pack.fitting(quantity) if pack is not None else quantity


def _rounding(basket: Any, product: Any, quantity: int) -> str:
    """Return what was rounded: 11 → 12, sold by 12."""
    pack = packs.pack_of(basket.strategy, product)
    return f"{quantity} → {pack.fitting(quantity)}, {packs.sold(pack)}" if pack is not None else ""


def _ways(line: TypedLine) -> Iterator[TypedLine]:
    """Yield the ways a line can be read, the likeliest first."""
    way: TypedLine | None = line
    while way is not None:
        yield way
        way = way.or_else


def _asked(line: TypedLine, found: Mapping[Key, list[Any]]) -> _Asked:
    """Return a line as the one way to read it whose code a product has; as its likeliest where none has."""
    known = [way for way in _ways(line) if way.fault is None and _products(way, found)]
    if len({(way.code, way.quantity) for way in known}) > 1:
        return (line, None, _fault(Fault.SEVERAL))
    way = known[0] if known else line
    return (way, *_named(way, found))


def _products(line: TypedLine, found: Mapping[Key, list[Any]]) -> list[Any]:
    """Return the products a code names: as it was typed before any other capitals."""
    return first(found, keys(line.code))


def _named(line: TypedLine, found: Mapping[Key, list[Any]]) -> tuple[Any, str]:
    if line.fault is not None:
        return None, _fault(line.fault)
    if line.quantity > limits.most_pieces():
        return None, _too_many()
    named = _products(line, found)
    if not named:
        return None, _("there is no product with this code or EAN")
    if len(named) > 1:
        return None, _("several products have this code; take the EAN instead")
    return named[0], ""


def _fault(fault: Fault) -> str:
    if fault is Fault.QUANTITY:
        return _("the quantity has to be a whole number, 1 or more")
    if fault is Fault.AMBIGUOUS:
        return _("the quantity could be two numbers; write it without a point or comma")
    if fault is Fault.SEVERAL:
        return _("this could be several products; write a semicolon between code and quantity")
    if fault is Fault.CODE:
        return _("the code was cut short by a spreadsheet; format the cell as text and copy it again")
    return _too_many()


def _too_many() -> str:
    return _("a basket holds up to %(limit)s pieces") % {"limit": formats.count(limits.most_pieces())}


def _unavailable(basket: Any, product: Any, total: int, *, inside: int) -> str:
    """Return why `total` pieces of a product, `inside` of them in the basket already, cannot be had; "" if they can."""
    if product.is_parent or product.has_options:
        return _("it comes in several kinds; choose one on its page")
    info = basket.strategy.fetch_for_product(product)
    if why := outlook.in_words(outlook.of(basket.strategy, product, info)):
        return why
    if info.stockrecord is not None and not info.price.exists:
        return _("it has no price at the moment")
    if not info.price.exists or not info.availability.is_available_to_buy:
        return _("it cannot be ordered at the moment")
    if info.availability.is_purchase_permitted(total)[0]:
        return ""
    left = max(0, info.availability.num_available or 0)
    text = ngettext("only %(left)d is in stock", "only %(left)d are in stock", left) % {"left": left}
    if inside:
        text += ", " + _("and %(inside)d of them in your basket already") % {"inside": inside}
    return text


def _products_by_code(lines: list[list[str]], strategy: Any) -> dict[Key, list[Any]]:
    """Return products by code as it is stored, by code in any capitals, and by the article their EAN names.

    `lines` are the codes each line may mean. What is stored as it was typed, or in capitals, an index finds; only for
    lines that are left, all codes of the shop are looked through, once. What the buyer may not buy is not there.
    """
    codes = {code for ways in lines for code in ways}
    tried, eans = spelled(codes)
    found: dict[Key, list[Any]] = {}
    _index(_loaded(Q(stockrecords__partner_sku__in=tried) | Q(upc__in=eans), strategy), found)
    left = [ways for ways in lines if not any(key in found for code in ways for key in keys(code))]
    if folds := {fold(code) for ways in left for code in ways}:
        records = get_model("partner", "StockRecord").objects.annotate(in_any=folded("partner_sku"))
        _index(_loaded(Q(pk__in=records.filter(in_any__in=folds).values("product_id")), strategy), found)
    return found


def _index(products: Iterable[Any], found: dict[Key, list[Any]]) -> None:
    for product in products:
        names = {record.partner_sku for record in product.stockrecords.all()} | {product.upc or ""}
        for key in {key for name in names if name for key in keys(name)}:
            if all(other.pk != product.pk for other in found.setdefault(key, [])):
                found[key].append(product)


def _loaded(which: Q, strategy: Any = None) -> Iterable[Any]:
    Product = get_model("catalogue", "Product")
    products = agreed.visible(strategy, Product.objects.filter(which, is_public=True)).distinct().base_queryset()
    loaded = list(products.select_related("product_class", "parent__product_class").order_by("pk"))
    for product in loaded:
        for record in product.stockrecords.all():
            record.product = product
    return loaded


def _quantities(basket: Any) -> dict[int, int]:
    if not basket.pk:
        return {}
    inside: dict[int, int] = {}
    for product_id, quantity in basket.lines.values_list("product_id", "quantity"):
        inside[product_id] = inside.get(product_id, 0) + quantity
    return inside


@together()
def put(basket: Any, checked: Checked, *, origin: int | None = None) -> None:
    """Put everything that was wanted into the basket. Raises NotFound (it was ordered meanwhile), TwoCurrencies.

    `origin` is the ended order it is ordered in place of, remembered with the basket.
    Two tabs that add at once wait for each other; both quantities count.
    """
    Basket = get_model("basket", "Basket")
    if not basket.pk:
        basket.save()
    locked = lock(Basket.objects.filter(pk=basket.pk, status=Basket.OPEN))
    if locked.only("pk").first() is None:
        raise NotFound(_("This basket is no longer open."))
    Line = get_model("basket", "Line")
    inside = {line.line_reference: line for line in basket.lines.all()}
    new, more = [], []
    for pk, quantity in checked.wanted.items():
        line = _line(Line, basket, checked.products[pk], quantity)
        there = inside.get(line.line_reference)
        if there is None:
            new.append(line)
            continue
        there.quantity += quantity
        more.append(there)
    if len({line.price_currency for line in [*inside.values(), *new] if line.quantity}) > 1:
        raise TwoCurrencies(_("Your basket now has products in another currency: order these separately."))
    Line.objects.bulk_create(new)
    if more:
        Line.objects.bulk_update(more, ["quantity"])
    if origin is not None:
        BasketOrigin.objects.bulk_create(
            [BasketOrigin(basket_id=basket.pk, order_id=origin)],
            update_conflicts=True,
            update_fields=["order"],
            unique_fields=["basket"],
        )
    basket.reset_offer_applications()
    basket._lines = None


def put_new(basket: Any, checked: Checked) -> None:
    """Put everything that was wanted into a basket that was saved just now: nobody else knows it."""
    Line = get_model("basket", "Line")
    lines = [_line(Line, basket, checked.products[pk], quantity) for pk, quantity in checked.wanted.items()]
    Line.objects.bulk_create(lines)


def _line(Line: Any, basket: Any, product: Any, quantity: int) -> Any:  # noqa: N803  a class
    info = basket.strategy.fetch_for_product(product)
    return Line(
        basket=basket,
        line_reference=basket._create_line_reference(product, info.stockrecord, []),
        product=product,
        stockrecord=info.stockrecord,
        quantity=quantity,
        price_currency=info.price.currency,
        price_excl_tax=info.price.excl_tax,
        price_incl_tax=info.price.incl_tax if info.price.is_tax_known else None,
        tax_code=info.price.tax_code,
    )
