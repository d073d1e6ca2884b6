"""Somebody who did everything an organisation lets people do leaves no name behind; and no column is overlooked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models

from akcept.approvals import actions as rules
from akcept.approvals import queries as approvals
from akcept.approvals.conditions import Among, Compare, Expression, Group, Named, Value
from akcept.approvals.models import Grounds, PolicyVersion, Selector, Terms
from akcept.approvals.rules import Outcome, Rule, RuleStep
from akcept.budgets import actions as budgets
from akcept.budgets.inputs import BudgetInput
from akcept.budgets.models import Budget, LedgerRow
from akcept.budgets.scope import Scope
from akcept.journal import queries as journal
from akcept.journal.models import Entry
from akcept.notices.models import DigestItem
from akcept.ordering import actions as ordering
from akcept.ordering import queries as orders_seen
from akcept.ordering.models import Revision
from akcept.ordering.routing import explaining
from akcept.organizations import actions
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Member
from akcept.testing import budgets as budget_rows
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person, person, seated
from akcept.testing.relays import deliver
from akcept.ui.history import sentences
from akcept.ui.models import SavedView
from tests.support.history import history

RIGHTS = "place_orders accept_orders manage_policies manage_budgets see_budgets manage_members manage_units"
NAMES = ("Zenon Wilk", "zenon wilk", "Wilk", "zenon@customer.example")


@pytest.fixture
def zenon(cast: Cast) -> Person:
    """Does everything at head office."""
    return person("Zenon", "Wilk", seat=cast.head_office, rights=RIGHTS)


def _rows() -> dict[str, str]:
    """Every row of every table, as text, by its table."""
    return {
        model._meta.label: "\n".join(str(row) for row in model._default_manager.values())
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


def _named_in() -> set[str]:
    return {table for table, rows in _rows().items() if any(name.casefold() in rows.casefold() for name in NAMES)}


def _save_rules(cast: Cast, zenon: Person) -> None:
    """Have Zenon write a rule that asks himself for what Anna orders, and one that refuses what he orders himself."""
    asks = Rule(
        id=0,
        name="Dla: Zenon Wilk",
        unit_id=cast.head_office.pk,
        conditions=(
            Among(kind=Group.REQUESTER, of=(Named(cast.anna.member.pk, ""), Named(zenon.member.pk, ""))),
            Expression(text='requester != "zenon@customer.example"'),
        ),
        steps=(RuleStep(asks=(Ask(kind=AskKind.MEMBER, id=zenon.member.pk),)),),
    )
    refuses = Rule(
        id=0,
        name="Za drogie",
        unit_id=cast.head_office.pk,
        conditions=(Value(compare=Compare.ABOVE, amount=Decimal(90000), currency="PLN"),),
        outcome=Outcome.REFUSE,
        refusal="Zapytaj: Zenon Wilk, zenon@customer.example",
    )
    for typed in (asks, refuses):
        number = approvals.policy_of(cast.acme.pk).version or 0
        try:
            rules.save_rule(typed, actor=zenon.actor, version=number)
        except rules.LeadsNowhere as warned:
            rules.save_rule(typed, actor=zenon.actor, version=number, confirmed=warned.seal)


def _keep_budgets(cast: Cast, zenon: Person) -> None:
    wanted = BudgetInput(
        name="Zenon Wilk", amount=Decimal(5000), scope=Scope.MEMBER, member_id=zenon.member.pk, starts=date(2026, 1, 1)
    )
    budgets.add(wanted, actor=zenon.actor)
    alike = budget_rows.make(cast.krakow, name="zenon@customer.example", owner=zenon.member)
    budgets.correct(alike.pk, actor=zenon.actor, amount=Decimal(10), reason="Zenon Wilk wie", on=date(2026, 11, 1))


def _line_of(number: str) -> int:
    return int(apps.get_model("order.Line").objects.filter(order__number=number).values_list("pk", flat=True)[0])


def _live(cast: Cast, zenon: Person) -> dict[str, str]:
    """Let Zenon take part in orders in every way; return the orders' numbers."""
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    _save_rules(cast, zenon)
    _keep_budgets(cast, zenon)
    back = orders.place(cast.anna, note="zenon WILK o tym wie").order_number
    ordering.comment(back, actor=cast.anna.actor, text="Zenon Wilk, kiedy?")
    ordering.comment(back, actor=zenon.actor, text="Jutro")
    ordering.amend(
        back, actor=zenon.actor, version=1, quantities={_line_of(back): 1}, reason="zenon wilk: mniej wystarczy"
    )
    ordering.send_back(back, actor=zenon.actor, version=2, question="Po co? zenon@customer.example")
    ordering.resubmit(back, actor=cast.anna.actor, version=3, quantities={_line_of(back): 2}, remark="Dla: Zenon Wilk")
    ordering.accept(back, actor=zenon.actor, version=4, remark="Zenon Wilk")
    ordering.revoke(back, actor=zenon.actor, version=5, reason="Pomyłka (zenon wilk)")
    ordering.accept(back, actor=zenon.actor, version=6)
    own = orders.place(zenon, lines=1).order_number
    deliver()
    placed = Entry.objects.filter(topic="order.placed", organization_id=cast.acme.pk)[0]
    DigestItem.objects.create(user=zenon.user, entry=placed, kind="order_asked")
    for whose in (zenon, cast.ben, cast.mia):
        SavedView.objects.create(
            user=whose.user, page="orders", name="Zenon Wilk", query={"q": ["zenon wilk"]}, saved_at=placed.at
        )
    return {"back": back, "own": own}


