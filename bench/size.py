"""`python -m bench.size`: every list and page that may grow with the shop, at the sizes that are named.

A private PostgreSQL is filled (see `fill`), then each page is asked for as its reader: the first page, and page 50 by
the links of the page itself. What goes to `bench/latest.json`, part "size": statements, the blocks (of 8 kB) that the
database touched, which no neighbour on the machine changes, and the median time of a request in this process.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402  need Django
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from akcept.organizations.models import Member  # noqa: E402
from akcept.testing.cast import Person  # noqa: E402
from bench import kept  # noqa: E402
from bench.fill import Filled, Size, fill, made_before  # noqa: E402
from bench.visitors import client_of  # noqa: E402
from tests.support.databases import Private  # noqa: E402
from tests.support.postgres import postgres  # noqa: E402
from tests.support.statements import statements  # noqa: E402

#: A page is asked for until so many seconds are over, and so often at least and at most.
_SECONDS, _LEAST, _MOST = 3.0, 3, 15
_PAGE: Final = 50
_NEXT: Final = re.compile(r'<a[^>]*href="([^"]+)"[^>]*rel="next"|<a[^>]*rel="next"[^>]*href="([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A page, and who opens it; `further` also its page 50."""

    name: str
    path: str
    who: Callable[[Filled], Person]
    further: bool = False


def _approver(filled: Filled) -> Person:
    return filled.approver


def _merchant(filled: Filled) -> Person:
    return filled.merchant


def _requester(filled: Filled) -> Person:
    return filled.people[2]


VISITS: Final = (
    Visit(name="menu's number", path="/acceptance/count/", who=_approver),
    Visit(name="inbox", path="/acceptance/", who=_approver, further=True),
    Visit(name="inbox, highest value", path="/acceptance/?sort=value", who=_approver, further=True),
    Visit(name="inbox, a word", path="/acceptance/?q=toner+A4", who=_approver),
    Visit(name="all orders of the organisation", path="/orders/?scope=all", who=_approver, further=True),
    Visit(name="my orders", path="/orders/", who=_requester),
    Visit(name="merchant: requiring acceptance", path="/dashboard/acceptance/", who=_merchant, further=True),
    Visit(name="merchant: orders", path="/dashboard/orders/", who=_merchant, further=True),
    Visit(name="merchant: unhandled", path="/dashboard/orders/?status=unhandled", who=_merchant, further=True),
    Visit(name="merchant: home", path="/dashboard/", who=_merchant),
    Visit(name="merchant: statistics", path="/dashboard/orders/statistics/", who=_merchant),
    Visit(name="merchant: organisations", path="/dashboard/organizations/", who=_merchant),
    Visit(name="merchant: products", path="/dashboard/catalogue/", who=_merchant, further=True),
    Visit(name="reports, by unit", path="/organization/reports/?by=unit", who=_approver),
    Visit(name="reports, by member", path="/organization/reports/?by=member", who=_approver),
    Visit(name="reports, by month", path="/organization/reports/?by=month", who=_approver),
    Visit(name="reports, by category", path="/organization/reports/?by=category", who=_approver),
    Visit(name="budgets", path="/organization/budgets/", who=_approver),
    Visit(name="catalogue", path="/catalogue/", who=_requester, further=True),
    Visit(name="a category", path="/catalogue/category/kategoria-07_8/", who=_requester),
    Visit(name="search, two words", path="/search/?q=toner+eko", who=_requester),
)


