from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from akcept.organizations.visitor import sight_of
from akcept.oscar_edge.checkout import guests


def theme(request: HttpRequest) -> dict[str, Any]:
    """What every page of the shop's theme needs."""
    return {
        "demo": settings.DEMO,
        # Somebody who may not order for their organisation is told so where they would.
        "may_fill_basket": SimpleLazyObject(
            lambda: (request.user.is_authenticated or guests.is_guest(request)) and sight_of(request).buys
        ),
    }
