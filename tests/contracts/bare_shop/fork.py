"""Run in an empty folder: forks Oscar's apps with Oscar's own command, and gives them what forks are made for."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.contracts.bare_shop.plain")
django.setup()

from django.apps import apps  # noqa: E402
from django.core.management import call_command  # noqa: E402

#: Every app that Akcept extends, by label; the dashboard before what is inside it.
LABELS = (
    *("order", "offer", "basket", "customer", "checkout"),
    *("dashboard", "orders_dashboard", "reports_dashboard", "users_dashboard"),
    *("catalogue_dashboard", "offers_dashboard", "vouchers_dashboard", "reviews_dashboard"),
)

ORDER = """
    from django.db import models

    from oscar.apps.order.abstract_models import AbstractOrder


    class Order(AbstractOrder):
        cost_object = models.CharField(max_length=40, blank=True)


    from oscar.apps.order.models import *  # noqa
"""
OFFER = """
    from django.db import models

    from oscar.apps.offer.abstract_models import AbstractConditionalOffer


    class ConditionalOffer(AbstractConditionalOffer):
        colour = models.CharField(max_length=20, blank=True)


    from oscar.apps.offer.models import *  # noqa
"""
LIST = """
    from oscar.apps.dashboard.orders.views import OrderListView as BaseOrderListView


    class OrderListView(BaseOrderListView):
        forked = True
"""


def main() -> None:
    """Print the setting `BARE_SHOP_FORKS` for what was made."""
    made = []
    for label in LABELS:
        config = apps.get_app_config(label)
        call_command("oscar_fork_app", label, "forks")
        name = config.name.replace("oscar.apps", "forks", 1)
        kind = type(config)
        made.append(f"{kind.__module__}.{kind.__name__}={name}.apps.{kind.__name__}")
    for file, text in (("order/models", ORDER), ("offer/models", OFFER), ("dashboard/orders/views", LIST)):
        Path(f"forks/{file}.py").write_text(dedent(text).lstrip())
    print("forks:", ",".join(made))


if __name__ == "__main__":
    main()
