"""Whose browser the tests of this folder use."""

from __future__ import annotations

import pytest
from django.test import Client

from akcept.testing.cast import Cast
from tests.conftest import Visit


@pytest.fixture
def dora(visit: Visit, cast: Cast) -> Client:
    return visit(cast.dora)
