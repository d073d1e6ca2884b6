"""What a basket costs: the one computation behind basket page, checkout, order and mail."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from oscar.core.loading import get_class, get_model

from akcept.kernel.errors import EmptyCart, Invalid, OutOfStock
from akcept.kernel.money import cents
from akcept.ordering.ports import Quote, QuoteLine
from akcept.oscar_edge import vat
from akcept.oscar_edge.basket import currencies


def load_lines(basket: Any, *, lock_stock: bool = False) -> list[Any]:
    """Load the basket's lines with all that pricing touches in a constant number of statements.

    They become the basket's own cached lines, so that Oscar's offers and properties use the same rows. With
    `lock_stock` the stock records stay locked, in primary-key order, until the transaction ends.
    """
    records: QuerySet[Any] = get_model("partner", "StockRecord").objects.select_related("partner").order_by("pk")
    if lock_stock:
        records = records.select_for_update(no_key=True, of=("self",))
    options = get_model("basket", "LineAttribute").objects.all()
    basket._lines = (
        basket.lines.select_related("product__product_class", "product__parent__product_class")
        .annotate(has_options=Exists(options.filter(line=OuterRef("pk"))))
        .prefetch_related(Prefetch("product__stockrecords", queryset=records))
        .order_by("pk")
    )
    lines = list(basket._lines)
    chosen = options.select_related("option") if any(line.has_options for line in lines) else options.none()
    prefetch_related_objects(lines, Prefetch("attributes", queryset=chosen))
    for line in lines:
        _use_loaded_record(line)
    return lines


def _use_loaded_record(line: Any) -> None:
    for record in line.product.stockrecords.all():
        record.product = line.product
        if record.pk == line.stockrecord_id:
            line.stockrecord = record


def quote_for(basket: Any, method: Any) -> Quote:
    """Price a basket that has its strategy, and its offers applied, for one shipping method.

    Raises EmptyCart, TwoCurrencies.
    """
    lines = [line for line in basket.all_lines() if line.quantity > 0]
    if not lines:
        raise EmptyCart(pgettext("shop", "Your basket is empty."))
    currencies.require_one(lines)
    charge = method.calculate(basket)
    delivery_net = cents(charge.excl_tax)
    nets = [cents(line.line_price_excl_tax_incl_discounts) for line in lines]
    rate_for = getattr(basket.strategy, "vat_rate", None)
    if rate_for is not None:
        delivery_rate = getattr(method, "vat_rate", None)
        if delivery_rate is None:
            delivery_rate = vat.rate_of(charge.excl_tax, charge.incl_tax) or Decimal(0)
        rates = [rate_for(line.product) for line in lines]
        taxed = vat.by_rate([*zip(nets, rates, strict=True), (delivery_net, delivery_rate)])
    else:
        grosses = [cents(line.line_price_incl_tax_incl_discounts) for line in lines]
        taxed = vat.as_priced([*zip(nets, grosses, strict=True), (delivery_net, cents(charge.incl_tax))])
        rates = [vat.rate_of(net, gross) for net, gross in zip(nets, grosses, strict=True)]
    quoted = tuple(
        QuoteLine(
            product_id=line.product_id,
            title=line.product.get_title(),
            sku=line.stockrecord.partner_sku,
            quantity=line.quantity,
            unit_net=line.unit_price_excl_tax,
            net=net,
            gross=gross,
            vat_rate=rate,
        )
        for line, net, gross, rate in zip(lines, nets, taxed.gross[:-1], rates, strict=True)
    )
    currency = str(lines[0].purchase_info.price.currency)
    goods_net = sum(nets, Decimal(0))
    return Quote(
        currency=currency,
        lines=quoted,
        goods_net=goods_net,
        delivery_net=delivery_net,
        delivery_gross=taxed.gross[-1],
        total_net=goods_net + delivery_net,
        total_gross=sum(taxed.gross, Decimal(0)),
        vat=tuple(row for row in taxed.rows if row.net or row.vat),
        fingerprint=_fingerprint(currency, quoted, method.code, delivery_net, taxed.gross[-1]),
        delivery_code=method.code,
        delivery_name=str(method.name),
    )


def _fingerprint(currency: str, lines: Sequence[QuoteLine], code: str, net: Decimal, gross: Decimal) -> str:
    content = [currency, code, str(net), str(gross)]
    content += [f"{line.product_id}:{line.quantity}:{line.unit_net}:{line.net}:{line.gross}" for line in lines]
    return hashlib.sha256("|".join(content).encode()).hexdigest()[:32]


def strategy_for(user: Any) -> Any:
    """Return the shop's strategy of prices for a customer."""
    return get_class("partner.strategy", "Selector")().strategy(request=None, user=user)


def shipping_methods(basket: Any, *, user: Any) -> list[Any]:
    """Return the delivery methods the shop offers for a basket."""
    return list(get_class("shipping.repository", "Repository")().get_shipping_methods(basket=basket, user=user))


def known_methods() -> list[Any]:
    """Return every delivery method the shop knows, for reading a form before its basket is loaded."""
    return list(get_class("shipping.repository", "Repository")().methods)


def shipping_method(basket: Any, *, user: Any, code: str) -> Any:
    """Return one of the shop's delivery methods. Raises Invalid with the field `delivery`."""
    for method in shipping_methods(basket, user=user):
        if method.code == code:
            return method
    raise Invalid(_("Choose one of the delivery methods."), field="delivery")


def require_available(lines: Sequence[Any]) -> None:
    """Raise OutOfStock naming every product that cannot be had in the wanted quantity, and how many can."""
    wanted: dict[int | None, int] = {}
    for line in lines:
        wanted[line.stockrecord_id] = wanted.get(line.stockrecord_id, 0) + line.quantity
    problems = []
    for line in lines:
        quantity = wanted.pop(line.stockrecord_id, None)
        if quantity is None:
            continue  # a second line of the same record: counted with the first
        info = line.purchase_info
        permitted = (
            line.product.is_public and info.price.exists and info.availability.is_purchase_permitted(quantity)[0]
        )
        if not permitted:
            problems.append(_problem(line, quantity))
    if problems:
        raise OutOfStock(" ".join(problems))


def _problem(line: Any, quantity: int) -> str:
    title = line.product.get_title()
    available = max(0, getattr(line.purchase_info.availability, "num_available", 0) or 0)
    if not line.product.is_public or not line.purchase_info.price.exists or available == 0:
        return _("“%(title)s” cannot be ordered at the moment.") % {"title": title}
    return _("Of “%(title)s” only %(available)d are left, you want %(quantity)d.") % {
        "title": title,
        "available": available,
        "quantity": quantity,
    }
