"""What the pages of an organisation have in common: its tabs, and that there are any."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from akcept.kernel.errors import NotFound
from akcept.organizations import module
from akcept.organizations.visitor import seat_of


def require_module() -> None:
    """Raise NotFound while the shop offers no organisation accounts."""
    if not module.is_enabled():
        raise NotFound(_("This shop does not offer organisation accounts at the moment."))


def tab_context(request: HttpRequest, tab: str) -> dict[str, Any]:
    """Return what the head of every list page of the organisation needs."""
    return {"seat": seat_of(request), "tab": tab}
