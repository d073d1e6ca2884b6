"""A rule as it is typed into its form, and as it is stored."""

from __future__ import annotations

from decimal import Decimal
from html import unescape
from typing import Any

from akcept.approvals import actions, queries
from akcept.approvals.conditions import Compare, Value
from akcept.approvals.rules import Rule, RuleStep
from akcept.organizations.asking import Ask, AskKind
from akcept.testing.cast import Cast

ANYBODY = RuleStep(asks=(Ask(kind=AskKind.ACCEPTORS),))
BASE = {"version": "0", "name": "Big orders", "outcome": "ask", "refusal": ""}
VALUE = {
    "condition": ["0:value"],
    "condition-0-basis": "goods_net",
    "condition-0-compare": "above",
    "condition-0-amount": "600.00",
    "condition-0-currency": "PLN",
}
STEP = {"step": ["0:acceptors"], "step-0-how": "1", "step-0-number": ""}


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode()).replace("\xa0", " ")


def rule(cast: Cast, **changes: Any) -> Rule:
    """Save a rule of the head office."""
    value = Value(compare=Compare.ABOVE, amount=Decimal(600), currency="PLN")
    given: dict[str, Any] = {"name": "Big orders", "unit_id": cast.head_office.pk, "conditions": (value,)}
    typed = Rule(**({"id": 0, "steps": (ANYBODY,)} | given | changes))
    number = queries.policy_of(cast.acme.pk).version or 0
    try:
        actions.save_rule(typed, actor=cast.dora.actor, version=number)
    except actions.LeadsNowhere as warned:
        actions.save_rule(typed, actor=cast.dora.actor, version=number, confirmed=warned.seal)
    return queries.policy_of(cast.acme.pk).rules[-1]


def pages(of: Rule) -> list[str]:
    base = "/organization/rules/"
    return [
        base,
        f"{base}add/",
        f"{base}try/",
        f"{base}recheck/",
        f"{base}versions/",
        f"{base}versions/1/",
        f"{base}{of.id}/",
        "/organization/terms/",
    ]
