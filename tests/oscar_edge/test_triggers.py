"""Triggers of the database: which are there, what they refuse whoever writes, and how they are taken out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from akcept.kernel.actor import Actor
from akcept.ordering import actions
from akcept.oscar_edge import triggers
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.support.databases import Private


def _raw(label: str, **columns: Any) -> Callable[[Any], None]:
    """Return how a row is inserted past every model, signal and receiver."""

    def insert(order: Any) -> None:
        model = apps.get_model(label)
        kind = {name: value() if callable(value) else value for name, value in columns.items()}
        QuerySet(model).bulk_create([model(order=order, **kind)])

    return insert


def _kind(label: str, name: str) -> Callable[[], Any]:
    return lambda: apps.get_model(label).objects.get_or_create(code=name, name=name)[0]


BEGINNINGS = {
    "shipping event": _raw("order.ShippingEvent", event_type=_kind("order.ShippingEventType", "sent")),
    "payment event": _raw("order.PaymentEvent", event_type=_kind("order.PaymentEventType", "paid"), amount=1),
    "source": _raw("payment.Source", source_type=_kind("payment.SourceType", "cash")),
}


def _orders(cast: Cast) -> list[Any]:
    """Return an order in each state that is no work."""
    placed = [orders.place(cast.anna, lines=1) for _ in range(4)]
    actions.reject(placed[1].order_number, actor=cast.ben.actor, version=1, reason="nie")
    actions.withdraw(placed[2].order_number, actor=cast.anna.actor, version=1)
    actions.expire(placed[3].order_number, actor=Actor.system("expiry"))
    return [orders.order(each) for each in placed]


@pytest.mark.parametrize("kind", sorted(BEGINNINGS))
def test_b2_no_sign_of_work_on_what_is_none(each_database: Private, cast: Cast, kind: str) -> None:
    work = orders.order(orders.place(cast.ben, lines=1))
    closed = _orders(cast)
    assert [order.status for order in closed] == ["awaiting_acceptance", "rejected", "withdrawn", "expired"]
    for order in closed:
        with pytest.raises(DatabaseError, match="akcept: this order is not accepted"), transaction.atomic():
            BEGINNINGS[kind](order)
    BEGINNINGS[kind](work)
    table = {"shipping event": "order_shippingevent", "payment event": "order_paymentevent"}.get(kind, "payment_source")
    moving = f"UPDATE {table} SET order_id = %s"  # noqa: S608  a name of ours
    with pytest.raises(DatabaseError, match="akcept"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(moving, [closed[0].pk])


def test_b2_nor_money_on_a_source_that_was_there(each_database: Private, cast: Cast) -> None:
    """A source of before Akcept: the transaction is refused by its order."""
    order = _orders(cast)[0]
    kind = _kind("payment.SourceType", "cash")()
    triggers.take_away(for_good=True)
    Source, Transaction = apps.get_model("payment.Source"), apps.get_model("payment.Transaction")
    QuerySet(Source).bulk_create([Source(order=order, source_type=kind)])
    triggers.install()
    debit = Transaction(source=Source.objects.get(), txn_type="Debit", amount=1, date_created=timezone.now())
    with pytest.raises(DatabaseError, match="akcept"), transaction.atomic():
        QuerySet(Transaction).bulk_create([debit])


def test_b2_what_the_database_refuses_is_a_page_with_the_reason(
    cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The acceptance was taken back while the form was on its way: no receiver saw it, the database did."""
    order = orders.order(orders.place(cast.ben, lines=1))
    held = orders.order(orders.place(cast.anna, lines=1))
    mia = visit(cast.mia, superuser=True)
    form = {"line_action": "create_shipping_event", "shipping_event_type": "sent", "reference": "R 1"}
    _kind("order.ShippingEventType", "sent")()
    line = order.lines.get()
    form |= {"selected_line": str(line.pk), f"selected_line_qty_{line.pk}": "1"}
    model = apps.get_model("order.ShippingEvent")
    saved = model.save

    def too_late(self: Any, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            QuerySet(model).bulk_create([model(order=held, event_type=self.event_type, notes="")])

    monkeypatch.setattr(model, "save", too_late)
    answer = mia.post(f"/dashboard/orders/{order.number}/", form)
    assert answer.status_code == 403
    assert "has just taken the acceptance back" in answer.content.decode()
    monkeypatch.setattr(model, "save", saved)
    assert mia.post(f"/dashboard/orders/{order.number}/", form).status_code == 302
    assert order.shipping_events.count() == 1


def test_b2_all_of_them_are_there_and_can_be_taken_out(each_database: Private) -> None:
    assert triggers.missing("default") == []
    triggers.take_away(for_good=True)
    gone = triggers.missing("default")
    assert {"akcept_order_status", "akcept_given_back_order_order", "akcept_given_back_order_line"} <= set(gone)
    assert sum("begun" in name for name in gone) == (8 if each_database.vendor == "sqlite" else 4)
    triggers.install()
    assert triggers.missing("default") == []
