"""What can be had of a product: every way the one decision goes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from akcept.oscar_edge.availability import Availability, Had, Outlook, Successor, availability

TODAY = date(2026, 12, 1)
NEXT = Successor(product_id=2, title="Nowy", code="N-2", url="/n/")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (Outlook(), Availability(had=Had.OUT_OF_STOCK)),
        (
            Outlook(expected_on=TODAY + timedelta(days=1)),
            Availability(had=Had.EXPECTED, expected_on=TODAY + timedelta(days=1)),
        ),
        (Outlook(expected_on=TODAY), Availability(had=Had.OUT_OF_STOCK)),
        (Outlook(ended=True), Availability(had=Had.ENDED)),
        (Outlook(ended=True, expected_on=TODAY + timedelta(days=9)), Availability(had=Had.ENDED)),
        (Outlook(is_replaced=True, expected_on=TODAY + timedelta(days=9)), Availability(had=Had.ENDED)),
        (Outlook(is_replaced=True, successor=NEXT), Availability(had=Had.REPLACED, successor=NEXT)),
        (Outlook(is_replaced=True, successor=NEXT, ended=True), Availability(had=Had.REPLACED, successor=NEXT)),
    ],
)
@pytest.mark.parametrize("number", [None, 7])
def test_what_is_said_counts_once_nothing_is_left(said: Outlook, found: Availability, number: int | None) -> None:
    left = availability(can_be_bought=True, number=number, said=said, today=TODAY)
    assert left == Availability(had=Had.IN_STOCK, number=number)
    assert availability(can_be_bought=False, number=number, said=said, today=TODAY) == found
