"""The basket page's figures and forecast, from the same code as checkout and placing."""

from __future__ import annotations

from typing import Any

from django import template

from akcept.kernel.errors import EmptyCart, TwoCurrencies
from akcept.ordering import queries
from akcept.ordering.changes import again
from akcept.ordering.ports import Quote
from akcept.organizations.visitor import actor_of, seat_of
from akcept.oscar_edge import agreed, agreed_words, baskets, quotes
from akcept.oscar_edge.basket import currencies
from akcept.oscar_edge.offer import amounts

register = template.Library()


@register.simple_tag(takes_context=True)
def basket_quote(context: dict[str, Any]) -> Quote | None:
    """Return what the visitor's basket costs with the shop's first delivery method."""
    request = context["request"]
    methods = quotes.shipping_methods(request.basket, user=request.user)
    try:
        return quotes.quote_for(request.basket, methods[0]) if methods else None
    except (EmptyCart, TwoCurrencies):
        return None


@register.simple_tag(takes_context=True)
def agreed_terms(context: dict[str, Any]) -> list[str]:
    """Return what was agreed with the visitor of orders, a sentence each."""
    request = context["request"]
    return agreed_words.terms_in_words(agreed.conditions(request.strategy), seat_of(request))


@register.simple_tag(takes_context=True)
def basket_currencies(context: dict[str, Any]) -> str:
    """Return why a basket of several currencies cannot be ordered, with its lines; empty where it has one."""
    try:
        currencies.require_one([line for line in context["request"].basket.all_lines() if line.quantity])
    except TwoCurrencies as refusal:
        return str(refusal)
    return ""


@register.simple_tag(takes_context=True)
def basket_in_the_way(context: dict[str, Any]) -> str:
    """Return why the basket cannot be ordered as it is, naming each product; empty where it can be."""
    return quotes.in_the_way(context["request"].basket.all_lines())


@register.simple_tag(takes_context=True)
def basket_idle_vouchers(context: dict[str, Any]) -> list[str]:
    """Return, voucher by voucher, why some of the basket do nothing in its currency."""
    return amounts.idle(context["request"].basket)


@register.simple_tag(takes_context=True)
def basket_former(context: dict[str, Any]) -> again.Other | None:
    """Return the ended order the visitor's basket was filled from to order it once more, if they may see it."""
    request = context["request"]
    origin = baskets.origin_of(request.basket, request.basket.all_lines()) if request.basket.pk else None
    if origin is None or not request.user.is_authenticated:
        return None
    return again.ended(actor_of(request), seat_of(request), origin)


@register.simple_tag(takes_context=True)
def basket_preview(context: dict[str, Any], quote: Quote | None) -> queries.BasketPreview | None:
    """Return whether ordering it would wait, and why; nothing for somebody who has not logged in."""
    request = context["request"]
    if quote is None or not request.user.is_authenticated:
        return None
    return queries.preview(actor_of(request), quote)
