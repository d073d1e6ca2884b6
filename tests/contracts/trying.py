"""How each action is tried by somebody: what it needs is made by those who may, then it is theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps

from akcept.approvals import actions as policy_actions
from akcept.approvals.actions import TermsInput
from akcept.approvals.models import Terms
from akcept.approvals.rules import Rule, RuleStep
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Refused
from akcept.ordering import actions as ordering_actions
from akcept.ordering.actions import BulkResult
from akcept.ordering.models import ShopTerms
from akcept.ordering.ports import WantedLine
from akcept.organizations import actions, queries
from akcept.organizations.actions import AddressInput
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.bulk.columns import Kind
from akcept.organizations.models import Member, Role, Substitution
from akcept.organizations.permissions import Permission
from akcept.testing import carts, orders
from akcept.testing.cast import Cast

PEOPLE = ("anna", "ben", "cora", "dora", "ewa", "piotr", "jan", "otto", "mia", "paul", "nobody")
ADDRESS = AddressInput(recipient="Nowa", line1="ul. Nowa 1", postcode="00-001", city="Warszawa")
SOMEBODY: Any = {"email": "n@n.example", "first_name": "N", "last_name": "N", "language": "pl"}
Try = Callable[[Cast, Actor], Any]


def waiting(cast: Cast) -> str:
    """An order of Anna's, of the Kraków branch, waiting."""
    return orders.place(cast.anna, records=[carts.stock("P1")]).order_number


def accepted(cast: Cast) -> str:
    number = waiting(cast)
    ordering_actions.accept(number, actor=cast.ben.actor, version=1)
    return number


def amend(cast: Cast, actor: Actor) -> Any:
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    number = waiting(cast)
    line = apps.get_model("order.Line").objects.get(order__number=number)
    return ordering_actions.amend(number, actor=actor, version=1, quantities={line.pk: 1}, reason="less")


def in_two_days() -> Any:
    """The moment at which the merchant's term of a day for prices has passed."""
    ShopTerms.objects.create(pk=1, price_days=1)
    return {"now": utc_now() + timedelta(days=2)}


def forward(cast: Cast, actor: Actor) -> Any:
    to = cast.ben if actor.user_id == cast.cora.user.pk else cast.cora
    return ordering_actions.forward(waiting(cast), actor=actor, version=1, to_member_id=to.member.pk)


def link(cast: Cast) -> str:
    """The link in Ben's mail about an order of Anna's."""
    return offer(cast, Actor.system("test"))


def one_of_many(results: Sequence[BulkResult]) -> None:
    (result,) = results
    if result.decided is None:
        raise Refused(result.refused)


def offer(cast: Cast, actor: Actor) -> str:
    ben = cast.ben.member.pk
    return ordering_actions.offer_links(waiting(cast), actor=actor, member_ids=[ben], revision=1, version=1)[ben]


def invitation(cast: Cast) -> int:
    made = actions.invite(
        actor=cast.dora.actor,
        email="new@customer.example",
        first_name="N",
        last_name="N",
        unit_id=cast.krakow.pk,
        permissions=frozenset({Permission.PLACE_ORDERS}),
        language="pl",
    )
    return int(made.pk)


def place(cast: Cast, actor: Actor, act: Any = ordering_actions.place) -> Any:
    """All order their own basket; whoever has none is given one of somebody without an account."""
    owner = next((p for p in everybody(cast) if p.user.pk == actor.user_id), cast.paul)
    return act(
        actor=actor,
        cart_id=carts.fill(owner),
        delivery_code=orders.COURIER,
        delivery_address=orders.address_of(owner),
    )


def place_list(cast: Cast, actor: Actor, act: Any) -> Any:
    """All order a list of their own, to where they may have it sent."""
    owner = next((p for p in everybody(cast) if p.user.pk == actor.user_id), cast.paul)
    lines = [WantedLine(code=carts.stock("P1").partner_sku, quantity=1)]
    return act(lines, actor=actor, delivery_code=orders.COURIER, delivery_address=orders.address_of(owner))


def everybody(cast: Cast) -> list[Any]:
    return [getattr(cast, name) for name in PEOPLE if name != "nobody"]


def change_member(cast: Cast, actor: Actor) -> Any:
    member = Member.objects.get(pk=cast.ewa.member.pk)
    return actions.change_member(
        member.pk,
        actor=actor,
        unit_id=member.unit_id,
        permissions=member.permissions,
        active=True,
        version=member.version,
    )


