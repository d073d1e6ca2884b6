"""Orders and the budgets that bind them: held, spent, free again; who is asked, refused, told; who sees what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.urls import reverse
from django.utils import translation

from akcept.approvals.models import Case, Terms
from akcept.budgets import binding
from akcept.budgets.actions import change, transfer
from akcept.budgets.actions import correct as book_by_hand
from akcept.budgets.inputs import BudgetChange
from akcept.budgets.models import Budget, LedgerRow
from akcept.budgets.states import RowKind
from akcept.journal.models import Entry
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Changed, OverBudget
from akcept.ordering import actions, queries
from akcept.ordering.actions import Placed
from akcept.ordering.models import Placement, ShopTerms
from akcept.ordering.ports import order_reader
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast, Person, person
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.support.statements import statements


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def place(who: Person, price: str = "100.00", **terms: Any) -> Placed:
    """Order one piece at a price, net; delivery by courier is 19.00 more."""
    record = carts.stock(f"M{price}".replace(".", "-"), price=price)
    return orders.place(who, records=[record], quantity=1, **terms)


def used(budget: Budget) -> tuple[Decimal, Decimal, int]:
    """Return what is held, what is spent, and how many orders count, in all periods together."""
    sums = binding.sums_of([budget]).get(budget.pk, {}).values()
    held, spent = (sum((getattr(each, name) for each in sums), Decimal(0)) for name in ("held", "spent"))
    return held, spent, sum(each.orders for each in sums)


def rows(placed: Placed) -> list[tuple[str, Decimal]]:
    return list(LedgerRow.objects.filter(order_id=placed.order_id).order_by("pk").values_list("kind", "amount"))


def version(placed: Placed) -> int:
    return Case.objects.get(pk=placed.order_id).version


def lines_of(placed: Placed) -> list[Any]:
    return list(apps.get_model("order.Line").objects.filter(order_id=placed.order_id).order_by("pk"))


HUNDRED = Decimal("100.00")


# --- held, spent, free again ---


def test_an_order_that_waits_holds_and_accepted_it_is_spent(cast: Cast) -> None:
    budget = budgets.make(cast.krakow)
    placed = place(cast.anna)
    assert used(budget) == (HUNDRED, 0, 1)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    assert used(budget) == (0, HUNDRED, 1)


def test_an_order_that_needs_nobody_is_spent_at_once(cast: Cast) -> None:
    budget = budgets.make(cast.krakow)
    assert not place(cast.ben).held
    assert used(budget) == (0, HUNDRED, 1)


def test_what_ends_without_acceptance_is_free_again(cast: Cast) -> None:
    budget = budgets.make(cast.krakow)
    rejected, withdrawn, expired = (place(cast.anna) for _ in range(3))
    actions.reject(rejected.order_number, actor=cast.ben.actor, version=1, reason="no")
    actions.withdraw(withdrawn.order_number, actor=cast.anna.actor, version=1)
    later = utc_now() + timedelta(days=60)
    actions.expire(expired.order_number, actor=cast.anna.actor.system("relay"), now=later)
    assert used(budget) == (0, 0, 0)
    for placed in (rejected, withdrawn, expired):
        assert [kind for kind, _amount in rows(placed)] == [RowKind.HOLD, RowKind.RELEASE]
        assert sum(amount for _kind, amount in rows(placed)) == 0


def test_an_amended_order_gives_the_difference_back(cast: Cast) -> None:
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    budget = budgets.make(cast.krakow)
    placed = orders.place(cast.anna, records=[carts.stock("M20", price="20.00")], quantity=5)
    (line,) = lines_of(placed)
    actions.amend(placed.order_number, actor=cast.ben.actor, version=1, quantities={line.pk: 2}, reason="less")
    assert used(budget) == (Decimal("40.00"), 0, 1)


def test_resubmitted_with_more_it_may_not_pass_what_is_left(cast: Cast) -> None:
    budget = budgets.make(cast.krakow, "120.00")
    placed = orders.place(cast.anna, records=[carts.stock("M20", price="20.00")], quantity=5)
    (line,) = lines_of(placed)
    terms: dict[str, Any] = {"actor": cast.anna.actor, "version": version(placed)}
    with pytest.raises(OverBudget, match="Budget 1"):
        actions.resubmit(placed.order_number, quantities={line.pk: 7}, **terms)
    assert used(budget) == (HUNDRED, 0, 1)
    assert lines_of(placed)[0].quantity == 5, "nothing of it was written"
    actions.resubmit(placed.order_number, quantities={line.pk: 6}, **terms)
    assert used(budget) == (Decimal("120.00"), 0, 1)


def test_a_revoked_acceptance_holds_again(cast: Cast) -> None:
    budget = budgets.make(cast.krakow)
    placed = place(cast.anna)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    actions.revoke(placed.order_number, actor=cast.ben.actor, version=version(placed), reason="a slip")
    assert used(budget) == (HUNDRED, 0, 1)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=version(placed))
    assert used(budget) == (0, HUNDRED, 1)


# --- what the shop gives back ---


@pytest.fixture
def spent(cast: Cast) -> tuple[Budget, Any]:
    """A budget of values with delivery and VAT, and an accepted order on it: 2 lines of 50.00, delivery 19.00 net."""
    budget = budgets.make(cast.krakow, basis="total_gross")
    records = [carts.stock(sku, price="50.00") for sku in ("L1", "L2")]
    order = orders.order(orders.place(cast.ben, records=records, quantity=1))
    assert used(budget) == (0, Decimal("146.37"), 1)
    return budget, order


def test_an_order_the_shop_cancels_is_given_back_whole(spent: tuple[Budget, Any]) -> None:
    budget, order = spent
    order.set_status("cancelled")
    assert used(budget) == (0, 0, 0)
    row = LedgerRow.objects.latest("pk")
    assert (row.kind, row.reason) == (RowKind.CREDIT, "cancelled by the shop")


def test_a_cancelled_line_is_given_back_and_so_is_the_rest(spent: tuple[Budget, Any]) -> None:
    budget, order = spent
    first, second = order.lines.order_by("pk")
    first.set_status("cancelled")
    assert used(budget) == (0, Decimal("84.87"), 1)
    second.set_status("cancelled")
    assert used(budget) == (0, Decimal("23.37"), 1), "delivery stays until the order is cancelled"
    order.set_status("cancelled")
    assert used(budget) == (0, 0, 0)


def test_a_refund_of_a_cancelled_line_is_the_same_money(spent: tuple[Budget, Any]) -> None:
    budget, order = spent
    order.lines.first().set_status("cancelled")
    kind = apps.get_model("payment.SourceType").objects.create(name="Transfer")
    source = apps.get_model("payment.Source").objects.create(order=order, source_type=kind, currency="PLN")
    source.refund(Decimal("61.50"))
    noted = apps.get_model("order.PaymentEventType").objects.create(name="Refunded")
    order.payment_events.create(event_type=noted, amount=Decimal("61.50"))
    assert used(budget) == (0, Decimal("84.87"), 1)
    source.refund(Decimal("10.00"))
    assert used(budget) == (0, Decimal("74.87"), 1)
    source.refund(Decimal("500.00"))
    assert used(budget) == (0, 0, 1), "never more than was spent"


def test_what_the_shop_does_to_private_orders_concerns_no_budget(cast: Cast) -> None:
    orders.order(place(cast.paul)).set_status("cancelled")
    assert not LedgerRow.objects.exists()


# --- shown and told ---


def test_the_owner_is_told_of_a_threshold_once_a_period(cast: Cast, mailoutbox: list[Any]) -> None:
    budgets.make(cast.krakow, "200.00", name="Branch", owner=cast.cora.member, thresholds=[50, 100])
    place(cast.ben, "99.00")
    deliver()
    assert not told()
    place(cast.ben, "1.00")
    deliver()
    (message,) = told()
    assert message.to == ["cora@customer.example"]
    place(cast.ben, "1.00")
    deliver()
    assert not told(), "once a period"
    place(cast.ben, "99.00")
    deliver()
    assert len(told()) == 1


def test_the_mail_says_by_how_much_a_budget_is_over(cast: Cast, mailoutbox: list[Any]) -> None:
    budgets.make(cast.krakow, "200.00", name="Branch", owner=cast.cora.member, thresholds=[100], effect="warn")
    place(cast.ben, "669.75")
    deliver()
    (message,) = told()
    assert "Budget: over by PLN 469.75" in str(message.body).replace("\N{NO-BREAK SPACE}", " ")


def test_the_owner_is_told_of_what_others_book_by_hand_and_not_of_their_own_acts(
    cast: Cast, mailoutbox: list[Any]
) -> None:
    boss = person("Olga", "Lis", seat=cast.head_office, rights="manage_budgets")
    budget = budgets.make(cast.krakow, "200.00", name="Branch", owner=boss.member, thresholds=[50, 100])
    other = budgets.make(cast.tarnow)
    deliver()
    place(cast.ben, "90.00")
    deliver()
    told()
    book_by_hand(budget.pk, actor=boss.actor, amount=Decimal("-60"), reason="cash")
    deliver()
    assert not told(), "his own act"
    transfer(budget.pk, to_id=other.pk, actor=cast.dora.actor, amount=Decimal("30"), reason="Tarnów moves")
    deliver()
    (message,) = told()
    assert message.to == ["olga@customer.example"]
    less = BudgetChange(name="Branch", amount=Decimal("10"), owner_id=boss.member.pk, thresholds=[50, 100])
    change(budget.pk, less, actor=cast.dora.actor, version=1)
    deliver()
    assert len(told()) == 1, "a smaller amount reaches the other one"


def test_the_owner_is_told_when_new_prices_reach_a_threshold(cast: Cast, mailoutbox: list[Any]) -> None:
    ShopTerms.objects.create(pk=1, price_days=5, price_tolerance=Decimal("50"))
    budgets.make(cast.krakow, "200.00", name="Branch", owner=cast.cora.member, thresholds=[60])
    placed = place(cast.anna, now=utc_now() - timedelta(days=6))
    deliver()
    assert not told()
    apps.get_model("partner.StockRecord").objects.update(price=Decimal("120.00"))
    with pytest.raises(Changed):
        actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    deliver()
    assert [message.to for message in told()] == [["cora@customer.example"]]


def test_b4_the_owner_is_told_when_a_reduction_brings_the_delivery_charge_back(
    cast: Cast, mailoutbox: list[Any]
) -> None:
    """510.00 goes to Kraków free of charge; reduced to 495.00 the courier costs 19.00 again: 514.00 of 1,024.00."""
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    budgets.make(
        cast.krakow, "1024.00", name="Branch", owner=cast.cora.member, thresholds=[50], basis="total_net", effect="ask"
    )
    placed = orders.place(cast.anna, records=[carts.stock("D5", price="5.00")], quantity=102)
    deliver()
    assert not told(), "510.00 is less than half of it"
    (line,) = apps.get_model("order.Line").objects.filter(order_id=placed.order_id)
    actions.amend(placed.order_number, actor=cast.ben.actor, version=1, quantities={line.pk: 99}, reason="x")
    assert Placement.objects.get(pk=placed.order_id).total_net == Decimal("514.00")
    deliver()
    assert [message.to for message in told()] == [["cora@customer.example"]]


def told() -> list[Any]:
    found = [message for message in mail.outbox if "budget_threshold" in message.extra_headers["Message-ID"]]
    mail.outbox.clear()
    return found


def test_who_is_asked_reads_in_the_mail_what_it_does_to_the_budget(cast: Cast, mailoutbox: list[Any]) -> None:
    budgets.make(cast.krakow, "200.00", name="Branch")
    place(cast.anna)
    deliver()
    asking: Any = next(message for message in mail.outbox if message.to == ["ben@customer.example"])
    received = next(message for message in mail.outbox if message.to == ["anna@customer.example"])
    for text in (asking.body, asking.alternatives[0][0]):
        assert "Branch" in text
        assert "100,00" in text
    widths = re.findall(r'class="(\w+)" style="width:(\d+)%"', asking.alternatives[0][0])
    assert widths == [("this", "50"), ("free", "50")], "the bar is drawn as it stands"
    assert "Branch" not in received.body


def test_only_who_placed_or_decides_it_sees_the_budgets_of_an_order(cast: Cast) -> None:
    budgets.make(cast.krakow, name="Branch")
    placed = place(cast.anna)
    seen = {
        who.user.email: [found.name for found in queries.order(who.actor, placed.order_number).budgets]
        for who in (cast.anna, cast.ben)
    }
    assert seen == {"anna@customer.example": ["Branch"], "ben@customer.example": ["Branch"]}
    reader = person("Rita", "Read", seat=cast.krakow, rights="see_unit_orders")
    assert queries.order(reader.actor, placed.order_number).budgets == ()


@pytest.mark.parametrize("page", ["basket:summary", "checkout:index", "order"])
def test_pages_say_what_the_order_does_to_the_budget(cast: Cast, visit: Visit, page: str) -> None:
    from django.urls import reverse

    client = visit(cast.anna)
    if page == "order":
        url = reverse("akcept:order", kwargs={"number": place(cast.anna).order_number})
    else:
        url = reverse(page)
        carts.fill(cast.anna, records=[carts.stock("M1", price="100.00")], quantity=1)
    before = client.get(url).content.decode()
    assert "budget" not in before.lower().replace("/budgets", ""), "no hint at all where there is no budget"
    budgets.make(cast.krakow, "400.00", name="Oddział na zawsze")
    if page == "order":
        url = reverse("akcept:order", kwargs={"number": place(cast.anna).order_number})
    after = client.get(url).content.decode()
    assert "Oddział na zawsze" in after
    assert 'role="img"' in after
    left = re.search(r"300[.,]00", after)
    assert left, after


def test_the_page_of_a_refused_order_shows_the_budget_too(cast: Cast, visit: Visit) -> None:
    budgets.make(cast.krakow, "50.00", name="Oddział na zawsze")
    client = visit(cast.anna)
    carts.fill(cast.anna, records=[carts.stock("M1", price="100.00")], quantity=1)
    text = client.get(reverse("checkout:index")).content.decode()
    assert text.count("Oddział na zawsze") > 1
    assert 'role="img"' in text


def test_the_journal_says_which_budgets_bound_an_order(cast: Cast) -> None:
    budget = budgets.make(cast.krakow)
    placed = place(cast.anna)
    assert Entry.objects.get(topic="order.placed", subject_id=placed.order_number).payload["budgets"] == [budget.pk]


# --- as many statements for one budget as for five ---


def test_one_and_five_budgets_take_the_same_statements(cast: Cast) -> None:
    place(cast.anna)
    counts = {}
    for number in (1, 5):
        for _ in range(number - Budget.objects.count()):
            budgets.make(cast.krakow, "100000.00")
        record = carts.stock("M100-00")
        first, second = (orders.place(cast.anna, records=[record], quantity=1) for _ in range(2))
        cart = carts.fill(cast.anna, records=[record], quantity=1)
        counts[number] = (
            len(statements(lambda cart=cart: orders.place_cart(cast.anna, cart))),
            len(statements(lambda one=first: actions.accept(one.order_number, actor=cast.ben.actor, version=1))),
            len(
                statements(
                    lambda one=second: actions.reject(one.order_number, actor=cast.ben.actor, version=1, reason="no")
                )
            ),
            len(statements(lambda one=second: order_reader().document(one.order_id))),
        )
    assert counts[1] == counts[5], counts
