"""Oscar's handling of events: in bulk, under the order's lock; what leaves is taken from stock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from oscar.apps.order.exceptions import InvalidShippingEvent
from oscar.apps.order.processing import EventHandler as OscarEventHandler
from oscar.core.loading import get_model

from akcept.fulfilment import telling, topics
from akcept.fulfilment.ports import shipper
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel import typed
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.ordering.status import SHIPPED
from akcept.organizations.queries import name_of
from akcept.oscar_edge import guards, stock
from akcept.transactions.acting import together
from akcept.transactions.locking import lock


class EventHandler(OscarEventHandler):
    """Takes Oscar's arguments; costs the same however many lines. A shop's own may inherit from it."""

    def handle_shipping_event(
        self, order: Any, event_type: Any, lines: Sequence[Any], line_quantities: Sequence[int], **kwargs: Any
    ) -> Any:
        """Write an event; of pieces that left, the stock they had reserved is used up, and the buyer is told.

        A handler made with `told` tells nobody: whoever made it does, and knows the carrier. Journal: `order.shipped`.
        Raises ShippingHeld, InvalidShippingEvent (more than is left of a line).
        """
        with together():
            lock(get_model("order", "Order").objects.filter(pk=order.pk)).first()
            guards.require_work(order, guards.ShippingHeld)
            event = super().handle_shipping_event(order, event_type, lines, line_quantities, **kwargs)
            if event_type.code == SHIPPED:
                pieces = {line.pk: number for line, number in zip(lines, line_quantities, strict=True)}
                stock.use_up(pieces)
                if not self.kwargs.get("told"):
                    self._tell(order, event, pieces, reference=str(kwargs.get("reference") or ""))
            return event

    def handle_order_status_change(self, order: Any, new_status: str, note_msg: str | None = None) -> None:
        """Move an order on; moved to shipped, what was still to be sent has left by now."""
        if new_status != SHIPPED or self.kwargs.get("told"):
            super().handle_order_status_change(order, new_status, note_msg=note_msg)
            return
        with together():
            lock(get_model("order", "Order").objects.filter(pk=order.pk)).first()
            self._send_rest(order)
            super().handle_order_status_change(order, new_status, note_msg=note_msg)

    def _send_rest(self, order: Any) -> None:
        left = {line.line_id: line.left for line in shipper().lines_left(order.pk) if line.left}
        if not left or SHIPPED not in order.available_statuses():
            return  # nothing is sent; the move itself says what is wrong with it
        kind, _made = get_model("order", "ShippingEventType").objects.get_or_create(
            code=SHIPPED, defaults={"name": SHIPPED.capitalize()}
        )
        lines = list(order.lines.filter(pk__in=left).order_by("pk"))
        self.handle_shipping_event(order, kind, lines, [left[line.pk] for line in lines])

    def _tell(self, order: Any, event: Any, pieces: Mapping[int, int], *, reference: str) -> None:
        """Tell the buyer as our own action does; an order that came past Akcept has nobody to be told."""
        if getattr(order, "akcept_placement", None) is None:
            return
        at = utc_now()
        number = telling.parcel_of(event.pk, order, typed.line(reference), at=at)
        said = telling.shipped(order, parcel=number, carrier="", pieces=pieces, rest=shipper().lines_left(order.pk))
        happened = Event(topics.SHIPPED, ("order", str(order.number)), said)
        organization_id = order.akcept_placement.organization_id
        journal.write(happened, actor=_actor(self.user), organization_id=organization_id, now=at)

    def validate_shipping_event(
        self, order: Any, event_type: Any, lines: Sequence[Any], line_quantities: Sequence[int], **kwargs: Any
    ) -> None:
        """Raise InvalidShippingEvent where a line has fewer pieces left; one statement."""
        events = get_model("order", "ShippingEventQuantity").objects.filter(
            line__in=[line.pk for line in lines], event__event_type=event_type
        )
        told = Counter(dict(events.values_list("line_id").annotate(n=Sum("quantity"))))
        errors = []
        for line, number in zip(lines, line_quantities, strict=True):
            told[line.pk] += number
            if number < 1 or told[line.pk] > line.quantity:
                errors.append(_("The quantity of “%(product)s” is too large.") % {"product": line.title})
        if errors:
            raise InvalidShippingEvent(" ".join(errors))

    def create_shipping_event(
        self, order: Any, event_type: Any, lines: Sequence[Any], line_quantities: Sequence[int], **kwargs: Any
    ) -> Any:
        """Write the event and its quantities; two statements and the guards'."""
        event = order.shipping_events.create(event_type=event_type, notes=kwargs.get("reference", ""))
        Quantity = get_model("order", "ShippingEventQuantity")
        Quantity.objects.bulk_create(
            Quantity(event=event, line=line, quantity=number)
            for line, number in zip(lines, line_quantities, strict=True)
        )
        return event


def _actor(user: Any) -> Actor:
    return Actor.system("shop") if user is None else Actor.staff(user.pk, name_of(user))
