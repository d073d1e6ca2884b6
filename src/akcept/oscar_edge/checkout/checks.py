"""Settings of a shop that its checkout does not follow with Akcept; told when it starts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.compatibility)
def guests(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Say that nobody orders without logging in, where the shop allows it."""
    if not getattr(settings, "OSCAR_ALLOW_ANON_CHECKOUT", False):
        return []
    return [
        Warning(
            "OSCAR_ALLOW_ANON_CHECKOUT is on, but with Akcept the checkout asks everybody to log in first.",
            hint="An order has to belong to somebody before it can be said who accepts it. Set it to False, or silence "
            "this check when your guests may be sent to the login.",
            id="akcept.W031",
        )
    ]
