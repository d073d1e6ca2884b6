"""What may be typed as a rule; each check refuses with the field and the reason.

Names of the organisation's own people, roles and units are taken from it, never from what was typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _

from akcept.approvals import expressions
from akcept.approvals.conditions import Among, Condition, Count, Expression, Group, Named, OfMoney, Together
from akcept.approvals.expressions import BadExpression
from akcept.approvals.rules import Outcome, Rule, RuleStep
from akcept.kernel.errors import Invalid
from akcept.kernel.money import AMOUNT_LIMIT
from akcept.organizations import checks
from akcept.organizations import queries as organizations
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Member, Role, Unit
from akcept.organizations.paths import ids_in
from akcept.organizations.seats import Seat

NAME_LIMIT: Final = 120
REFUSAL_LIMIT: Final = 300
RULE_LIMIT: Final = 1000
CONDITION_LIMIT: Final = 20
#: Of all rules of an organisation together: each order is looked at by them.
CONDITIONS_IN_ALL: Final = 5000
STEP_LIMIT: Final = 10
#: Different steps of all rules that may meet in one order.
STEPS_TOGETHER: Final = 100
ASK_LIMIT: Final = 20
HOURS_LIMIT: Final = 24 * 92
NUMBER_LIMIT: Final = 1_000_000
GROUP_LIMIT: Final = 50


def checked(rule: Rule, seat: Seat) -> Rule:
    """Return a rule that may be saved, its names as they are now; at most four statements.

    Raises Invalid with the field: `name`, `unit`, `refusal`, `condition-<n>`, `step-<n>` (from 0), `steps`.
    """
    unit = _unit(seat, rule.unit_id)
    known = _Known.of(rule, seat)
    return replace(
        rule,
        name=checks.required(rule.name, field="name", text=_("Give the rule a name."), limit=NAME_LIMIT),
        unit_id=unit.pk,
        conditions=_conditions(rule.conditions, known),
        steps=_steps(rule, known),
        refusal=_refusal(rule),
    )


def require_room(wanted: Rule, rules: Iterable[Rule]) -> None:
    """Raise Invalid when an organisation's rules, with a new or changed one among them, have too much to look at.

    What is there already may stay, and may be made less.
    """
    active = [each for each in rules if each.active and each.id != wanted.id]
    own = [condition for each in active for condition in each.conditions]
    if wanted.conditions and len(own) + len(wanted.conditions) > CONDITIONS_IN_ALL:
        text = _("All rules of your organisation together may have up to %(limit)d conditions: switch one off first.")
        raise Invalid(text % {"limit": CONDITIONS_IN_ALL})
    added = _expressions_of(wanted.conditions)
    if added and len(added) + len(_expressions_of(own)) > expressions.EXPRESSION_LIMIT:
        text = _("All rules of your organisation together may have up to %(limit)d expressions: switch one off first.")
        raise Invalid(text % {"limit": expressions.EXPRESSION_LIMIT})
    _require_few_steps(wanted, active)


def _require_few_steps(wanted: Rule, others: Iterable[Rule]) -> None:
    """Raise Invalid when one order could have to go through more steps than anybody would follow; one statement."""
    asking = [rule for rule in others if rule.outcome is Outcome.ASK]
    if not wanted.steps or sum(len(rule.steps) for rule in [wanted, *asking]) <= STEPS_TOGETHER:
        return
    at: dict[int, set[object]] = {}
    for rule in [wanted, *asking]:
        at.setdefault(rule.unit_id, set()).update(_turns(rule))
    lines = [ids_in(path) for path in Unit.objects.filter(pk__in=at).values_list("path", flat=True)]
    most = max(len(set().union(*(at.get(pk, set()) for pk in line))) for line in lines if wanted.unit_id in line)
    if most > STEPS_TOGETHER:
        text = _("One order could be asked for %(count)d different steps; rules may ask for up to %(limit)d together.")
        raise Invalid(text % {"limit": STEPS_TOGETHER, "count": most}, field="steps")


def _turns(rule: Rule) -> Iterator[object]:
    """Yield what makes the steps of a rule different from those of others: whom they ask, for which time."""
    times: Counter[object] = Counter()
    for step in rule.steps:
        key = (step.key, step.climb)
        yield key, times[key]
        times[key] += 1


def _expressions_of(conditions: Iterable[Condition]) -> list[Expression]:
    return [each for each in conditions if isinstance(each, Expression)]


def _unit(seat: Seat, unit_id: int) -> Unit:
    own = Unit.objects.filter(organization_id=seat.organization_id, path__startswith=seat.unit_path, closed_at=None)
    found = own.filter(pk=unit_id).first()
    if found is None:
        raise Invalid(_("Choose a unit of your organisation."), field="unit")
    return found


def _refusal(rule: Rule) -> str:
    if rule.outcome is not Outcome.REFUSE:
        return ""
    text = _("Give a reason. People who try to order will see it.")
    return checks.required(rule.refusal, field="refusal", text=text, limit=REFUSAL_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The organisation's own roles, people and open units that a rule names, by id."""

    roles: dict[int, str]
    #: Active members; those who may accept orders as well in `acceptors`.
    members: dict[int, str]
    acceptors: frozenset[int]
    units: dict[int, str]

    @classmethod
    def of(cls, rule: Rule, seat: Seat) -> _Known:
        """Read them; one statement for each kind that is named."""
        roles = _ids(rule, AskKind.ROLE, Group.ROLE)
        members = _ids(rule, AskKind.MEMBER, Group.REQUESTER)
        units = _ids(rule, AskKind.UNIT, Group.UNIT)
        own_roles = Role.objects.filter(organization_id=seat.organization_id, pk__in=roles) if roles else ()
        own_units = Unit.objects.filter(organization_id=seat.organization_id, closed_at=None, pk__in=units)
        people = _active(seat, members) if members else []
        return cls(
            roles={role.pk: role.name for role in own_roles},
            members={member.pk: organizations.name_of(member.user) for member in people},
            acceptors=frozenset(member.pk for member in people if member.accept_orders),
            units={unit.pk: unit.name for unit in own_units} if units else {},
        )


