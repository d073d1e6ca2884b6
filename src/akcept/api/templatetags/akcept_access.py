"""What the pages of access say of scopes."""

from __future__ import annotations

from django import template

from akcept.api.scope_words import WORDS
from akcept.api.scopes import Scope

register = template.Library()


@register.filter
def scope_words(scope: Scope) -> str:
    """Return what a scope lets a system do."""
    return str(WORDS[scope])
