from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def akcept(request: HttpRequest) -> dict[str, Any]:
    """What Akcept's menus and pages need; everything lazy, so that a page that shows none of it asks nothing."""
    return {}
