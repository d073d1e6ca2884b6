"""Any sequence of placing, deciding and changing rights, against a simple model of what must then be true."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from akcept.approvals.models import Case, Decision
from akcept.journal.models import Entry
from akcept.journal.queries import verify
from akcept.kernel.errors import NotAllowed, NotFound, Refused, Stale
from akcept.ordering import actions, queries
from akcept.organizations.models import Member
from akcept.testing import carts, orders
from akcept.testing.cast import Cast

WHO = st.sampled_from(["anna", "ben", "cora", "jan", "piotr", "otto"])
UNIT = {
    "anna": "krakow",
    "ben": "krakow",
    "cora": "head_office",
    "jan": "tarnow",
    "piotr": "skawina",
    "otto": "terminal",
}
BELOW = {
    "head_office": {"head_office", "krakow", "skawina", "tarnow"},
    "krakow": {"krakow", "skawina"},
    "skawina": {"skawina"},
    "tarnow": {"tarnow"},
    "terminal": {"terminal"},
}


class CaseMachine(RuleBasedStateMachine):
    """The model: a dictionary of orders and one of rights."""

    numbers = Bundle("numbers")
    cast: Cast
    stock: Any

    @initialize()
    def begin(self) -> None:
        self.model: dict[str, dict[str, Any]] = {}
        self.rights = {
            "anna": {"place_orders"},
            "ben": {"place_orders", "accept_orders"},
            "cora": {"accept_orders"},
            "jan": {"place_orders"},
            "piotr": {"place_orders"},
            "otto": {"place_orders", "accept_orders"},
        }
        for who in self.rights:
            self._store(who)

    def _store(self, who: str) -> None:
        held = {name: name in self.rights[who] for name in ("place_orders", "accept_orders")}
        Member.objects.filter(pk=getattr(self.cast, who).member.pk).update(**held)

    def _may_accept(self, who: str, order: dict[str, Any]) -> bool:
        return "accept_orders" in self.rights[who] and UNIT[order["by"]] in BELOW[UNIT[who]]

    @rule(target=numbers, who=WHO, quantity=st.integers(1, 3))
    def place(self, who: str, quantity: int) -> str:
        order = {"by": who, "quantity": quantity, "state": "awaiting"}
        accepts = "accept_orders" in self.rights[who]
        someone = any(self._may_accept(other, order) for other in self.rights if other != who)
        try:
            placed = orders.place(getattr(self.cast, who), records=[self.stock], quantity=quantity)
        except Refused:
            assert "place_orders" not in self.rights[who] or not (accepts or someone)
            return ""
        assert "place_orders" in self.rights[who]
        assert placed.held is not accepts
        self.model[placed.order_number] = order | {"state": "awaiting" if placed.held else "accepted"}
        return placed.order_number

    @rule(number=numbers, who=WHO, accept=st.booleans(), version=st.sampled_from([1, 1, 1, 2]))
    def decide(self, number: str, who: str, accept: bool, version: int) -> None:
        if not number:
            return
        order, actor = self.model[number], getattr(self.cast, who).actor
        allowed = self._may_accept(who, order) and order["by"] != who
        was_held = Case.objects.filter(order__number=number).exists()
        try:
            if accept:
                actions.accept(number, actor=actor, version=version)
            else:
                actions.reject(number, actor=actor, version=version, reason="no")
        except NotFound:
            assert not was_held or not (allowed or order["by"] == who)
        except NotAllowed:
            assert order["by"] == who
        except Stale:
            assert order["state"] != "awaiting" or version != 1
        else:
            assert allowed
            assert (order["state"], version) == ("awaiting", 1)
            order["state"] = "accepted" if accept else "rejected"

    @rule(who=WHO, right=st.sampled_from(["place_orders", "accept_orders"]), given=st.booleans())
    def change_rights(self, who: str, right: str, given: bool) -> None:
        (self.rights[who].add if given else self.rights[who].discard)(right)
        self._store(who)

    @invariant()
    def stock_is_what_living_orders_hold(self) -> None:
        if hasattr(self, "model"):
            held = sum(o["quantity"] for o in self.model.values() if o["state"] != "rejected")
            found = apps.get_model("partner.StockRecord").objects.aggregate(n=Sum("num_allocated"))["n"] or 0
            assert found == held

    @invariant()
    def shop_sees_what_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        names = {"awaiting": "awaiting_acceptance", "accepted": "unhandled", "rejected": "rejected"}
        found = dict(apps.get_model("order.Order").objects.values_list("number", "status"))
        assert found == {number: names[order["state"]] for number, order in self.model.items()}

    @invariant()
    def inboxes_hold_exactly_what_each_may_decide(self) -> None:
        if not hasattr(self, "model"):
            return
        for who in self.rights:
            mine = {
                number
                for number, order in self.model.items()
                if order["state"] == "awaiting" and order["by"] != who and self._may_accept(who, order)
            }
            assert {row.number for row in queries.inbox(getattr(self.cast, who).seat, size=99).rows} == mine

    @invariant()
    def one_decision_and_one_release_an_order(self) -> None:
        if not hasattr(self, "model"):
            return
        released = list(Entry.objects.filter(topic="order.released").values_list("subject_id", flat=True))
        assert sorted(released) == sorted(n for n, order in self.model.items() if order["state"] == "accepted")
        for case in Case.objects.exclude(state="awaiting"):
            assert Decision.objects.filter(case=case).count() == 1

    def teardown(self) -> None:
        assert verify(self.cast.acme.pk) is None


@pytest.mark.slow
def test_no_sequence_breaks_the_model(cast: Cast) -> None:

    stock = carts.stock("HYP", number=100_000)

    class Rooted(CaseMachine):
        def __init__(self) -> None:
            super().__init__()
            self.cast, self.stock = cast, stock
            undo: Any = transaction.atomic()
            undo._from_testcase = True  # as Django's own test case: actions are durable inside it
            self._undo = undo
            self._undo.__enter__()

        def teardown(self) -> None:
            super().teardown()
            transaction.set_rollback(True)
            self._undo.__exit__(None, None, None)

    run_state_machine_as_test(
        Rooted,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
