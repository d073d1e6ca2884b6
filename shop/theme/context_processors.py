from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def theme(request: HttpRequest) -> dict[str, Any]:
    """What every page of the shop's theme needs."""
    return {"demo": settings.DEMO}
