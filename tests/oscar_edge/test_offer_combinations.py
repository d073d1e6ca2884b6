"""Which offers share a line, asked of offers a shop has and of ones that were never saved."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from akcept.oscar_edge.offer import combinations
from tests.support import offers


def _unsaved(**facts: Any) -> Any:
    return apps.get_model("offer.ConditionalOffer")(name="Never saved", **facts)


@pytest.mark.django_db
def test_offers_that_were_never_saved_go_together_like_any_that_name_nobody() -> None:
    assert combinations.go_together(_unsaved(), _unsaved())


@pytest.mark.django_db
def test_an_offer_that_names_another_shares_no_line_with_one_never_saved() -> None:
    naming, named = offers.percent("10"), offers.percent("5")
    naming.combinations.add(named)
    assert not combinations.go_together(naming, _unsaved())
    assert not combinations.go_together(_unsaved(), type(naming).objects.get(pk=naming.pk))
    assert combinations.go_together(naming, named)


@pytest.mark.django_db
def test_a_line_asks_an_offer_that_was_never_saved() -> None:
    """Oscar's field of combinations refuses to be looked at on one; a discount of a fork may make one on the fly."""
    basket = apps.get_model("basket.Basket").objects.create()
    line = basket.lines.model(basket=basket, quantity=3)
    one, other = offers.percent("10"), _unsaved()
    assert line.discounts.available(one) == 3
    line.discounts.consume(1, offer=other)
    assert line.discounts.available(one) == 2, "both are exclusive: what the first took is not left"
