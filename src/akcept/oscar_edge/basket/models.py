"""Oscar's basket models; what they say of money is ours."""

# ruff: noqa: F403  Oscar asks for our models first, then for all of its own by star import
from __future__ import annotations

from oscar.core.loading import is_model_registered

from akcept.oscar_edge.basket import abstract_models

if not is_model_registered("basket", "Basket"):

    class Basket(abstract_models.AbstractBasket):
        """Oscar's basket."""


if not is_model_registered("basket", "Line"):

    class Line(abstract_models.AbstractLine):
        """Oscar's line of a basket."""


from oscar.apps.basket.models import *
