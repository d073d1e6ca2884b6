"""The list of rules, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from akcept.approvals import drafts, expressions
from akcept.approvals.conditions import Expression, Unread
from akcept.approvals.queries.in_force import policy_of
from akcept.approvals.queries.readers import reader_of
from akcept.approvals.rules import Policy, Rule
from akcept.kernel.actor import Actor
from akcept.organizations.models import Unit
from akcept.organizations.queries.units import depth_first
from akcept.organizations.seats import Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRules:
    """The rules that hang on one unit, in their order; `editable` where the actor's right reaches."""

    unit: Unit
    rules: tuple[Rule, ...]
    editable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """What the list of rules shows to one actor: the rules that bind their unit, and those below it."""

    seat: Seat
    #: 0 before the first rule; whoever changes something names it.
    number: int
    groups: tuple[UnitRules, ...]
    #: Rules of units that are closed: they bind nobody.
    orphans: tuple[Rule, ...]
    #: By the id of an active rule: why an expression of its is not worked out, so that it asks in doubt.
    untold: Mapping[int, str]


def rule_book(actor: Actor) -> RuleBook:
    """Return the rules that concern the actor's unit and those below, head office first. Raises NotAllowed.

    A constant number of statements.
    """
    seat = reader_of(actor)
    policy = policy_of(seat.organization_id)
    units = _open_units(seat.organization_id)
    seen = [unit for unit in units if unit.path.startswith(seat.unit_path) or seat.unit_path.startswith(unit.path)]
    groups = [
        UnitRules(
            unit=unit,
            rules=tuple(rule for rule in policy.rules if rule.unit_id == unit.pk),
            editable=seat.covers(unit.path),
        )
        for unit in seen
    ]
    known = {unit.pk for unit in units}
    return RuleBook(
        seat=seat,
        number=policy.version or 0,
        groups=tuple(group for group in groups if group.rules),
        orphans=tuple(rule for rule in policy.rules if rule.unit_id not in known) if seat.at_head_office else (),
        untold=_untold(policy),
    )


def _untold(policy: Policy) -> dict[int, str]:
    """Return, by the id of the rule, why an expression in an active one is not worked out."""
    found: dict[int, str] = {}
    for rule in policy.in_force:
        for condition in rule.conditions:
            if isinstance(condition, Unread):
                limit = {"limit": expressions.EXPRESSION_LIMIT}
                found[rule.id] = _("There are more than %(limit)d expressions in your organisation's rules.") % limit
            elif isinstance(condition, Expression) and (fault := expressions.fault(condition.text)) is not None:
                found[rule.id] = drafts.why_not(fault)
    return found


def _open_units(organization_id: int) -> list[Unit]:
    """Return an organisation's open units in tree order; one statement."""
    return depth_first(list(Unit.objects.filter(organization_id=organization_id, closed_at=None)))
