"""Who keeps budgets in the tests of this folder."""

from __future__ import annotations

import pytest

from akcept.testing.cast import Cast, Person, person


@pytest.fixture
def fay(cast: Cast) -> Person:
    """Keeps the money together at head office."""
    return person("Fay", "Grosz", seat=cast.head_office, rights="manage_budgets")


@pytest.fixture
def gil(cast: Cast) -> Person:
    """Does so for Kraków and what is below it."""
    return person("Gil", "Szeląg", seat=cast.krakow, rights="manage_budgets")
