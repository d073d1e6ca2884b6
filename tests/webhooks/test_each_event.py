"""Issue 12, point 6: each event comes of what people do, once, says what it is about, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from django.apps import apps

from akcept.approvals import actions as policy
from akcept.approvals.models import Case, Terms
from akcept.fulfilment import actions as fulfilment
from akcept.journal.models import Delivery
from akcept.kernel.clock import utc_now
from akcept.ordering import actions as ordering
from akcept.ordering.reactions.ticking import tick
from akcept.organizations import actions as organizations
from akcept.organizations.models import Invitation, Member
from akcept.organizations.permissions import Permission
from akcept.organizations.tokens import token_for
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from akcept.webhooks import actions
from akcept.webhooks.events import OF_MERCHANT, Type
from akcept.webhooks.models import Endpoint, Message
from tests.contracts import trying

pytestmark = pytest.mark.django_db

#: By what is done: which events an endpoint of the organisation that may hear of everything is sent, in their order.
DONE: dict[str, tuple[Callable[[Cast], Any], list[str]]] = {}
AWAITING: Final = "order.awaiting_acceptance"
PASSWORD: Final = "correct-horse-7"


def _does(*types: str) -> Callable[[Callable[[Cast], Any]], Callable[[Cast], Any]]:
    def kept(act: Callable[[Cast], Any]) -> Callable[[Cast], Any]:
        DONE[act.__name__.removeprefix("_")] = (act, list(types))
        return act

    return kept


@_does(AWAITING)
def _placing(cast: Cast) -> str:
    return orders.place(cast.anna, records=[carts.stock("P1")]).order_number


@_does("order.released")
def _placing_what_nobody_has_to_accept(cast: Cast) -> str:
    return orders.place(cast.ben, records=[carts.stock("P1")]).order_number


@_does(AWAITING, "order.accepted", "order.released")
def _accepting(cast: Cast) -> str:
    number = _placing(cast)
    ordering.accept(number, actor=cast.ben.actor, version=1)
    return number


@_does(AWAITING, "order.rejected")
def _rejecting(cast: Cast) -> None:
    ordering.reject(_placing(cast), actor=cast.ben.actor, version=1, reason="no")


@_does(AWAITING, "order.returned", "order.resubmitted")
def _sending_back_and_again(cast: Cast) -> None:
    number = _placing(cast)
    ordering.send_back(number, actor=cast.ben.actor, version=1, question="why")
    ordering.resubmit(number, actor=cast.anna.actor, version=2, remark="so")


@_does(AWAITING, "order.amended", "order.accepted", "order.released")
def _amending(cast: Cast) -> None:
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    number = _placing(cast)
    line = apps.get_model("order.Line").objects.get(order__number=number)
    ordering.amend(number, actor=cast.ben.actor, version=1, quantities={line.pk: 1}, reason="less")
    if Case.objects.get(order__number=number).state == "awaiting":
        ordering.accept(number, actor=cast.ben.actor, version=2)


@_does(AWAITING, "order.repriced")
def _updating_prices(cast: Cast) -> None:
    number, later = _placing(cast), trying.in_two_days()
    apps.get_model("partner.StockRecord").objects.filter(partner_sku="P1").update(price="9.00")
    ordering.update_prices(number, actor=cast.ben.actor, version=1, **later)


@_does(AWAITING, "order.withdrawn")
def _withdrawing(cast: Cast) -> None:
    ordering.withdraw(_placing(cast), actor=cast.anna.actor, version=1)


@_does(AWAITING, "order.accepted", "order.released", "order.revoked", "step.asked", "order.accepted", "order.released")
def _taking_an_acceptance_back_and_accepting_again(cast: Cast) -> None:
    number = _accepting(cast)
    version = Case.objects.get(order__number=number).version
    ordering.revoke(number, actor=cast.ben.actor, version=version, reason="wrong")
    version = Case.objects.get(order__number=number).version
    ordering.accept(number, actor=cast.ben.actor, version=version)


@_does(AWAITING, "order.expired")
def _letting_it_expire(cast: Cast) -> None:
    terms = {"remind_after_days": None, "escalate_after_days": None, "expire_after_days": 5}
    Terms.objects.create(organization=cast.acme, **terms)
    number, now = _placing(cast), utc_now()
    case = Case.objects.filter(order__number=number)
    case.update(opened_at=now - timedelta(days=60), step_opened_at=now - timedelta(days=60), look_at=None)
    for days in range(0, 30, 3):
        tick(now=now + timedelta(days=days))
    assert case.get().state == "expired"


@_does(AWAITING, "order.accepted", "order.released", "order.shipped", "order.shipped")
def _shipping_in_two_parcels(cast: Cast) -> None:
    number = _accepting(cast)
    for parcel in ("1", "1", "2"):  # told twice is once
        fulfilment.ship(number, actor=cast.mia.actor, parcel=parcel, packed=[fulfilment.Packed(code="P1", quantity=1)])


@_does(AWAITING, "order.accepted", "step.asked")
def _accepting_the_first_of_two_steps(cast: Cast) -> None:
    step = replace(
        trying.rule_asking_cora(cast), steps=(*trying.typed_rule(cast).steps, *trying.rule_asking_cora(cast).steps)
    )
    policy.save_rule(step, actor=cast.dora.actor, version=0)
    deliver()
    Message.objects.all().delete()
    Delivery.objects.all().delete()  # or the relay that died would tell of the rule again
    ordering.accept(_placing(cast), actor=cast.ben.actor, version=1)


@_does(AWAITING, "budget.threshold")
def _reaching_a_threshold(cast: Cast) -> None:
    budgets.make(cast.krakow, "25.00", name="Kraków", thresholds=[80])
    _placing(cast)


@_does("member.changed")
def _changing_a_member(cast: Cast) -> None:
    _reseat(cast, active=True)


@_does("member.deactivated", "member.reactivated")
def _deactivating_and_back(cast: Cast) -> None:
    _reseat(cast, active=False)
    _reseat(cast, active=True)


def _reseat(cast: Cast, *, active: bool) -> None:
    assert cast.ewa.member is not None
    row = Member.objects.get(pk=cast.ewa.member.pk)
    rights = frozenset({Permission.PLACE_ORDERS})
    organizations.change_member(
        row.pk, actor=cast.dora.actor, unit_id=row.unit_id, permissions=rights, active=active, version=row.version
    )


@_does("member.removed")
def _removing_a_member(cast: Cast) -> None:
    trying.left(cast)


@_does("rules.changed", "rules.changed", "rules.changed")
def _changing_rules(cast: Cast) -> None:
    number = policy.save_rule(trying.typed_rule(cast), actor=cast.dora.actor, version=0).number
    policy.switch_rule(number, actor=cast.dora.actor, version=1, active=False)
    policy.remove_rule(number, actor=cast.dora.actor, version=2)


@_does("rules.terms_changed")
def _changing_terms(cast: Cast) -> None:
    typed = policy.TermsInput(
        self_acceptance=False,
        skip_already_accepted=True,
        approver_may_amend=True,
        remind_after_days=None,
        escalate_after_days=None,
        expire_after_days=None,
        mail_links=True,
        mail_link_login_above=None,
    )
    policy.change_terms(typed, actor=cast.dora.actor, version=1)


@_does("member.joined")
def _joining(cast: Cast) -> None:
    made = Invitation.objects.get(pk=trying.invitation(cast))
    organizations.accept_invitation(token_for(made), first_name="N", last_name="N", password=PASSWORD)


def _listen(cast: Cast) -> dict[str, Endpoint]:
    """Let Acme, another organisation and the shop hear of all they may."""
    for person, right in ((cast.dora, "see_all_orders"), (cast.otto, "see_all_orders"), (cast.otto, "see_budgets")):
        member = Member.objects.get(pk=person.member.pk)  # type: ignore[union-attr]
        member.granted = {**member.granted, "permissions": [*member.granted["permissions"], right]}
        member.recompute()
        member.save()
    every = [each.value for each in Type]
    ours = {"dora": every, "otto": every, "mia": [each for each in every if each in OF_MERCHANT]}
    return {
        who: actions.add_endpoint(
            actor=getattr(cast, who).actor, url=f"https://{who}.example.com/hooks", events=events
        ).endpoint
        for who, events in ours.items()
    }


def _sent(endpoint: Endpoint) -> list[Message]:
    return list(Message.objects.filter(endpoint=endpoint).order_by("entry_id", "pk"))


@pytest.mark.parametrize("name", DONE)
def test_what_people_do_is_told_once_to_those_it_is_about(cast: Cast, name: str) -> None:
    there = _listen(cast)
    deliver()
    act, types = DONE[name]
    act(cast)
    Delivery.objects.update(due_at=utc_now())  # what was done at a later time is handed over now
    deliver()
    Delivery.objects.filter(subscriber="webhooks").update(state="due", claim="")  # a relay died before it marked them
    deliver()
    assert [each.type for each in _sent(there["dora"])] == types
    assert [each.type for each in _sent(there["mia"])] == [each for each in types if each in OF_MERCHANT]
    assert _sent(there["otto"]) == []
    ids = [each.key for each in Message.objects.all()]
    assert len(ids) == len(set(ids))
    for message in _sent(there["dora"]):
        assert message.body["type"] == message.type
        assert message.body["data"], message.type
        kind, _slash, key = message.body["subject"].partition("/")
        about = {"step": "order", "rules": "policy"}.get(message.type.partition(".")[0], message.type.partition(".")[0])
        assert kind == about
        assert key == str(message.body["data"].get("number") or message.body["data"]["id"])


def test_there_is_a_way_to_each_event() -> None:
    told = {each for _act, types in DONE.values() for each in types}
    assert told == {each.value for each in Type}
