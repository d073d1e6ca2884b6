"""Orders on account within the credit the shop gives: what uses it, what frees it, and the way on beyond it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from pytest_django import Settings

from akcept.approvals.models import Case, Decision, Terms
from akcept.journal.models import Entry
from akcept.kernel.errors import CreditExceeded, Invalid, NotAllowed, NotFound, Stale
from akcept.ordering import actions, payments, queries
from akcept.ordering.actions import Chosen, Placed
from akcept.ordering.models import CreditLimit, Placement
from akcept.ordering.money.credit import credit_of
from akcept.ordering.ports import receivables
from akcept.oscar_edge.receivables import settled_statuses
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from akcept.ui.history import sentences
from tests.ordering.routing.test_rules import add, someone
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

ACCOUNT: dict[str, Any] = {"payment_code": payments.ON_ACCOUNT}
#: What each order here is worth: 100.00 and the courier's 19.00, 23 % VAT.
GROSS = Decimal("146.37")


def _place(who: Person, **terms: Any) -> Placed:
    return orders.place(who, records=[carts.stock("A", price="100.00")], quantity=1, **(ACCOUNT | terms))


def _limit(cast: Cast, amount: str | Decimal | None) -> None:
    CreditLimit.objects.update_or_create(
        organization=cast.acme, defaults={"amount": None if amount is None else Decimal(amount), "currency": "PLN"}
    )


def _owed(cast: Cast) -> Decimal:
    return receivables().owed(cast.acme.pk, "PLN")


def _accept(placed: Placed, who: Person) -> Any:
    version = Case.objects.get(pk=placed.order_id).version
    return actions.accept(placed.order_number, actor=who.actor, version=version)


def _status(placed: Placed) -> str:
    return str(orders.order(placed).status)


# --- what uses it ---


def test_without_a_limit_nothing_is_asked(cast: Cast) -> None:
    for _ in range(3):
        _place(cast.ben)
    assert (credit_of(cast.acme.pk), _owed(cast)) == (None, 3 * GROSS)
    _limit(cast, None)
    assert credit_of(cast.acme.pk) is None
    _place(cast.ben)


def test_only_orders_on_account_that_joined_the_shop_s_work_are_owed(cast: Cast) -> None:
    waiting = _place(cast.anna)
    _place(cast.ben, payment_code=payments.TRANSFER)
    umbra = _place(cast.otto)
    assert (_owed(cast), receivables().owed(cast.umbra.pk, "PLN")) == (0, GROSS)
    assert umbra.order_number
    _accept(waiting, cast.ben)
    assert _owed(cast) == GROSS
    actions.revoke(waiting.order_number, actor=cast.ben.actor, version=2, reason="za wcześnie")
    assert _owed(cast) == 0
    assert receivables().owed(cast.acme.pk, "EUR") == 0


def test_up_to_and_including_the_limit(cast: Cast) -> None:
    _limit(cast, 2 * GROSS)
    assert not _place(cast.ben).held
    assert not _place(cast.ben).held
    found = credit_of(cast.acme.pk)
    assert found is not None
    assert (found.used, found.free) == (2 * GROSS, 0)
    with pytest.raises(CreditExceeded) as refused:
        _place(cast.ben)
    assert refused.value.field == "payment"
    text = str(refused.value).replace("\u00a0", " ")
    for part in ("PLN 292.74", "PLN 0.00 is left", "PLN 146.37", "Choose another way to pay, or ask the shop."):
        assert part in text, text
    assert Placement.objects.count() == 2
    _place(cast.ben, payment_code=payments.TRANSFER)
    _place(cast.otto)


def test_a_cent_less_is_too_little(cast: Cast) -> None:
    _limit(cast, GROSS - Decimal("0.01"))
    with pytest.raises(CreditExceeded):
        _place(cast.ben)


def test_no_limit_is_not_a_limit_of_nothing(cast: Cast) -> None:
    _limit(cast, "0.00")
    with pytest.raises(CreditExceeded):
        _place(cast.ben)


def test_an_order_that_will_wait_has_to_fit_when_it_is_placed(cast: Cast) -> None:
    _limit(cast, "100.00")
    with pytest.raises(CreditExceeded):
        _place(cast.anna)
    assert not Placement.objects.exists()
    assert (carts.stock("A").num_allocated or 0) == 0


def test_a_limit_in_another_currency_covers_nothing(cast: Cast) -> None:
    CreditLimit.objects.create(organization=cast.acme, amount=Decimal(9999), currency="EUR")
    with pytest.raises(CreditExceeded, match="credit in EUR only, and this order is in PLN"):
        _place(cast.ben)


# --- what frees it ---


@pytest.mark.parametrize("way", [("in_progress", "packed", "shipped", "completed"), ("cancelled",)])
def test_the_shop_s_pipeline_ends_it(cast: Cast, way: tuple[str, ...]) -> None:
    placed = _place(cast.ben)
    for status in way[:-1]:
        orders.order(placed).set_status(status)
        assert _owed(cast) == GROSS
    orders.order(placed).set_status(way[-1])
    assert _owed(cast) == 0


def test_which_statuses_settle_is_the_shop_s_to_say(cast: Cast, settings: Settings) -> None:
    assert set(settled_statuses()) == {"completed", "cancelled"}
    placed = _place(cast.ben)
    orders.order(placed).set_status("in_progress")
    assert _owed(cast) == GROSS
    settings.AKCEPT_CREDIT_SETTLED_BY = ["in_progress"]
    assert _owed(cast) == 0


def test_what_was_paid_and_what_was_cancelled_is_no_longer_owed(cast: Cast) -> None:
    cart = carts.fill(cast.ben, records=[carts.stock("A", price="100.00"), carts.stock("B", price="50.00")], quantity=1)
    placed = orders.place_cart(cast.ben, cart, **ACCOUNT)
    order = orders.order(placed)
    assert _owed(cast) == order.total_incl_tax == Decimal("207.87")
    order.lines.get(partner_sku="B").set_status("cancelled")
    assert _owed(cast) == Decimal("146.37")
    kind = apps.get_model("payment.SourceType").objects.create(name="Przelew")
    source = apps.get_model("payment.Source").objects.create(order=order, source_type=kind, amount_debited=100)
    assert _owed(cast) == Decimal("46.37")
    source.amount_refunded = Decimal(30)
    source.save()
    assert _owed(cast) == Decimal("76.37")
    source.amount_debited = Decimal(900)
    source.save()
    assert _owed(cast) == 0, "what one order is overpaid pays for no other"


def test_the_shop_may_count_in_its_own_way(cast: Cast, settings: Settings) -> None:
    _limit(cast, "1000.00")
    settings.AKCEPT_RECEIVABLES = f"{__name__}._FromTheBooks"
    with pytest.raises(CreditExceeded, match="950"):
        _place(cast.ben)


class _FromTheBooks:
    def owed(self, organization_id: int, currency: str) -> Decimal:
        return Decimal("950.00")


# --- accepting ---


def test_acceptance_that_would_exceed_it_is_refused_with_a_way_on(cast: Cast) -> None:
    _limit(cast, GROSS)
    first, second = _place(cast.anna), _place(cast.anna)
    _accept(first, cast.ben)
    with pytest.raises(CreditExceeded, match="ask the shop"):
        _accept(second, cast.ben)
    assert (_status(second), Case.objects.get(pk=second.order_id).state) == ("awaiting_acceptance", "awaiting")
    assert not Decision.objects.filter(case_id=second.order_id).exists()
    orders.order(first).set_status("cancelled")
    _accept(second, cast.ben)
    assert _status(second) == "unhandled"


def test_only_the_last_step_needs_it(cast: Cast) -> None:
    add(cast, someone(cast.ben), someone(cast.cora))
    placed = _place(cast.anna)
    _limit(cast, "10.00")
    assert _accept(placed, cast.ben).state == "awaiting"
    with pytest.raises(CreditExceeded):
        _accept(placed, cast.cora)


def test_of_several_at_once_those_go_that_fit(cast: Cast) -> None:
    _limit(cast, 2 * GROSS)
    placed = [_place(cast.anna) for _ in range(3)]
    chosen = [Chosen(order_number=each.order_number, version=1) for each in placed]
    results = actions.accept_many(chosen, actor=cast.ben.actor)
    assert [bool(result.decided) for result in results] == [True, True, False]
    assert "credit limit" in results[2].refused


def test_page_says_it_before_it_is_pressed(cast: Cast) -> None:
    placed = _place(cast.anna)
    for who in (cast.ben, cast.anna):
        assert queries.order(who.actor, placed.order_number).validity.problems == []
    _limit(cast, "10.00")
    for who in (cast.ben, cast.anna):
        (problem,) = queries.order(who.actor, placed.order_number).validity.problems
        assert "PLN 10.00 is left" in problem.replace("\u00a0", " ")
    other = _place(cast.otto)
    assert queries.order(cast.otto.actor, other.order_number).validity.problems == []


# --- paid another way ---


def test_requester_pays_another_way_instead(cast: Cast) -> None:
    placed = _place(cast.anna)
    _limit(cast, "10.00")
    with pytest.raises(CreditExceeded):
        actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1)
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, payment_code=payments.TRANSFER)
    assert Placement.objects.get(pk=placed.order_id).payment_code == payments.TRANSFER
    view = queries.order(cast.ben.actor, placed.order_number)
    ((change,),) = (difference.texts for difference in view.changes)
    assert (change.before, change.after) == ("deferred, on account", "bank transfer")
    assert any("the payment" in sentence.what for sentence in sentences(view.told))
    _accept(placed, cast.ben)
    assert (_status(placed), _owed(cast)) == ("unhandled", 0)


def test_requester_moves_to_account_as_far_as_it_goes(cast: Cast) -> None:
    placed = _place(cast.anna, payment_code=payments.TRANSFER)
    _limit(cast, "10.00")
    with pytest.raises(CreditExceeded) as refused:
        actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, **ACCOUNT)
    assert refused.value.field == "payment"
    with pytest.raises(Invalid) as unknown:
        actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, payment_code="cash")
    assert unknown.value.field == "payment"
    _limit(cast, GROSS)
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, **ACCOUNT)
    assert Placement.objects.get(pk=placed.order_id).payment_code == payments.ON_ACCOUNT


def test_resubmitting_more_than_the_credit_writes_nothing(cast: Cast) -> None:
    placed = _place(cast.anna)
    _limit(cast, GROSS)
    line = apps.get_model("order.Line").objects.get(order_id=placed.order_id)
    with pytest.raises(CreditExceeded):
        actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, quantities={line.pk: 2})
    line.refresh_from_db()
    assert (line.quantity, carts.stock("A").num_allocated) == (1, 1)


def test_approver_pays_another_way_where_they_may_change_orders(cast: Cast) -> None:
    placed = _place(cast.anna)
    _limit(cast, "10.00")
    terms: dict[str, Any] = {"actor": cast.ben.actor, "quantities": {}, "reason": "limit"}
    with pytest.raises(NotAllowed):
        actions.amend(placed.order_number, version=1, payment_code=payments.TRANSFER, **terms)
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    actions.amend(placed.order_number, version=1, payment_code=payments.TRANSFER, **terms)
    (change,) = queries.order(cast.anna.actor, placed.order_number).changes
    assert [text.after for text in change.texts] == ["bank transfer"]
    actions.accept(placed.order_number, actor=cast.ben.actor, version=2)
    assert _status(placed) == "unhandled"


@pytest.mark.parametrize("limit", [None, GROSS])
def test_approver_leaves_the_payment_while_the_credit_covers_it(cast: Cast, limit: Decimal | None) -> None:
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    placed = _place(cast.anna)
    _limit(cast, limit)
    with pytest.raises(Invalid) as refused:
        actions.amend(
            placed.order_number,
            actor=cast.ben.actor,
            version=1,
            quantities={},
            reason="x",
            payment_code=payments.TRANSFER,
        )
    assert refused.value.field == "payment"


def test_a_private_customer_has_no_account(cast: Cast) -> None:
    with pytest.raises(Invalid):
        _place(cast.paul)


# --- the merchant's ---


def test_limit_is_set_once_and_both_sides_read_it(cast: Cast) -> None:
    set_limit = actions.set_credit_limit
    row = set_limit(cast.acme.pk, actor=cast.mia.actor, amount=Decimal(5000), version=1)
    assert (row.amount, row.currency, row.version) == (5000, django_settings.OSCAR_DEFAULT_CURRENCY, 2)
    with pytest.raises(Stale):
        set_limit(cast.acme.pk, actor=cast.mia.actor, amount=Decimal(1), version=1)
    set_limit(cast.acme.pk, actor=cast.mia.actor, amount=None, version=2)
    entries = Entry.objects.filter(topic="organization.credit_limit_changed").order_by("pk")
    assert [(e.payload["before"]["amount"], e.payload["after"]["amount"]) for e in entries] == [
        (None, "5000"),
        ("5000.00", None),
    ]
    told = [sentence.what.replace("\u00a0", " ") for sentence in sentences(entries)]
    assert told == [
        "set the credit limit for orders on account to PLN 5,000.00 gross",
        "removed the credit limit for orders on account",
    ]


@pytest.mark.parametrize("amount", [Decimal("-0.01"), Decimal("10000000000")])
def test_limit_that_makes_no_sense_is_refused_at_its_field(cast: Cast, amount: Decimal) -> None:
    with pytest.raises(Invalid) as refused:
        actions.set_credit_limit(cast.acme.pk, actor=cast.mia.actor, amount=amount, version=1)
    assert refused.value.field == "amount"


def test_limit_of_nobody(cast: Cast) -> None:
    with pytest.raises(NotFound):
        actions.set_credit_limit(99999, actor=cast.mia.actor, amount=Decimal(1), version=1)


# --- what it costs ---


def test_only_orders_on_account_pay_for_it(cast: Cast) -> None:
    _place(cast.ben)  # what is read once a process
    plain = len(statements(lambda: _place(cast.ben, payment_code=payments.TRANSFER)))
    without = len(statements(lambda: _place(cast.ben)))
    _limit(cast, "9999.00")
    limited = len(statements(lambda: _place(cast.ben)))
    assert (without - plain, limited - plain) == (1, 2)


def test_accepting_pays_for_it_only_under_a_limit(cast: Cast) -> None:
    first, second = _place(cast.anna), _place(cast.anna)
    without = len(statements(lambda: _accept(first, cast.ben)))
    _limit(cast, "9999.00")
    assert len(statements(lambda: _accept(second, cast.ben))) - without == 2
