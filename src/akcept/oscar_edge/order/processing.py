"""Oscar's handling of events: in bulk, under the order's lock; what leaves is taken from stock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Sum
from django.utils.translation import gettext as _
from oscar.apps.order.exceptions import InvalidShippingEvent
from oscar.apps.order.processing import EventHandler as OscarEventHandler
from oscar.core.loading import get_model

from akcept.oscar_edge import guards, stock
from akcept.transactions.acting import together
from akcept.transactions.locking import lock

#: The code of the event type that says that goods left, and the status of an order that left whole.
SHIPPED: Final = "shipped"


class EventHandler(OscarEventHandler):
    """Takes Oscar's arguments; costs the same however many lines. A shop's own may inherit from it."""

    def handle_shipping_event(
        self, order: Any, event_type: Any, lines: Sequence[Any], line_quantities: Sequence[int], **kwargs: Any
    ) -> Any:
        """Write an event; of pieces that left, the stock they had reserved is used up.

        Raises ShippingHeld, InvalidShippingEvent (more than is left of a line).
        """
        with together():
            lock(get_model("order", "Order").objects.filter(pk=order.pk)).first()
            guards.require_work(order, guards.ShippingHeld)
            event = super().handle_shipping_event(order, event_type, lines, line_quantities, **kwargs)
            if event_type.code == SHIPPED:
                stock.use_up({line.pk: number for line, number in zip(lines, line_quantities, strict=True)})
            return event

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
