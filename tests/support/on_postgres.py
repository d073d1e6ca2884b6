"""`python -m tests.support.on_postgres ARGS` is pytest, its default database a private PostgreSQL instead of SQLite."""

from __future__ import annotations

import os
import sys

import pytest

from tests.support.postgres import postgres

if __name__ == "__main__":
    with postgres() as cluster:
        os.environ["AKCEPT_TESTS_ON"] = cluster.create_database("akcept_default")
        sys.exit(pytest.main(sys.argv[1:]))
