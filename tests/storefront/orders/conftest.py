"""An order that waits, and the link by which its mail decides it."""

from __future__ import annotations

import pytest

from akcept.ordering.actions import Placed
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.storefront.orders.test_by_mail import _mailed


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    return orders.place(cast.anna, note="Na kwartał")


@pytest.fixture
def link(cast: Cast, waiting: Placed) -> str:
    return _mailed(cast.ben)
