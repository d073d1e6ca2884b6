"""Acceptance rules as they are told and sent: conditions and steps as the rules are kept, and in words."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from akcept.api.schemas.common import AmountSent, CurrencySent, KeySent, Money, Sent
from akcept.api.schemas.orders import Step
from akcept.approvals import actions, drafts
from akcept.approvals.conditions import Compare, Counted, Flag
from akcept.approvals.facts import Scope
from akcept.approvals.rules import Outcome
from akcept.kernel.amounts import Basis
from akcept.organizations.asking import AskKind


class ValueSent(Sent):
    """The order's value, on one of its four sums."""

    kind: Literal["value"]
    compare: Compare = Field(strict=False)
    amount: AmountSent
    currency: CurrencySent
    basis: Basis = Field(default=Basis.GOODS_NET, strict=False)


class TogetherSent(Sent):
    """Its value together with earlier orders of the requester or the unit, so many hours back."""

    kind: Literal["together"]
    scope: Scope = Field(strict=False)
    hours: int = Field(ge=1, le=drafts.HOURS_LIMIT)
    compare: Compare = Field(strict=False)
    amount: AmountSent
    currency: CurrencySent
    basis: Basis = Field(default=Basis.GOODS_NET, strict=False)


class DeliverySent(Sent):
    """What delivery costs."""

    kind: Literal["delivery"]
    compare: Compare = Field(strict=False)
    amount: AmountSent
    currency: CurrencySent
    gross: bool = False


class CountSent(Sent):
    """How many different products, or pieces of all of them."""

    kind: Counted = Field(strict=False)
    compare: Compare = Field(strict=False)
    number: int = Field(ge=0, le=drafts.NUMBER_LIMIT)


class NamedSent(Sent):
    """Something by its id; a product by its code or EAN instead. `name` is not looked at."""

    id: KeySent | None = None
    code: str = Field(default="", max_length=128)
    name: str = Field(default="", max_length=255)


class AmongSent(Sent):
    """Whether one of these is in the order: a product, something of a category, or of a unit, a requester or a role."""

    kind: Literal["category", "product", "requester", "role", "unit"]
    of: list[NamedSent] = Field(min_length=1, max_length=drafts.GROUP_LIMIT)
    inside: bool = True


class FlagSent(Sent):
    """Whether it exceeds a budget, or has something the unit has not bought before."""

    kind: Flag = Field(strict=False)
    inside: bool = True


class ExpressionSent(Sent):
    """An expression in CEL."""

    kind: Literal["expression"]
    text: str = Field(min_length=1, max_length=2000)


ConditionSent = ValueSent | TogetherSent | DeliverySent | CountSent | AmongSent | FlagSent | ExpressionSent


class AskSent(Sent):
    """Whom a step asks: any acceptor of the unit, or one role, member or unit by its id."""

    kind: AskKind = Field(strict=False)
    id: KeySent | None = None
    label: str = Field(default="", max_length=255)


class StepSent(Sent):
    """One tier: `quorum` of those in `asks` accept (0: all); or `climb`: unit by unit up to who may accept so much."""

    climb: bool = False
    asks: list[AskSent] = Field(default_factory=list, max_length=drafts.ASK_LIMIT)
    quorum: int = Field(default=1, ge=0, le=drafts.ASK_LIMIT)


class RuleSent(Sent):
    """A rule as it is to be. `confirm`: what the refusal `leads_nowhere` named, to save it all the same."""

    name: str = Field(min_length=1, max_length=drafts.NAME_LIMIT)
    unit_id: KeySent
    outcome: Outcome = Field(strict=False)
    conditions: list[ConditionSent] = Field(default_factory=list, max_length=drafts.CONDITION_LIMIT)
    steps: list[StepSent] = Field(default_factory=list, max_length=drafts.STEP_LIMIT)
    refusal: str = Field(default="", max_length=drafts.REFUSAL_LIMIT)
    active: bool = True
    confirm: str = Field(default="", max_length=40)


class ConfirmSent(Sent):
    """`confirm`: what the refusal `leads_nowhere` named, to do it all the same."""

    confirm: str = Field(default="", max_length=40)


class MoveRuleSent(ConfirmSent):
    """One place up or down, among the rules of its unit."""

    to: Literal["up", "down"]


class SwitchRuleSent(ConfirmSent):
    """Off, or on again."""

    active: bool


