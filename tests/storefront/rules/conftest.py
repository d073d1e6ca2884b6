"""Dora, who manages the rules of Acme."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from akcept.testing.cast import Cast
from tests.conftest import Visit


@pytest.fixture
def dora(cast: Cast, visit: Visit) -> Iterator[Client]:
    with translation.override("en"):
        yield visit(cast.dora)
