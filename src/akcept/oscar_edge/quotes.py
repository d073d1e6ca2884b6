"""What a basket costs: the one computation behind basket page, checkout, order and mail."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db.models import BigIntegerField, DateField, Exists, OuterRef, Prefetch, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from oscar.core.loading import get_class, get_model

from akcept.agreements.answers import Conditions
from akcept.kernel.errors import EmptyCart, Invalid, OutOfStock
from akcept.ordering.ports import Quote, QuoteLine
from akcept.oscar_edge import agreed, figures, limits, outlook, packs, vat
from akcept.oscar_edge.basket import currencies
from akcept.oscar_edge.figures import LineFigures
from akcept.oscar_edge.terms import Terms
from akcept.oscar_edge.vat import Taxed
from akcept.transactions.compiled import Compiled
from akcept.transactions.locking import lock


def load_lines(basket: Any, *, lock_stock: bool = False) -> list[Any]:
    """Load the basket's lines with all that pricing touches in a constant number of statements.

    They become the basket's own cached lines, so that Oscar's offers and properties use the same rows. With
    `lock_stock` the stock records stay locked, in primary-key order, until the transaction ends.
    """
    records: QuerySet[Any] = get_model("partner", "StockRecord").objects.select_related("partner").order_by("pk")
    if lock_stock:
        records = lock(records)
    options = get_model("basket", "LineAttribute").objects.all()
    asked = agreed.asked_for(getattr(basket, "_strategy", None))
    lines: list[Any] = _LINES[frozenset(asked or {})](basket_id=basket.pk, **(asked or {}))
    for line in lines:
        line.basket = basket
    prefetch_related_objects(lines, Prefetch("product__stockrecords", queryset=records))
    basket._lines = basket.lines.order_by("pk")
    basket._lines._result_cache = lines
    if asked is not None and not any(line.is_agreed for line in lines):
        agreed.of(basket.strategy).is_nothing()  # type: ignore[union-attr]
    chosen = options.select_related("option") if any(line.has_options for line in lines) else options.none()
    prefetch_related_objects(lines, Prefetch("attributes", queryset=chosen))
    for line in lines:
        _use_loaded_record(line)
    return lines


def _written_lines(*, basket_id: Any, **asked: Any) -> Any:
    """Return a basket's lines with what is found out beside them: options, and whether anything was agreed."""
    options = get_model("basket", "LineAttribute").objects.filter(line=OuterRef("pk"))
    beside = {"has_options": Exists(options)} | ({"is_agreed": agreed.any_agreed(**asked)} if asked else {})
    lines = get_model("basket", "Line").objects.filter(basket_id=basket_id)
    return (
        lines.select_related("product__product_class", "product__parent__product_class")
        .annotate(**beside)
        .order_by("pk")
    )


def _read_lines(*asked: str) -> Compiled[Any]:
    known: dict[str, Any] = {"day": DateField(), "unit_id": BigIntegerField(), "member_id": BigIntegerField()}
    return Compiled(_written_lines, basket_id=BigIntegerField(), **{name: known[name] for name in asked})


#: By what is asked of agreements: nothing where they are known, else a day and whom they would be with.
_LINES: Final = {
    frozenset(asked): _read_lines(*asked) for asked in ((), ("day",), ("day", "unit_id"), ("day", "member_id"))
}


def _use_loaded_record(line: Any) -> None:
    for record in line.product.stockrecords.all():
        record.product = line.product
        if record.pk == line.stockrecord_id:
            line.stockrecord = record


def quote_for(basket: Any, method: Any) -> Quote:
    """Price a basket that has its strategy, and its offers applied, for one shipping method.

    Raises EmptyCart, TwoCurrencies.
    """
    found = figures.of_basket(basket)
    if not found:
        raise EmptyCart(pgettext("shop", "Your basket is empty."))
    currencies.require_one([row for row, _line in found])
    taxed = taxed_goods(found, figures.of_delivery(method, basket, strategy=basket.strategy))
    *priced, charge = taxed.parts
    quoted = tuple(
        QuoteLine(
            product_id=row.product_id,
            title=row.product.get_title(),
            sku=row.stockrecord.partner_sku,
            quantity=line.quantity,
            unit_net=figures.tidy(line.terms.unit_net),
            unit_gross=figures.tidy(line.terms.unit_gross),
            net=price.net,
            gross=price.gross,
            vat_rate=line.terms.rate,
            discount=line.terms.net_off(line.quantity, price.net),
        )
        for (row, line), price in zip(found, priced, strict=True)
    )
    currency = figures.currency_of([row for row, _line in found]) or str(settings.OSCAR_DEFAULT_CURRENCY)
    return Quote(
        currency=currency,
        lines=quoted,
        goods_net=taxed.net - charge.net,
        delivery_net=charge.net,
        delivery_gross=charge.gross,
        total_net=taxed.net,
        total_gross=taxed.gross,
        vat=tuple(row for row in taxed.rows if row.net or row.vat),
        fingerprint=_fingerprint(currency, quoted, method.code, charge.net, charge.gross),
        delivery_code=method.code,
        delivery_name=str(method.name),
    )


def taxed_goods(found: Sequence[tuple[Any, LineFigures]], *delivery: Terms) -> Taxed:
    """Return a basket's lines, and a delivery where there is one, with their VAT."""
    terms = [line.terms for _row, line in found]
    prices = [line.terms.price(line.quantity) for _row, line in found]
    return vat.taxed([*prices, *(charge.price(1) for charge in delivery)], [*terms, *delivery])


