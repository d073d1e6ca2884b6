"""Fills a basket with many products at once, in a number of statements that does not depend on how many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.core.loading import get_model

from akcept.kernel.errors import NotFound, TwoCurrencies
from akcept.oscar_edge.basket import currencies
from akcept.oscar_edge.basket.reading import QUANTITY_LIMIT, Fault, TypedLine
from akcept.oscar_edge.models import BasketOrigin

#: What a line asks for: itself, its product where there is exactly one, and what is wrong with it so far.
_Asked = tuple[TypedLine, Any, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a list led to: how many of each product can be had, and what is wrong with which line."""

    wanted: Mapping[int, int]
    products: Mapping[int, Any]
    problems: tuple[tuple[TypedLine, str], ...]
    #: Wrong with the list as a whole, empty when nothing is.
    refused: str = ""


def check(basket: Any, lines: list[TypedLine]) -> Checked:
    """Find the products of typed lines and say, line by line, which cannot be added to what is in the basket."""
    found = _products_by_code({line.code for line in lines if line.fault is None})
    return _checked(basket, [(line, *_named(line, found)) for line in lines])


def check_products(basket: Any, quantities: Mapping[int, int]) -> Checked:
    """As `check`, for products known by their primary keys; a problem's line carries the product's title as `code`."""
    products = {product.pk: product for product in _loaded(Q(pk__in=list(quantities)))}
    asked: list[_Asked] = []
    for number, (pk, quantity) in enumerate(quantities.items(), start=1):
        product = products.get(pk)
        title = product.get_title() if product is not None else ""
        problem = "" if product is not None else _("the shop no longer sells it")
        asked.append((TypedLine(number=number, code=title, quantity=quantity), product, problem))
    return _checked(basket, asked)


def _checked(basket: Any, asked: list[_Asked]) -> Checked:
    inside, currency = _quantities(basket), currencies.of_basket(basket)
    wanted: dict[int, int] = {}
    products: dict[int, Any] = {}
    problems: list[tuple[TypedLine, str]] = []
    for line, product, wrong in asked:
        problem = wrong
        if product is not None and not problem:
            total = wanted.get(product.pk, 0) + line.quantity
            there = inside.get(product.pk, 0)
            problem = _unavailable(basket, product, total + there, inside=there)
            found = "" if problem else str(basket.strategy.fetch_for_product(product).price.currency)
            problem = problem or currencies.why_not(found, currency)
            currency = currency or found
        if problem:
            problems.append((line, problem))
        else:
            wanted[product.pk], products[product.pk] = total, product
    refused = too_much(sum(inside.values()) + sum(wanted.values()))
    return Checked(wanted=wanted, products=products, problems=tuple(problems), refused=refused)


def _named(line: TypedLine, found: Mapping[str, list[Any]]) -> tuple[Any, str]:
    if line.fault is not None:
        return None, _fault(line.fault)
    named = found.get(line.code.casefold(), [])
    if not named:
        return None, _("there is no product with this code or EAN")
    if len(named) > 1:
        return None, _("several products have this code; take the EAN instead")
    return named[0], ""


def _fault(fault: Fault) -> str:
    if fault is Fault.QUANTITY:
        return _("the quantity has to be a whole number, 1 or more")
    return _("the quantity may be up to %(limit)d") % {"limit": QUANTITY_LIMIT}


def _unavailable(basket: Any, product: Any, total: int, *, inside: int) -> str:
    """Return why `total` pieces of a product, `inside` of them in the basket already, cannot be had; "" if they can."""
    if product.is_parent or product.has_options:
        return _("it comes in several kinds; choose one on its page")
    info = basket.strategy.fetch_for_product(product)
    if not info.price.exists or not info.availability.is_available_to_buy:
        return _("it cannot be ordered at the moment")
    if info.availability.is_purchase_permitted(total)[0]:
        return ""
    left = max(0, info.availability.num_available or 0)
    text = ngettext("only %(left)d is in stock", "only %(left)d are in stock", left) % {"left": left}
    if inside:
        text += ", " + _("and %(inside)d of them in your basket already") % {"inside": inside}
    return text


def too_much(total: int) -> str:
    """Return why a basket cannot hold `total` pieces, "" if it can."""
    limit = getattr(settings, "OSCAR_MAX_BASKET_QUANTITY_THRESHOLD", None)
    if not limit or total <= limit:
        return ""
    return _("A basket holds up to %(limit)d pieces; yours would hold %(total)d.") % {
        "limit": limit,
        "total": total,
    }


def _products_by_code(codes: set[str]) -> dict[str, list[Any]]:
    """Return products by folded code or EAN. Codes are found as typed and in capitals: both are served by an index."""
    tried = codes | {code.upper() for code in codes}
    found: dict[str, list[Any]] = {}
    for product in _loaded(Q(stockrecords__partner_sku__in=tried) | Q(upc__in=tried)):
        names = {record.partner_sku.casefold() for record in product.stockrecords.all()} | {
            (product.upc or "").casefold()
        }
        for name in names:
            found.setdefault(name, []).append(product)
    return found


def _loaded(which: Q) -> Iterable[Any]:
    Product = get_model("catalogue", "Product")
    products = Product.objects.filter(which, is_public=True).distinct().base_queryset()
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


@transaction.atomic
def put(basket: Any, checked: Checked, *, origin: int | None = None) -> None:
    """Put everything that was wanted into the basket. Raises NotFound (it was ordered meanwhile), TwoCurrencies.

    `origin` is the ended order it is ordered in place of, remembered with the basket.
    Two tabs that add at once wait for each other; both quantities count.
    """
    Basket = get_model("basket", "Basket")
    if not basket.pk:
        basket.save()
    locked = Basket.objects.select_for_update(no_key=True).filter(pk=basket.pk, status=Basket.OPEN)
    if locked.values_list("pk").first() is None:
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
        raise TwoCurrencies(_("Your basket got products in another currency meanwhile: order these apart."))
    Line.objects.bulk_create(new)
    if more:
        Line.objects.bulk_update(more, ["quantity"])
    if origin is not None:
        BasketOrigin.objects.update_or_create(basket_id=basket.pk, defaults={"order_id": origin})
    basket.reset_offer_applications()
    basket._lines = None


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
