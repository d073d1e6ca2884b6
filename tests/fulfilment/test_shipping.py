"""Issue 12, point 2: what a warehouse tells of parcels and statuses goes through the shop's own pipeline, once."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from akcept.fulfilment import actions, queries
from akcept.fulfilment.actions import Packed
from akcept.kernel.errors import IllegalMove, Invalid, InvalidLines, NotAllowed, NotFound
from akcept.ordering import actions as ordering
from akcept.ordering.queries.work import HeldByCustomer
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from tests.support.api import system_of
from tests.support.history import history
from tests.support.statements import statements


def _accepted(cast: Cast, **terms: Any) -> str:
    number = orders.place(cast.anna, **terms).order_number
    ordering.accept(number, actor=cast.ben.actor, version=1)
    return number


def _order(number: str) -> Any:
    return apps.get_model("order.Order").objects.get(number=number)


def _stock(sku: str) -> tuple[int, int]:
    record = apps.get_model("partner.StockRecord").objects.get(partner_sku=sku)
    return record.num_in_stock, record.num_allocated


def _topics(number: str) -> list[str]:
    return [entry.topic for entry in history("order", number)]


def test_a_parcel_is_an_event_of_the_shop_and_its_pieces_leave_the_stock(cast: Cast) -> None:
    number = _accepted(cast, lines=2, quantity=5)
    assert _stock("S1") == (1000, 5)
    told = actions.ship(
        number, actor=cast.mia.actor, parcel=" 00-1 ", carrier="DPD", packed=[Packed(code="S1", quantity=3)]
    )
    assert (told.parcel, told.left, told.status) == ("00-1", 7, "in_progress")
    assert (_stock("S1"), _stock("S2")) == ((997, 2), (1000, 5))
    rest = actions.ship(number, actor=cast.mia.actor, parcel="00-2", carrier="DPD")
    assert (rest.left, rest.status) == (0, "shipped")
    assert (_stock("S1"), _stock("S2")) == ((995, 0), (995, 0))
    order = _order(number)
    events = order.shipping_events.order_by("pk")
    assert [(event.event_type.code, event.notes) for event in events] == [
        ("shipped", "DPD 00-1"),
        ("shipped", "DPD 00-2"),
    ]
    assert list(order.lines.values_list("status", "num_allocated")) == [("shipped", 0)] * 2
    changes = order.status_changes.order_by("pk").values_list("new_status", flat=True)
    assert list(changes) == ["unhandled", "in_progress", "packed", "shipped"]
    (first, second) = queries.parcels([order.pk])[order.pk]
    assert [(line.sku, line.quantity) for line in first.lines] == [("S1", 3)]
    assert [(line.sku, line.quantity) for line in second.lines] == [("S1", 2), ("S2", 5)]
    assert _topics(number).count("order.shipped") == 2


def test_the_same_parcel_told_again_changes_nothing_and_another_content_is_refused(cast: Cast) -> None:
    number = _accepted(cast, lines=2, quantity=5)
    packed = [Packed(code="590S1", quantity=2), Packed(code="S1", quantity=1)]
    first = actions.ship(number, actor=cast.mia.actor, parcel="P", carrier="DPD", packed=packed)
    for again in (packed, [Packed(code="S1", quantity=3)], None):
        assert actions.ship(number, actor=cast.mia.actor, parcel="P", carrier="DPD", packed=again) == first
    assert _stock("S1") == (997, 2)
    assert _topics(number).count("order.shipped") == 1
    for carrier, other in (
        ("GLS", packed),
        ("DPD", [Packed(code="S1", quantity=2)]),
        ("DPD", [Packed(code="S2", quantity=9)]),
    ):
        with pytest.raises(IllegalMove, match="told of this order already"):
            actions.ship(number, actor=cast.mia.actor, parcel="P", carrier=carrier, packed=other)


def test_a_held_order_and_one_that_ended_refuse_all_of_it(cast: Cast) -> None:
    held, rejected = (orders.place(cast.anna).order_number for _each in range(2))
    ordering.reject(rejected, actor=cast.ben.actor, version=1, reason="no")
    before = _stock("S1")
    for number in (held, rejected):
        with pytest.raises(HeldByCustomer) as refused:
            actions.ship(number, actor=cast.mia.actor, parcel="P")
        assert refused.value.code == "order_held"
        with pytest.raises(HeldByCustomer):
            actions.set_status(number, actor=cast.mia.actor, to="in_progress")
    assert _stock("S1") == before
    assert not apps.get_model("akcept_fulfilment.Parcel").objects.exists()


def test_an_acceptance_cannot_be_taken_back_once_a_parcel_left(cast: Cast) -> None:
    number = _accepted(cast)
    actions.ship(number, actor=cast.mia.actor, parcel="P", packed=[Packed(code="S1", quantity=1)])
    with pytest.raises(IllegalMove):
        ordering.revoke(number, actor=cast.ben.actor, version=2, reason="too late")


def test_lines_that_cannot_be_in_the_parcel_are_named_and_nothing_is_done(cast: Cast) -> None:
    number = _accepted(cast, lines=2, quantity=5)
    packed = [
        Packed(code="S1", quantity=5),
        Packed(code="NONE", quantity=1),
        Packed(code="S1", quantity=1),
        Packed(code="S2", quantity=0),
        Packed(line_id=0, quantity=1),
        Packed(quantity=1),
    ]
    with pytest.raises(InvalidLines) as refused:
        actions.ship(number, actor=cast.mia.actor, parcel="P", packed=packed)
    assert [place for place, _why in refused.value.problems] == [1, 2, 3, 4, 5]
    assert _stock("S1") == (1000, 5)
    for parcel, carrier, field in (("", "", "parcel"), ("9" * 61, "", "parcel"), ("P", "9" * 61, "carrier")):
        with pytest.raises(Invalid) as wrong:
            actions.ship(number, actor=cast.mia.actor, parcel=parcel, carrier=carrier)
        assert wrong.value.field == field
    with pytest.raises(Invalid):
        actions.ship(number, actor=cast.mia.actor, parcel="P", packed=[])


def test_nothing_is_sent_of_a_cancelled_order_or_line_nor_twice(cast: Cast) -> None:
    number = _accepted(cast, lines=2)
    order = _order(number)
    order.lines.get(partner_sku="S1").set_status("cancelled")
    told = actions.ship(number, actor=cast.mia.actor, parcel="P")
    assert (told.left, told.status) == (0, "shipped")
    assert _stock("S1")[0] == 1000
    with pytest.raises(IllegalMove, match="Nothing of order"):
        actions.ship(number, actor=cast.mia.actor, parcel="Q")
    cancelled = _accepted(cast)
    actions.set_status(cancelled, actor=cast.mia.actor, to="cancelled")
    with pytest.raises(IllegalMove, match="has cancelled"):
        actions.ship(cancelled, actor=cast.mia.actor, parcel="P")


def test_goods_the_shop_counted_too_few_of_have_left_all_the_same(cast: Cast) -> None:
    carts.stock("FEW", number=10)
    number = _accepted(cast, records=[carts.stock("FEW")], quantity=6)
    apps.get_model("partner.StockRecord").objects.filter(partner_sku="FEW").update(num_in_stock=4)
    actions.ship(number, actor=cast.mia.actor, parcel="P")
    assert _stock("FEW") == (0, 0)


def test_an_event_of_the_shop_s_own_page_uses_up_the_stock_too_and_no_line_beyond_its_pieces(cast: Cast) -> None:
    from oscar.apps.order.exceptions import InvalidShippingEvent
    from oscar.core.loading import get_class

    number = _accepted(cast, lines=1, quantity=5)
    order = _order(number)
    kind = apps.get_model("order.ShippingEventType").objects.create(name="Shipped")
    handler, lines = get_class("order.processing", "EventHandler")(), list(order.lines.all())
    handler.handle_shipping_event(order, kind, lines, [4])
    assert _stock("S1") == (996, 1)
    for number_ in (2, 0):
        with pytest.raises(InvalidShippingEvent):
            handler.handle_shipping_event(order, kind, lines, [number_])
    assert actions.ship(number, actor=cast.mia.actor, parcel="P").left == 0
    assert _stock("S1") == (995, 0)


def test_a_status_goes_the_way_of_the_shop_s_pipeline_and_once(cast: Cast) -> None:
    number = _accepted(cast)
    for _again in range(2):
        told = actions.set_status(number, actor=cast.mia.actor, to="in_progress")
        assert (told.status, told.next) == ("in_progress", ("packed", "cancelled"))
    assert _topics(number).count("order.status_set") == 1
    with pytest.raises(IllegalMove, match="packed, cancelled"):
        actions.set_status(number, actor=cast.mia.actor, to="completed")
    for none in ("rejected", "awaiting_acceptance", "made-up", ""):
        with pytest.raises(Invalid):
            actions.set_status(number, actor=cast.mia.actor, to=none)
    actions.set_status(number, actor=cast.mia.actor, to="cancelled")
    assert _stock("S1") == (1000, 0)
    assert not apps.get_model("akcept_oscar_edge.ToGiveBack").objects.exists()


def test_nobody_but_the_shop_s_people(cast: Cast) -> None:
    number = _accepted(cast)
    for person in (cast.anna, cast.ben, cast.dora, cast.otto):
        with pytest.raises(NotAllowed):
            actions.ship(number, actor=person.actor, parcel="P")
        with pytest.raises(NotAllowed):
            actions.set_status(number, actor=person.actor, to="in_progress")
    with pytest.raises(NotFound):
        actions.ship("none", actor=cast.mia.actor, parcel="P")


def test_a_parcel_costs_the_same_however_many_lines(cast: Cast) -> None:
    actions.ship(_accepted(cast, lines=1), actor=cast.mia.actor, parcel="P")  # makes the shop's type of event
    counted = []
    for many in (1, 3):
        number = _accepted(cast, lines=many)
        counted.append(len(statements(lambda number=number: actions.ship(number, actor=cast.mia.actor, parcel="P"))))
    assert counted == [60, 60]


def test_a_warehouse_tells_over_the_api_and_asks_what_was_told(cast: Cast) -> None:
    number, held = _accepted(cast, lines=2, quantity=5), orders.place(cast.anna).order_number
    mia = system_of(cast.mia)
    line = mia.get(f"/work/orders/{number}").json()["lines"][0]
    assert line["ean"] == "590S1"
    body = {"parcel": "00-1", "carrier": "DPD", "lines": [{"line_id": line["id"], "quantity": 4}]}
    first, again = (mia.post(f"/work/orders/{number}/shipments", body) for _call in range(2))
    assert first.status_code == 200, first.content
    assert first.content == again.content
    assert (first.json()["left"], first.json()["status"]) == (6, "in_progress")
    other = mia.post(f"/work/orders/{number}/shipments", {**body, "carrier": "GLS"})
    assert (other.status_code, other.json()["code"]) == (409, "illegal_move")
    wrong = mia.post(f"/work/orders/{number}/shipments", {"parcel": "X", "lines": [{"code": "S9", "quantity": 1}]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_lines")
    assert wrong.json()["errors"][0]["field"] == "lines[0]"
    both = {"parcel": "X", "lines": [{"code": "S1", "line_id": 1, "quantity": 1}]}
    assert mia.post(f"/work/orders/{number}/shipments", both).status_code == 422
    moved = mia.post(f"/work/orders/{number}/status", {"status": "packed"})
    assert (moved.status_code, moved.json()["next"]) == (200, ["shipped", "cancelled"])
    nowhere = mia.post(f"/work/orders/{number}/status", {"status": "unhandled"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (409, "illegal_move")
    seen = mia.get(f"/work/orders/{number}").json()
    assert [(each["parcel"], each["carrier"]) for each in seen["shipments"]] == [("00-1", "DPD")]
    assert [each["left"] for each in seen["lines"]] == [1, 5]
    for path, sent in (("shipments", body), ("status", {"status": "packed"})):
        refused = mia.post(f"/work/orders/{held}/{path}", sent)
        assert (refused.status_code, refused.json()["code"]) == (403, "order_held")
    reader = system_of(cast.mia, scopes=["work:read"])
    assert reader.post(f"/work/orders/{number}/shipments", body).json()["code"] == "scope_missing"