def _fingerprint(currency: str, lines: Sequence[QuoteLine], code: str, net: Decimal, gross: Decimal) -> str:
    content = [currency, code, str(net), str(gross)]
    content += [f"{line.product_id}:{line.quantity}:{line.unit_net}:{line.net}:{line.gross}" for line in lines]
    return hashlib.sha256("|".join(content).encode()).hexdigest()[:32]


def strategy_for(user: Any, buyer: agreed.Buyer | None = None) -> Any:
    """Return the shop's strategy of prices for a customer, at what was agreed with the unit they buy for."""
    strategy = get_class("partner.strategy", "Selector")().strategy(request=None, user=user)
    if buyer is not None and agreed.of(strategy) is not None:
        strategy.agreed = agreed.Agreed(buyer)
    return strategy


def shipping_methods(basket: Any, *, user: Any, priced: bool = True) -> list[Any]:
    """Return the delivery methods the shop offers for a basket, of those agreed with its buyer where any were.

    None whose charge is in another currency.
    `priced=False` for a basket without its prices: charges are not looked at.
    """
    repository = get_class("shipping.repository", "Repository")()
    found = repository.get_shipping_methods(basket=basket, user=user)
    if not priced or not basket.pk:
        return list(found)
    said = agreed.conditions(getattr(basket, "_strategy", None))
    if said.delivers:
        found = [method for method in found if method.code in said.delivers]
    found = [_as_agreed(method, basket, repository, said) for method in found]
    currency = figures.currency_of(basket.all_lines())
    return [method for method in found if figures.charges_in(method, basket, currency)]


def _as_agreed(method: Any, basket: Any, repository: Any, said: Conditions) -> Any:
    """Return a method as it was agreed: free from the agreed value only, so that an offer lowers its charge below."""
    inner, offer = figures.unwrapped(method)
    found = figures.without_own_free(inner, said, basket.currency)
    if found is inner:
        return method
    if offer is None and basket.has_shipping_discounts:
        offer = basket.shipping_discounts[0]["offer"]
    return repository.apply_shipping_offer(basket, found, offer) if offer is not None else found


def known_methods() -> list[Any]:
    """Return every delivery method the shop knows, for reading a form before its basket is loaded."""
    return list(get_class("shipping.repository", "Repository")().methods)


def shipping_method(basket: Any, *, user: Any, code: str) -> Any:
    """Return one of the shop's delivery methods. Raises Invalid with the field `delivery`."""
    methods = shipping_methods(basket, user=user)
    for method in methods:
        if method.code == code:
            return method
    raise no_such_delivery(methods)


def no_such_delivery(methods: Iterable[Any]) -> Invalid:
    """Return the refusal of a code that is none of these; it names them, for whoever has no page to choose on."""
    codes = ", ".join(method.code for method in methods)
    return Invalid(_("Choose one of the delivery methods: %(codes)s.") % {"codes": codes}, field="delivery")


def require_available(lines: Sequence[Any]) -> None:
    """Raise OutOfStock naming every product that cannot be had in the wanted quantity, and how many can.

    Raises Invalid for more pieces, or more money, than an order has room for.
    """
    wanted: dict[int | None, int] = {}
    for line in lines:
        wanted[line.stockrecord_id] = wanted.get(line.stockrecord_id, 0) + line.quantity
    problems = []
    for line in lines:
        quantity = wanted.pop(line.stockrecord_id, None)
        if quantity is None:
            continue  # a second line of the same record: counted with the first
        priced = figures.of_line(line).priced
        availability = line.purchase_info.availability
        if not (priced and line.product.is_public and availability.is_purchase_permitted(quantity)[0]):
            problems.append(_problem(line, quantity, priced=priced))
        elif how := packs.not_sold_so(line.basket.strategy, line.product, quantity):
            problems.append(f"“{line.product.get_title()}”: {how}.")
    if problems:
        raise OutOfStock(" ".join(problems))
    found = [figures.of_line(line) for line in lines]
    limits.require_pieces(sum(line.quantity for line in lines))
    limits.require_sum(sum((line.terms.full(line.quantity).gross for line in found), Decimal(0)))


def in_the_way(lines: Sequence[Any]) -> str:
    """Return why these lines cannot be ordered as they are, naming each product; empty where they can be."""
    try:
        require_available([line for line in lines if line.quantity])
    except (OutOfStock, Invalid) as refusal:
        return str(refusal)
    return ""


def _no_price(line: Any) -> str:
    text = _("“%(title)s” has no price at the moment. Remove it from your basket, or ask the shop.")
    return text % {"title": line.product.get_title()}


def _gone(line: Any, title: str) -> str:
    """Return that nothing of a line's product can be had, and what the merchant says of it beyond that."""
    strategy = line.basket.strategy
    outlook.know(strategy, [each.product for each in line.basket.all_lines()])
    why = outlook.in_words(outlook.of(strategy, line.product, line.purchase_info)) if line.product.is_public else ""
    return f"“{title}”: {why}." if why else _("“%(title)s” cannot be ordered at the moment.") % {"title": title}


def _problem(line: Any, quantity: int, *, priced: bool) -> str:
    title = line.product.get_title()
    if not priced and line.product.is_public and not agreed.is_outside(line.basket.strategy, line.product):
        return _no_price(line)
    available = max(0, getattr(line.purchase_info.availability, "num_available", 0) or 0)
    if not line.product.is_public or available == 0:
        return _gone(line, title)
    return _("Only %(available)d of “%(title)s” are left; you asked for %(quantity)d.") % {
        "title": title,
        "available": available,
        "quantity": quantity,
    }
