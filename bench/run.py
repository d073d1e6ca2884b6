"""`make bench`: the flow (place five lines, accept) over HTTP, beside what PostgreSQL itself can do in the same run.

Then what is asked of organisations of up to 13,000 people, of budgets with 200,000 rows, and of 1,000 rules. Everything
is private and thrown away: a cluster with PostgreSQL's own durable defaults, gunicorn, the relay.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from bench import api, budgets, counts, floor, flow, kept, organization, page, relay, rules, timing  # noqa: E402  need Django
from bench.company import LINES, Company, orders  # noqa: E402
from tests.support.databases import Private  # noqa: E402
from tests.support.live_shop import manage_process, shop_process  # noqa: E402
from tests.support.postgres import Postgres, postgres  # noqa: E402

#: The database whose copies are filled.
_EMPTY = "empty"


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4], help="how many at once (1 4)")
    parser.add_argument("--flows", type=int, default=300, help="flows for each number of clients (300)")
    parser.add_argument("--seconds", type=int, default=10, help="how long pgbench runs for each (10)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="gunicorn's processes (processors)")
    parser.add_argument(
        "--members", type=int, nargs="+", default=organization.SIZES, help="sizes of organisations (200 2000 13000)"
    )
    parser.add_argument(
        "--ledger", type=int, nargs="+", default=budgets.SIZES, help="rows of budgets' ledgers (2000 200000)"
    )
    parser.add_argument("--rounds", type=int, default=timing.ROUNDS, help="how often a question is asked (30)")
    parser.add_argument("--warm-up", type=int, default=relay.WARM_UP, help="flows before the clock starts (20)")
    parser.add_argument("--relay", type=int, default=relay.FLOWS, help="flows that the relay hands on (100)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--keep", action="store_true", help="keep them in bench/latest.json and on the page of figures")
    chosen = parser.parse_args(arguments)
    others = (chosen.flows, chosen.seconds, chosen.workers, chosen.warm_up, chosen.relay // 2, chosen.rounds // 3)
    if min(*chosen.clients, *chosen.members, *chosen.ledger, *others) < 1:
        parser.error("every number must be at least 1, a relay's flows 2, rounds 3")
    with postgres(settings={}) as cluster:
        figures = _measure(cluster, chosen)
    print(_report(figures))
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n")
    if chosen.keep:
        kept.write(kept.read() | {"bench": figures})
        page.main()
    return 0


def _measure(cluster: Postgres, chosen: argparse.Namespace) -> dict[str, Any]:
    Private(url=cluster.create_database(_EMPTY)).create_tables()
    private = _private(cluster, "bench")
    runs: list[dict[str, Any]] = []
    by_api: list[dict[str, Any]] = []
    needed = counts.FLOWS + chosen.warm_up + chosen.flows * len(chosen.clients)
    with private.use():
        company = Company(flows=needed)
        statements, by_system = counts.count(company), counts.count_api(company)
        shop = shop_process(private, workers=chosen.workers, threads=4)
        with shop as (program, url), manage_process(private, "relay"):
            flow.measure(company, url, clients=2, flows=chosen.warm_up)
            for clients in chosen.clients:
                begun = _processor_seconds(program.process.pid)
                timings = flow.measure(company, url, clients=clients, flows=chosen.flows)
                taken = _processor_seconds(program.process.pid) - begun
                least = floor.measure(cluster, clients=clients, seconds=chosen.seconds)
                runs.append(_figures(timings, clients=clients, least=least, taken=taken))
                begun = _processor_seconds(program.process.pid)
                through = api.measure(company, url, clients=clients, flows=chosen.flows)
                taken = _processor_seconds(program.process.pid) - begun
                by_api.append(_figures(through, clients=clients, least=least, taken=taken))
        walked = needed + chosen.flows * len(chosen.clients)
        if orders() != walked:
            raise RuntimeError(f"{walked} flows were walked, but {orders()} orders are unhandled")
    return {
        "machine": _machine(chosen),
        "commit": kept.commit(),
        "postgresql": _postgresql(cluster),
        "statements": statements,
        "api_statements": by_system,
        "runs": runs,
        "api": by_api,
        "organizations": _organizations(cluster, chosen),
        "budgets": _budgets(cluster, chosen),
        "rules": rules.measure(),
        "relay": _relay(cluster, chosen),
    }


def _private(cluster: Postgres, name: str) -> Private:
    """Return a database with all tables and no rows."""
    return Private(url=cluster.create_database(name, template=_EMPTY))


def _organizations(cluster: Postgres, chosen: argparse.Namespace) -> dict[str, Any]:
    with _private(cluster, "organizations").use():
        return organization.measure(chosen.members, rounds=chosen.rounds)


def _relay(cluster: Postgres, chosen: argparse.Namespace) -> dict[str, Any]:
    with _private(cluster, "relay").use():
        return relay.measure(flows=chosen.relay, deliveries=chosen.relay * 50, warm_up=chosen.warm_up)


def _budgets(cluster: Postgres, chosen: argparse.Namespace) -> dict[str, Any]:
    with _private(cluster, "budgets").use():
        return budgets.measure(chosen.ledger, rounds=chosen.rounds)


def _processor_seconds(server: int) -> float:
    """Return what a server and its workers have taken of the processors so far: others on the machine do not count."""
    listed = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    ticks = 0
    for pid in (server, *listed):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # utime and stime
    return ticks / os.sysconf("SC_CLK_TCK")


def _figures(timings: flow.Timings | api.Timings, *, clients: int, least: float, taken: float) -> dict[str, Any]:
    rate = len(timings.flows) / timings.seconds
    return {
        "clients": clients,
        "flows": len(timings.flows),
        "flows_per_second": round(rate, 2),
        "processor_ms_a_flow": round(taken / len(timings.flows) * 1000, 1),
        "pgbench_flows_per_second": round(least, 1),
        "pgbench_ratio": round(least / rate, 1),
        "flow_ms": _spread(timings.flows),
        "steps_ms": {name: _spread(seconds) for name, seconds in timings.steps.items()},
    }


def _spread(seconds: list[float]) -> dict[str, float]:
    if len(seconds) == 1:
        return {"median": round(seconds[0] * 1000, 1), "p95": round(seconds[0] * 1000, 1)}
    return {
        "median": round(statistics.median(seconds) * 1000, 1),
        "p95": round(statistics.quantiles(seconds, n=20, method="inclusive")[-1] * 1000, 1),
    }


def _postgresql(cluster: Postgres) -> str:
    found = subprocess.run([cluster.program("postgres"), "--version"], capture_output=True, text=True, check=True)
    return found.stdout.split()[2].partition(".")[0]


def _machine(chosen: argparse.Namespace) -> str:
    return f"{os.cpu_count()} processors, Python {platform.python_version()}, gunicorn with {chosen.workers} workers"


def _report(figures: dict[str, Any]) -> str:
    lines = [
        f"Flow: place {LINES} lines, accept. {figures['machine']}; clients, shop, relay and database on one machine.",
        "",
        "Statements a request: " + ", ".join(f"{name} {n}" for name, n in figures["statements"].items()),
        "Through the API: " + ", ".join(f"{name} {n}" for name, n in figures["api_statements"].items()),
    ]
    told = [("", run) for run in figures["runs"]] + [("through the API, ", run) for run in figures["api"]]
    for how, run in told:
        lines += [
            "",
            f"{how}{run['clients']} client(s), {run['flows']} flows: {run['flows_per_second']:.1f} flows a second; "
            f"pgbench {run['pgbench_flows_per_second']:.0f}, that is {run['pgbench_ratio']:.0f} times as many; "
            f"{run['processor_ms_a_flow']:.0f} ms of the shop's processor time a flow",
            f"  {'':<14}{'median':>10}{'p95':>10}",
        ]
        parts = {"whole flow": run["flow_ms"], **run["steps_ms"]}
        lines += [f"  {name:<14}{part['median']:>7.1f} ms{part['p95']:>7.1f} ms" for name, part in parts.items()]
    others = [
        organization.report(figures["organizations"]),
        budgets.report(figures["budgets"]),
        rules.report(figures["rules"]),
        relay.report(figures["relay"]),
    ]
    return "\n".join([*lines, *(line for part in others for line in ("", *part))])


if __name__ == "__main__":
    sys.exit(main())
