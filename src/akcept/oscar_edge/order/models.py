"""Oscar's order models; `Order` and `Line` refuse to be worked on while the customer has not accepted.

As in Oscar, a model that a fork has defined already is left to it: see `abstract_models`.
"""

# ruff: noqa: F403  Oscar asks for our models first, then for all of its own by star import
from __future__ import annotations

from oscar.core.loading import is_model_registered

from akcept.oscar_edge.order import abstract_models

if not is_model_registered("order", "Order"):

    class Order(abstract_models.AbstractOrder):
        """Oscar's order, guarded."""


if not is_model_registered("order", "Line"):

    class Line(abstract_models.AbstractLine):
        """Oscar's order line, guarded like its order."""


if not is_model_registered("order", "OrderDiscount"):

    class OrderDiscount(abstract_models.AbstractOrderDiscount):
        """Oscar's record of an offer's use."""


from oscar.apps.order.models import *
