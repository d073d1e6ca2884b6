"""Oscar's mails that a product is there again: to whom it is there, for the unit they buy for, in their language."""

# ruff: noqa: F403  what else Oscar has here is found in this module too
from __future__ import annotations

from typing import Any

from django.utils import translation
from oscar.apps.customer.alerts import utils as oscar_utils
from oscar.apps.customer.alerts.utils import *
from oscar.core.loading import get_model

from akcept.kernel.actor import Actor
from akcept.organizations.queries import language_of, seat_of
from akcept.oscar_edge import agreed, quotes


class AlertsDispatcher(oscar_utils.AlertsDispatcher):
    """Oscar's sender of what somebody waits for; Oscar itself asks what a product costs nobody in particular."""

    def send_product_alert_email_for_user(self, product: Any) -> None:
        """Tell those who may buy it that a product is there again; the others go on waiting."""
        alerts = list(self._alerts(product))
        in_stock = [record.num_in_stock for record in product.stockrecords.all()]
        scarce = bool(in_stock) and None not in in_stock and len(alerts) > max(in_stock)
        for alert in alerts:
            if _may_buy(alert.user, product):
                with translation.override(language_of(alert.user_id) if alert.user_id else translation.get_language()):
                    self._tell(alert, self.get_extra_context_for_alert(alert, scarce))

    def _alerts(self, product: Any) -> Any:
        ProductAlert = get_model("customer", "ProductAlert")
        ids = [key for key in (product.pk, product.parent_id) if key is not None]
        return ProductAlert.objects.filter(product_id__in=ids, status=ProductAlert.ACTIVE).select_related("user")

    def _tell(self, alert: Any, context: dict[str, Any]) -> None:
        messages = self.dispatcher.get_messages(self.PRODUCT_ALERT_EVENT_CODE, context)
        if alert.user:
            self.notify_user_about_product_alert(alert.user, context)
        alert.close()
        if not messages or not messages["body"]:
            return
        if alert.user:
            self.dispatcher.dispatch_user_messages(alert.user, messages)
        else:
            self.dispatcher.dispatch_direct_messages(alert.get_email_address(), messages)


def _may_buy(user: Any, product: Any) -> bool:
    """Whether a product can be had by somebody, for the unit they act for now; None is a guest."""
    seat = seat_of(Actor.person(user.pk, user.get_full_name())) if user is not None else None
    strategy = quotes.strategy_for(user, agreed.Buyer(unit_id=seat.unit_id if seat else None))
    found = strategy.fetch_for_parent(product) if product.is_parent else strategy.fetch_for_product(product)
    return bool(found.availability.is_available_to_buy)
