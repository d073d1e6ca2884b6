"""The page of figures is what the figures are made into, and says nothing that was not measured."""

from __future__ import annotations

import json
import re

import pytest

from bench.kept import LATEST
from bench.page import PAGE, filled, tables_of

TEXT = """before
<!-- figures: flows -->
| what | was |
<!-- end of figures -->
after
"""
RUN = {
    "clients": 1,
    "flows_per_second": 4.25,
    "processor_ms_a_flow": 143.4,
    "pgbench_flows_per_second": 368.2,
    "pgbench_ratio": 86.6,
    "flow_ms": {"median": 9.96, "p95": 318.6},
}


def test_a_table_takes_the_place_of_the_one_that_was() -> None:
    assert filled(TEXT, {"runs": [RUN]}) == (
        "before\n<!-- figures: flows -->\n"
        "| clients | flows a second | whole flow, median | p95 | processor time a flow | pgbench a second |\n"
        "|---|---|---|---|---|---|\n"
        "| 1 | 4.2 | 10.0 ms | 319 ms | 143 ms | 368, 87 times as many |\n"
        "<!-- end of figures -->\nafter\n"
    )


def test_a_mark_that_stands_for_nothing_is_refused() -> None:
    with pytest.raises(KeyError):
        filled(TEXT.replace("flows", "dreams"), {"runs": [RUN]})


def test_the_page_is_what_the_kept_figures_make() -> None:
    page = PAGE.read_text()
    assert filled(page, json.loads(LATEST.read_text())["bench"]) == page
    assert len(tables_of(page)) == 10
    assert re.search(r"commit `[0-9a-f]{7,}`", page)
