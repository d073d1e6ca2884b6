"""What this room holds of a member: rules that name them, and what their orders were routed by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from akcept.approvals.models import Decision, Grounds, PolicyVersion, Selector, Step
from akcept.approvals.rules import digest_of
from akcept.organizations.asking import AskKind
from akcept.organizations.personal_data import Erasure, Holding, Section, Subject


def export(subject: Subject) -> Sequence[Section]:
    """Return decisions, and the present rules that name the subject; two statements."""
    return _decisions(subject), _rules(subject)


def _decisions(subject: Subject) -> Section:
    found = Decision.objects.filter(member_id=subject.member_id).order_by("id")
    return Section(
        code="decisions",
        title=_("Decisions"),
        columns=(
            ("number", _("Order")),
            ("at", _("When")),
            ("decision", _("Decision")),
            ("stood_in_for", _("Stood in for")),
            ("remark", _("Remark")),
        ),
        rows=tuple(found.values_list("case__order__number", "at", "kind", "for_member_name", "remark")),
    )


def _rules(subject: Subject) -> Section:
    latest = PolicyVersion.objects.filter(organization_id=subject.organization_id).order_by("-number").first()
    rules = latest.rules if latest else []
    return Section(
        code="rules",
        title=_("Acceptance rules that name this person"),
        columns=(("rule", _("Rule")),),
        rows=tuple((rule["name"],) for rule in rules if _named_in(rule, subject.member_id)),
    )


def _named_in(rule: Mapping[str, Any], member_id: int) -> bool:
    asks = [ask for step in rule["steps"] for ask in step.get("asks", ())]
    requesters = [each for row in rule["conditions"] if row["kind"] == "requester" for each in row["of"]]
    by_id = {ask["id"] for ask in asks if ask["kind"] == AskKind.MEMBER} | {each["id"] for each in requesters}
    return member_id in by_id


def erase(erasure: Erasure) -> None:
    """Take the subject's name out of decisions, steps, the kept grounds, and the rules in all their versions."""
    subject = erasure.subject
    Decision.objects.filter(member_id=subject.member_id).update(member_name=erasure.alias)
    Decision.objects.filter(for_member_id=subject.member_id).update(for_member_name=erasure.alias)
    erasure.clean(Decision.objects.filter(case__organization_id=subject.organization_id), "remark")
    Selector.objects.filter(member_id=subject.member_id).update(label=erasure.alias)
    steps = Step.objects.filter(case__organization_id=subject.organization_id)
    erasure.clean(steps, "rule")
    erasure.clean(steps, "detail")
    erasure.clean(Grounds.objects.filter(organization_id=subject.organization_id), "facts")
    _erase_rules(erasure)


def _erase_rules(erasure: Erasure) -> None:
    versions = PolicyVersion.objects.filter(organization_id=erasure.subject.organization_id)
    for column in ("by_name", "rule_name"):
        erasure.clean(versions, column)
    for version in versions.iterator(chunk_size=50):
        rules = [_without_labels(erasure.cleaned(rule), erasure) for rule in version.rules]
        if rules != version.rules:
            # Another digest, so that no process goes on with what it has compiled before.
            versions.filter(pk=version.pk).update(rules=rules, digest=digest_of(rules))


def _without_labels(rule: dict[str, Any], erasure: Erasure) -> dict[str, Any]:
    """Return a rule that calls the subject by the alias also where a namesake keeps the name in texts."""
    member_id = erasure.subject.member_id
    for step in rule["steps"]:
        for ask in step.get("asks", ()):
            if ask["kind"] == AskKind.MEMBER and ask["id"] == member_id:
                ask["label"] = erasure.alias
    for condition in rule["conditions"]:
        if condition["kind"] == "requester":
            for each in condition["of"]:
                each["name"] = erasure.alias if each["id"] == member_id else each["name"]
    return rule


HOLDING = Holding(name="approvals", export=export, erase=erase)
