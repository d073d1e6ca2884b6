"""The day tests of answers stand on, and terms of what they are made of."""

from __future__ import annotations

from datetime import date

from akcept.agreements.answers import (
    Agreement,
    PriceList,
    Terms,
)

DAY = date(2026, 12, 1)


def terms_of(agreements: list[Agreement], *lists: PriceList) -> Terms:
    return Terms(agreements=tuple(agreements), lists={each.id: each for each in lists})
