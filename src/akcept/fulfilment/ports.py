"""What this room needs from the shop underneath; `akcept.oscar_edge` provides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLeft:
    """A line of an order and how many of its pieces have not left yet; none of a line that was cancelled."""

    line_id: int
    sku: str
    ean: str
    title: str
    left: int


class Shipper(Protocol):
    """The shop's pipeline and its shipping events. One implementation: `akcept.oscar_edge.shipper.OscarShipper`.

    All that writes is called inside the action's transaction, with the order locked.
    """

    def lines_left(self, order_id: int) -> tuple[LineLeft, ...]:
        """Return the order's lines; a constant number of statements."""

    def ship(self, order_id: int, pieces: Mapping[int, int], *, reference: str, at: datetime) -> int:
        """Write a shipping event for pieces of lines, by their ids, and return its id; their stock is used up then.

        A constant number of statements, however many lines. Raises NotAllowed where the order is nobody's work,
        IllegalMove where the shop's own event handler refuses.
        """

    def moves(self, order_id: int) -> tuple[str, ...]:
        """Return to which statuses the pipeline lets the order go now."""

    def move(self, order_id: int, to: str) -> None:
        """Move the order one step on. Raises NotAllowed, IllegalMove."""

    def advance(self, order_id: int, *, whole: bool) -> str:
        """Move an order, some of which was sent, as far as the pipeline goes without anybody's say; return its status.

        Sent whole it is shipped, where the pipeline has that; else it is in progress at least.
        """


def shipper() -> Shipper:
    """Return the shipper named by the setting `AKCEPT_SHIPPER`."""
    path = getattr(settings, "AKCEPT_SHIPPER", "akcept.oscar_edge.shipper.OscarShipper")
    return import_string(path)()  # type: ignore[no-any-return]
