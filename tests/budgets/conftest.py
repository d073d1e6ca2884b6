"""Who keeps budgets in the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from time_machine import TimeMachineFixture

from akcept.testing.cast import Cast, Person, person


@pytest.fixture(autouse=True)
def _day(time_machine: TimeMachineFixture) -> None:
    """Books are kept by months: it is the same day in November on whatever day the tests run."""
    time_machine.move_to(datetime(2026, 11, 25, 9, 0, tzinfo=UTC), tick=True)


@pytest.fixture
def fay(cast: Cast) -> Person:
    """Keeps the money together at head office."""
    return person("Fay", "Grosz", seat=cast.head_office, rights="manage_budgets")


@pytest.fixture
def gil(cast: Cast) -> Person:
    """Does so for Kraków and what is below it."""
    return person("Gil", "Szeląg", seat=cast.krakow, rights="manage_budgets")
