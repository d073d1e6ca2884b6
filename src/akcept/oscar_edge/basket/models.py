"""Oscar's basket models; what they say of money is ours."""

# ruff: noqa: F403, E402  Oscar asks for our models first, then for all of its own by star import
from __future__ import annotations

from oscar.apps.basket.abstract_models import AbstractBasket, AbstractLine

from akcept.oscar_edge.basket.figured import FiguredBasket, FiguredLine


class Basket(FiguredBasket, AbstractBasket):
    """Oscar's basket."""


class Line(FiguredLine, AbstractLine):
    """Oscar's line of a basket."""


from oscar.apps.basket.models import *
