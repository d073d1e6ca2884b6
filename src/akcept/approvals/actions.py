"""Changing an organisation's rules and terms. Each public function is one whole transaction."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from dataclasses import field as made
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from akcept.approvals import drafts, queries, sentences, topics
from akcept.approvals.deadends import DeadEnd
from akcept.approvals.models import Case, PolicyVersion, Terms
from akcept.approvals.models.terms import home_currency
from akcept.approvals.rules import Rule, digest_of, rule_from
from akcept.approvals.states import OPEN
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotFound, Refused, Stale
from akcept.kernel.money import AMOUNT_LIMIT
from akcept.organizations import policies, second_factor
from akcept.organizations.actions.rows import enter
from akcept.organizations.models import Unit
from akcept.organizations.permissions import Permission
from akcept.organizations.seats import Seat
from akcept.transactions.acting import action

DAYS_LIMIT = 250


class LeadsNowhere(Refused):
    """A rule would leave some orders with nobody to decide them, or says what another one (`twins`) says already.

    Saved all the same when that is confirmed.
    """

    code = "leads_nowhere"

    def __init__(self, ends: Iterable[DeadEnd], twins: Iterable[str] = ()) -> None:
        self.ends, self.twins = tuple(ends), tuple(twins)
        super().__init__(" ".join([*map(sentences.dead_end, self.ends), *map(sentences.twin, self.twins)]))

    @property
    def warns(self) -> bool:
        """Whether there is anything to confirm."""
        return bool(self.ends or self.twins)

    @property
    def seal(self) -> str:
        """What a confirmation has to carry: it is good for these warnings and no others."""
        return hashlib.sha256(repr((self.ends, self.twins)).encode()).hexdigest()[:24]


@action
def save_rule(
    rule: Rule, *, actor: Actor, version: int, confirmed: str = "", now: datetime | None = None
) -> PolicyVersion:
    """Add a rule (`id` 0: it becomes the last of its unit) or change one; orders placed from now on follow it.

    `version` is that of the rules the actor saw, 0 before the first. Journal: `policy.changed`.
    Raises NotAllowed, NotFound, Stale, Invalid (see `drafts.checked`), LeadsNowhere (unless `confirmed` is its seal).
    """
    editing = _Editing.begin(actor, version, rule_id=rule.id)
    former = editing.rule(rule.id) if rule.id else None
    wanted = drafts.checked(replace(rule, id=rule.id or editing.next_id), editing.seat)
    if former is None and len(editing.rules) >= drafts.RULE_LIMIT:
        raise Invalid(_("An organisation may have up to %(limit)d rules.") % {"limit": drafts.RULE_LIMIT})
    if wanted.active:
        drafts.require_room(wanted, editing.rules)
    ends = queries.dead_ends_of(wanted, editing.seat)
    if former is None:
        rules = [*editing.rules, wanted]
    else:
        rules = [wanted if each.id == wanted.id else each for each in editing.rules]
        ends += editing.ends_left_behind(former, rules)
    _require_confirmed(ends, confirmed, twins=_twins(wanted, editing.rules))
    change = PolicyVersion.Change.CHANGED if former else PolicyVersion.Change.ADDED
    return editing.store(rules, change, wanted, former=former, actor=actor, now=now)


def _twins(wanted: Rule, rules: Iterable[Rule]) -> list[str]:
    """Return the names of other rules in force that say the same as one in force."""
    others = (rule for rule in rules if rule.id != wanted.id and rule.active)
    return [rule.name for rule in others if wanted.active and rule.says == wanted.says]


def _require_confirmed(ends: Iterable[DeadEnd], confirmed: str, *, twins: Iterable[str] = ()) -> None:
    """Raise LeadsNowhere unless there is nothing to warn of, or just what was confirmed."""
    refusal = LeadsNowhere(ends, twins)
    if refusal.warns and refusal.seal != confirmed:
        raise refusal


@action
def move_rule(
    rule_id: int, *, actor: Actor, version: int, up: bool, confirmed: str = "", now: datetime | None = None
) -> PolicyVersion:
    """Move a rule one place up or down among those of its unit.

    Journal: `policy.changed`. Raises NotAllowed, NotFound, Stale, Invalid (it is the first or last already),
    LeadsNowhere.
    """
    editing = _Editing.begin(actor, version, rule_id=rule_id)
    rule = editing.rule(rule_id)
    siblings = [number for number, each in enumerate(editing.rules) if each.unit_id == rule.unit_id]
    here = editing.rules.index(rule)
    place = siblings.index(here) + (-1 if up else 1)
    if not 0 <= place < len(siblings):
        raise Invalid(_("The rule cannot be moved any further."))
    rules = list(editing.rules)
    rules[here], rules[siblings[place]] = rules[siblings[place]], rules[here]
    first = editing.rules[min(here, siblings[place])]  # of the two, the one that is looked at later now
    _require_confirmed(editing.ends_left_behind(first, rules), confirmed)
    return editing.store(rules, PolicyVersion.Change.MOVED, rule, former=rule, actor=actor, now=now)


@action
def switch_rule(
    rule_id: int, *, actor: Actor, version: int, active: bool, confirmed: str = "", now: datetime | None = None
) -> PolicyVersion:
    """Switch a rule off, or on again; orders that wait keep the steps they have.

    Journal: `policy.changed`. Raises NotAllowed, NotFound, Stale, Invalid (what it names is gone), LeadsNowhere.
    """
    editing = _Editing.begin(actor, version, rule_id=rule_id)
    former = editing.rule(rule_id)
    wanted = replace(former, active=active)
    ends: list[DeadEnd] = []
    if active:
        wanted = drafts.checked(wanted, editing.seat)
        drafts.require_room(wanted, editing.rules)
        ends = queries.dead_ends_of(wanted, editing.seat)
    rules = [wanted if each.id == rule_id else each for each in editing.rules]
    twins = _twins(wanted, editing.rules)
    _require_confirmed(ends if active else editing.ends_left_behind(former, rules), confirmed, twins=twins)
    change = PolicyVersion.Change.SWITCHED_ON if active else PolicyVersion.Change.SWITCHED_OFF
    return editing.store(rules, change, wanted, former=former, actor=actor, now=now)


@action
def remove_rule(
    rule_id: int, *, actor: Actor, version: int, confirmed: str = "", now: datetime | None = None
) -> PolicyVersion:
    """Remove a rule; orders that wait keep the steps they have.

    Journal: `policy.changed`. Raises NotAllowed, NotFound, Stale, LeadsNowhere.
    """
    editing = _Editing.begin(actor, version, rule_id=rule_id)
    rule = editing.rule(rule_id)
    rules = [each for each in editing.rules if each.id != rule_id]
    _require_confirmed(editing.ends_left_behind(rule, rules), confirmed)
    return editing.store(rules, PolicyVersion.Change.REMOVED, rule, former=rule, actor=actor, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Editing:
    """The rules as they stand while somebody changes them; nobody else does until the transaction ends."""

    seat: Seat
    number: int
    rules: tuple[Rule, ...]
    #: Units the actor may change rules of, closed ones too: their rules can be removed.
    reach: frozenset[int]

    @classmethod
    def begin(cls, actor: Actor, version: int, *, rule_id: int) -> _Editing:
        """Lock the organisation to change one rule, 0 for a new one. Raises NotAllowed, NotFound, Stale."""
        seat = enter(actor, Permission.MANAGE_POLICIES)
        latest = PolicyVersion.objects.filter(organization_id=seat.organization_id).order_by("-number").first()
        below = Unit.objects.filter(organization_id=seat.organization_id, path__startswith=seat.unit_path)
        editing = cls(
            seat=seat,
            number=latest.number if latest else 0,
            rules=tuple(map(rule_from, latest.rules)) if latest else (),
            reach=frozenset(below.values_list("pk", flat=True)),
        )
        if editing.number != version:
            if rule_id:
                editing.require_seen(rule_id, version)
            raise Stale(_("Somebody has changed the rules since you opened them. Here they are as of now."))
        return editing

    def require_seen(self, rule_id: int, version: int) -> None:
        """Raise NotFound unless the rule is the actor's to change, or was in the version they looked at."""
        if all(rule.id != rule_id for rule in self.rules):
            seen = PolicyVersion.objects.filter(organization_id=self.seat.organization_id, number=version).first()
            replace(self, rules=tuple(map(rule_from, seen.rules)) if seen else ()).rule(rule_id)
        else:
            self.rule(rule_id)

    @property
    def next_id(self) -> int:
        """An id no rule of this organisation has had: each version adds one rule at most."""
        return self.number + 1

    def rule(self, rule_id: int) -> Rule:
        """Return a rule the actor may change. Raises NotFound."""
        for rule in self.rules:
            if rule.id == rule_id and rule.unit_id in self.reach:
                return rule
        raise NotFound(_("There is no such rule, or it is not yours to change."))

    def ends_left_behind(self, former: Rule, rules: Iterable[Rule]) -> list[DeadEnd]:
        """Return where orders that a rule took lead nowhere under the rules as they would be."""
        return queries.ends_left_behind(former, self.rules, list(rules), self.seat)

    def store(
        self,
        rules: Iterable[Rule],
        change: PolicyVersion.Change,
        rule: Rule,
        *,
        former: Rule | None,
        actor: Actor,
        now: datetime | None,
    ) -> PolicyVersion:
        """Write the next version and its entry in the journal."""
        at = now or utc_now()
        stored = [each.as_json() for each in rules]
        made = PolicyVersion.objects.create(
            organization_id=self.seat.organization_id,
            number=self.number + 1,
            rules=stored,
            digest=digest_of(stored),
            change=change,
            rule_name=rule.name,
            by_name=actor.name[:200],
            at=at,
        )
        payload: dict[str, Any] = {"version": made.number, "change": change.value, "rule": rule.name}
        payload |= {"before": former.as_json() if former else None}
        payload |= {"after": None if change is PolicyVersion.Change.REMOVED else rule.as_json()}
        event = Event(topics.POLICY_CHANGED, ("policy", str(self.seat.organization_id)), payload)
        journal.write(event, actor=actor, organization_id=self.seat.organization_id, now=at)
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsInput:
    """Terms of acceptance as typed. Days are working days, None is never; amounts are net with delivery."""

    self_acceptance: bool
    skip_already_accepted: bool
    approver_may_amend: bool
    remind_after_days: int | None
    escalate_after_days: int | None
    expire_after_days: int | None
    mail_links: bool
    mail_link_login_above: Decimal | None
    mail_link_login_currency: str = made(default_factory=home_currency)
    second_factor_above: Decimal | None = None
    second_factor_currency: str = made(default_factory=home_currency)