def _active(seat: Seat, member_ids: Collection[int]) -> list[Member]:
    own = Member.objects.filter(organization_id=seat.organization_id, active=True, user__is_active=True)
    return list(own.filter(pk__in=member_ids).select_related("user"))


def _ids(rule: Rule, kind: AskKind, group: Group) -> set[int]:
    asked = {ask.id for step in rule.steps for ask in step.asks if ask.kind is kind and ask.id is not None}
    groups = (each for each in rule.conditions if isinstance(each, Among) and each.kind is group)
    return asked | {named.id for each in groups for named in each.of}


# --- conditions ---


def _conditions(typed: tuple[Condition, ...], known: _Known) -> tuple[Condition, ...]:
    if len(typed) > CONDITION_LIMIT:
        raise Invalid(_("A rule may have up to %(limit)d conditions.") % {"limit": CONDITION_LIMIT})
    return tuple(_condition(each, known, field=f"condition-{number}") for number, each in enumerate(typed))


def _condition(typed: Condition, known: _Known, *, field: str) -> Condition:
    if isinstance(typed, OfMoney):
        _require_amount(typed, field=field)
    if isinstance(typed, Together) and not 1 <= typed.hours <= HOURS_LIMIT:
        raise Invalid(_("Enter a number of hours from 1 to %(limit)d.") % {"limit": HOURS_LIMIT}, field=field)
    if isinstance(typed, Count) and not 0 <= typed.number <= NUMBER_LIMIT:
        raise Invalid(_("Enter a number from 0 to %(limit)d.") % {"limit": NUMBER_LIMIT}, field=field)
    if isinstance(typed, Among):
        return replace(typed, of=_named(typed, known, field=field))
    if isinstance(typed, Expression):
        return Expression(text=_expression(typed.text, field=field))
    return typed


def _require_amount(typed: OfMoney, *, field: str) -> None:
    exponent = typed.amount.as_tuple().exponent
    if not typed.amount.is_finite() or not isinstance(exponent, int):
        raise Invalid(_("Enter an amount."), field=field)
    if not 0 <= typed.amount <= AMOUNT_LIMIT or exponent < -2:
        raise Invalid(_("Enter 0 or more, with two decimal places at most."), field=field)


_NOBODY_NAMED: Final = {
    Group.CATEGORY: lambda: _("Choose at least one category."),
    Group.PRODUCT: lambda: _("Enter at least one product."),
    Group.REQUESTER: lambda: _("Enter the e-mail address of at least one member."),
    Group.ROLE: lambda: _("Choose at least one role."),
    Group.UNIT: lambda: _("Choose at least one unit."),
}


