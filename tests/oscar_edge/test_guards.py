"""Nobody works on what the customer has not accepted: by page, admin, model code, bulk, or SQL; the reason is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.serializers import serialize
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError, QuerySet
from django.test import Client
from django.urls import reverse
from oscar.apps.order.exceptions import InvalidOrderStatus, InvalidPaymentEvent, InvalidShippingEvent
from oscar.core.loading import get_class

from akcept.ordering import actions
from akcept.oscar_edge.guards import OrderHeld
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.support.databases import Private


def _closed(cast: Cast, kind: str) -> Any:
    """Return the shop's row of a held, or of a rejected order."""
    placed = orders.place(cast.anna)
    if kind == "rejected":
        actions.reject(placed.order_number, actor=cast.ben.actor, version=1, reason="no")
    return orders.order(placed)


@pytest.fixture(params=["held", "rejected"])
def closed(request: pytest.FixtureRequest, cast: Cast) -> Any:
    return _closed(cast, request.param)


@pytest.fixture
def mia(cast: Cast, visit: Visit) -> Client:
    return visit(cast.mia, superuser=True)


def _handler() -> Any:
    return get_class("order.processing", "EventHandler")()


def _ship(order: Any) -> None:
    kind = apps.get_model("order.ShippingEventType").objects.get_or_create(code="sent", name="Sent")[0]
    lines = list(order.lines.all())
    _handler().handle_shipping_event(order, kind, lines, [line.quantity for line in lines])


def _pay(order: Any) -> None:
    kind = apps.get_model("order.PaymentEventType").objects.get_or_create(code="paid", name="Paid")[0]
    lines = list(order.lines.all())
    _handler().handle_payment_event(order, kind, Decimal("1.00"), lines, [line.quantity for line in lines])


def _pay_source(order: Any) -> None:
    kind = apps.get_model("payment.SourceType").objects.get_or_create(code="cash", name="Cash")[0]
    apps.get_model("payment.Source").objects.create(order=order, source_type=kind, amount_debited=1)


def _save(order: Any) -> None:
    order.status = "unhandled"
    order.save()


def _save_line(order: Any) -> None:
    line = order.lines.first()
    line.quantity = 99
    line.save()


def _copy(line: Any) -> dict[str, Any]:
    kept = {field.attname: getattr(line, field.attname) for field in line._meta.concrete_fields}
    return {name: value for name, value in kept.items() if name not in ("id", "order_id")}


CODE: dict[str, Callable[[Any], Any]] = {
    "set_status": lambda order: order.set_status("unhandled"),
    "save": _save,
    "event handler": lambda order: _handler().handle_order_status_change(order, "in_progress"),
    "bulk update": lambda order: type(order).objects.filter(pk=order.pk).update(status="shipped"),
    "update of everything": lambda order: type(order).objects.update(status="shipped"),
    "line": lambda order: order.lines.first().set_status("shipped"),
    "line saved": _save_line,
    "lines in bulk": lambda order: order.lines.update(status="shipped"),
    "every line": lambda order: type(order.lines.first()).objects.update(status="shipped"),
    "line added": lambda order: order.lines.create(**_copy(order.lines.first())),
    "line deleted": lambda order: order.lines.first().delete(),
    "lines deleted": lambda order: order.lines.all().delete(),
    "price deleted": lambda order: order.line_prices.first().delete(),
    "surcharge": lambda order: order.surcharges.create(name="x", code="x", incl_tax=1, excl_tax=1),
    "address": lambda order: order.shipping_address.save(),
    "address deleted": lambda order: order.shipping_address.delete(),
    "ship": _ship,
    "pay": _pay,
    "payment source": _pay_source,
}
REFUSALS = (InvalidOrderStatus, InvalidShippingEvent, InvalidPaymentEvent)


@pytest.mark.parametrize("way", sorted(CODE))
def test_code_is_refused_with_the_reason(closed: Any, way: str) -> None:
    before = closed.status
    with pytest.raises(REFUSALS, match=rf"{closed.number}"), transaction.atomic():
        CODE[way](closed)
    closed.refresh_from_db()
    assert closed.status == before
    assert not closed.shipping_events.exists()
    assert not closed.payment_events.exists()
    assert not closed.sources.exists()
    assert [(line.quantity, line.status) for line in closed.lines.all()] == [(2, before)] * 3
    assert closed.line_prices.count() == 3
    assert closed.shipping_address is not None


