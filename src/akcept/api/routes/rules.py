"""Acceptance rules and terms: read, tried, changed; what they were before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from akcept.api import told
from akcept.api.operations import Answered, Doing, caller, does, etag, reads, saved, version_of
from akcept.api.schemas import rules as sent
from akcept.api.schemas.common import Key, Money, Saved
from akcept.api.schemas.paging import Paged
from akcept.api.scopes import Scope
from akcept.approvals import actions, drafts, queries
from akcept.approvals import sentences as wording
from akcept.approvals.conditions import Among, Condition, Group, Named, condition_from
from akcept.approvals.models import PolicyVersion
from akcept.approvals.rules import Rule, RuleStep
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Invalid
from akcept.ordering import actions as ordering
from akcept.ordering.ports import assortment
from akcept.ordering.routing import trials
from akcept.ordering.routing.newer_rules import to_recheck
from akcept.organizations.asking import Ask

router = Router(tags=["rules"])


@reads(
    router,
    "/rules",
    scope=Scope.RULES_READ,
    answer=sent.Rules,
    name="list_rules",
    summary="The acceptance rules that concern the caller's unit",
    etagged=True,
)
def list_rules(request: HttpRequest) -> Answered:
    """Head office first, in the order in which they are looked at. The ETag is what a change of any names."""
    book = queries.rule_book(caller(request).actor)
    items = [_rule(rule, group.unit.name) for group in book.groups for rule in group.rules]
    return Answered(content=sent.Rules(version=book.number, items=items), headers={"ETag": etag(book.number)})


def _rule(rule: Rule, unit: str) -> sent.Rule:
    stored = rule.as_json()
    return sent.Rule(
        id=rule.id,
        name=rule.name,
        unit_id=rule.unit_id,
        unit=unit,
        outcome=rule.outcome.value,
        active=rule.active,
        when=wording.when(rule),
        then=wording.then(rule),
        refusal=rule.refusal,
        conditions=stored["conditions"],
        steps=stored["steps"],
    )


def current(actor: Actor) -> dict[str, Any]:
    """Return which version the rules have, for whoever saw an earlier one. Raises NotAllowed."""
    return {"version": queries.rule_book(actor).number}


@does(
    router,
    "/rules",
    scope=Scope.RULES_WRITE,
    answers_={201: sent.RuleSaved},
    name="add_rule",
    summary="Add a rule; it becomes the last of its unit",
)
def add_rule(request: HttpRequest, body: sent.RuleSent) -> Doing[PolicyVersion]:
    """Orders placed from now on follow it. If-Match names the ETag of the list of rules, "0" before the first."""
    actor, version, rule = caller(request).actor, version_of(request), _typed(body, 0)
    return Doing(
        act=lambda: actions.save_rule(rule, actor=actor, version=version, confirmed=body.confirm),
        answered=lambda led: _saved(led.number, led, status=201),
        current=lambda: current(actor),
    )


@does(
    router,
    "/rules/{rule_id}",
    scope=Scope.RULES_WRITE,
    answers_={200: sent.RuleSaved},
    name="change_rule",
    summary="Change a rule",
)
def change_rule(request: HttpRequest, rule_id: Key, body: sent.RuleSent) -> Doing[PolicyVersion]:
    """Orders that wait keep the steps they have."""
    actor, version, rule = caller(request).actor, version_of(request), _typed(body, rule_id)
    return Doing(
        act=lambda: actions.save_rule(rule, actor=actor, version=version, confirmed=body.confirm),
        answered=lambda led: _saved(rule_id, led),
        current=lambda: current(actor),
    )


def _saved(rule_id: int, led: PolicyVersion, *, status: int = 200) -> Answered:
    content = sent.RuleSaved(rule_id=rule_id, version=led.number)
    return Answered(status=status, content=content, headers={"ETag": etag(led.number)})


def _typed(body: sent.RuleSent, rule_id: int) -> Rule:
    """Return a rule as it was sent, what it names of the shop looked up; at most three statements. Raises Invalid."""
    return Rule(
        id=rule_id,
        name=body.name,
        unit_id=body.unit_id,
        conditions=tuple(_condition(each, number) for number, each in enumerate(body.conditions)),
        outcome=body.outcome,
        steps=tuple(_step(each) for each in body.steps),
        refusal=body.refusal,
        active=body.active,
    )


def _condition(typed: sent.ConditionSent, number: int) -> Condition:
    if not isinstance(typed, sent.AmongSent):
        return condition_from(typed.model_dump(mode="json"))
    kind, field = Group(typed.kind), f"conditions[{number}].of"
    find = {Group.PRODUCT: _products, Group.CATEGORY: _categories}.get(kind, _own)
    return Among(kind=kind, of=tuple(find(typed.of, field)), inside=typed.inside)


def _own(typed: Iterable[sent.NamedSent], field: str) -> list[Named]:
    """Return the organisation's own, which the action looks at itself."""
    found = [Named(each.id, "") for each in typed if each.id is not None]
    if len(found) != len(list(typed)):
        raise Invalid(_("Name each by its id."), field=field)
    return found


