"""An order that waits, for every way it can go."""

from __future__ import annotations

import pytest

from akcept.ordering.actions import Placed
from akcept.testing.cast import Cast
from tests.ordering.actions.on_its_way import place


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    """Anna's order of 6 of A at 10.00 and 4 of B at 25.00 net; delivery by courier is 19.00 below 500.00."""
    return place(cast, {"A": ("10.00", 6), "B": ("25.00", 4)})