def _leaves(cast: Cast, zenon: Person) -> Member:
    member = Member.objects.get(pk=zenon.member.pk)
    return actions.remove_member(member.pk, actor=cast.dora.actor, version=member.version)


def _browsed(zenon: Person) -> None:
    """What Oscar writes down about a visitor, and what the shop's staff noted."""
    record = carts.stock("A1")
    apps.get_model("analytics.UserSearch").objects.create(user=zenon.user, query="fotel dla Zenon Wilk")
    apps.get_model("analytics.UserProductView").objects.create(user=zenon.user, product=record.product)
    order = apps.get_model("order.Order").objects.first()
    apps.get_model("order.OrderNote").objects.create(order=order, message="Dzwonił Zenon Wilk", user=None)


@pytest.mark.parametrize("elsewhere", [False, True], ids=["whole account", "login needed elsewhere"])
def test_whoever_did_everything_leaves_no_name(cast: Cast, zenon: Person, elsewhere: bool) -> None:
    if elsewhere:
        seated(zenon.user, cast.terminal, rights="place_orders")
    numbers = _live(cast, zenon)
    _browsed(zenon)
    member = _leaves(cast, zenon)
    assert _named_in() >= {  # the test would prove nothing if Zenon had never been there
        *("akcept_approvals.PolicyVersion", "akcept_approvals.Selector", "akcept_approvals.Decision"),
        *("akcept_approvals.Step", "akcept_approvals.Grounds", "akcept_budgets.Budget", "akcept_budgets.LedgerRow"),
        *("akcept_ordering.Revision", "akcept_ordering.Placement", "akcept_journal.Entry", "order.OrderNote"),
        "akcept_ui.SavedView",
    }
    actions.forget_member(member.pk, actor=cast.dora.actor)
    assert not DigestItem.objects.exists()
    of_the_login = {"accounts.User", "account.EmailAddress", "analytics.UserSearch"}
    assert _named_in() == (of_the_login if elsewhere else set())
    assert all(journal.verify(chain) is None for chain in journal.chains())
    alias = f"former member {member.pk}"
    told = [line.who for line in sentences(history("order", numbers["back"])) if line.who]
    assert told == ["Anna Kowalska", "Anna Kowalska", *[alias] * 3, "Anna Kowalska", *[alias] * 3]
    assert set(Revision.objects.exclude(by_name="").values_list("by_name", flat=True)) == {alias, "Anna Kowalska"}
    view = orders_seen.order(cast.anna.actor, numbers["back"])
    assert {change.by_name for change in view.changes} == {alias, "Anna Kowalska"}


def test_rules_in_force_say_so_to_every_process(cast: Cast, zenon: Person) -> None:
    numbers = _live(cast, zenon)
    before = approvals.policy_of(cast.acme.pk)  # compiled, and kept by the process
    assert before.rules[0].steps[0].asks[0].label == "Zenon Wilk"
    member = _leaves(cast, zenon)
    actions.forget_member(member.pk, actor=cast.dora.actor)
    alias = f"former member {member.pk}"
    after = approvals.policy_of(cast.acme.pk)
    assert after.rules[0].steps[0].asks[0].label == alias
    assert after.rules[1].refusal == f"Zapytaj: {alias}, {alias}"
    assert (after.version, after.rules[0].id) == (before.version, before.rules[0].id)
    assert set(PolicyVersion.objects.values_list("by_name", flat=True)) == {alias}
    assert Grounds.objects.get(order__number=numbers["own"]).facts["requester_email"] == alias
    assert set(Selector.objects.filter(kind="member").values_list("label", flat=True)) == {alias}
    changed = replace(after.rules[1], refusal="Za drogie")
    rules.save_rule(changed, actor=cast.dora.actor, version=after.version or 0)  # others go on from there
    assert explaining.explain(numbers["back"])  # and the old order can still be explained


