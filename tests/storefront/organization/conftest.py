"""What tests of the organisation's pages share."""

from __future__ import annotations

import pytest

from akcept.testing.cast import Cast
from tests.storefront.organization.things import Things


@pytest.fixture
def things(cast: Cast) -> Things:
    return Things(cast)
