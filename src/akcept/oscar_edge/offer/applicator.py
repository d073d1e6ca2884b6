"""Applies offers to a basket; one that fails is left out, and the page goes on."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, Final

from django.db import DatabaseError
from oscar.apps.offer.applicator import Applicator as OscarApplicator
from oscar.apps.offer.applicator import OfferApplicationError
from oscar.core.loading import get_class

from akcept.oscar_edge import agreed
from akcept.oscar_edge.basket import currencies
from akcept.oscar_edge.offer import amounts, combinations, ranges

__all__ = ["Applicator", "OfferApplicationError"]

logger = logging.getLogger("akcept.offers")

#: So often Oscar applies an offer that has no limit of its own.
_ONE_BY_ONE: Final = 10_000


class _Failed(Exception):
    def __init__(self, offer: Any) -> None:
        super().__init__(offer)
        self.offer = offer


class Applicator(OscarApplicator):
    """Oscar's, which ends the page of everybody whose basket an offer of a shop's own cannot compute."""

    def get_offers(self, basket: Any, user: Any = None, request: Any = None) -> list[Any]:
        """Return the offers there are for a basket, without sums that are in another currency."""
        found = currencies.all_of(basket)
        offers = super().get_offers(basket, user, request)
        counted = [offer for offer in offers if amounts.count_in(found, offer)]
        ranges.ask_at_once(counted, basket)
        combinations.ask_at_once(counted)
        return counted

    def apply_offers(self, basket: Any, offers: Iterable[Any]) -> None:
        """Apply the offers in their order; an offer that fails is logged and none of its discounts stays."""
        left = list(offers)
        for line in basket.all_lines():
            if agreed.without_offers(basket.strategy, line):
                line.product.is_discountable = False  # this object alone, and nobody saves it
        while True:
            try:
                basket.offer_applications = self._applied(basket, left)
            except _Failed as failed:
                logger.exception("Offer %s (%s) cannot be computed and was left out", failed.offer.pk, failed.offer)
                left = [offer for offer in left if offer is not failed.offer]
                for line in basket.all_lines():
                    line.clear_discount()
            else:
                return

    def _applied(self, basket: Any, offers: list[Any]) -> Any:
        applications = get_class("offer.results", "OfferApplications")()
        for offer in offers:
            try:
                self._apply(basket, offer, applications)
            except DatabaseError:
                raise  # the transaction is broken, nothing can go on in it
            except Exception as error:
                raise _Failed(offer) from error
        return applications

    def _apply(self, basket: Any, offer: Any, applications: Any) -> None:
        """Apply one as often as it may be: at once, or as Oscar does where only the offer itself knows how often."""
        most = offer.get_max_applications(basket.owner)
        at_once = offer.apply_at_once(basket, most) if most and hasattr(offer, "apply_at_once") else None
        if at_once is not None:
            result, times = at_once
            if result.is_successful:
                applications.add(offer, result)
                applications.applications[offer.id]["freq"] = times
            return
        for _time in range(min(most, _ONE_BY_ONE)):
            before = [len(line.discounts.all()) for line in basket.all_lines()]
            result = offer.apply_benefit(basket)
            # Oscar rounds what it tells down: 0.6 of a cent is nothing there, and a cent of a line rounded once.
            if not result.is_successful and not _noted_since(before, basket):
                return
            applications.add(offer, result)
            if result.is_final or not result.is_successful:
                return


def _noted_since(before: list[int], basket: Any) -> bool:
    """Return whether something was taken off a line since it had so many discounts."""
    return any(
        discount.amount
        for line, number in zip(basket.all_lines(), before, strict=True)
        for discount in line.discounts.all()[number:]
    )