def test_ledger_and_budgets_stay_and_count_what_they_counted(cast: Cast, zenon: Person) -> None:
    _live(cast, zenon)
    counted = list(LedgerRow.objects.order_by("pk").values("budget_id", "kind", "amount", "orders", "act", "at"))
    member = _leaves(cast, zenon)
    actions.forget_member(member.pk, actor=cast.dora.actor)
    alias = f"former member {member.pk}"
    assert counted == list(
        LedgerRow.objects.order_by("pk").values("budget_id", "kind", "amount", "orders", "act", "at")
    )
    assert set(LedgerRow.objects.filter(kind="correction").values_list("reason", flat=True)) == {f"{alias} wie"}
    named = sorted(Budget.objects.values_list("name", flat=True))
    second = Budget.objects.order_by("pk").last()
    assert second is not None
    assert named == [alias, f"{alias} ({second.pk})"]  # two open budgets never bear one name


def test_namesake_keeps_rules_and_mentions_but_not_what_is_known_to_be_the_others(cast: Cast, zenon: Person) -> None:
    namesake = person("Zenek", "Wilk", seat=cast.krakow, rights="accept_orders")
    namesake.user.first_name = "Zenon"
    namesake.user.save(update_fields=["first_name"])
    _save_rules(cast, zenon)
    member = _leaves(cast, zenon)
    actions.forget_member(member.pk, actor=cast.dora.actor)
    (asking, _refusing) = approvals.policy_of(cast.acme.pk).rules
    alias = f"former member {member.pk}"
    assert asking.steps[0].asks[0].label == alias
    assert asking.name == "Dla: Zenon Wilk"  # whose name it is, nobody can tell
    said = "\n".join(str(row) for row in Entry.objects.values_list("payload"))
    assert "zenon@customer.example" not in said


def test_copy_holds_rules_and_budgets_that_concern_them(cast: Cast, zenon: Person) -> None:
    _live(cast, zenon)
    copy = {each.code: each.as_json() for each in actions.copy_own_data(actor=zenon.actor).sections}
    assert copy["rules"] == [{"rule": "Dla: Zenon Wilk"}]
    assert [(row["name"], row["for_this_person"]) for row in copy["budgets"]] == [
        ("Zenon Wilk", True),
        ("zenon@customer.example", False),
    ]
    assert copy["booked"][0]["amount"] == Decimal(10)
    assert {row["decision"] for row in copy["decisions"]} == {"accept", "send_back", "revoke"}
    anna = {each.code: each.as_json() for each in actions.copy_own_data(actor=cast.anna.actor).sections}
    assert anna["rules"] == copy["rules"]  # it names her as well
    assert anna["budgets"] == []
    assert {row["order"] for row in anna["booked"]} == {copy["decisions"][0]["number"]}  # her own order's hold


# --- no column is overlooked ---

#: What refers to a login: emptied or deleted with the account, moved to a stand-in, or the shop's staff's alone.
LOGIN = {
    *("akcept_organizations.Member.user", "akcept_organizations.Profile.user", "akcept_ordering.Placement.buyer"),
    *("akcept_budgets.LedgerRow.actor", "akcept_oscar_edge.MemberBasket.owner", "basket.Basket.owner"),
    *("order.Order.user", "voucher.VoucherApplication.user", "address.UserAddress.user", "wishlists.WishList.owner"),
    *("customer.ProductAlert.user", "communication.Email.user", "communication.Notification.recipient"),
    *("payment.Bankcard.user", "analytics.UserRecord.user", "analytics.UserProductView.user"),
    *("analytics.UserSearch.user", "reviews.ProductReview.user", "account.EmailAddress.user"),
    *("mfa.Authenticator.user", "akcept_notices.DigestItem.user", "akcept_api.Credential.user"),
    *("akcept_webhooks.Endpoint.user", "akcept_ui.SavedView.user"),
    # Says nothing of a person but that an account without one did it.
    *("reviews.Vote.user", "accounts.User_groups.user", "accounts.User_user_permissions.user"),
    # Staff only, whose accounts are not erased.
    *("communication.Notification.sender", "partner.Partner_users.user", "offer.RangeProductFileUpload.uploaded_by"),
    *("order.OrderNote.user", "admin.LogEntry.user"),
}

