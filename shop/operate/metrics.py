"""The shop's figures for Prometheus.

What is counted in the process is counted for all of its siblings where `PROMETHEUS_MULTIPROC_DIR` names a folder; what
is read from the database is read when it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Final

from django.db import DatabaseError, InterfaceError
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from akcept.journal import actions as journal
from akcept.journal.models import Entry
from akcept.journal.queries import backlog
from akcept.kernel.clock import utc_now
from akcept.ordering.queries import number_waiting

_counted: Final = CollectorRegistry()
_SECONDS: Final = Histogram(
    "akcept_request_seconds",
    "Time to the answer, by view",
    ("view", "method", "status"),
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=_counted,
)
_REFUSALS: Final = Counter(
    "akcept_refusals_total", "What was asked and refused, by view", ("view", "status"), registry=_counted
)
_EVENTS: Final = Counter(
    "akcept_events_total", "What happened, by topic of the journal: order.accepted, ...", ("topic",), registry=_counted
)
#: Nothing is wrong with the shop: the person, the order or the moment is not the right one.
_REFUSED: Final = frozenset({401, 403, 404, 409, 410, 422, 429})


def request(view: str, method: str, status: int, seconds: float) -> None:
    """Count a request that was answered."""
    _SECONDS.labels(view, method, str(status)).observe(seconds)
    if status in _REFUSED:
        _REFUSALS.labels(view, str(status)).inc()


def _happened(entries: Sequence[Entry]) -> None:
    for entry in entries:
        _EVENTS.labels(entry.topic).inc()


def connect() -> None:
    """Count what the journal keeps, once it is committed."""
    journal.watch(_happened)


class _FromDatabase:
    """What stands in the database, the same whichever process is asked."""

    def collect(self) -> Iterator[Metric]:
        """Read it: three statements. Says `akcept_database_up 0` alone where it cannot be read."""
        up = GaugeMetricFamily("akcept_database_up", "Whether the database answers")
        try:
            waiting, behind = number_waiting(), backlog(now=utc_now())
        except (DatabaseError, InterfaceError):
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield GaugeMetricFamily("akcept_orders_waiting", "Orders somebody is asked to accept", value=waiting)
        yield GaugeMetricFamily("akcept_deliveries_due", "Deliveries the relay has not taken", value=behind.due)
        yield GaugeMetricFamily(
            "akcept_delivery_oldest_seconds", "How long the oldest of them is due", value=behind.oldest_seconds
        )
        yield GaugeMetricFamily("akcept_deliveries_given_up", "Deliveries given up", value=behind.given_up)


def exposed() -> tuple[bytes, str]:
    """Return the figures as Prometheus reads them, and their content type."""
    asked = CollectorRegistry()
    asked.register(_FromDatabase())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(asked)  # type: ignore[no-untyped-call]
        return generate_latest(asked), CONTENT_TYPE_LATEST
    return generate_latest(_counted) + generate_latest(asked), CONTENT_TYPE_LATEST
