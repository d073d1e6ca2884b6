"""What the relay takes: statements, processor time and memory a flow, and deliveries a second of its own."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import override_settings

from akcept.journal import actions as journal
from akcept.journal import relay, subscribers
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.ordering import actions
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, make
from tests.support.statements import statements

FLOWS = 100
LINES = 5
DELIVERIES = 5000
#: Flows before the figures begin: a process grows with its first ones.
WARM_UP = 20
_NOBODY = "django.core.mail.backends.dummy.EmailBackend"


def measure(*, flows: int = FLOWS, deliveries: int = DELIVERIES, warm_up: int = WARM_UP) -> dict[str, Any]:
    """Return the figures on the default database, which must be empty; mails are rendered and thrown away."""
    with override_settings(EMAIL_BACKEND=_NOBODY):
        cast = make()
        records = [carts.stock(f"R{n}", number=10_000_000) for n in range(LINES)]
        for _ in range(warm_up):
            _flow(cast, records, _drain)
        alone = len(statements(lambda: _flow(cast, records, relay.run_once))) - len(
            statements(lambda: _flow(cast, records, lambda: None))
        )
        _drain()
        before, taken = _memory(), 0.0
        for _ in range(2):
            taken += _batched(cast, records, flows // 2)
        grown = _memory() - before
    return {
        "statements_a_flow": alone,
        "processor_ms_a_flow": round(taken / (flows // 2 * 2) * 1000, 1),
        "grown_mb": round(grown, 1),
        "flows": flows // 2 * 2,
        "own": _own(deliveries),
    }


def _flow(cast: Cast, records: list[Any], handed_on: Callable[[], Any]) -> None:
    placed = orders.place(cast.anna, records=records)
    handed_on()
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    handed_on()


def _batched(cast: Cast, records: list[Any], flows: int) -> float:
    """Return the relay's seconds of processor time for flows that came one right after another."""
    numbers = [orders.place(cast.anna, records=records).order_number for _ in range(flows)]
    taken = _drain()
    for number in numbers:
        actions.accept(number, actor=cast.ben.actor, version=1)
    return taken + _drain()


def _drain() -> float:
    begin = time.process_time()
    while relay.run_once().claimed:
        pass
    return time.process_time() - begin


def _own(deliveries: int) -> dict[str, float]:
    """Return what claiming, handing over and marking take where the subscriber itself takes nothing."""
    subscribers.register("bench", topics=["bench"], handle=lambda _entry, _target: None, repeatable=True)
    try:
        for _ in range(deliveries // 100):
            with transaction.atomic():
                journal.write([Event("bench", ("x", "1"))] * 100, actor=Actor.system("bench"), organization_id=None)
        begin, cpu, done = time.perf_counter(), time.process_time(), 0
        while claimed := relay.run_once(batch=200).claimed:
            done += claimed
        return {
            "deliveries": done,
            "a_second": round(done / (time.perf_counter() - begin)),
            "a_second_of_processor_time": round(done / (time.process_time() - cpu)),
        }
    finally:
        subscribers.unregister("bench")


def _memory() -> float:
    """Return the process's resident memory in megabytes."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1_000_000


def report(figures: dict[str, Any]) -> list[str]:
    """Return the figures as lines."""
    own = figures["own"]
    return [
        f"The relay, {LINES} lines, two people asked: {figures['statements_a_flow']} statements a flow handed on by "
        f"itself; {figures['processor_ms_a_flow']} ms of processor time a flow of {figures['flows']} at once; "
        f"grown by {figures['grown_mb']} MB",
        f"  its own work: {own['a_second']} deliveries a second, {own['a_second_of_processor_time']} a second of "
        "processor time",
    ]
