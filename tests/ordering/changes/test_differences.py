"""What changed between two states of an order."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from akcept.ordering.changes.differences import (
    Delivery,
    DeliveryChange,
    LineChange,
    Snapshot,
    line_changes,
    raises_anything,
)


def line(line_id: int, quantity: int, net: str) -> Snapshot:
    return Snapshot(line_id=line_id, sku=f"S{line_id}", title=f"Paper {line_id}", quantity=quantity, net=Decimal(net))


def change(line_id: int, before: tuple[int, str], after: tuple[int, str]) -> LineChange:
    return LineChange(
        sku=f"S{line_id}",
        title=f"Paper {line_id}",
        quantity_before=before[0],
        quantity_after=after[0],
        net_before=Decimal(before[1]),
        net_after=Decimal(after[1]),
    )


def test_changed_lines_come_in_their_former_order_and_new_ones_last() -> None:
    before = [line(3, 5, "50.00"), line(1, 1, "0.01"), line(2, 2, "20.00")]
    after = [line(9, 1, "7.00"), line(2, 2, "19.00"), line(1, 1, "0.01")]
    assert line_changes(before, after) == (
        change(3, (5, "50.00"), (0, "0")),
        change(2, (2, "20.00"), (2, "19.00")),
        change(9, (0, "0"), (1, "7.00")),
    )
    assert [one.dropped for one in line_changes(before, after)] == [True, False, False]
    assert line_changes(before, before) == ()


def test_a_line_and_a_delivery_come_back_from_what_is_stored() -> None:
    kept, sent = line(3, 5, "50.10"), Delivery(code="courier", name="Kurier", net=Decimal("9.90"))
    assert Snapshot.from_json(json.loads(json.dumps(kept.as_json()))) == kept
    assert Delivery.from_json(json.loads(json.dumps(sent.as_json()))) == sent


@pytest.mark.parametrize(("code", "another"), [("courier", False), ("own-van", True)])
def test_another_charge_is_not_another_way(code: str, another: bool) -> None:
    before = Delivery(code="courier", name="Kurier", net=Decimal(1))
    assert DeliveryChange(before=before, after=Delivery(code=code, name="?", net=Decimal(2))).is_another is another


@pytest.mark.parametrize(
    ("after", "totals", "higher"),
    [
        ((5, "50.00"), ("50.00", "50.00"), False),
        ((5, "50.01"), ("60.00", "50.01"), True),
        ((6, "50.00"), ("60.00", "50.00"), True),
        ((4, "49.99"), ("50.00", "49.99"), False),
        ((4, "49.99"), ("50.00", "50.01"), True),  # delivery costs more
    ],
)
def test_any_higher_quantity_value_or_total_is_a_rise(
    after: tuple[int, str], totals: tuple[str, str], higher: bool
) -> None:
    total_before, total_after = map(Decimal, totals)
    found = raises_anything([change(1, (5, "50.00"), after)], total_before=total_before, total_after=total_after)
    assert found is higher
