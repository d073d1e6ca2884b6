"""Rules and waiting orders that hang on a unit or name a role."""

from __future__ import annotations

from django.utils.translation import gettext as _

from akcept.approvals.conditions import Among, Group
from akcept.approvals.models import Selector
from akcept.approvals.queries.in_force import policy_of
from akcept.approvals.rules import Rule
from akcept.approvals.states import OPEN
from akcept.organizations import queries as organizations
from akcept.organizations.asking import AskKind
from akcept.organizations.models import Role, Unit


def rules_within(unit: Unit) -> organizations.Several:
    """Return the rules set for a unit or one below it, in their order; two statements."""
    below = Unit.objects.filter(organization_id=unit.organization_id, path__startswith=unit.path)
    ids = set(below.values_list("pk", flat=True))
    names = tuple(rule.name for rule in policy_of(unit.organization_id).rules if rule.unit_id in ids)
    return organizations.Several(count=len(names), names=names[: organizations.NAMES_SHOWN])


def needing_role(role: Role) -> list[str]:
    """Return in words the rules in force that name a role, and the first waiting orders asked of it; two statements."""
    rules = [rule.name for rule in policy_of(role.organization_id).rules if _names_role(rule, role.pk)]
    waiting = Selector.objects.filter(role=role, case__state__in=[state.value for state in OPEN])
    numbers = waiting.order_by("case__order_id").values_list("case__order__number", flat=True).distinct()[:3]
    return [
        *(_("the rule “%(rule)s” names it") % {"rule": name} for name in rules),
        *(_("order %(number)s is waiting for it") % {"number": number} for number in numbers),
    ]


def _names_role(rule: Rule, role_id: int) -> bool:
    asked = any(ask.kind is AskKind.ROLE and ask.id == role_id for step in rule.steps for ask in step.asks)
    among = (each for each in rule.conditions if isinstance(each, Among) and each.kind is Group.ROLE)
    return asked or any(named.id == role_id for each in among for named in each.of)
