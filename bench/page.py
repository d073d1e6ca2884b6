"""`docs/operate/benchmark.md` from the figures: each table stands between two marks, and is what `latest.json` says.

`python -m bench.page` writes the tables again; `make bench` does so by itself where it keeps its figures.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from bench import kept

PAGE: Final = Path(__file__).parents[1] / "docs" / "operate" / "benchmark.md"
_MARKED: Final = re.compile(r"(<!-- figures: ([a-z ]+) -->\n).*?(<!-- end of figures -->)", re.DOTALL)


def main() -> int:
    """Write the page; returns the exit status."""
    PAGE.write_text(filled(PAGE.read_text(), kept.read()["bench"]))
    return 0


def filled(page: str, figures: dict[str, Any]) -> str:
    """Return the page with every table as the figures have it. Raises KeyError for a mark that stands for none."""
    return _MARKED.sub(lambda mark: f"{mark[1]}{_TABLES[mark[2]](figures)}\n{mark[3]}", page)


def tables_of(page: str) -> list[str]:
    """Return what a page has marks for."""
    return [mark[2] for mark in _MARKED.finditer(page)]


def _measured(figures: dict[str, Any]) -> str:
    flows = figures["runs"][0]["flows"]
    on = f"{figures['machine']}, PostgreSQL {figures['postgresql']}"
    where = "clients, shop, relay and database on one machine"
    return f"Measured at commit `{figures['commit']}` on {on}; {where}, {flows} flows for each number of clients."


def _flows(runs: list[dict[str, Any]]) -> str:
    head = ("clients", "flows a second", "whole flow, median", "p95", "processor time a flow", "pgbench a second")
    rows = (
        (
            run["clients"],
            f"{run['flows_per_second']:.1f}",
            _ms(run["flow_ms"]["median"]),
            _ms(run["flow_ms"]["p95"]),
            _ms(run["processor_ms_a_flow"]),
            f"{run['pgbench_flows_per_second']:.0f}, {run['pgbench_ratio']:.0f} times as many",
        )
        for run in runs
    )
    return _table(head, rows)


def _requests(runs: list[dict[str, Any]], statements: dict[str, int]) -> str:
    head = ["request", "statements"]
    for run in runs:
        clients = run["clients"]
        head += [f"median at {clients} client{'s' if clients > 1 else ''}", "p95"]
    rows = (
        (name, n, *(_ms(run["steps_ms"][name][what]) for run in runs for what in ("median", "p95")))
        for name, n in statements.items()
    )
    return _table(head, rows)


def _asked(by_size: dict[str, Any]) -> str:
    sizes = [size.replace("000 ", ",000 ") for size in by_size]
    rows = (
        (name, *(f"{found[name]['statements']}, {_ms(found[name]['median'])}" for found in by_size.values()))
        for name in next(iter(by_size.values()))
    )
    return _table(["question", *sizes], rows)


def _relay(figures: dict[str, Any]) -> str:
    own = figures["own"]
    rows = [
        ("statements a flow, handed on by itself", figures["statements_a_flow"]),
        (f"processor time a flow, of {figures['flows']} at once", _ms(figures["processor_ms_a_flow"])),
        ("grown meanwhile", f"{figures['grown_mb']:.1f} MB"),
        ("deliveries a second where the subscriber does nothing", f"{own['a_second']:,}"),
        ("the same, a second of its processor time", f"{own['a_second_of_processor_time']:,}"),
    ]
    return _table(("the relay", "measured"), rows)


def _rules(figures: dict[str, Any]) -> str:
    rows = ((name, f"{found['median']:.1f} ms", f"{found['p95']:.1f} ms") for name, found in figures.items())
    return _table(("the rules", "median", "p95"), rows)


def _import(figures: dict[str, Any]) -> str:
    preview, written = (f"{figures[f'{part}_seconds']:.1f} s" for part in ("preview", "import"))
    people = f"{figures['rows']:,} new people"
    return f"A file with {people} takes {preview} to its preview and {written} to import, with the invitations queued."


_TABLES: Final[dict[str, Callable[[dict[str, Any]], str]]] = {
    "machine": _measured,
    "flows": lambda figures: _flows(figures["runs"]),
    "requests": lambda figures: _requests(figures["runs"], figures["statements"]),
    "api flows": lambda figures: _flows(figures["api"]),
    "api calls": lambda figures: _requests(figures["api"], figures["api_statements"]),
    "relay": lambda figures: _relay(figures["relay"]),
    "organisations": lambda figures: _asked(figures["organizations"]["asked"]),
    "import": lambda figures: _import(figures["organizations"]["import"]),
    "budgets": lambda figures: _asked(figures["budgets"]),
    "rules": lambda figures: _rules(figures["rules"]),
}


def _ms(value: float) -> str:
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def _table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    lines = [" | ".join(str(cell) for cell in line) for line in (head, *rows)]
    ruled = [f"| {line} |" for line in lines]
    return "\n".join([ruled[0], "|---" * len(head) + "|", *ruled[1:]])


if __name__ == "__main__":
    sys.exit(main())