def test_deleting_is_refused(closed: Any) -> None:
    with pytest.raises(ProtectedError):
        closed.delete()


def test_accepted_order_walks_the_pipeline(cast: Cast) -> None:
    placed = orders.place(cast.anna)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    order = orders.order(placed)
    for following in ("in_progress", "packed", "shipped", "completed"):
        order.set_status(following)
    _pay(order)
    assert orders.order(placed).status == "completed"


def test_nothing_leads_into_being_held(cast: Cast) -> None:
    order = orders.order(orders.place(cast.ben))
    with pytest.raises(InvalidOrderStatus):
        order.set_status("awaiting_acceptance")


def test_database_itself_refuses(each_database: Private, cast: Cast) -> None:
    for kind in ("held", "rejected"):
        order = _closed(cast, kind)
        for status in ("unhandled", "shipped", "anything"):
            with pytest.raises(DatabaseError, match="akcept"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("UPDATE order_order SET status = %s WHERE id = %s", [status, order.pk])
        assert apps.get_model("order.Order").objects.get(pk=order.pk).status == order.status
    free = orders.order(orders.place(cast.ben))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE order_order SET status = 'shipped' WHERE id = %s", [free.pk])


def _from_a_file(order: Any, tmp_path: Path) -> None:
    """As `loaddata` does: without the model's own `save`."""
    row = json.loads(serialize("json", [order]))
    row[0]["fields"]["status"] = "unhandled"
    file = tmp_path / "orders.json"
    file.write_text(json.dumps(row))
    call_command("loaddata", str(file), verbosity=0)


def _upsert(order: Any, _tmp_path: Path) -> None:
    order.status = "unhandled"
    type(order).objects.bulk_create([order], update_conflicts=True, update_fields=["status"], unique_fields=["number"])


def _bulk_update(order: Any, _tmp_path: Path) -> None:
    order.status = "unhandled"
    type(order).objects.bulk_update([order], ["status"])


def _past_the_manager(order: Any, _tmp_path: Path) -> None:
    QuerySet(type(order)).filter(pk=order.pk).update(status="unhandled")


@pytest.mark.parametrize("way", [_from_a_file, _upsert, _bulk_update, _past_the_manager])
def test_import_or_raw_write_releases_nothing(
    each_database: Private, cast: Cast, tmp_path: Path, way: Callable[[Any, Path], None]
) -> None:
    for kind in ("held", "rejected"):
        order = _closed(cast, kind)
        before = order.status
        with pytest.raises((DatabaseError, OrderHeld)), transaction.atomic():
            way(order, tmp_path)
        assert apps.get_model("order.Order").objects.get(pk=order.pk).status == before


POSTS: dict[str, dict[str, Any]] = {
    "status": {"order_action": "change_order_status", "new_status": "unhandled"},
    "line statuses": {"line_action": "change_line_statuses", "new_status": "shipped"},
    "shipping event": {"line_action": "create_shipping_event", "shipping_event_type": "sent"},
    "payment event": {"line_action": "create_payment_event", "payment_event_type": "paid"},
    "order payment event": {"order_action": "create_order_payment_event", "amount": "1.00"},
}


@pytest.mark.parametrize("way", sorted(POSTS))
def test_page_is_refused_with_the_reason(closed: Any, mia: Client, way: str) -> None:
    before = closed.status
    answer = mia.post(reverse("dashboard:order-detail", args=[closed.number]), POSTS[way], follow=True)
    assert answer.redirect_chain[0][0] == reverse("akcept_panel:order", args=[closed.number])
    said = answer.content.decode()
    assert ("awaits the customer" in said) or ("The customer rejected order" in said)
    closed.refresh_from_db()
    assert closed.status == before


def test_bulk_change_names_what_it_leaves_alone_and_does_the_rest(cast: Cast, mia: Client) -> None:
    held, work = _closed(cast, "held"), orders.order(orders.place(cast.ben))
    data = {"action": "change_order_statuses", "new_status": "in_progress", "selected_order": [held.pk, work.pk]}
    answer = mia.post(reverse("dashboard:order-list"), data, follow=True)
    assert f"Order {held.number} awaits" in answer.content.decode()
    held.refresh_from_db()
    work.refresh_from_db()
    assert (held.status, work.status) == ("awaiting_acceptance", "in_progress")


def test_admin_shows_it_read_only_with_the_reason(closed: Any, mia: Client) -> None:
    page = reverse("admin:order_order_change", args=[closed.pk])
    shown = mia.get(page).content.decode()
    assert 'name="status"' not in shown
    assert str(closed.number) in shown
    before = closed.status
    assert mia.post(page, {"status": "unhandled"}).status_code == 403
    assert mia.post(reverse("admin:order_order_delete", args=[closed.pk]), {"post": "yes"}).status_code == 403
    closed.refresh_from_db()
    assert closed.status == before


def _fields(page: str) -> dict[str, str]:
    """Return what an admin's form would send as it stands."""
    found = dict(re.findall(r'<input [^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    found |= {name: value for value, name in re.findall(r'<input [^>]*value="([^"]*)"[^>]*name="([^"]+)"', page)}
    for name, options in re.findall(r'(?s)<select [^>]*name="([^"]+)".*?>(.*?)</select>', page):
        chosen = re.findall(r'value="([^"]*)" selected', options)
        found[name] = chosen[0] if chosen else ""
    return {name: value for name, value in found.items() if not name.startswith("_")}


def test_admin_changes_and_deletes_nothing_of_what_an_order_holds(
    sqlite_file: Private, closed: Any, mia: Client
) -> None:
    line = closed.lines.first()
    before = (line.quantity, line.status)
    page = reverse("admin:order_line_change", args=[line.pk])
    shown = _fields(mia.get(page).content.decode())
    tries = [
        mia.post(page, {**shown, "quantity": "99", "status": "shipped"}),
        mia.post(reverse("admin:order_line_delete", args=[line.pk]), {"post": "yes"}),
        mia.post(
            reverse("admin:order_line_changelist"),
            {"action": "delete_selected", "_selected_action": line.pk, "post": "yes"},
        ),
        mia.post(
            reverse("admin:order_shippingevent_add"),
            {"order": closed.pk, "event_type": _kind("order.ShippingEventType"), "notes": ""},
        ),
        mia.post(
            reverse("admin:payment_source_add"),
            {
                **{"order": closed.pk, "source_type": _kind("payment.SourceType"), "currency": "PLN"},
                **{f"amount_{name}": "1.00" for name in ("allocated", "debited", "refunded")},
            },
        ),
    ]
    for answer in tries:
        assert answer.status_code == 403
        assert ("awaits the customer" in _said(answer)) or ("The customer rejected order" in _said(answer))
    line.refresh_from_db()
    assert (line.quantity, line.status) == before
    assert not closed.shipping_events.exists()
    assert not closed.sources.exists()


def _kind(label: str) -> int:
    return int(apps.get_model(label).objects.get_or_create(code="any", name="Any")[0].pk)


def _said(answer: Any) -> str:
    return str(answer.content.decode())


def test_lines_of_work_are_oscars(cast: Cast, mia: Client) -> None:
    line = orders.order(orders.place(cast.ben)).lines.first()
    page = reverse("admin:order_line_change", args=[line.pk])
    assert mia.post(page, {**_fields(mia.get(page).content.decode()), "quantity": "99"}).status_code == 302
    line.refresh_from_db()
    assert line.quantity == 99


def test_cancelling_frees_what_was_reserved(cast: Cast) -> None:
    order = orders.order(orders.place(cast.ben))
    records = apps.get_model("partner.StockRecord").objects
    assert {record.num_allocated for record in records.all()} == {2}
    order.set_status("in_progress")
    order.set_status("cancelled")
    assert {record.num_allocated for record in records.all()} == {0}
    assert {line.num_allocated for line in order.lines.all()} == {0}


def test_refusal_is_both_ours_and_oscars() -> None:
    assert issubclass(OrderHeld, InvalidOrderStatus)