#: Where Akcept's own tables hold words; those that may name a person are cleaned, see docs/operate/personal-data.md.
CLEANED = {
    *("akcept_journal.Entry.actor_name", "akcept_journal.Entry.payload", "akcept_journal.Delivery.target"),
    *("akcept_organizations.Invitation.email", "akcept_organizations.Invitation.first_name"),
    *("akcept_organizations.Invitation.last_name", "akcept_organizations.Substitution.created_by"),
    *("akcept_organizations.ImportDraft.rows", "akcept_organizations.ImportDraft.file_name"),
    *("akcept_approvals.Step.rule", "akcept_approvals.Step.detail", "akcept_approvals.Selector.label"),
    *("akcept_approvals.Decision.member_name", "akcept_approvals.Decision.for_member_name"),
    *("akcept_approvals.Decision.remark", "akcept_approvals.PolicyVersion.rules", "akcept_approvals.Grounds.facts"),
    *("akcept_approvals.PolicyVersion.rule_name", "akcept_approvals.PolicyVersion.by_name"),
    *("akcept_budgets.Budget.name", "akcept_budgets.LedgerRow.reason", "akcept_ordering.Placement.note"),
    *("akcept_ordering.Revision.by_name", "akcept_ordering.Revision.reason", "akcept_ordering.Revision.note"),
    "akcept_api.Credential.name",  # goes with its member
    "akcept_handover.Handover.failure",
    *("akcept_webhooks.Endpoint.url", "akcept_webhooks.Message.body", "akcept_webhooks.Attempt.answer"),
    *("akcept_ui.SavedView.name", "akcept_ui.SavedView.query"),
}
NO_PERSON = {
    "akcept_journal": {
        "Chain": "head",
        "Entry": "topic subject_type subject_id actor_kind salt erased previous hash",
        "Delivery": "subscriber claim detail request_id",
    },
    "akcept_organizations": {  # the organisation's own, for it to change
        "Organization": "name nip line1 postcode city country blocked_reason invoice_email",
        "Unit": "name code path cost_centre",
        "UnitAddress": "recipient line1 postcode city country phone",
        "Role": "name permissions limit",
        "Member": "granted accept_limits role_ids",
        "Invitation": "language granted",
        "ImportDraft": "kind",
        "Profile": "muted",
        "Module": "changed_by",
    },
    "akcept_notices": {"DigestItem": "kind"},
    "akcept_approvals": {
        "Case": "asked",
        "Step": "reason",
        "PolicyVersion": "digest",
        "Terms": "mail_link_login_currency second_factor_currency",
    },
    "akcept_budgets": {
        "Calendar": "time_zone",
        "Budget": "cost_centre currency amounts thresholds",
        "LedgerRow": "order_number act original_currency rate_source actor_kind",
        "Rate": "currency source",
    },
    "akcept_ordering": {
        "Placement": "number payment_code po_number po_key cost_centre currency summary",
        "Revision": "lines payment_code po_number delivery",
        "CreditLimit": "currency",
        "UnitCreditLimit": "currency",
    },
    "akcept_api": {
        "Credential": "key digest previous_digest scopes",
        "AccessToken": "key digest scopes",
        "Answer": "key fingerprint turn headers",  # its body, which may name people, is kept for a day
        "Call": "method path code",
    },
    "akcept_webhooks": {
        "Endpoint": "events secret previous_secret claim",
        "Message": "key type",
        "Attempt": "why",
    },
    "akcept_ui": {"SavedView": "page"},
    "akcept_handover": {"Handover": "lease external_number", "Export": "place"},
    "akcept_fulfilment": {"Parcel": "number carrier"},
    "akcept_agreements": {  # the merchant's
        "PriceList": "name currency",
        "Agreement": "name pays delivers",
        "AgreedGoods": "attribute value",
        "AgreedPack": "unit",
        "AgreementVersion": "content",
        "OrderedUnder": "agreements lines delivery",
    },
}


def _words(model: type[models.Model]) -> set[str]:
    kinds = (models.CharField, models.TextField, models.JSONField)
    fields = [field for field in model._meta.fields if isinstance(field, kinds) and not field.choices]
    return {f"{model._meta.label}.{field.name}" for field in fields}


def test_every_column_with_words_is_known_to_the_erasure() -> None:
    ours: list[Any] = [model for model in apps.get_models() if model._meta.app_label in NO_PERSON]
    found = set().union(*map(_words, ours))
    spared = {
        f"{app}.{model}.{name}"
        for app, rows in NO_PERSON.items()
        for model, names in rows.items()
        for name in names.split()
    }
    assert found == CLEANED | spared, (
        "say in the room's own_data.py and here what becomes of it when a person is erased"
    )


def test_everything_that_refers_to_a_login_is_known_to_the_erasure() -> None:
    user = get_user_model()
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.fields
        if field.is_relation and field.related_model is user
    }
    assert found == LOGIN, "say in an own_data.py and here what becomes of it when a person is erased"
