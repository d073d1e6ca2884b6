"""Facts and rules for tests of pure decisions: a head office (1), its Kraków branch (2), Skawina below that (3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from akcept.approvals.conditions import Compare, Condition, Value
from akcept.approvals.facts import Acceptor, Facts
from akcept.approvals.routing import Plan
from akcept.approvals.rules import Outcome, Policy, Rule, RuleStep
from akcept.kernel.amounts import Amounts, Basis, Limit
from akcept.organizations.asking import Ask, AskKind

HEAD_OFFICE, KRAKOW, SKAWINA, TARNOW = 1, 2, 3, 4
PATHS = {HEAD_OFFICE: "1/", KRAKOW: "1/2/", SKAWINA: "1/2/3/", TARNOW: "1/4/"}
MANAGER, DIRECTOR, ACCOUNTANT = 11, 12, 13


def amounts(goods_net: str = "100", *, currency: str = "PLN", delivery_net: str = "0") -> Amounts:
    """Return the sums of goods with 23 % VAT, delivery included in the totals."""
    goods, delivery = Decimal(goods_net), Decimal(delivery_net)
    return Amounts(
        currency=currency,
        goods_net=goods,
        goods_gross=goods * Decimal("1.23"),
        total_net=goods + delivery,
        total_gross=(goods + delivery) * Decimal("1.23"),
    )


def limit(amount: str, *, currency: str = "PLN", basis: Basis = Basis.GOODS_NET) -> Limit:
    return Limit(amount=Decimal(amount), currency=currency, basis=basis)


def facts(
    goods_net: str = "100", *, unit: int = KRAKOW, currency: str = "PLN", delivery: str = "0", **more: Any
) -> Facts:
    """Return an order of somebody who may only place (member 100) unless said otherwise."""
    given: dict[str, Any] = {"requester_may_accept": False, "requester_limits": (), "requester_id": 100}
    sums = amounts(goods_net, currency=currency, delivery_net=delivery)
    return Facts(amounts=sums, unit_path=PATHS[unit], **(given | more))


def acceptor(member_id: int, *, unit: int = KRAKOW, roles: tuple[int, ...] = (), upto: str = "") -> Acceptor:
    return Acceptor(
        member_id=member_id,
        name=f"m{member_id}",
        unit_id=unit,
        unit_name=f"u{unit}",
        unit_path=PATHS[unit],
        role_ids=frozenset(roles),
        limits=(limit(upto),) if upto else (),
    )


def role(*ids: int, quorum: int = 1) -> RuleStep:
    return RuleStep(asks=tuple(Ask(kind=AskKind.ROLE, id=id_, label=f"r{id_}") for id_ in ids), quorum=quorum)


def people(*ids: int, quorum: int = 1) -> RuleStep:
    return RuleStep(asks=tuple(Ask(kind=AskKind.MEMBER, id=id_, label=f"m{id_}") for id_ in ids), quorum=quorum)


CLIMB = RuleStep(climb=True)


def above(
    amount: str, *, currency: str = "PLN", compare: Compare = Compare.ABOVE, basis: Basis = Basis.GOODS_NET
) -> Value:
    return Value(compare=compare, amount=Decimal(amount), currency=currency, basis=basis)


_ids = iter(range(1, 1_000_000))


def ask(*steps: RuleStep, when: tuple[Condition, ...] = (), name: str = "", unit: int = HEAD_OFFICE) -> Rule:
    id_ = next(_ids)
    return Rule(id=id_, name=name or f"rule {id_}", unit_id=unit, conditions=when, steps=steps)


def allow(*when: Condition, unit: int = HEAD_OFFICE) -> Rule:
    return Rule(id=next(_ids), name="allow", unit_id=unit, conditions=when, outcome=Outcome.ALLOW)


def refuse(*when: Condition, text: str = "Not like this.", unit: int = HEAD_OFFICE) -> Rule:
    return Rule(id=next(_ids), name="refuse", unit_id=unit, conditions=when, outcome=Outcome.REFUSE, refusal=text)


def policy(*rules: Rule) -> Policy:
    return Policy(rules, version=1)


def asked(plan: Plan) -> list[list[str]]:
    """Return whom each step asks, in short: "role 11", "member 3", "unit 2", "acceptors"."""
    return [[f"{a.kind.value} {a.id}" if a.id else a.kind.value for a in step.asks] for step in plan.steps]


#: Who may accept up to how much, from the branch to head office.
LADDER = (
    acceptor(1, unit=SKAWINA, upto="100"),
    acceptor(2, unit=KRAKOW, upto="1000"),
    acceptor(3, unit=HEAD_OFFICE),
    acceptor(4, unit=TARNOW),
)
