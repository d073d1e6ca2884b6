"""The bench still walks its flow: a figure nobody can measure any more is not a figure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import ROOT


@pytest.mark.slow
def test_bench_measures_what_it_says(tmp_path: Path) -> None:
    written = tmp_path / "figures.json"
    command = [sys.executable, "-W", "ignore", "-m", "bench.run", "--clients", "1", "2", "--flows", "3"]
    command += ["--seconds", "1", "--workers", "1", "--members", "40", "80", "--ledger", "300", "3000", "--relay", "4"]
    command += ["--rounds", "3", "--warm-up", "2"]
    done = subprocess.run(
        [*command, "--json", str(written)],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith(("AKCEPT_", "DJANGO_"))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(written.read_text())
    assert [run["clients"] for run in figures["runs"]] == [1, 2]
    for run in figures["runs"]:
        assert run["flows"] == 3
        assert (
            run["flow_ms"]["p95"]
            >= run["flow_ms"]["median"]
            > sum(run["steps_ms"][step]["median"] for step in ("place", "accept")) / 2
        )
        assert run["pgbench_flows_per_second"] > run["flows_per_second"] > 0
    assert [run["clients"] for run in figures["api"]] == [1, 2]
    assert all(run["flows"] == 3 and set(run["steps_ms"]) == {"place", "read", "accept"} for run in figures["api"])
    assert "through the API, 2 client(s), 3 flows" in done.stdout
    assert all(run["processor_ms_a_flow"] > 0 for run in (*figures["runs"], *figures["api"]))
    assert set(figures["api_statements"]) == {"place", "read", "accept"}
    assert figures["statements"]["place"] <= 30
    assert figures["statements"]["accept"] <= 15
    assert "flows a second; pgbench" in done.stdout
    assert figures["relay"]["statements_a_flow"] == 43
    assert figures["relay"]["own"]["deliveries"] == 200
    assert figures["relay"]["own"]["a_second"] > 0
    small, larger = figures["organizations"]["asked"].values()
    assert {name: found["statements"] for name, found in small.items()} == {
        name: found["statements"] for name, found in larger.items()
    }
    assert larger["who may accept"]["statements"] <= 3
    assert figures["organizations"]["import"]["rows"] == 2000
    short, longer = figures["budgets"].values()
    assert {name: found["statements"] for name, found in short.items()} == {
        name: found["statements"] for name, found in longer.items()
    }
    assert longer["how five stand"]["statements"] <= 4, "BEGIN and COMMIT included"
    placing = [longer[f"placing, {number} budgets"]["statements"] for number in (0, 1, 5)]
    assert placing[1] == placing[2] == placing[0] + 2, "the sums of the ledger, and the rows"
