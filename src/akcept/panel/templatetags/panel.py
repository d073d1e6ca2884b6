"""What the panel's own templates show of Akcept: the number of held orders, where one is in the menu, an order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from akcept.fulfilment import topics as sending
from akcept.fulfilment.queries import SentParcel, parcels_of
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotFound
from akcept.ordering import status
from akcept.ordering.queries import OrderView
from akcept.ordering.queries.merchant import held_count, order_for_staff
from akcept.ordering.validity.agreed_since import told
from akcept.organizations.visitor import staff_of
from akcept.panel import agreed_words
from akcept.panel.agreed_words import PricedBy
from akcept.ui import formats, history
from akcept.ui.sentence import Sentence
from akcept.ui.templatetags.akcept import limited, status_label

register = template.Library()


@register.simple_tag(takes_context=True)
def held_badge(context: dict[str, Any], url: str) -> SafeString | str:
    """Return the number of held orders beside the menu entry that leads to them; counted once a page."""
    if url != reverse("akcept_panel:held"):
        return ""
    number = held_number(context)
    return format_html('<span class="count">{}</span>', limited(number)) if number else ""


@register.filter
def dialled(phone: str) -> str:
    """Return a telephone number as a link dials it."""
    return "".join(char for char in phone if char.isdigit() or char == "+")


@register.filter
def off(per_cent: Decimal) -> str:
    """Return per cent that are taken off, or put on where they are below zero, with their sign."""
    return ("−" if per_cent >= 0 else "+") + formats.per_cent(abs(per_cent))


@register.simple_tag(takes_context=True)
def held_number(context: dict[str, Any]) -> int:
    """Return the number of held orders, counted up to 99 and once a page."""
    request = context["request"]
    if not hasattr(request, "_akcept_held"):
        request._akcept_held = held_count()
    return int(request._akcept_held)


@register.simple_tag(takes_context=True)
def panel_current(context: dict[str, Any], entries: list[Any]) -> str:
    """Return the address of the menu's entry the page belongs to: the longest one that the page's own begins with.

    The shop's order list stands for two entries; narrowed to unhandled orders it is that one's.
    """
    request = context["request"]
    here = request.path
    if here == reverse("dashboard:order-list") and request.GET.get("status") == status.UNHANDLED:
        return reverse("akcept_panel:unhandled")
    urls = [child.url for entry in entries for child in (entry.children or [entry]) if child.url]
    fitting = [url for url in urls if here == url or (here.startswith(url) and url != reverse("dashboard:index"))]
    return max(fitting, key=len, default="")


@register.simple_tag(takes_context=True)
def order_view(context: dict[str, Any], number: str) -> OrderView | None:
    """Return an order as the acceptance knows it; None for one that did not come through this shop's checkout."""
    try:
        return order_for_staff(staff_of(context["request"]), number)
    except NotFound:
        return None


@register.simple_tag
def parcels_sent(order: Any) -> tuple[SentParcel, ...]:
    """Return what left of one of Oscar's orders, the oldest first; one statement."""
    return parcels_of(order.pk, status=order.status)


@register.simple_tag
def whole_history(order: Any, view: OrderView | None) -> list[Sentence]:
    """Return what happened to an order in the order it did: the journal's rows, and steps the shop took beside them.

    A step that somebody is named for is told once, by name.
    """
    entries = view.told if view is not None else ()
    named = {(each.payload["from"], each.payload["to"]) for each in entries if each.topic == sending.STATUS_SET}
    steps = [
        Sentence(
            who="",
            what=f"{status_label(step.old_status)} → {status_label(step.new_status)}",
            said="",
            at=step.date_created,
        )
        for step in order.status_changes.all()
        if step.old_status != status.AWAITING_ACCEPTANCE and (step.old_status, step.new_status) not in named
    ]
    return sorted([*history.sentences(entries, for_staff=True), *steps], key=lambda line: line.at)


@register.simple_tag
def priced_by(view: OrderView | None) -> PricedBy:
    """Return under what an order was placed: its agreements, and why each line costs what it does."""
    return agreed_words.priced_by(view.placement.order_id) if view is not None else PricedBy()


@register.simple_tag
def agreed_since(view: OrderView) -> list[str]:
    """Return what was agreed when a pending order was placed and no longer is, and what accepting it does."""
    return told(view.placement, prices_end=view.prices_until, now=utc_now()) if view.is_open else []