def main(arguments: list[str] | None = None) -> int:
    """Fill, measure and write; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.size", description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000, help="orders of the shop (100000)")
    parser.add_argument("--waiting", type=int, default=20_000, help="of them waiting, in one organisation (20000)")
    parser.add_argument("--products", type=int, default=50_000, help="products of the catalogue (50000)")
    parser.add_argument("--only", default="", help="only pages whose name has this in it; then nothing is written")
    parser.add_argument("--json", type=Path, default=kept.LATEST, metavar="FILE", help="where the part is written")
    parser.add_argument("--keep-open", action="store_true", help="wait for Enter at the end, the database's URL shown")
    parser.add_argument("--again", metavar="URL", help="measure in the database of a run that is kept open")
    chosen = parser.parse_args(arguments)
    if chosen.waiting > chosen.orders or min(chosen.orders, chosen.waiting, chosen.products) < 1:
        parser.error("every number must be at least 1, and no more orders can wait than there are")
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    size = Size(orders=chosen.orders, waiting=chosen.waiting, products=chosen.products)
    if chosen.again:
        with Private(url=chosen.again).use():
            found = measure(made_before(size), only=chosen.only)
    else:
        found = _filled_and_measured(size, only=chosen.only, keep_open=chosen.keep_open)
    if not chosen.only:
        _write(chosen.json, size, found)
    return 0


def _filled_and_measured(size: Size, *, only: str, keep_open: bool) -> dict[str, Any]:
    with postgres(settings={}) as cluster:
        private = Private(url=cluster.create_database("size"))
        private.create_tables()
        with private.use():
            begin = time.perf_counter()
            filled = fill(size)
            call_command("check_figures", again=True)
            print(f"filled in {time.perf_counter() - begin:.0f} s", flush=True)
            found = measure(filled, only=only)
            if keep_open:
                input(f"{private.url}  (Enter ends it) ")
    return found


def measure(filled: Filled, *, only: str = "") -> dict[str, Any]:
    """Return statements and median milliseconds of every page; shown as they are found."""
    reader = Member.objects.filter(pk=filled.approver.member.pk)  # type: ignore[union-attr]
    reader.update(see_all_orders=True, see_budgets=True)
    get_user_model().objects.filter(pk=filled.merchant.user.pk).update(is_superuser=True)
    found: dict[str, Any] = {}
    for visit in VISITS:
        if only not in visit.name:
            continue
        client = client_of(visit.who(filled).user)
        found[visit.name] = _asked(client, visit.path)
        if visit.further and (path := _far(client, visit.path)):
            found[f"{visit.name}, page {_PAGE}"] = _asked(client, path)
        for name in (visit.name, f"{visit.name}, page {_PAGE}"):
            if figures := found.get(name):
                times = f"{figures['blocks']:>9}{figures['median_ms']:>10.1f}{figures['fastest_ms']:>10.1f}"
                print(f"  {name:<44}{figures['statements']:>5}{times} ms", flush=True)
    return found


def _asked(client: Client, path: str) -> dict[str, Any]:
    answers: list[Any] = []
    needed = len(statements(lambda: answers.append(client.get(path))))
    if answers[0].status_code != 200:
        raise RuntimeError(f"{path} answered {answers[0].status_code}")
    before, own = _blocks(), _blocks()
    client.get(path)
    touched = _blocks() - own - (own - before)
    taken: list[float] = []
    while len(taken) < _LEAST or (sum(taken) < _SECONDS and len(taken) < _MOST):
        begin = time.perf_counter()
        client.get(path)
        taken.append(time.perf_counter() - begin)
    median, fastest = (round(seconds * 1000, 1) for seconds in (statistics.median(taken), min(taken)))
    return {
        "statements": needed,
        "blocks": touched,
        "median_ms": median,
        "fastest_ms": fastest,
        "times": len(taken),
    }


def _blocks() -> int:
    """Return how many blocks this database has touched, in memory or on disk; asking touches some, too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def _far(client: Client, path: str) -> str:
    """Return the address of page 50, by the page's own links; "" where there are not so many."""
    for _ in range(_PAGE - 1):
        link = _NEXT.search(client.get(path).content.decode())
        if link is None:
            return ""
        path = urljoin(path, unescape(link.group(1) or link.group(2)))
    return path


def _write(file: Path, size: Size, found: dict[str, Any]) -> None:
    """Put the figures of this size beside those of the others."""
    figures = kept.read(file)
    part = figures.setdefault("size", {})
    part[f"{size.orders} orders, {size.waiting} waiting, {size.products} products"] = {
        "machine": f"{os.cpu_count()} processors, Python {platform.python_version()}",
        "commit": kept.commit(),
        "pages": found,
    }
    kept.write(figures, file)


if __name__ == "__main__":
    sys.exit(main())
