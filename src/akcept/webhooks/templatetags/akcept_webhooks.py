"""What the pages of webhooks say of events and failures."""

from __future__ import annotations

from django import template

from akcept.webhooks.pages.forms import ALL_WORDS, WHY

register = template.Library()


@register.filter
def event_words(kind: str) -> str:
    """Return what an event tells; its own name for one that a later version took away."""
    return str(ALL_WORDS.get(kind, kind))


@register.filter
def why_words(why: str) -> str:
    """Return why a try had no answer."""
    return str(WHY.get(why, why))
