"""How often something may be asked: counted in Django's cache, per process unless that is shared (Redis)."""

from __future__ import annotations

from django.core.cache import cache
from django.utils.translation import gettext as _

from akcept.kernel.errors import TooOften


def require_seldom(name: str, *, limit: int, seconds: int) -> None:
    """Count one more; raise TooOften beyond the limit until that many seconds after the first have passed."""
    key = f"akcept:throttle:{name}"
    cache.add(key, 0, seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # it ended between the two lines
        return
    if count > limit:
        raise TooOften(_("That was too often in a short while. Please try again in a few minutes."))
