"""Any sequence of what people and time may do to orders, against `case_model`: each does what the model said.

Each run of the machine gives every order one of several ways.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from akcept.approvals import routing
from akcept.approvals.models import Case, Decision
from akcept.approvals.routing import Plan, PlannedStep, Reason
from akcept.journal.models import Entry
from akcept.journal.queries import verify
from akcept.ordering import queries
from akcept.organizations.asking import ANY_ACCEPTOR, Ask, AskKind
from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.approvals.case_acts import CaseActs
from tests.approvals.case_model import OPEN, PEOPLE, PICK, SHOP, UNIT, Order, Step


class CaseMachine(CaseActs):
    """What is done rightly, and what holds after each act."""

    # --- the same, by whoever may: most of what is tried at random is refused ---

    def _open_to(self, n: int) -> tuple[str, str] | None:
        """Return one of the pairs of a waiting order and somebody who may decide it now."""
        pairs = [(no, who) for no, order in self.model.items() for who in PEOPLE if self._may_decide(who, order)]
        return pairs[n % len(pairs)] if pairs else None

    @rule(n=PICK, behind=st.sampled_from([0, 0, 1]))
    def accept_rightly(self, n: int, behind: int) -> None:
        if found := self._open_to(n):
            self.accept(*found, behind)

    @rule(n=PICK)
    def send_back_rightly(self, n: int) -> None:
        if found := self._open_to(n):
            self.refuse(*found, 0, True)

    @rule(n=PICK)
    def reduce_and_accept_what_was_seen_before(self, n: int) -> None:
        if found := self._open_to(n):
            number, who = found
            self.amend(number, who, self.model[number].quantity - 1, 0)
            self.accept(number, who, 1)

    @rule(n=PICK, quantity=st.integers(1, 4))
    def submit_again(self, n: int, quantity: int) -> None:
        mine = [number for number, order in self.model.items() if order.state in OPEN]
        if mine:
            number = mine[n % len(mine)]
            self.resubmit(number, self.model[number].by, quantity, 0)

    @rule(n=PICK)
    def revoke_rightly(self, n: int) -> None:
        given = [
            (number, who)
            for number, order in self.model.items()
            for names in order.answers.values()
            for who in names
            if order.state == "accepted"
        ]
        if given:
            self.revoke(*given[n % len(given)], 0)

    # --- what must be true after each of them ---

    @invariant()
    def stock_is_what_living_orders_hold(self) -> None:
        if hasattr(self, "model"):
            held = sum(o.quantity for o in self.model.values() if o.state in SHOP)
            found = apps.get_model("partner.StockRecord").objects.aggregate(n=Sum("num_allocated"))["n"] or 0
            assert found == held

    @invariant()
    def shop_sees_what_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        found = dict(apps.get_model("order.Order").objects.values_list("number", "status"))
        assert found == {number: SHOP.get(order.state, order.state) for number, order in self.model.items()}

    @invariant()
    def inboxes_hold_exactly_what_each_may_decide(self) -> None:
        if not hasattr(self, "model"):
            return
        for who in self.rights:
            mine = {
                number
                for number, order in self.model.items()
                if self._may_decide(who, order) and order.forwarded_by != who
            }
            assert {row.number for row in queries.inbox(getattr(self.cast, who).seat, size=99).rows} == mine

    @invariant()
    def nothing_is_released_without_every_answer_of_the_present_round(self) -> None:
        if not hasattr(self, "model"):
            return
        released = list(Entry.objects.filter(topic="order.released").values_list("subject_id", flat=True))
        assert sorted(released) == sorted(n for n, order in self.model.items() for _ in range(order.releases))
        for case in Case.objects.filter(state="accepted").select_related("order"):
            self._require_answers(case, self.model[case.order.number])

    def _require_answers(self, case: Case, order: Order) -> None:
        given = Decision.objects.filter(case=case, round=case.round, kind="accept", voided=False).order_by("pk")
        people: dict[int, set[int]] = {}
        for decision in given:
            people.setdefault(decision.position, set()).add(decision.member_id)
        for position, (_who, quorum) in enumerate(order.steps, start=1):
            if position not in order.skipped:
                assert len(people.get(position, ())) >= max(1, quorum)
        if order.steps:
            last = given.last()
            assert last is not None
            assert last.revision == case.revision == order.revision, "what was accepted is what was released"
        assert not Decision.objects.filter(case=case, kind="accept", voided=False).exclude(round=case.round).exists()

    @invariant()
    def pages_are_bound_to_what_they_showed(self) -> None:
        if not hasattr(self, "model"):
            return
        found = {
            number: (version, fresh, state)
            for number, version, fresh, state in Case.objects.values_list(
                "order__number", "version", "fresh_since", "state"
            )
        }
        assert found == {
            number: (order.version, order.fresh_since, order.state)
            for number, order in self.model.items()
            if number in found
        }

    def teardown(self) -> None:
        assert verify(self.cast.acme.pk) is None
        if hasattr(self, "model"):
            self._nothing_sticks()

    def _nothing_sticks(self) -> None:
        """With people in place again, every order that is still open can be brought to its end."""
        for who in ("ben", "cora"):
            self.rights[who].add("accept_orders")
            self._store(who)
        for number, order in self.model.items():
            for _ in range(12):
                deciders = [who for who in PEOPLE if self._may_decide(who, order)]
                if not deciders:
                    break
                self.accept(number, deciders[0], 0)
            if order.state in OPEN and Case.objects.filter(order__number=number).exists():
                self.withdraw(number, order.by, 0)
            assert order.state not in OPEN


@pytest.mark.slow
def test_no_sequence_breaks_the_model(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:

    stock = carts.stock("HYP", number=100_000)

    def ask(name: str) -> Ask:
        if name == "acceptors":
            return ANY_ACCEPTOR
        if name in UNIT:
            return Ask(kind=AskKind.MEMBER, id=getattr(cast, name).member.pk, label=name)
        return Ask(kind=AskKind.UNIT, id=getattr(cast, name).pk, label=name)

    def use_way(way: tuple[Step, ...]) -> None:
        steps = tuple(
            PlannedStep(asks=(ask(name),), quorum=quorum, reason=Reason.MAY_NOT_ACCEPT, detail={})
            for name, quorum in way
        )

        def plan(facts: Any, *_policy: Any) -> Plan:
            return Plan() if facts.requester_may_accept else Plan(steps=steps)

        monkeypatch.setattr(routing, "plan", plan)

    class Rooted(CaseMachine):
        def __init__(self) -> None:
            super().__init__()
            self.cast, self.stock, self.use_way = cast, stock, use_way
            undo: Any = transaction.atomic()
            undo._from_testcase = True  # as Django's own test case: actions are durable inside it
            self._undo = undo
            self._undo.__enter__()

        def teardown(self) -> None:
            try:
                super().teardown()
            finally:
                transaction.set_rollback(True)
                self._undo.__exit__(None, None, None)

    run_state_machine_as_test(
        Rooted,
        settings=settings(
            max_examples=16,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
