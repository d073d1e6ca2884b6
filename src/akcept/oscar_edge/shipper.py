"""Oscar's pipeline and shipping events behind the port of `akcept.fulfilment`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Sum
from oscar.apps.order.exceptions import InvalidOrderStatus, InvalidShippingEvent
from oscar.core.loading import get_class, get_model

from akcept.fulfilment.ports import LineLeft
from akcept.kernel.errors import IllegalMove, NotAllowed
from akcept.ordering import status
from akcept.ordering.status import SHIPPED

#: The shop's word for an order that somebody works on, where its pipeline has it.
_BEGUN: Final = "in_progress"


class OscarShipper:
    """See `akcept.fulfilment.ports.Shipper`."""

    def lines_left(self, order_id: int) -> tuple[LineLeft, ...]:
        """Return the order's lines; two statements."""
        sent = dict(
            get_model("order", "ShippingEventQuantity")
            .objects.filter(event__order_id=order_id, event__event_type__code=SHIPPED)
            .values_list("line_id")
            .annotate(n=Sum("quantity"))
        )
        return tuple(
            LineLeft(
                line_id=line.pk,
                sku=line.partner_sku,
                ean=line.upc or "",
                title=line.title,
                left=0 if line.status == status.CANCELLED else max(0, line.quantity - sent.get(line.pk, 0)),
            )
            for line in get_model("order", "Line").objects.filter(order_id=order_id).order_by("pk")
        )

    def ship(self, order_id: int, pieces: Mapping[int, int], *, reference: str, at: datetime) -> int:
        """Hand the event to the shop's handler (`order.processing`)."""
        order = _order(order_id)
        lines = list(order.lines.filter(pk__in=pieces).order_by("pk"))
        kind, _made = get_model("order", "ShippingEventType").objects.get_or_create(
            code=SHIPPED, defaults={"name": SHIPPED.capitalize()}
        )
        try:
            event = _handler().handle_shipping_event(
                order, kind, lines, [pieces[line.pk] for line in lines], reference=reference
            )
        except InvalidShippingEvent as error:
            if isinstance(error, NotAllowed):
                raise
            raise IllegalMove(str(error)) from error
        get_model("order", "ShippingEvent").objects.filter(pk=event.pk).update(date_created=at)
        return int(event.pk)

    def moves(self, order_id: int) -> tuple[str, ...]:
        """Return what the pipeline says; one statement."""
        return tuple(to for to in _order(order_id).available_statuses() if to not in status.NOT_WORK)

    def move(self, order_id: int, to: str) -> None:
        """Hand the status to the shop's handler."""
        try:
            _handler().handle_order_status_change(_order(order_id), to)
        except InvalidOrderStatus as error:
            if isinstance(error, NotAllowed):
                raise
            raise IllegalMove(str(error)) from error

    def advance(self, order_id: int, *, whole: bool) -> str:
        """Walk the shortest way, step by step, so that whoever listens hears each."""
        order = _order(order_id)
        way: tuple[str, ...] = ()
        if whole:
            way = _way(type(order).pipeline, order.status, SHIPPED)
        if not way and order.status == status.UNHANDLED:
            steps = [step for step in order.available_statuses() if step != status.CANCELLED]
            way = (_BEGUN,) if _BEGUN in steps else tuple(steps[:1])
        for step in way:
            _handler().handle_order_status_change(order, step)
        return str(order.status)


def _order(order_id: int) -> Any:
    return get_model("order", "Order").objects.get(pk=order_id)


def _handler() -> Any:
    return get_class("order.processing", "EventHandler")(told=True)  # by our own action, which knows who and how


def _way(pipeline: Mapping[str, tuple[str, ...]], start: str, end: str) -> tuple[str, ...]:
    """Return the shortest way through a pipeline that cancels nothing; none where there is none, or it is gone."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start, status.CANCELLED, *status.NOT_WORK}
    while ways:
        way = ways.pop(0)
        if way[-1] == end:
            return way[1:]
        following = [step for step in pipeline.get(way[-1], ()) if step not in seen]
        seen.update(following)
        ways += [(*way, step) for step in following]
    return ()
