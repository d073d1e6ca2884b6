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
from hypothesis.stateful import Bundle, invariant, rule, run_state_machine_as_test

from akcept.approvals import routing
from akcept.approvals.models import Case, Decision
from akcept.approvals.routing import Plan, PlannedStep, Reason
from akcept.journal.models import Entry
from akcept.journal.queries import verify
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Refused
from akcept.ordering import actions, queries
from akcept.organizations.asking import ANY_ACCEPTOR, Ask, AskKind
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.approvals.case_model import OPEN, PEOPLE, PICK, SHOP, UNIT, WHO, CaseModel, Order, Step


class CaseMachine(CaseModel):
    """What is done, and what holds after each act."""

    numbers = Bundle("numbers")

    # --- what people do ---

    @rule(target=numbers, who=WHO, quantity=st.integers(1, 3))
    def place(self, who: str, quantity: int) -> str:
        order = Order(by=who, quantity=quantity, state="awaiting")
        steps = self._route(order)
        try:
            placed = orders.place(getattr(self.cast, who), records=[self.stock], quantity=quantity)
        except Refused:
            assert "place_orders" not in self.rights[who] or steps is None
            return ""
        assert "place_orders" in self.rights[who]
        assert steps is not None
        assert placed.held is bool(steps)
        order.begins(steps)
        if not steps:
            order.state, order.releases = "accepted", 1
        self._tell(order)
        self.model[placed.order_number] = order
        return placed.order_number

    @rule(number=numbers, who=WHO, behind=st.sampled_from([0, 0, 0, 0, 1, 2, -1]))
    def accept(self, number: str, who: str, behind: int) -> None:
        if not number:
            return
        order = self.model[number]
        version = order.version - behind
        expected = self._may_decide(who, order) and self._is_fresh(order, version)
        if self._try(
            number, who, lambda: actions.accept(number, actor=self._actor(who), version=version), expected=expected
        ):
            self._accepted(order, who)

    def _accepted(self, order: Order, who: str) -> None:
        step = self._step(order)
        given = order.answers.setdefault(order.position, [])
        given.append(who)
        order.told.add(who)
        complete = len(given) >= step[1] if step[1] else self._asked(order, step) <= set(given)
        if not complete:
            order.moved(anew=False)
            return
        before = {name for names in order.answers.values() for name in names}
        following = order.position + 1
        while self.skip and following <= len(order.steps) and self._was_answered(order, following, before):
            order.skipped.add(following)
            following += 1
        if following > len(order.steps):
            order.moved(anew=False)
            order.state, order.forwarded_by = "accepted", ""
            order.releases += 1
        else:
            order.moved(anew=True)
            order.position = following
            self._tell(order)

    def _was_answered(self, order: Order, position: int, before: set[str]) -> bool:
        step = order.steps[position - 1]
        asked = self._asked(order, step)
        return len(asked & before) >= step[1] if step[1] else bool(asked) and asked <= before

    @rule(number=numbers, who=WHO, behind=st.sampled_from([0, 0, 0, 1]), back=st.booleans())
    def refuse(self, number: str, who: str, behind: int, back: bool) -> None:
        """Reject, or send back."""
        if not number:
            return
        order = self.model[number]
        version = order.version - behind
        expected = self._may_decide(who, order) and self._is_fresh(order, version)

        def act() -> Any:
            if back:
                return actions.send_back(number, actor=self._actor(who), version=version, question="?")
            return actions.reject(number, actor=self._actor(who), version=version, reason="no")

        if self._try(number, who, act, expected=expected):
            order.moved(anew=back)
            order.told.add(who)
            order.state, order.forwarded_by = ("returned" if back else "rejected"), ""

    @rule(number=numbers, who=WHO, quantity=st.integers(0, 4), behind=st.sampled_from([0, 0, 0, 1]))
    def amend(self, number: str, who: str, quantity: int, behind: int) -> None:
        if not number:
            return
        order = self.model[number]
        version = order.version - behind
        allowed = self._may_decide(who, order) and order.by != "otto"  # that organisation does not let approvers amend
        expected = allowed and self._is_fresh(order, version) and quantity < order.quantity
        lines = {self._line(number): quantity}
        if self._try(
            number,
            who,
            lambda: actions.amend(number, actor=self._actor(who), version=version, quantities=lines, reason="less"),
            expected=expected,
        ):
            order.version += 1
            if quantity:
                order.quantity, order.fresh_since = quantity, order.version
                order.revision += 1
            else:
                order.state, order.forwarded_by = "rejected", ""
                order.told.add(who)

    @rule(number=numbers, who=WHO, quantity=st.integers(0, 4), behind=st.sampled_from([0, 0, 0, 1]))
    def resubmit(self, number: str, who: str, quantity: int, behind: int) -> None:
        if not number:
            return
        order = self.model[number]
        version, steps = order.version - behind, self._route(order)
        expected = (
            who == order.by
            and order.state in OPEN
            and "place_orders" in self.rights[who]
            and self._is_fresh(order, version)
            and quantity > 0
            and steps is not None
        )
        lines = {self._line(number): quantity}
        if self._try(
            number,
            who,
            lambda: actions.resubmit(number, actor=self._actor(who), version=version, quantities=lines),
            expected=expected,
        ):
            assert steps is not None
            order.moved(anew=True)
            order.begins(steps)
            order.quantity, order.revision = quantity, order.revision + 1
            order.state = "awaiting" if steps else "accepted"
            order.releases += not steps
            self._tell(order)

    def _line(self, number: str) -> int:
        return int(apps.get_model("order.Line").objects.get(order__number=number).pk)

    @rule(number=numbers, who=WHO, behind=st.sampled_from([0, 0, 0, 1]))
    def withdraw(self, number: str, who: str, behind: int) -> None:
        if not number:
            return
        order = self.model[number]
        version = order.version - behind
        expected = who == order.by and order.state in OPEN and self._is_fresh(order, version)
        if self._try(
            number, who, lambda: actions.withdraw(number, actor=self._actor(who), version=version), expected=expected
        ):
            order.version += 1
            order.state = "withdrawn"

    @rule(number=numbers, who=WHO, behind=st.sampled_from([0, 0, 0, 1]))
    def revoke(self, number: str, who: str, behind: int) -> None:
        if not number:
            return
        order = self.model[number]
        version = order.version - behind
        given = {name for names in order.answers.values() for name in names}
        may = bool(order.steps) and (
            (who in given and self._accepts(who)) or who in self._asked(order, self._step(order))
        )
        expected = order.state == "accepted" and may and self._sees(who, order) and version == order.version
        if self._try(
            number,
            who,
            lambda: actions.revoke(number, actor=self._actor(who), version=version, reason="wait"),
            expected=expected,
        ):
            order.moved(anew=True)
            order.state = "awaiting"
            order.answers.pop(order.position, None)
            order.skipped -= set(range(order.position, len(order.steps) + 1))
            order.told.add(who)
            self._tell(order)

    @rule(number=numbers, who=WHO, to=WHO, behind=st.sampled_from([0, 0, 0, 1]))
    def forward(self, number: str, who: str, to: str, behind: int) -> None:
        if not number:
            return
        order = self.model[number]
        version = order.version - behind
        expected = (
            self._may_decide(who, order)
            and to != who
            and self._may_decide(to, order)
            and self._is_fresh(order, version)
        )
        member = self._member(to).pk
        if self._try(
            number,
            who,
            lambda: actions.forward(number, actor=self._actor(who), version=version, to_member_id=member),
            expected=expected,
        ):
            order.moved(anew=False)
            order.forwarded_by = who

    @rule(number=numbers)
    def expire(self, number: str) -> None:
        if not number:
            return
        order = self.model[number]
        held = order.state in OPEN and Case.objects.filter(order__number=number).exists()
        assert actions.expire(number, actor=Actor.system("expiry")) is held
        if held:
            order.version += 1
            order.state = "expired"

    @rule(who=WHO, right=st.sampled_from(["place_orders", "accept_orders"]), given=st.booleans())
    def change_rights(self, who: str, right: str, given: bool) -> None:
        (self.rights[who].add if given else self.rights[who].discard)(right)
        self._store(who)

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
