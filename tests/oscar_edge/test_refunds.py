"""What the shop gives back: stock and money together, and never lost with a process."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils.translation import override

from akcept.budgets import reasons
from akcept.budgets.models import LedgerRow
from akcept.budgets.queries import detail
from akcept.kernel.clock import utc_now
from akcept.ordering.money import bookings
from akcept.ordering.reactions import ticking
from akcept.oscar_edge import refunds
from akcept.oscar_edge.models import ToGiveBack
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast
from tests.support.databases import Private
from tests.support.statements import statements


class Killed(BaseException):
    """As `kill -9`: nothing after it is done, no handler of errors runs."""


@pytest.fixture
def spent(cast: Cast) -> Any:
    """Ben's order of 2 of A at 10.00 net, 20.00 of the branch's budget."""
    budgets.make(cast.krakow, "1000.00")
    return orders.order(orders.place(cast.ben, records=[carts.stock("A", price="10.00")]))


def _left() -> tuple[Decimal, int]:
    rows = LedgerRow.objects.values_list("amount", flat=True)
    return -sum(rows, Decimal("0.00")), carts.stock("A").num_allocated or 0


def _killed(*_args: object, **_kwargs: object) -> None:
    raise Killed


def test_a7_stock_money_and_status_are_one_transaction(
    each_database: Private, spent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the status and the booking, nothing was done; done again, all of it is."""
    for place in ("akcept.oscar_edge.stock.give_back", "akcept.ordering.money.bookings.given_back"):
        with monkeypatch.context() as cut:
            cut.setattr(place, _killed)
            with pytest.raises(Killed):
                spent.set_status("cancelled")
        spent.refresh_from_db()
        assert (spent.status, _left()) == ("unhandled", (Decimal("20.00"), 2))
    spent.set_status("cancelled")
    assert (spent.status, _left()) == ("cancelled", (Decimal("0.00"), 0))
    assert not ToGiveBack.objects.exists()


def test_a7_a_line_and_its_money_are_one_transaction(
    each_database: Private, spent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as cut:
        cut.setattr(bookings, "given_back", _killed)
        with pytest.raises(Killed):
            spent.lines.get().set_status("cancelled")
    assert spent.lines.get().status == "unhandled"
    spent.lines.get().set_status("cancelled")
    assert _left()[0] == Decimal("0.00")


def _refund(order: Any) -> None:
    kind = apps.get_model("payment.SourceType").objects.get_or_create(code="cash", name="Cash")[0]
    source = apps.get_model("payment.Source").objects.create(order=order, source_type=kind, amount_debited=100)
    source.refund(order.total_incl_tax)


def _note_refund(order: Any) -> None:
    kind = apps.get_model("order.PaymentEventType").objects.get_or_create(code="refund", name="Refund")[0]
    apps.get_model("order.PaymentEvent").objects.create(order=order, event_type=kind, amount=order.total_incl_tax)


@pytest.mark.parametrize("way", [_refund, _note_refund])
def test_a7_a_refund_whose_process_was_killed_is_booked_by_the_relay(
    each_database: Private, spent: Any, monkeypatch: pytest.MonkeyPatch, way: Any
) -> None:
    """Oscar saves it in a transaction of its own: what follows is caught up with."""
    with monkeypatch.context() as cut:
        cut.setattr(bookings, "given_back", _killed)
        with pytest.raises(Killed):
            way(spent)
    assert _left()[0] == Decimal("20.00")
    ticking.tick()
    assert _left()[0] == Decimal("20.00"), "whoever is at it has a minute"
    for _ in range(2):
        ticking.tick(now=utc_now() + timedelta(seconds=61))
        assert _left()[0] == Decimal("0.00")
    assert LedgerRow.objects.filter(kind="credit").count() == 1
    assert not ToGiveBack.objects.exists()


def test_a7_a_refund_leaves_nothing_to_catch_up_with(each_database: Private, spent: Any) -> None:
    _refund(spent)
    assert _left()[0] == Decimal("0.00")
    assert not ToGiveBack.objects.exists()


def test_a7_cancelled_by_a_statement_that_asks_nobody(each_database: Private, spent: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE order_order SET status = 'cancelled' WHERE id = %s", [spent.pk])
    assert _left() == (Decimal("20.00"), 2)
    ticking.tick(now=utc_now() + timedelta(minutes=2))
    assert _left() == (Decimal("0.00"), 0)


def test_a7_one_order_that_cannot_be_done_stops_no_other(
    each_database: Private, cast: Cast, spent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = orders.order(orders.place(cast.ben, records=[carts.stock("A")]))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE order_order SET status = 'cancelled'")
    given = bookings.given_back

    def fails(order_id: int, **more: Any) -> None:
        if order_id == spent.pk:
            raise LookupError("its row is odd")
        given(order_id, **more)

    monkeypatch.setattr(bookings, "given_back", fails)
    ticking.tick(now=utc_now() + timedelta(minutes=2))
    assert list(ToGiveBack.objects.values_list("order_id", flat=True).distinct()) == [spent.pk]
    assert _left() == (Decimal("20.00"), 2)
    assert other.pk != spent.pk


def test_a7_an_order_that_was_deleted_meanwhile(each_database: Private, db: None) -> None:
    ToGiveBack.objects.create(order_id=999, at=utc_now() - timedelta(hours=1))
    refunds.catch_up(now=utc_now(), stopped=lambda: False)
    assert not ToGiveBack.objects.exists()


@pytest.mark.django_db
def test_a7_looking_costs_one_statement() -> None:
    assert len(statements(lambda: refunds.catch_up(now=utc_now(), stopped=lambda: False))) == 1


@pytest.mark.parametrize(
    ("kept", "polish", "english"),
    [
        ("cancelled by the shop", "anulowane przez sklep", "cancelled by the shop"),
        ("anulowane przez sklep", "anulowane przez sklep", "cancelled by the shop"),
        ("anulowane przez sklep: Papier: A4", "anulowane przez sklep: Papier: A4", "cancelled by the shop: Papier: A4"),
        (
            "cancelled by the shop: 100 % bawełna",
            "anulowane przez sklep: 100 % bawełna",
            "cancelled by the shop: 100 % bawełna",
        ),
        ("zwrot na fakturę", "zwrot na fakturę", "zwrot na fakturę"),
    ],
)
def test_f9_a_reason_of_the_shops_own_is_told_in_the_readers_language(kept: str, polish: str, english: str) -> None:
    """Rows are never changed: what an older version kept in Polish is known, too."""
    with override("pl"):
        assert reasons.told(kept) == polish
    with override("en"):
        assert reasons.told(kept) == english


def test_f9_whoever_cancels_leaves_their_language_out_of_the_ledger(cast: Cast, spent: Any) -> None:
    with override("pl"):
        spent.set_status("cancelled")
    row = LedgerRow.objects.get(kind="credit")
    assert row.reason == "cancelled by the shop"
    dora, budget = cast.dora.actor, row.budget_id
    for language, said in (("pl", "anulowane przez sklep"), ("en", "cancelled by the shop")):
        with override(language):
            assert said in {line.reason for line in detail(dora, budget).rows.rows}
