"""The number of held orders, for the panel's menu and start page."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from akcept.ordering.held import held_count

register = template.Library()


@register.simple_tag(takes_context=True)
def held_badge(context: dict[str, Any], url: str) -> SafeString | str:
    """Return the number of held orders beside the menu entry that leads to them; counted once a page."""
    if url != reverse("akcept_panel:held"):
        return ""
    number = held_number(context)
    return format_html('<span class="count">{}</span>', number) if number else ""


@register.simple_tag(takes_context=True)
def held_number(context: dict[str, Any]) -> int:
    """Return the number of held orders; counted once a page."""
    request = context["request"]
    if not hasattr(request, "_akcept_held"):
        request._akcept_held = held_count()
    return int(request._akcept_held)
