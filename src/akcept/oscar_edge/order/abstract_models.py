"""Oscar's order models as Akcept needs them, for a shop that has forked `order`: its own inherit from these.

An order and its lines refuse to be worked on while the customer has not accepted.
"""

# ruff: noqa: F403  what else Oscar has here is found in this module too
from __future__ import annotations

from typing import Any

from django.db import models
from oscar.apps.order.abstract_models import *
from oscar.apps.order.abstract_models import AbstractLine as OscarLine
from oscar.apps.order.abstract_models import AbstractOrder as OscarOrder
from oscar.apps.order.abstract_models import AbstractOrderDiscount as OscarOrderDiscount

from akcept.ordering import status
from akcept.oscar_edge import guards
from akcept.oscar_edge.work import is_work


class OrderQuerySet(models.QuerySet["AbstractOrder"]):
    """Refuses to change the status of held and ended orders in bulk."""

    def update(self, **kwargs: Any) -> int:
        """Update as Django does. Raises OrderHeld naming the first order that may not be touched."""
        if "status" in kwargs and not guards.is_moving():
            held = self.order_by().filter(status__in=status.NOT_WORK).values_list("number", "status").first()
            if held is not None:
                raise guards.OrderHeld(guards.reason_for(*held))
        return super().update(**kwargs)


class AbstractOrder(OscarOrder):
    """Oscar's order, guarded."""

    objects = OrderQuerySet.as_manager()

    class Meta(OscarOrder.Meta):
        abstract = True

    @classmethod
    def from_db(cls, db: Any, field_names: Any, values: Any) -> AbstractOrder:
        """Remember the status as it was read, so that `save` can tell a change."""
        order: AbstractOrder = super().from_db(db, field_names, values)
        order._status_read = order.__dict__.get("status")
        return order

    def set_status(self, new_status: str) -> None:
        """Walk Oscar's pipeline. Raises OrderHeld with the reason for an order that is not work for the shop."""
        if new_status != self.status:
            guards.require_work(self, guards.OrderHeld)
        with guards.changing(self.pk):
            if new_status != self.status:
                self._take_lines_along(new_status)
            super().set_status(new_status)

    set_status.alters_data = True  # type: ignore[attr-defined]

    def _take_lines_along(self, new_status: str) -> None:
        """Move the lines that may follow in one statement, before Oscar would each by itself."""
        following = self.cascade.get(new_status)
        pipeline = self.lines.model.pipeline
        movable = [before for before, to in pipeline.items() if following in to]
        if movable:
            self.lines.filter(status__in=movable).update(status=following)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save as Oscar does. Raises OrderHeld when that would take a held or ended order out of its status."""
        before = getattr(self, "_status_read", None)
        if before in status.NOT_WORK and self.status != before and not guards.is_moving():
            raise guards.OrderHeld(guards.reason_for(self.number, before))
        super().save(*args, **kwargs)
        self._status_read = self.status


class LineQuerySet(models.QuerySet["AbstractLine"]):
    """Refuses to change the status of lines of held and ended orders in bulk."""

    def update(self, **kwargs: Any) -> int:
        """Update as Django does. Raises OrderHeld naming the first order that may not be touched."""
        if "status" in kwargs and not guards.is_moving():
            closed = self.order_by().filter(order__status__in=status.NOT_WORK)
            held = closed.values_list("order__number", "order__status").first()
            if held is not None:
                raise guards.OrderHeld(guards.reason_for(*held))
        return super().update(**kwargs)


class AbstractLine(OscarLine):
    """Oscar's order line, guarded like its order."""

    objects = LineQuerySet.as_manager()

    class Meta(OscarLine.Meta):
        abstract = True

    def set_status(self, new_status: str) -> None:
        """Walk Oscar's line pipeline. Raises OrderHeld with the reason."""
        guards.require_work(self.order, guards.OrderHeld)
        with guards.changing(self.order_id):
            super().set_status(new_status)

    set_status.alters_data = True  # type: ignore[attr-defined]


class CountedDiscounts(models.Manager["AbstractOrderDiscount"]):
    """Discounts of orders that are work: what pages and reports about offers and vouchers add up."""

    def get_queryset(self) -> models.QuerySet[AbstractOrderDiscount]:
        """Leave out what was not accepted."""
        return super().get_queryset().filter(is_work("order__"))


class AbstractOrderDiscount(OscarOrderDiscount):
    """Oscar's record of an offer's use; the default manager counts work only, `every` has all."""

    objects = CountedDiscounts()
    every: models.Manager[AbstractOrderDiscount] = models.Manager()

    class Meta(OscarOrderDiscount.Meta):
        abstract = True
