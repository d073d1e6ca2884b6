"""Real threads that start at the same moment, each with its own database connection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections

#: Longer than any lock timeout of the test databases: whoever is still busy then hangs for ever.
_PATIENCE = 90.0


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at once, one thread each; return what each returned, or the exception it raised, in order."""
    results: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(position: int, call: Callable[[], Any]) -> None:
        try:
            connections["default"].ensure_connection()  # connecting takes longer than the race
            start.wait(_PATIENCE)
            results[position] = call()
        except Exception as error:
            results[position] = error
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(position, call), name=f"racer-{position}", daemon=True)
        for position, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PATIENCE)
    stuck = [thread.name for thread in threads if thread.is_alive()]
    if stuck:
        raise AssertionError(f"still running after {_PATIENCE:.0f} s: {', '.join(stuck)}")
    return results
