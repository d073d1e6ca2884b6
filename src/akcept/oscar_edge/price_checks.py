"""Whether the shop's prices and its offers mean the same side, net or gross; looked at when it starts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from akcept.oscar_edge import figures, quotes
from akcept.oscar_edge.basket.figured import FiguredBasket, FiguredLine

_PROBE: Final = Decimal("100.00")


@register(Tags.compatibility)
def figured_baskets(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Say where a fork's baskets still count with Oscar's arithmetic."""
    forked = [
        f"basket.{model.__name__} ({base.__name__})"
        for model, base in (
            (get_model("basket", "Basket"), FiguredBasket),
            (get_model("basket", "Line"), FiguredLine),
        )
        if not issubclass(model, base)
    ]
    if not forked:
        return []
    return [
        Error(
            _("These models do not take their figures from Akcept: %(names)s.") % {"names": ", ".join(forked)},
            hint=_("Let them inherit from the classes in akcept.oscar_edge.basket.figured too, before Oscar's."),
            id="akcept.E021",
        )
    ]


@register(Tags.compatibility)
def offers_and_prices_agree(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Compare the price strategy with `OSCAR_OFFERS_INCL_TAX`, by the price it makes of 100.00 in the price list."""
    price = _price_of_probe()
    if price is None:
        return []
    net, gross = price
    if gross == _PROBE and not figures.sells_gross():
        return [
            Warning(
                _(
                    "The price strategy's prices include tax, but OSCAR_OFFERS_INCL_TAX is False: percentages of "
                    "offers are taken off the price without tax."
                ),
                hint=_("Set OSCAR_OFFERS_INCL_TAX = True."),
                id="akcept.W022",
            )
        ]
    if net == _PROBE and figures.sells_gross() and figures.taxes_sums(quotes.strategy_for(None)):
        return [
            Warning(
                _(
                    "The price strategy's prices are net and VAT is computed on their sum, but OSCAR_OFFERS_INCL_TAX "
                    "is True: discounts are taken off prices with tax, and what is agreed on is the gross price."
                ),
                hint=_("Set OSCAR_OFFERS_INCL_TAX = False, or let the price list include tax."),
                id="akcept.W023",
            )
        ]
    return []


def _price_of_probe() -> tuple[Decimal, Decimal] | None:
    """Return the net and gross price of something at 100.00; None where the strategy needs a real product for it."""
    try:
        product = get_model("catalogue", "Product")(product_class=get_model("catalogue", "ProductClass")(slug="probe"))
        record = get_model("partner", "StockRecord")(
            product=product, price=_PROBE, price_currency=settings.OSCAR_DEFAULT_CURRENCY
        )
        price = quotes.strategy_for(None).pricing_policy(product, record)
        net, gross = figures.number(price.excl_tax), figures.number(price.incl_tax)
    except Exception:  # a strategy of the shop may ask for anything; then nothing can be said
        return None
    return (net, gross) if net is not None and gross is not None and net != gross else None
