"""A simple model of orders that wait: what must be true whatever people and time do to them.

The model knows who is seated where, which rights they hold now, and how the steps of an order have been answered; it
says beforehand whether an act will be done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from akcept.approvals.models import Case, Terms
from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotFound, Refused
from akcept.organizations.models import Member
from akcept.testing.cast import Cast

PEOPLE = ("anna", "ben", "cora", "jan", "piotr", "otto")
WHO = st.sampled_from(PEOPLE)
PICK = st.integers(0, 99)
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
#: A step as the model sees it: "acceptors", a person's or a unit's name; and how many have to accept (0: all).
Step = tuple[str, int]
WAYS: tuple[tuple[Step, ...], ...] = (
    (("acceptors", 1),),
    (("ben", 1), ("acceptors", 1)),
    (("krakow", 1), ("head_office", 1)),
    (("acceptors", 2),),
    (("acceptors", 0),),
    (("cora", 1), ("acceptors", 2), ("ben", 1)),
)
SHOP = {"awaiting": "awaiting_acceptance", "returned": "awaiting_acceptance", "accepted": "unhandled"}
OPEN = {"awaiting", "returned"}


@dataclass
class Order:
    """What the model knows of an order that waited at least once."""

    by: str
    quantity: int
    state: str
    steps: tuple[Step, ...] = ()
    #: Every way it was ever given, by the names in it.
    named: set[str] = field(default_factory=set)
    #: Who was ever told to answer, or answered: they keep seeing it.
    told: set[str] = field(default_factory=set)
    position: int = 1
    answers: dict[int, list[str]] = field(default_factory=dict)
    skipped: set[int] = field(default_factory=set)
    version: int = 1
    fresh_since: int = 1
    revision: int = 1
    forwarded_by: str = ""
    releases: int = 0

    def moved(self, *, anew: bool) -> None:
        self.version += 1
        if anew:
            self.fresh_since, self.forwarded_by = self.version, ""

    def begins(self, steps: tuple[Step, ...]) -> None:
        self.steps, self.position, self.answers, self.skipped = steps, 1, {}, set()
        self.named |= {who for who, _quorum in steps}


class CaseModel(RuleBasedStateMachine):
    """The model: orders and rights, and who may do what to them."""

    cast: Cast
    stock: Any
    use_way: Callable[[tuple[Step, ...]], None]

    @initialize(way=st.sampled_from(WAYS), skip=st.booleans())
    def begin(self, way: tuple[Step, ...], skip: bool) -> None:
        self.model: dict[str, Order] = {}
        self.way, self.skip = way, skip
        Terms.objects.create(organization=self.cast.acme, approver_may_amend=True, skip_already_accepted=skip)
        self.use_way(way)
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
        Member.objects.filter(pk=self._member(who).pk).update(**held)

    def _member(self, who: str) -> Member:
        found: Member = getattr(self.cast, who).member
        return found

    def _actor(self, who: str) -> Actor:
        found: Actor = getattr(self.cast, who).actor
        return found

    # --- who may, as the model sees it ---

    def _accepts(self, who: str) -> bool:
        return "accept_orders" in self.rights[who]

    def _asked(self, order: Order, step: Step) -> set[str]:
        """Who may answer a step by right and seat, whether or not they have."""
        return {who for who in PEOPLE if self._is_asked(who, order, step)}

    def _is_asked(self, who: str, order: Order, step: Step) -> bool:
        if who == order.by or not self._accepts(who) or (who == "otto") != (order.by == "otto"):
            return False
        name = step[0]
        return who == name or UNIT[who] == name or (name == "acceptors" and UNIT[order.by] in BELOW[UNIT[who]])

    def _may_decide(self, who: str, order: Order) -> bool:
        if order.state != "awaiting":
            return False
        return who in self._asked(order, self._step(order)) - set(order.answers.get(order.position, []))

    def _step(self, order: Order) -> Step:
        return order.steps[order.position - 1]

    def _sees(self, who: str, order: Order) -> bool:
        if who == order.by:
            return True
        if not self._accepts(who) or (who == "otto") != (order.by == "otto"):
            return False
        if order.state in OPEN and any(self._is_asked(who, order, step) for step in order.steps):
            return True
        within = UNIT[order.by] in BELOW[UNIT[who]] or bool(order.named & {who, UNIT[who]})
        return who in order.told and within

    def _tell(self, order: Order) -> None:
        if order.state == "awaiting":
            order.told |= self._asked(order, self._step(order))

    def _route(self, order: Order) -> tuple[Step, ...] | None:
        """The steps an order of theirs needs now; None when one of them would find too few."""
        if self._accepts(order.by):
            return ()
        ways = all(len(self._asked(order, step)) >= max(1, step[1]) for step in self.way)
        return self.way if ways else None

    def _is_fresh(self, order: Order, version: int) -> bool:
        return order.fresh_since <= version <= order.version

    def _try(self, number: str, who: str, act: Callable[[], Any], *, expected: bool) -> bool:
        """Act, and compare with what the model expects; return whether it was done."""
        order = self.model[number]
        if not Case.objects.filter(order__number=number).exists():
            with pytest.raises(NotFound):
                act()
            return False
        sees = self._sees(who, order)
        try:
            act()
        except NotFound:
            assert not sees
            assert not expected
            return False
        except Refused:
            assert sees
            assert not expected
            return False
        assert expected
        return True