def _categories(typed: Iterable[sent.NamedSent], field: str) -> list[Named]:
    known = {ref.id: ref.name for ref in assortment().categories()}
    if any(each.id not in known for each in typed):
        raise Invalid(_("The shop has no such category."), field=field)
    return [Named(each.id, known[each.id]) for each in typed if each.id is not None]


def _products(typed: Iterable[sent.NamedSent], field: str) -> list[Named]:
    skus = assortment().skus([each.id for each in typed if each.id is not None and not each.code])
    codes = [each.code or skus.get(each.id or 0, "") for each in typed]
    found = assortment().products(codes)
    if unknown := [code for code in codes if code not in found]:
        words = {"entries": ", ".join(filter(None, unknown[:5]))}
        raise Invalid(_("The shop has no product with this code: %(entries)s") % words, field=field)
    return [Named(found[code].id, found[code].name) for code in codes]


def _step(typed: sent.StepSent) -> RuleStep:
    asks = tuple(Ask(kind=each.kind, id=each.id) for each in typed.asks)
    return RuleStep(climb=True) if typed.climb else RuleStep(asks=asks, quorum=typed.quorum)


def _on_rule(request: HttpRequest, rule_id: int, act: Any, **terms: Any) -> Doing[PolicyVersion]:
    actor, version = caller(request).actor, version_of(request)
    return Doing(
        act=lambda: act(rule_id, actor=actor, version=version, **terms),
        answered=lambda led: _saved(rule_id, led),
        current=lambda: current(actor),
    )


@does(
    router,
    "/rules/{rule_id}/move",
    scope=Scope.RULES_WRITE,
    answers_={200: sent.RuleSaved},
    name="move_rule",
    summary="Move a rule up or down",
)
def move_rule(request: HttpRequest, rule_id: Key, body: sent.MoveRuleSent) -> Doing[PolicyVersion]:
    """One place, among those of its unit."""
    return _on_rule(request, rule_id, actions.move_rule, up=body.to == "up", confirmed=body.confirm)


@does(
    router,
    "/rules/{rule_id}/switch",
    scope=Scope.RULES_WRITE,
    answers_={200: sent.RuleSaved},
    name="switch_rule",
    summary="Switch a rule off, or on again",
)
def switch_rule(request: HttpRequest, rule_id: Key, body: sent.SwitchRuleSent) -> Doing[PolicyVersion]:
    """Orders that wait keep the steps they have."""
    return _on_rule(request, rule_id, actions.switch_rule, active=body.active, confirmed=body.confirm)


@does(
    router,
    "/rules/{rule_id}/remove",
    scope=Scope.RULES_WRITE,
    answers_={200: sent.RuleSaved},
    name="remove_rule",
    summary="Remove a rule",
)
def remove_rule(request: HttpRequest, rule_id: Key, body: sent.ConfirmSent) -> Doing[PolicyVersion]:
    """Orders that wait keep the steps they have; the versions keep the rule."""
    return _on_rule(request, rule_id, actions.remove_rule, confirmed=body.confirm)


@reads(
    router,
    "/rules-versions",
    scope=Scope.RULES_READ,
    answer=sent.RulesVersions,
    name="list_rules_versions",
    summary="What was changed in the rules, the latest first",
)
def list_rules_versions(request: HttpRequest, wanted: Query[Paged]) -> Answered:
    """For whoever manages rules at head office."""
    page = queries.versions(caller(request).actor, after=wanted.after(), size=wanted.limit)
    items = [sent.RulesVersion(**_version(row)) for row in page.rows]
    return Answered(content=sent.RulesVersions(items=items, next_cursor=page.next_after))


@reads(
    router,
    "/rules-versions/{number}",
    scope=Scope.RULES_READ,
    answer=sent.RulesOfVersion,
    name="get_rules_version",
    summary="All rules as one version had them",
)
def get_rules_version(request: HttpRequest, number: Key) -> Answered:
    """For whoever manages rules at head office."""
    row, stored, units = queries.version(caller(request).actor, min(number, 2**31 - 1))
    items = [_rule(rule, units.get(rule.unit_id, "")) for rule in stored]
    return Answered(content=sent.RulesOfVersion(**_version(row), items=items))


def _version(row: PolicyVersion) -> dict[str, Any]:
    return {"number": row.number, "change": row.change, "rule": row.rule_name, "by": row.by_name, "at": row.at}