@action
def change_terms(
    typed: TermsInput, *, actor: Actor, version: int, confirmed: str = "", now: datetime | None = None
) -> Terms:
    """Change how acceptance goes in the whole organisation; orders that wait follow the new terms at once.

    `version` is that of the terms the actor saw, 1 before the first change. Journal: `policy.terms_changed` with
    before and after. Raises NotAllowed (head office only), Stale, Invalid (field), LeadsNowhere (rules that find
    nobody, or nobody whose limit reaches far enough, only under the new terms; unless `confirmed` is its seal).
    """
    seat = policies.require_head_office(enter(actor, Permission.MANAGE_POLICIES))
    terms = Terms.objects.filter(organization_id=seat.organization_id).first()
    terms = terms or Terms(organization_id=seat.organization_id)
    if terms.version != version:
        raise Stale(_("Somebody has changed this since you opened it. Here is the current state."))
    _require_terms(typed)
    decides = typed.self_acceptance, typed.skip_already_accepted
    if decides != (terms.self_acceptance, terms.skip_already_accepted):
        own, once = decides
        _require_confirmed(queries.ends_of_other_terms(seat, self_acceptance=own, asks_once=once), confirmed)
    before = _terms_facts(terms)
    for name in TermsInput.__dataclass_fields__:
        setattr(terms, name, getattr(typed, name))
    terms.version += 1
    terms.save()
    waiting = Case.objects.filter(organization_id=seat.organization_id, state__in=[state.value for state in OPEN])
    waiting.update(look_at=None)
    event = Event(
        topics.TERMS_CHANGED, ("policy", str(seat.organization_id)), {"before": before, "after": _terms_facts(terms)}
    )
    journal.write(event, actor=actor, organization_id=seat.organization_id, now=now)
    return terms


