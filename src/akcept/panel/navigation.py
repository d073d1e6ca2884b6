"""Akcept's entries in Oscar's dashboard navigation: plain data, for a project's settings."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

#: The entry that carries the number of held orders; the panel's template adds it.
HELD = "akcept_panel:held"


def for_staff(user: Any, *_args: Any, **_kwargs: Any) -> bool:
    """Show an entry to staff: Oscar's own rule looks for permissions by a name that only its own pages have."""
    return bool(user.is_staff)


def with_agreements(user: Any, *_args: Any, **_kwargs: Any) -> bool:
    """Show an entry to staff of a shop that has agreements."""
    return for_staff(user) and apps.is_installed("akcept.agreements")


SALES: dict[str, Any] = {
    "label": _("Sales"),
    "icon": "fas fa-shopping-cart",
    "children": [
        {"label": _("Unhandled orders"), "url_name": "akcept_panel:unhandled", "access_fn": for_staff},
        {"label": _("Orders requiring the customer's acceptance"), "url_name": HELD, "access_fn": for_staff},
        {"label": _("All orders in progress and done"), "url_name": "dashboard:order-list"},
        {"label": _("Files of orders"), "url_name": "akcept_panel:order_files", "access_fn": for_staff},
        {"label": _("Statistics"), "url_name": "dashboard:order-stats"},
    ],
}

ADMINISTRATION: dict[str, Any] = {
    "label": _("Administration"),
    "icon": "fas fa-building",
    "children": [
        {"label": _("B2B"), "url_name": "akcept_panel:b2b", "access_fn": for_staff},
        {"label": _("Organisations"), "url_name": "akcept_panel:organizations", "access_fn": for_staff},
        {"label": _("Agreements"), "url_name": "akcept_panel:agreements", "access_fn": with_agreements},
        {"label": _("Price lists"), "url_name": "akcept_panel:price_lists", "access_fn": with_agreements},
        {"label": _("Changes in the shop"), "url_name": "akcept_panel:changes", "access_fn": for_staff},
    ],
}


def with_akcept(navigation: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return Oscar's navigation with Akcept's groups: sales right after the first entry, administration last.

    Oscar's own group with the order list is exchanged for ours, which keeps what else was in it.
    """
    kept = []
    sales = {**SALES, "children": list(SALES["children"])}
    ours = {child["url_name"] for child in sales["children"]}
    for entry in navigation:
        children = entry.get("children", [])
        if any(child.get("url_name") == "dashboard:order-list" for child in children):
            sales["children"] += [child for child in children if child.get("url_name") not in ours]
        else:
            kept.append(entry)
    return [*kept[:1], sales, *kept[1:], ADMINISTRATION]
