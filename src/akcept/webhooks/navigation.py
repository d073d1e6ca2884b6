"""The entry of webhooks in Oscar's dashboard navigation: plain data, for a project's settings."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _


def _for_staff(user: Any, *_args: Any, **_kwargs: Any) -> bool:
    return bool(user.is_staff)


def with_webhooks(navigation: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the navigation with the entry in its last group, which `akcept.panel.navigation.with_akcept` made."""
    entry = {"label": _("Webhooks"), "url_name": "akcept_webhooks:shop_endpoints", "access_fn": _for_staff}
    *others, last = navigation
    return [*others, {**last, "children": [*last["children"], entry]}]
