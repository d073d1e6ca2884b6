"""The rows that one order of each sort leaves, as the code writes them: what further orders are copied from."""

# ruff: noqa: S608  names of our tables, numbers of our own
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from akcept.ordering import actions
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from bench.fill.copying import rows


@dataclass(slots=True)
class Pattern:
    """The rows of one order as the code wrote them, by table."""

    rows: dict[str, list[dict[str, Any]]]

    def row(self, table: str, **changed: Any) -> dict[str, Any]:
        """Return the first row of a table with other values."""
        return {**self.rows[table][0], **changed}


def patterns(cast: Cast) -> dict[str, Pattern]:
    """Place one order of each sort through the actions, and return the rows they left."""
    carts.stock("PATTERN", price="10.00")
    records = [carts.stock("PATTERN")]
    held = orders.place(cast.anna, records=records)
    accepted = orders.place(cast.anna, records=records)
    actions.accept(accepted.order_number, actor=cast.ben.actor, version=1)
    return {
        "held": _pattern(held.order_id),
        "accepted": _pattern(accepted.order_id),
        "private": _pattern(orders.place(cast.paul, records=records).order_id),
    }


_OF_AN_ORDER: Final = {
    "order_order": "id",
    "order_line": "order_id",
    "order_lineprice": "order_id",
    "akcept_ordering_placement": "order_id",
    "akcept_approvals_case": "order_id",
    "akcept_approvals_step": "case_id",
    "akcept_approvals_selector": "case_id",
    "akcept_approvals_asked": "case_id",
    "akcept_approvals_decision": "case_id",
}


def _pattern(order_id: int) -> Pattern:
    found = {
        table: rows(f'SELECT * FROM "{table}" WHERE "{column}" = {order_id}') for table, column in _OF_AN_ORDER.items()
    }
    found["akcept_oscar_edge_pricefacts"] = rows(
        f"SELECT f.* FROM akcept_oscar_edge_pricefacts f LEFT JOIN order_line l ON l.id = f.line_id"
        f" WHERE l.order_id = {order_id} OR f.order_id = {order_id} ORDER BY f.line_id"
    )
    return Pattern(rows=found)
