"""How xdist hands out the tests: each by itself to whoever is free, but together what shares something dear to make.

xdist's own `loadgroup` writes its groups into the names of tests; pytest 9 looks elsewhere, and nothing is grouped.
"""

from __future__ import annotations

from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

_PLAIN: Final = "the tables of a plain Oscar shop"
_MIGRATED: Final = "a migrated PostgreSQL"

#: Module, or test of it -> the group it is in: one worker runs all of a group, and makes what it shares once.
TOGETHER: Final = {
    "tests/contracts/test_bare_shop.py": _PLAIN,
    "tests/contracts/test_migrations.py::test_migrations_from_zero_on_postgresql": _MIGRATED,
    "tests/contracts/test_migrations.py::test_g2_g3_back_forth_and_out_on_postgresql": _MIGRATED,
    "tests/contracts/test_server_guide.py": _MIGRATED,
}


def group_of(nodeid: str) -> str:
    """Return the group of a test; its own name where it stands alone."""
    return TOGETHER.get(nodeid, TOGETHER.get(nodeid.partition("::")[0], nodeid))


class HandingOut(LoadScopeScheduling):
    """Groups go first, the largest before others, then tests in the order they were collected in."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> HandingOut | None:
    """Answer xdist: this way, unless one was asked for by name."""
    return HandingOut(config, log) if config.getoption("dist") == "load" else None
