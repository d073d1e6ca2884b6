"""What people and time may do to an order, one rule of the state machine each, with what the model expects of it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, rule

from akcept.approvals.models import Case
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Refused
from akcept.ordering import actions
from akcept.testing import orders
from tests.approvals.case_model import OPEN, WHO, CaseModel, Order


class CaseActs(CaseModel):
    """Each act is tried, and did what the model expects."""

    numbers = Bundle("numbers")

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
