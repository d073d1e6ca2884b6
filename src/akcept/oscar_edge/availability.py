"""What can be had of a product: the one decision behind every page, list, file and answer that says it (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Had(StrEnum):
    """Whether a product can be had; also what systems are told."""

    IN_STOCK = "in_stock"
    #: Nothing is left, and the merchant says from which day there is more.
    EXPECTED = "expected"
    #: Nothing is left, and another product stands in its place.
    REPLACED = "replaced"
    #: Nothing is left, and nothing more comes.
    ENDED = "ended"
    OUT_OF_STOCK = "out_of_stock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """The product that stands in another one's place; `code` and `url` are those it is ordered by and shown at."""

    product_id: int
    title: str
    code: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the merchant says of a product beyond its stock; `successor` is one the reader may buy, else None."""

    expected_on: date | None = None
    ended: bool = False
    successor: Successor | None = None
    #: Whether there is a successor at all: the product ends with its stock, whoever may buy what comes after it.
    is_replaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """What can be had: `number` pieces where that is counted, a day where more is expected, a successor."""

    had: Had
    number: int | None = None
    expected_on: date | None = None
    successor: Successor | None = None


def availability(*, can_be_bought: bool, number: int | None, said: Outlook, today: date) -> Availability:
    """Return what can be had of a product of which there are so many pieces, None where nobody counts them.

    What is left is sold, whatever the merchant says of later. A day that is past says nothing any more.
    """
    if can_be_bought:
        return Availability(had=Had.IN_STOCK, number=number)
    if said.successor is not None:
        return Availability(had=Had.REPLACED, successor=said.successor)
    if said.ended or said.is_replaced:
        return Availability(had=Had.ENDED)
    if said.expected_on is not None and said.expected_on > today:
        return Availability(had=Had.EXPECTED, expected_on=said.expected_on)
    return Availability(had=Had.OUT_OF_STOCK)