def second_address(cast: Cast) -> int:
    return int(actions.save_address(cast.krakow.pk, actor=cast.dora.actor, address=ADDRESS).pk)


def role(cast: Cast) -> Role:
    return actions.add_role(actor=cast.dora.actor, name="Storeman", permissions={Permission.PLACE_ORDERS})


def left(cast: Cast) -> int:
    """Ewa, who has left Acme."""
    return int(actions.remove_member(cast.ewa.member.pk, actor=cast.dora.actor, version=1).pk)


def substitute(cast: Cast, actor: Actor) -> Substitution:
    """Ewa decides for Ben."""
    now = utc_now()
    return actions.name_substitute(
        actor=actor,
        absent_id=cast.ben.member.pk,
        substitute_id=cast.ewa.member.pk,
        starts_at=now,
        ends_at=now + timedelta(days=2),
    )


def draft(cast: Cast, actor: Actor) -> Any:
    content = f"code;name;parent\n{cast.krakow.key};Kraków;{cast.head_office.key}\n".encode()
    return actions.draft_import(actor=actor, kind=Kind.UNITS, file_name="units.csv", content=content)


def carry_out(cast: Cast, actor: Actor) -> Any:
    seen = queries.import_preview(cast.dora.actor, draft(cast, cast.dora.actor).pk)
    return actions.carry_out_import(seen.draft.pk, actor=actor, digest=seen.plan.digest)


def closed(cast: Cast) -> int:
    """A unit below the Kraków branch that was closed."""
    actions.close_unit(cast.skawina.pk, actor=cast.dora.actor, members_to=cast.krakow.pk, version=1)
    return cast.skawina.pk


def closed_of_acme(cast: Cast, actor: Actor) -> None:
    closed(cast)
    if not queries.closed_units(actor).rows:
        raise Refused("nothing of Acme's")


def only_acme(cast: Cast, organization_id: int) -> None:
    """Otto sees a structure too: his own."""
    if organization_id != cast.acme.pk:
        raise Refused("another organisation")


def former_of_acme(cast: Cast, actor: Actor) -> None:
    left(cast)
    for row in queries.former_members(actor, cast.acme.pk).rows or [None]:
        only_acme(cast, row.organization_id if row else 0)


def changed_first(cast: Cast, actor: Actor) -> int:
    """Return of which organisation the first change is that the actor reads, where Acme has one; 0 for none."""
    role(cast)
    return next((change.entry.organization_id for change in queries.changes(actor).rows), 0)


def rule(cast: Cast, actor: Actor) -> tuple[int, int]:
    """Dora's rule for all of Acme, and the version of the rules that this actor's page would carry."""
    add = policy_actions.save_rule(typed_rule(cast), actor=cast.dora.actor, version=0)
    own = Member.objects.filter(user_id=actor.user_id, organization=cast.acme).exists()
    return add.number, add.number if own else 0


def typed_rule(cast: Cast) -> Rule:
    asks = (RuleStep(asks=(Ask(kind=AskKind.ACCEPTORS),)),)
    return Rule(id=0, name="Everything", unit_id=cast.head_office.pk, steps=asks)


def rule_asking_cora(cast: Cast) -> Rule:
    asks = (RuleStep(asks=(Ask(kind=AskKind.MEMBER, id=cast.cora.member.pk),)),)  # type: ignore[union-attr]
    return replace(typed_rule(cast), steps=asks)


def recheck(cast: Cast, actor: Actor) -> Any:
    """An order that waits for anybody, and a rule made after it that asks Cora."""
    number = waiting(cast)
    policy_actions.save_rule(rule_asking_cora(cast), actor=cast.dora.actor, version=0)
    return ordering_actions.recheck(number, actor=actor)


def on_rule(act: Callable[..., Any], **more: Any) -> Try:
    """Do something with Dora's rule."""

    def attempt(cast: Cast, actor: Actor) -> Any:
        rule_id, version = rule(cast, actor)
        return act(rule_id, actor=actor, version=version, **more)

    return attempt


TERMS = TermsInput(
    self_acceptance=False,
    skip_already_accepted=True,
    approver_may_amend=False,
    remind_after_days=None,
    escalate_after_days=None,
    expire_after_days=None,
    mail_links=False,
    mail_link_login_above=None,
)

SHOP_TERMS = ordering_actions.ShopTermsInput(
    price_days=7, price_tolerance=Decimal(2), order_from=None, order_up_to=None, mails=True
)
