"""System checks that look into the database (`check --database default`, `migrate`): what a shop brings with it.

A shop that puts Akcept in has orders and offers from before. Those that its settings or its code no longer know work
on quietly wrong: an order that cannot be moved on, an offer that is left out of every basket.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Count
from django.utils.translation import gettext as _
from oscar.apps.offer.utils import load_proxy
from oscar.core.loading import get_model

from akcept.ordering import status


def order_statuses(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Find orders in statuses that the pipeline does not have: nobody can take them out of those."""
    Order = get_model("order", "Order")
    if not _is_there(Order, databases):
        return []
    found = Order.objects.exclude(status="").order_by("status").values_list("status").annotate(number=Count("pk"))
    lost = [f"{name} ({number})" for name, number in found if name not in Order.pipeline]
    if not lost:
        return []
    text = _("Orders are stuck in statuses that OSCAR_ORDER_STATUS_PIPELINE does not have: %(statuses)s.")
    hint = _('Keep these in it, each with what may follow, for example "%(status)s".') % {"status": status.UNHANDLED}
    return [Warning(text % {"statuses": ", ".join(lost)}, hint=f"{hint} {guide()}", id="akcept.W003")]


def own_classes_of_offers(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Find conditions, benefits and ranges whose class of the shop's own cannot be had: their offers are left out."""
    lost = list(_lost(databases))
    if not lost:
        return []
    text = _("Offers are left out of baskets, because these classes cannot be imported: %(classes)s.")
    hint = _(
        "Let your code import models that Akcept extends from akcept.oscar_edge.offer.models (order, basket), not "
        "from oscar.apps.offer.models."
    )
    return [Warning(text % {"classes": "; ".join(lost)}, hint=f"{hint} {guide()}", id="akcept.W004")]


def guide() -> str:
    """Return where more is said."""
    return _("See docs/extend/install.md.")


def _lost(databases: Sequence[str] | None) -> Iterator[str]:
    for name in ("Condition", "Benefit", "Range"):
        model = get_model("offer", name)
        if not _is_there(model, databases):
            continue
        used = model.objects.exclude(proxy_class=None).exclude(proxy_class="").order_by("proxy_class")
        for path in used.values_list("proxy_class", flat=True).distinct():
            try:
                load_proxy(path)
            except Exception as error:  # noqa: BLE001, RUF100  it is the shop's code, whatever it raises
                yield f"{path} ({error})"


def _is_there(model: Any, databases: Sequence[str] | None) -> bool:
    """Whether the database may be asked, and has the model's table and columns by now."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return False
    connection, table = connections[DEFAULT_DB_ALIAS], model._meta.db_table
    with connection.cursor() as cursor:
        return table in connection.introspection.table_names(cursor)
