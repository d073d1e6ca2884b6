"""Oscar's offers; one that each may use so many times counts their orders that wait for acceptance, too."""

# ruff: noqa: F403  Oscar asks for our models first, then for all of its own by star import
from __future__ import annotations

from oscar.core.loading import is_model_registered

from akcept.oscar_edge.offer import abstract_models

if not is_model_registered("offer", "ConditionalOffer"):

    class ConditionalOffer(abstract_models.AbstractConditionalOffer):
        """Oscar's offer."""


if not is_model_registered("offer", "Benefit"):

    class Benefit(abstract_models.AbstractBenefit):
        """Oscar's benefit."""


if not is_model_registered("offer", "Condition"):

    class Condition(abstract_models.AbstractCondition):
        """Oscar's condition."""


from oscar.apps.offer.models import *
