"""What several contracts look at and takes half a minute to make."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.migrating import migrate
from tests.support.postgres import Postgres


@pytest.fixture(scope="session")
def migrated_postgresql(cluster: Postgres) -> Iterator[str]:
    """Return the address of a PostgreSQL database with the real migrations from zero."""
    url = cluster.create_database("zero")
    migrate(AKCEPT_DATABASE_URL=url)
    yield url
    cluster.drop_database("zero")
