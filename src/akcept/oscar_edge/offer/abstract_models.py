"""Oscar's offers as Akcept needs them, for a shop that has forked `offer`: its own models inherit from these.

An offer that each customer may use so many times counts their orders that wait for acceptance, too.
"""

# ruff: noqa: F403  what else Oscar has here is found in this module too
from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

from django.db.models import Sum
from oscar.apps.offer.abstract_models import *
from oscar.apps.offer.abstract_models import AbstractBenefit as OscarBenefit
from oscar.apps.offer.abstract_models import AbstractCondition as OscarCondition
from oscar.apps.offer.abstract_models import AbstractConditionalOffer as OscarConditionalOffer
from oscar.core.loading import get_class, get_model

from akcept.ordering import status
from akcept.oscar_edge.offer import pieces, spreading, words

#: A shop's own class of benefit does as it does.
_OSCARS: Final = "oscar.apps.offer.benefits"
_OURS: Final = {
    "AbsoluteDiscountBenefit": spreading.off_together,
    "FixedPriceBenefit": spreading.bundles,
    "FixedUnitDiscountBenefit": spreading.off_each,
    "MultibuyDiscountBenefit": pieces.cheapest,
    "PercentageDiscountBenefit": pieces.percentage,
}


class AbstractConditionalOffer(OscarConditionalOffer):
    """Oscar's offer."""

    class Meta(OscarConditionalOffer.Meta):
        abstract = True

    def get_max_applications(self, user: Any = None) -> int:
        """Return how often it may be applied to a basket; as often as it fits, where Oscar stops at 10,000 times."""
        if self.max_discount and self.total_discount >= self.max_discount:
            return 0
        limits = [self.max_basket_applications or sys.maxsize]
        if self.max_global_applications:
            limits.append(max(0, self.max_global_applications - self.num_applications))
        if self.max_user_applications and user:
            limits.append(max(0, self.max_user_applications - self.get_num_user_applications(user)))
        return min(limits)

    def get_num_user_applications(self, user: Any) -> int:
        """Return how often somebody has used it: by orders that wait as well, by none that ended unaccepted."""
        used = get_model("order", "OrderDiscount").every.filter(offer_id=self.pk, order__user=user)
        total = used.exclude(order__status__in=status.ENDED).aggregate(total=Sum("frequency"))["total"]
        return int(total or 0)

    def apply_at_once(self, basket: Any, most: int) -> tuple[Any, int] | None:
        """Apply it `most` times at most; return Oscar's result and how often, None where that is found one by one.

        The work grows with the lines of a basket, not with its pieces.
        """
        ours = self._ours()
        if ours is None or (most > 1 and not spreading.can_repeat(self)):
            return None
        if not self.is_condition_satisfied(basket):
            return get_class("offer.results", "ZERO_DISCOUNT"), 0
        return ours(self, self.benefit.proxy(), basket, most)

    def apply_benefit(self, basket: Any) -> Any:
        """Apply it once; what Oscar's own benefits get wrong is computed by `pieces` and `spreading`."""
        found = self.apply_at_once(basket, 1)
        return found[0] if found is not None else super().apply_benefit(basket)

    def availability_restrictions(self) -> list[dict[str, Any]]:
        """Return when and how often it may be used, in the reader's language."""
        return words.restrictions(self)

    def _ours(self) -> Callable[[Any, Any, Any, int], tuple[Any, int]] | None:
        benefit = type(self.benefit.proxy())
        return _OURS.get(benefit.__name__) if benefit.__module__ == _OSCARS else None


class _InWords:
    """What a benefit gives, or a condition asks for, as the reader's language writes it; mixed in before Oscar's."""

    @property
    def name(self) -> str:
        """The sentence, its range by name; a shop's own class says it itself."""
        return words.told(self, naming=words.named) or str(super().name)  # type: ignore[misc]

    @property
    def description(self) -> str | None:
        """The same as HTML, its range a link; as Oscar's, None for one that needs a range and has none."""
        if words.lacks_range(self):
            return None
        return words.told(self, naming=words.linked) or str(super().description)  # type: ignore[misc]


class AbstractBenefit(_InWords, OscarBenefit):
    """Oscar's benefit; one without a limit of pieces is for all of them, where Oscar stops at 10,000."""

    class Meta(OscarBenefit.Meta):
        abstract = True

    def _effective_max_affected_items(self) -> int:
        return self.max_affected_items or sys.maxsize


class AbstractCondition(_InWords, OscarCondition):
    """Oscar's condition."""

    class Meta(OscarCondition.Meta):
        abstract = True