@does(
    router,
    "/rules-trials",
    scope=Scope.RULES_READ,
    answers_={200: sent.Trial},
    name="try_rules",
    summary="Try the rules, or a draft of one, on past orders",
    versioned=False,
)
def try_rules(request: HttpRequest, body: sent.TrialSent) -> Doing[sent.Trial]:
    """Nothing is written; people are taken as they are now."""
    actor = caller(request).actor
    return Doing(act=lambda: _tried(actor, body), answered=lambda led: Answered(content=led), only_looks=True)


def _tried(actor: Actor, body: sent.TrialSent) -> sent.Trial:
    draft = None
    if body.rule is not None:
        typed = drafts.checked(_typed(body.rule, body.rule_id or 0), queries.policy_maker(actor))
        if body.rule_id is not None:
            queries.rule_to_edit(actor, body.rule_id)
        draft = trials.drafted(actor, typed)
    if body.order_number:
        return sent.Trial(one=_one(trials.try_on_order(actor, body.order_number, draft=draft)), many=None)
    return sent.Trial(one=None, many=_many(trials.try_on_orders(actor, draft=draft)))


def _one(found: trials.TrialOfOne) -> sent.TrialOfOne:
    plan, placement = found.tried.plan, found.tried.placement
    return sent.TrialOfOne(
        number=placement.number,
        refused=plan.refused,
        steps=told.planned(plan, unit_name=placement.unit.name if placement.unit else ""),
        nobody_at=found.tried.nobody_at,
        findings=[sent.Found(rule=each.rule.name, verdict=each.verdict.value) for each in found.explanation.findings],
    )


def _many(found: trials.Trial) -> sent.TrialOfMany:
    return sent.TrialOfMany(
        days=found.days,
        orders=found.total,
        cut=found.cut,
        waited=found.waited,
        waited_now=found.waited_now,
        refused=found.refused,
        nobody=found.nobody,
        asked=[sent.HowMany(name=name, orders=orders) for name, orders in found.asked],
        rules=[sent.HowMany(name=name, orders=orders) for name, orders in found.rules],
    )


@reads(
    router,
    "/rules-rechecks",
    scope=Scope.RULES_READ,
    answer=sent.Rechecks,
    name="list_rechecks",
    summary="Waiting orders the rules in force would ask more people about",
)
def list_rechecks(request: HttpRequest) -> Answered:
    """Of the caller's unit and those below."""
    items = [
        sent.Recheck(
            number=row.number,
            requester=row.requester,
            unit=row.unit,
            total_net=Money.of(row.total_net, row.currency),
            now=list(row.now),
            then=list(row.then),
        )
        for row in to_recheck(caller(request).actor)
    ]
    return Answered(content=sent.Rechecks(items=items))


@does(
    router,
    "/orders/{number}/recheck",
    scope=Scope.RULES_WRITE,
    answers_={200: sent.Rechecked},
    name="recheck_order",
    summary="Give a waiting order the steps of the rules in force",
    versioned=False,
)
def recheck_order(request: HttpRequest, number: str) -> Doing[None]:
    """They start anew; earlier acceptances of the order count no more."""
    actor = caller(request).actor
    return Doing(
        act=lambda: ordering.recheck(number, actor=actor),
        answered=lambda _led: Answered(content=sent.Rechecked(number=number)),
    )


@reads(
    router,
    "/terms",
    scope=Scope.RULES_READ,
    answer=sent.Terms,
    name="get_terms",
    summary="How acceptance goes in the whole organisation",
    etagged=True,
)
def get_terms(request: HttpRequest) -> Answered:
    """For whoever manages rules at head office."""
    row = queries.terms(caller(request).actor)
    names = ("self_acceptance", "skip_already_accepted", "approver_may_amend", "mail_links", "version")
    days = ("remind_after_days", "escalate_after_days", "expire_after_days")
    above, second = row.mail_link_login_above, row.second_factor_above
    content = sent.Terms(
        **{name: getattr(row, name) for name in (*names, *days)},
        mail_link_login_above=None if above is None else Money.of(above, row.mail_link_login_currency),
        second_factor_above=None if second is None else Money.of(second, row.second_factor_currency),
    )
    return Answered(content=content, headers={"ETag": etag(row.version)})


@does(
    router,
    "/terms",
    scope=Scope.RULES_WRITE,
    answers_={200: Saved},
    name="change_terms",
    summary="Change how acceptance goes in the whole organisation",
)
def change_terms(request: HttpRequest, body: sent.TermsSent) -> Doing[Any]:
    """Orders that wait follow the new terms at once."""
    actor, version, typed = caller(request).actor, version_of(request), body.typed()
    return Doing(
        act=lambda: actions.change_terms(typed, actor=actor, version=version, confirmed=body.confirm),
        answered=saved,
        current=lambda: {"version": queries.terms(actor).version},
    )
