"""Oscar's offers as Akcept needs them, for a shop that has forked `offer`: its own models inherit from these.

An offer that each customer may use so many times counts their orders that wait for acceptance, too.
"""

# ruff: noqa: F403  what else Oscar has here is found in this module too
from __future__ import annotations

import sys
from typing import Any, Final

from django.db.models import Sum
from oscar.apps.offer.abstract_models import *
from oscar.apps.offer.abstract_models import AbstractBenefit as OscarBenefit
from oscar.apps.offer.abstract_models import AbstractConditionalOffer as OscarConditionalOffer
from oscar.core.loading import get_model

from akcept.ordering import status
from akcept.oscar_edge.offer import pieces, spreading

#: A shop's own class of benefit does as it does.
_OSCARS: Final = "oscar.apps.offer.benefits"
_OURS: Final = {
    "AbsoluteDiscountBenefit": spreading.apply,
    "FixedPriceBenefit": spreading.apply,
    "MultibuyDiscountBenefit": pieces.cheapest,
    "PercentageDiscountBenefit": pieces.percentage,
}


class AbstractConditionalOffer(OscarConditionalOffer):
    """Oscar's offer."""

    class Meta(OscarConditionalOffer.Meta):
        abstract = True

    def get_num_user_applications(self, user: Any) -> int:
        """Return how often somebody has used it: by orders that wait as well, by none that ended unaccepted."""
        used = get_model("order", "OrderDiscount").every.filter(offer_id=self.pk, order__user=user)
        total = used.exclude(order__status__in=status.ENDED).aggregate(total=Sum("frequency"))["total"]
        return int(total or 0)

    def apply_bundles(self, basket: Any, most: int) -> Any:
        """Apply it `most` times at most at once and return Oscar's result; None where it has to be once at a time."""
        benefit = self.benefit.proxy()
        if not (type(benefit).__module__ == _OSCARS and type(benefit).__name__ == "FixedPriceBenefit"):
            return None
        if not self.is_condition_satisfied(basket):
            return super().apply_benefit(basket)
        return spreading.apply(self, benefit, basket, most=most)

    def apply_benefit(self, basket: Any) -> Any:
        """Apply it once; what Oscar's own benefits get wrong is computed by `pieces` and `spreading`."""
        benefit = self.benefit.proxy()
        ours = _OURS.get(type(benefit).__name__) if type(benefit).__module__ == _OSCARS else None
        if ours is None or not self.is_condition_satisfied(basket):
            return super().apply_benefit(basket)
        return ours(self, benefit, basket)


class AbstractBenefit(OscarBenefit):
    """Oscar's benefit; one without a limit of pieces is for all of them, where Oscar stops at 10,000."""

    class Meta(OscarBenefit.Meta):
        abstract = True

    def _effective_max_affected_items(self) -> int:
        return self.max_affected_items or sys.maxsize
