"""The order tests are handed out in: what is slow begins, so that no core waits for it at the end."""

from __future__ import annotations

import subprocess
import sys

from tests.support.processes import ROOT


def test_slow_tests_are_handed_out_first() -> None:
    command = [sys.executable, "-m", "pytest", "-n0", "-q", "--collect-only", "-p", "no:cacheprovider"]
    module = "tests/contracts/test_migrations.py"
    done = subprocess.run([*command, module], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    # The module says them in another order: the quick one is its first.
    assert [line.partition("::")[2] for line in done.stdout.splitlines() if line.startswith(module)] == [
        "test_migrations_from_zero_on_sqlite",
        "test_migrations_from_zero_on_postgresql",
        "test_g2_g3_back_forth_and_out_on_postgresql",
        "test_g10_migrations_depend_on_the_first_of_oscar_only",
    ]
