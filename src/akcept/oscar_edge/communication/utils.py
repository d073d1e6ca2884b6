"""The mails Oscar still sends itself: their links lead where those of all others do."""

# ruff: noqa: F403  what else Oscar has here is found in this module too
from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from oscar.apps.communication.utils import *
from oscar.apps.communication.utils import Dispatcher as OscarDispatcher


@dataclass(frozen=True, slots=True)
class Shop:
    """What Oscar's templates ask of a site. The sites framework's row is nobody's to keep right."""

    domain: str
    name: str

    def __str__(self) -> str:
        return self.name


def shop() -> Shop | None:
    """Return what stands for the site in mails; None where the shop does not say where links lead."""
    address = urlsplit(getattr(settings, "AKCEPT_BASE_URL", ""))
    return Shop(domain=address.netloc, name=settings.OSCAR_SHOP_NAME) if address.netloc else None


class Dispatcher(OscarDispatcher):
    """Oscar's sender of all its mails: about orders, alerts and accounts."""

    def get_base_context(self, **kwargs: Any) -> dict[str, Any]:
        """Return what every mail is rendered with; without `AKCEPT_BASE_URL` the sites framework's row, as in Oscar."""
        known = shop()
        if known is None:
            return {"shop_name": settings.OSCAR_SHOP_NAME, **super().get_base_context(**kwargs)}
        return {**kwargs, "site": known, "base_url": settings.AKCEPT_BASE_URL, "shop_name": known.name}
