"""What agreements need from the shop underneath: its goods at the shop's own prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from akcept.agreements.answers import Answer, Price

#: No longer text is taken as a list of codes.
MOST_TEXT: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What one customer pays for a product at a quantity, and from how many pieces on another price counts."""

    answer: Answer
    steps: tuple[tuple[int, Price], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedLine:
    """A product that was asked about, and what each of the customers pays, in their order."""

    code: str
    name: str
    quantity: int
    offered: tuple[Offered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedGoods:
    """What was asked about; `unknown` are the lines (number, as typed) that name no product or no quantity."""

    lines: tuple[OfferedLine, ...] = ()
    unknown: tuple[tuple[int, str], ...] = ()


class Counter(Protocol):
    """Where the shop tells what somebody pays. One implementation: `akcept.oscar_edge.counter.OscarCounter`."""

    def deliveries(self) -> list[tuple[str, str]]:
        """Return the ways of delivery the shop knows, each by its code and name; no statement."""

    def offered(self, text: str, *, unit_ids: Sequence[int | None], day: date) -> OfferedGoods:
        """Return what units (None: somebody nothing was agreed with) pay on a day for goods, each at its quantity.

        The text has a code or EAN on each line, and how many, one where it does not say; read as quick order reads it.
        Net prices of one piece. The number of statements does not depend on how many lines there are. Raises Invalid
        (field `codes`) for more lines than quick order takes.
        """


def counter() -> Counter:
    """Return the counter named by the setting `AKCEPT_COUNTER`."""
    path = getattr(settings, "AKCEPT_COUNTER", "akcept.oscar_edge.counter.OscarCounter")
    return import_string(path)()  # type: ignore[no-any-return]
