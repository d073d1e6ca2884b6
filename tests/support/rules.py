"""Rules of the cast's organisation, saved with whatever they lead to."""

from __future__ import annotations

from akcept.approvals import queries
from akcept.approvals.actions import LeadsNowhere, save_rule
from akcept.approvals.rules import Rule, RuleStep
from akcept.organizations.asking import Ask, AskKind
from akcept.testing.cast import Cast, Person


def ask_one_after_the_other(cast: Cast, *people: Person) -> None:
    """Have every order of Acme accepted by each of these people, in this order."""
    steps = tuple(
        RuleStep(asks=(Ask(kind=AskKind.MEMBER, id=each.member.pk, label=each.name),))
        for each in people
        if each.member is not None
    )
    save(cast, Rule(id=0, name="One after the other", unit_id=cast.head_office.pk, steps=steps))


def save(cast: Cast, rule: Rule) -> None:
    """Save a rule as Dora, dead ends and all."""
    version = queries.policy_of(cast.acme.pk).version or 0
    try:
        save_rule(rule, actor=cast.dora.actor, version=version)
    except LeadsNowhere as warned:
        save_rule(rule, actor=cast.dora.actor, version=version, confirmed=warned.seal)
