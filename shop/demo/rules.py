"""The demo's rules of acceptance: the main company's; the other one has none and goes by permissions alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import translation

from akcept.approvals import actions
from akcept.approvals.actions import TermsInput
from akcept.approvals.conditions import Compare, Value
from akcept.approvals.models import Terms
from akcept.approvals.rules import Rule, RuleStep
from akcept.kernel.actor import Actor
from akcept.kernel.amounts import Basis
from akcept.organizations.asking import ANY_ACCEPTOR, Ask, AskKind
from akcept.organizations.models import Member

#: Above this net value of the goods, in PLN, the head office is asked after the branch.
LARGE: Final = Decimal(2000)
#: For so long the rules have been in force.
SINCE: Final = timedelta(days=14)


def build_terms(*, now: datetime) -> None:
    """Let approvers of the main company lower quantities; all else stays as an organisation finds it."""
    found = Terms()
    terms = {name: getattr(found, name) for name in TermsInput.__dataclass_fields__} | {"approver_may_amend": True}
    actions.change_terms(TermsInput(**terms), actor=_dora(), version=1, now=now)


def build_rules(*, now: datetime) -> None:
    """Ask for large orders first whoever may accept them, then Cora of the head office."""
    dora = Member.objects.select_related("unit").get(user__email="dora@acme.example")
    cora = Member.objects.get(user__email="cora@acme.example")
    rule = Rule(
        id=0,
        name="Duże zamówienia",
        unit_id=dora.unit_id,
        conditions=(Value(compare=Compare.ABOVE, amount=LARGE, currency="PLN", basis=Basis.GOODS_NET),),
        steps=(RuleStep(asks=(ANY_ACCEPTOR,)), RuleStep(asks=(Ask(kind=AskKind.MEMBER, id=cora.pk),))),
    )
    with translation.override("pl"):
        actions.save_rule(rule, actor=_dora(), version=0, now=now)


def _dora() -> Actor:
    user = Member.objects.select_related("user").get(user__email="dora@acme.example").user
    return Actor.person(user.pk, user.get_full_name())
