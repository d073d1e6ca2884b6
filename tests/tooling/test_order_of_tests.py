"""How tests are handed out: what is slow begins, so that no core waits at the end; what shares stays together."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from tests.support.handing_out import TOGETHER, group_of
from tests.support.leaving_out import BROAD
from tests.support.processes import ROOT
from tools.checks import FAST, at_once


def _pytest(*arguments: str, cwd: Path = ROOT) -> list[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout.splitlines()


def test_slow_tests_are_handed_out_first() -> None:
    module = "tests/contracts/test_migrations.py"
    said = _pytest("-n0", "-q", "--collect-only", module)
    # The module says them in another order: the quick one is its first.
    assert [line.partition("::")[2] for line in said if line.startswith(module)] == [
        "test_migrations_from_zero_on_sqlite",
        "test_migrations_from_zero_on_postgresql",
        "test_g2_g3_back_forth_and_out_on_postgresql",
        "test_g10_migrations_depend_on_the_first_of_oscar_only",
    ]


def test_what_shares_something_dear_is_run_by_one_worker(tmp_path: Path) -> None:
    """With names of ours, in a folder where they do nothing."""
    numbers = "import pytest, time\n@pytest.mark.parametrize('n', range(8))\ndef test_one(n): time.sleep(0.1)\n"
    modules = ("tests/contracts/test_bare_shop.py", "tests/contracts/test_server_guide.py", "tests/test_alone.py")
    for module in modules:
        (tmp_path / module).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / module).write_text(numbers)
    (tmp_path / "conftest.py").write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.support.handing_out import pytest_xdist_make_scheduler\n"
    )
    said = _pytest("-c", "/dev/null", "--rootdir=.", "-p", "no:django", "-n2", "-v", "tests", cwd=tmp_path)
    ran = defaultdict(set)
    for worker, name in re.findall(r"^\[(gw\d)\].* PASSED (\S+)::", "\n".join(said), re.MULTILINE):
        ran[name].add(worker)
    assert set(ran) == set(modules)
    # The others are whoever's is free: both workers', unless one of them was late.
    assert [len(ran[name]) for name in modules[:2]] == [1, 1]


def test_groups_name_what_is_there() -> None:
    for each in TOGETHER:
        module, _, function = each.partition("::")
        assert f"def {function or 'test_'}" in (ROOT / module).read_text(), each
        assert group_of(f"{module}::{function or 'test_any'}") == TOGETHER[each]
    assert group_of("tests/ui/test_middleware.py::test_a[1]") == "tests/ui/test_middleware.py::test_a[1]"


def test_two_cores_have_work_for_three(monkeypatch) -> None:
    for cores, workers in ((None, "1"), (1, "1"), (2, "3"), (4, "4"), (16, "4")):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        assert at_once() == ("-n", workers)


def test_what_make_fast_leaves_out_is_there_and_takes_no_postgresql() -> None:
    assert [each for each in BROAD if not (ROOT / each).exists()] == []
    said = _pytest(
        "-n0", "-q", "--collect-only", "-m", FAST, "tests/journal/test_relay.py", "tests/webhooks/test_post.py"
    )
    left = [line for line in said if "::" in line]
    assert {line.partition("::")[0] for line in left} == {"tests/journal/test_relay.py"}
    assert any("[sqlite_file" in line for line in left)
    assert not any("[pg" in line for line in left)
