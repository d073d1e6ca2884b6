"""How long something takes, and how many statements: asked again and again in this process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from tests.support.statements import statements

#: How often something is asked unless told otherwise.
ROUNDS = 30


def timed(ask: Callable[[], Any], *, rounds: int = ROUNDS) -> dict[str, float]:
    """Return statements and milliseconds (median, p95) of a question that may be asked any number of times."""
    ask()
    return each([ask] * rounds)


def each(acts: list[Callable[[], Any]]) -> dict[str, float]:
    """Return the same of acts of one kind, three at least; the statements are those of the last one."""
    taken = []
    for act in acts[:-1]:
        begin = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begin) * 1000)
    return {
        "statements": len(statements(acts[-1])),
        "median": round(statistics.median(taken), 1),
        "p95": round(statistics.quantiles(taken, n=20, method="inclusive")[-1], 1),
    }


def table(asked: dict[str, dict[str, dict[str, float]]], *, width: int = 22) -> list[str]:
    """Return questions as lines and sizes as columns: statements, then median and p95 in milliseconds."""
    sizes = list(asked)
    lines = [f"  {'':<{width}}" + "".join(f"{name:>32}" for name in sizes)]
    for name in asked[sizes[0]]:
        cells = [asked[size][name] for size in sizes]
        parts = [f"{cell['statements']:>11}{cell['median']:>11.1f}{cell['p95']:>10.1f}" for cell in cells]
        lines.append(f"  {name:<{width}}" + "".join(parts))
    return lines
