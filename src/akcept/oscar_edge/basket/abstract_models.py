"""Oscar's baskets as Akcept needs them, for a shop that has forked `basket`: its own models inherit from these."""

# ruff: noqa: F403  what else Oscar has here is found in this module too
from __future__ import annotations

from oscar.apps.basket.abstract_models import *
from oscar.apps.basket.abstract_models import AbstractBasket as OscarBasket
from oscar.apps.basket.abstract_models import AbstractLine as OscarLine

from akcept.oscar_edge.basket.figured import FiguredBasket, FiguredLine


class AbstractBasket(FiguredBasket, OscarBasket):
    """Oscar's basket; what it says of money is ours."""

    class Meta(OscarBasket.Meta):
        abstract = True


class AbstractLine(FiguredLine, OscarLine):
    """Oscar's line of a basket; what it says of money is ours."""

    class Meta(OscarLine.Meta):
        abstract = True