def _named(typed: Among, known: _Known, *, field: str) -> tuple[Named, ...]:
    if not typed.of:
        raise Invalid(_NOBODY_NAMED[typed.kind](), field=field)
    if len(typed.of) > GROUP_LIMIT:
        raise Invalid(_("A condition may name up to %(limit)d.") % {"limit": GROUP_LIMIT}, field=field)
    own = {Group.ROLE: known.roles, Group.REQUESTER: known.members, Group.UNIT: known.units}.get(typed.kind)
    if own is None:  # the shop's own: named by whoever looked them up there
        return typed.of
    if missing := [named.name for named in typed.of if named.id not in own]:
        raise Invalid(_gone(missing), field=field)
    return tuple(Named(named.id, own[named.id]) for named in typed.of)


def _gone(names: Iterable[str]) -> str:
    named = ", ".join(name for name in names if name)
    if not named:
        return _("Something selected here no longer exists in your organisation. Please choose again.")
    return _("No longer in your organisation: %(names)s. Please choose again.") % {"names": named}


def _expression(text: str, *, field: str) -> str:
    cleaned = text.strip()
    try:
        expressions.check(cleaned)
    except BadExpression as bad:
        raise Invalid(why_not(bad), field=field) from None
    return cleaned


def why_not(bad: BadExpression) -> str:
    """Return why an expression is not taken, in words."""
    if bad.kind == "long":
        return _("The expression may have up to %(limit)s characters.") % {"limit": bad.detail}
    if bad.kind == "costly":
        return _(
            "This expression would take too long for a large order: %(steps)s steps of at most %(limit)d. Do not "
            "look through one list inside another."
        ) % {"steps": bad.detail, "limit": expressions.STEP_LIMIT}
    if bad.kind == "not_offered":
        return _(
            "The expression uses what is not offered here, such as patterns (“matches”), dates or maps. It says: "
            "%(detail)s"
        ) % {"detail": bad.detail}
    if bad.kind == "not_bool":
        return _("The expression has to be true or false; this one is of the type %(type)s.") % {"type": bad.detail}
    if bad.kind == "whole_number":
        return _("Amounts are compared with numbers that have a point: write 1000.0, not 1000.")
    if bad.kind == "unknown_name":
        return _("The expression names something that is not a fact of an order. It says: %(detail)s") % {
            "detail": bad.detail
        }
    if bad.kind == "types":
        return _("Two parts of the expression do not fit together. It says: %(detail)s") % {"detail": bad.detail}
    return _("The expression cannot be read. It says: %(detail)s") % {"detail": bad.detail}


# --- steps ---


def _steps(rule: Rule, known: _Known) -> tuple[RuleStep, ...]:
    if rule.outcome is not Outcome.ASK:
        return ()
    if not rule.steps:
        raise Invalid(_("Say who is asked: add at least one step."), field="steps")
    if len(rule.steps) > STEP_LIMIT:
        raise Invalid(_("A rule may have up to %(limit)d steps.") % {"limit": STEP_LIMIT}, field="steps")
    return tuple(_step(each, known, field=f"step-{number}") for number, each in enumerate(rule.steps))


def _step(typed: RuleStep, known: _Known, *, field: str) -> RuleStep:
    if typed.climb:
        return RuleStep(climb=True)
    if not typed.asks:
        raise Invalid(_("Choose whom this step asks."), field=field)
    if len(typed.asks) > ASK_LIMIT:
        raise Invalid(_("A step may name up to %(limit)d.") % {"limit": ASK_LIMIT}, field=field)
    asks = tuple(_ask(each, known, field=field) for each in typed.asks)
    if not 0 <= typed.quorum <= ASK_LIMIT:
        raise Invalid(_("Enter how many people have to accept."), field=field)
    only_people = all(ask.kind is AskKind.MEMBER for ask in asks)
    if only_people and typed.quorum > len(asks):
        words = {"number": typed.quorum, "named": len(asks)}
        raise Invalid(_("%(number)d people have to accept, but only %(named)d are named.") % words, field=field)
    return RuleStep(asks=asks, quorum=typed.quorum)


def _ask(ask: Ask, known: _Known, *, field: str) -> Ask:
    if ask.kind is AskKind.ACCEPTORS:
        return Ask(kind=AskKind.ACCEPTORS)
    own = {AskKind.ROLE: known.roles, AskKind.MEMBER: known.members, AskKind.UNIT: known.units}[ask.kind]
    if ask.id not in own:
        raise Invalid(_gone([ask.label]), field=field)
    if ask.kind is AskKind.MEMBER and ask.id not in known.acceptors:
        raise Invalid(
            _("%(name)s may not accept orders: give the permission first.") % {"name": own[ask.id]}, field=field
        )
    return Ask(kind=ask.kind, id=ask.id, label=own[ask.id])
