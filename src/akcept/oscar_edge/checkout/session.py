"""What a guest's steps carry from page to page: Oscar's, with the money of our quotes."""

from __future__ import annotations

from typing import Any

from oscar.apps.checkout.session import CheckoutSessionMixin as OscarCheckoutSessionMixin
from oscar.core.prices import Price

from akcept.oscar_edge import figures, quotes

__all__ = ["CheckoutSessionMixin"]


class CheckoutSessionMixin(OscarCheckoutSessionMixin):
    """Oscar adds up what goods and delivery come to, each with its own VAT; an invoice taxes their sum."""

    def build_submission(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the order is made of; total and delivery with VAT once per rate on the sum of both.

        What the caller says of either stays.
        """
        submission: dict[str, Any] = super().build_submission(**kwargs)
        if not {"shipping_charge", "order_total"} & kwargs.keys() and _is_taxed(submission):
            submission.update(_priced(submission))
        return submission


def _is_taxed(submission: dict[str, Any]) -> bool:
    total = submission["order_total"]
    return total is not None and total.is_tax_known and not submission["basket"].is_empty


def _priced(submission: dict[str, Any]) -> dict[str, Price]:
    basket, method, surcharges = submission["basket"], submission["shipping_method"], submission["surcharges"]
    delivery = figures.of_delivery(method, basket, strategy=basket.strategy)
    taxed = quotes.taxed_goods(figures.of_basket(basket), delivery)
    charge, currency = taxed.parts[-1], submission["order_total"].currency
    net, gross = taxed.net, taxed.gross
    if surcharges is not None:
        net, gross = net + surcharges.total.excl_tax, gross + surcharges.total.incl_tax
    tax_code = submission["shipping_charge"].tax_code
    return {
        "shipping_charge": Price(currency=currency, excl_tax=charge.net, incl_tax=charge.gross, tax_code=tax_code),
        "order_total": Price(currency=currency, excl_tax=net, incl_tax=gross),
    }