class Rule(Schema):
    """An acceptance rule: `when` and `then` in words of the caller's language, the rest as it is sent."""

    id: int
    name: str
    unit_id: int
    unit: str
    outcome: str
    active: bool
    when: str
    then: str
    refusal: str
    conditions: list[dict[str, Any]]
    steps: list[dict[str, Any]]


class Rules(Schema):
    """The rules that concern the caller's unit and those below, head office first; the ETag is their version."""

    version: int
    items: list[Rule]


class RuleSaved(Schema):
    """The rules have another version now; `rule_id` is the rule that was added or changed."""

    rule_id: int
    version: int


class RulesVersion(Schema):
    """What was changed in the rules, by whom."""

    number: int
    change: str
    rule: str
    by: str
    at: datetime


class RulesVersions(Schema):
    """A page of versions, the latest first."""

    items: list[RulesVersion]
    next_cursor: str | None


class RulesOfVersion(RulesVersion):
    """All rules as one version had them."""

    items: list[Rule]


class TrialSent(Sent):
    """What is tried: the rules in force or, with `rule`, those with a draft in them (`rule_id`: in the place of one).

    On one order by its number, else on those of the last three months.
    """

    order_number: str = Field(default="", max_length=40)
    rule: RuleSent | None = None
    rule_id: KeySent | None = None


class HowMany(Schema):
    """Of whom or what, and how often."""

    name: str
    orders: int


class TrialOfMany(Schema):
    """What the rules would have done with the orders of the last days; `waited_now`: under those in force."""

    days: int
    orders: int
    cut: bool
    waited: int
    waited_now: int | None
    refused: int
    nobody: int
    asked: list[HowMany]
    rules: list[HowMany]


class Found(Schema):
    """What came of one rule."""

    rule: str
    verdict: str


class TrialOfOne(Schema):
    """One order: its steps, who would be asked, the step nobody could answer (0: none), and why."""

    number: str
    refused: str
    steps: list[Step]
    nobody_at: int
    findings: list[Found]


class Trial(Schema):
    """What a trial showed; nothing was changed."""

    one: TrialOfOne | None
    many: TrialOfMany | None


class Recheck(Schema):
    """A waiting order that the rules in force would ask more people about."""

    number: str
    requester: str
    unit: str
    total_net: Money
    now: list[str]
    then: list[str]


class Rechecks(Schema):
    """The longest waiting first."""

    items: list[Recheck]


class Rechecked(Schema):
    """The order starts its steps anew, under the rules in force."""

    number: str


DaysSent = Annotated[int, Field(ge=1, le=actions.DAYS_LIMIT)]


class MoneySent(Sent):
    """A sum and its currency."""

    amount: AmountSent
    currency: CurrencySent


class Terms(Schema):
    """How acceptance goes in the whole organisation. Days are working days, null is never; sums net with delivery."""

    self_acceptance: bool
    skip_already_accepted: bool
    approver_may_amend: bool
    remind_after_days: int | None
    escalate_after_days: int | None
    expire_after_days: int | None
    mail_links: bool
    mail_link_login_above: Money | None
    second_factor_above: Money | None
    version: int


class TermsSent(ConfirmSent):
    """The same, as they are to be."""

    self_acceptance: bool
    skip_already_accepted: bool
    approver_may_amend: bool
    remind_after_days: DaysSent | None
    escalate_after_days: DaysSent | None
    expire_after_days: DaysSent | None
    mail_links: bool
    mail_link_login_above: MoneySent | None
    second_factor_above: MoneySent | None

    def typed(self) -> actions.TermsInput:
        """Return them as the action takes them."""
        names = ("self_acceptance", "skip_already_accepted", "approver_may_amend", "mail_links")
        days = ("remind_after_days", "escalate_after_days", "expire_after_days")
        sums: dict[str, Any] = {"mail_link_login_above": None}
        if self.mail_link_login_above:
            sums["mail_link_login_above"] = Decimal(self.mail_link_login_above.amount)
            sums["mail_link_login_currency"] = self.mail_link_login_above.currency
        if self.second_factor_above:
            sums["second_factor_above"] = Decimal(self.second_factor_above.amount)
            sums["second_factor_currency"] = self.second_factor_above.currency
        return actions.TermsInput(**{name: getattr(self, name) for name in (*names, *days)}, **sums)
