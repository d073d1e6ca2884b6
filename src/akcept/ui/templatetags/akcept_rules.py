"""Rules and their explanation in words, for templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from akcept.approvals import sentences
from akcept.approvals.deadends import DeadEnd
from akcept.approvals.routing import Check, Plan, PlannedStep
from akcept.approvals.rules import Rule

register = template.Library()


@register.filter
def rule_when(rule: Rule) -> str:
    """Return when a rule applies."""
    return sentences.when(rule)


@register.filter
def rule_then(rule: Rule, once: bool = False) -> str:
    """Return what a rule does; `once` where nobody is asked twice."""
    return sentences.then(rule, once=bool(once))


@register.filter
def left_out(rule: Rule, once: bool) -> list[str]:
    """Return which steps of a rule orders skip, where nobody is asked twice."""
    return sentences.left_out(rule) if once else []


@register.filter
def untold(rule: Rule, reasons: Mapping[int, str]) -> str:
    """Return why an expression of the rule is not worked out; nothing where it is."""
    return reasons.get(rule.id, "")


@register.filter
def check_text(check: Check) -> str:
    """Return what an order had to show for a condition."""
    return sentences.of_check(check)


@register.filter
def dead_end_text(end: DeadEnd) -> str:
    """Return a warning about a dead end."""
    return sentences.dead_end(end)


@register.filter
def twin_text(name: str) -> str:
    """Return that another rule says the same."""
    return sentences.twin(name)


@register.filter
def step_text(step: PlannedStep) -> str:
    """Return whom a planned step asks."""
    return sentences.asked(step.asks, step.quorum)


@register.filter
def with_people(plan: Plan, people: Any) -> list[tuple[PlannedStep, tuple[str, ...]]]:
    """Return the steps of a plan, each with who could answer it."""
    return list(zip(plan.steps, people, strict=True))
