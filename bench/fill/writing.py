"""Writes orders of a filled shop, each with everything that hangs on it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from akcept.organizations.models import Member
from akcept.testing.cast import Person
from bench.fill.copying import Copy, next_key
from bench.fill.goods import Good
from bench.fill.patterns import Pattern
from bench.fill.sorts import Kind

#: How many lines an order has: 1.6 on average.
_LINES: Final = (1, 1, 1, 1, 1, 2, 2, 2, 2, 3)
#: Tables whose keys count up.
SERIAL: Final = (
    "order_order",
    "order_line",
    "order_lineprice",
    "akcept_oscar_edge_pricefacts",
    "akcept_approvals_step",
    "akcept_approvals_selector",
    "akcept_approvals_asked",
    "akcept_approvals_decision",
    "akcept_budgets_ledgerrow",
)


class Writer:
    """Writes one order after another."""

    def __init__(
        self,
        *,
        copy: Copy,
        patterns: dict[str, Pattern],
        goods: Sequence[Good],
        chance: random.Random,
        budget_id: int,
        large_id: int,
    ) -> None:
        self._copy, self._patterns, self._goods, self._chance = copy, patterns, goods, chance
        self._budget_id, self._large_id = budget_id, large_id
        self._ids = {table: next_key(table) for table in SERIAL}
        self._number = 100_000 + self._ids["order_order"]
        self._names = {}  # type: dict[int, str]
        first = Member.objects.filter(organization_id=large_id).order_by("pk")[1]
        self._approver = (first.pk, str(first.user.get_full_name()))

    def _id(self, table: str) -> int:
        self._ids[table] += 1
        return self._ids[table] - 1

    def write(self, person: Person, kind: Kind, at: datetime) -> None:
        """Write one order with everything that hangs on it."""
        pattern = self._patterns["held" if kind.waits else "accepted" if kind.asked else "private"]
        order_id, self._number = self._id("order_order"), self._number + 1
        chosen = [
            (self._goods[self._chance.randrange(len(self._goods))], self._chance.randrange(1, 6))
            for _ in range(self._chance.choice(_LINES))
        ]
        base = pattern.rows["order_order"][0]
        net = sum((good.net * pieces for good, pieces in chosen), Decimal(0))
        gross = sum((good.gross * pieces for good, pieces in chosen), Decimal(0))
        sums = {
            "goods_net": net,
            "goods_gross": gross,
            "total_net": net + base["shipping_excl_tax"],
            "total_gross": gross + base["shipping_incl_tax"],
        }
        self._copy.add(
            "order_order",
            {
                **base,
                "id": order_id,
                "number": str(self._number),
                "basket_id": None,
                "user_id": person.user.pk,
                "total_excl_tax": sums["total_net"],
                "total_incl_tax": sums["total_gross"],
                "status": kind.status,
                "date_placed": at,
            },
        )
        self._placement(pattern, person, order_id, chosen, sums, at)
        self._lines(pattern, order_id, chosen, kind)
        if kind.asked:
            self._case(pattern, person, order_id, kind, at)
        if kind.large and kind.status not in ("rejected", "cancelled"):
            self._ledger(order_id, net, kind, at)

    def _placement(
        self,
        pattern: Pattern,
        person: Person,
        order_id: int,
        chosen: list[tuple[Good, int]],
        sums: dict[str, Decimal],
        at: datetime,
    ) -> None:
        member = person.member
        self._copy.add(
            "akcept_ordering_placement",
            pattern.row(
                "akcept_ordering_placement",
                order_id=order_id,
                number=str(self._number),
                buyer_id=person.user.pk,
                organization_id=member.organization_id if member else None,
                unit_id=member.unit_id if member else None,
                requester_id=member.pk if member else None,
                line_count=len(chosen),
                summary=", ".join(good.title for good, _pieces in chosen)[:200],
                placed_at=at,
                **sums,
            ),
        )

    def _lines(self, pattern: Pattern, order_id: int, chosen: list[tuple[Good, int]], kind: Kind) -> None:
        for good, pieces in chosen:
            line_id = self._id("order_line")
            net, gross = good.net * pieces, good.gross * pieces
            self._copy.add(
                "order_line",
                pattern.row(
                    "order_line",
                    id=line_id,
                    order_id=order_id,
                    partner_sku=good.sku,
                    stockrecord_id=good.record_id,
                    product_id=good.product_id,
                    title=good.title,
                    upc=good.upc,
                    quantity=pieces,
                    line_price_incl_tax=gross,
                    line_price_excl_tax=net,
                    line_price_before_discounts_incl_tax=gross,
                    line_price_before_discounts_excl_tax=net,
                    unit_price_incl_tax=good.gross,
                    unit_price_excl_tax=good.net,
                    status=kind.status,
                    num_allocated=pieces if kind.status in ("awaiting_acceptance", "unhandled", "in_progress") else 0,
                ),
            )
            self._copy.add(
                "order_lineprice",
                pattern.row(
                    "order_lineprice",
                    id=self._id("order_lineprice"),
                    order_id=order_id,
                    line_id=line_id,
                    quantity=pieces,
                    price_incl_tax=good.gross,
                    price_excl_tax=good.net,
                ),
            )
            prices = {"unit_net": good.net, "unit_gross": good.gross}
            self._facts(pattern.rows["akcept_oscar_edge_pricefacts"][0], line_id=line_id, order_id=None, **prices)
        delivery = [row for row in pattern.rows["akcept_oscar_edge_pricefacts"] if row["order_id"]]
        for row in delivery[:1]:
            self._facts(row, line_id=None, order_id=order_id)

    def _facts(self, row: dict[str, Any], **changed: Any) -> None:
        table = "akcept_oscar_edge_pricefacts"
        self._copy.add(table, {**row, **changed, "id": self._id(table)})

    def _case(self, pattern: Pattern, person: Person, order_id: int, kind: Kind, at: datetime) -> None:
        member = person.member
        assert member is not None  # noqa: S101
        ended = at + timedelta(hours=self._chance.randrange(1, 48))
        rejected = kind.status == "rejected"
        columns: dict[str, Any] = {"opened_at": at, "step_opened_at": at}
        if not kind.waits:
            columns |= {"ended_at": ended, "released_at": None if rejected else ended}
            columns |= {"state": "rejected" if rejected else "accepted"}
        columns |= {"asked": [self._approver[0]], "unit_id": member.unit_id, "requester_id": member.pk}
        self._copy.add(
            "akcept_approvals_case",
            pattern.row("akcept_approvals_case", order_id=order_id, organization_id=member.organization_id, **columns),
        )
        step_id = self._id("akcept_approvals_step")
        self._copy.add(
            "akcept_approvals_step", pattern.row("akcept_approvals_step", id=step_id, case_id=order_id, detail={})
        )
        self._copy.add(
            "akcept_approvals_selector",
            pattern.row(
                "akcept_approvals_selector",
                id=self._id("akcept_approvals_selector"),
                case_id=order_id,
                step_id=step_id,
            ),
        )
        if member.organization_id != self._large_id:
            return
        asked = {"id": self._id("akcept_approvals_asked"), "case_id": order_id, "member_id": self._approver[0]}
        self._copy.add("akcept_approvals_asked", asked)
        if not kind.waits:
            self._copy.add(
                "akcept_approvals_decision",
                pattern.row(
                    "akcept_approvals_decision",
                    id=self._id("akcept_approvals_decision"),
                    case_id=order_id,
                    kind="reject" if rejected else "accept",
                    member_id=self._approver[0],
                    member_name=self._approver[1],
                    at=ended,
                ),
            )

    def _ledger(self, order_id: int, net: Decimal, kind: Kind, at: datetime) -> None:
        self._copy.add(
            "akcept_budgets_ledgerrow",
            {
                "id": self._id("akcept_budgets_ledgerrow"),
                "budget_id": self._budget_id,
                "organization_id": self._large_id,
                "period_start": at.date().replace(day=1),
                "kind": "hold" if kind.waits else "spend",
                "amount": -net,
                "orders": 1,
                "exceeded": False,
                "order_id": order_id,
                "order_number": str(self._number),
                "act": "placed" if kind.waits else "accepted",
                "original_currency": "",
                "rate_source": "",
                "actor_kind": "system",
                "reason": "",
                "at": at,
            },
        )