def _require_terms(typed: TermsInput) -> None:
    for field in ("remind_after_days", "escalate_after_days", "expire_after_days"):
        days = getattr(typed, field)
        if days is not None and not 1 <= days <= DAYS_LIMIT:
            raise Invalid(
                _("Enter 1 to %(limit)d working days, or leave this empty.") % {"limit": DAYS_LIMIT}, field=field
            )
    expire = typed.expire_after_days
    for field in ("remind_after_days", "escalate_after_days"):
        days = getattr(typed, field)
        if expire is not None and days is not None and days >= expire:
            raise Invalid(_("This would come only after the order has expired: choose fewer days."), field=field)
    for field in ("mail_link_login_above", "second_factor_above"):
        limit = getattr(typed, field)
        if limit is not None and not 0 <= limit <= AMOUNT_LIMIT:
            raise Invalid(_("Enter 0 or more, or leave this empty."), field=field)
    for field in ("mail_link_login_currency", "second_factor_currency"):
        if not re.fullmatch(r"[A-Z]{3}", getattr(typed, field)):
            raise Invalid(_("Choose a currency."), field=field)
    if typed.second_factor_above is not None and second_factor.of_login() is None:
        raise Invalid(_("This shop's login has no second factor."), field="second_factor_above")


def _terms_facts(terms: Terms) -> dict[str, Any]:
    return {name: getattr(terms, name) for name in TermsInput.__dataclass_fields__}
