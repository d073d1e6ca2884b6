"""The same flow through the API: a system places five lines by their codes and another one accepts what it read."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import httpx

from akcept.api import actions
from akcept.testing.cast import Person
from akcept.testing.orders import COURIER
from bench.company import LINES, Company

STEPS = ("place", "read", "accept")
#: A token may call so often at once (`limits.BURST`); each of these systems makes fewer calls.
_FLOWS_A_TOKEN = 50


@dataclass(slots=True)
class Timings:
    """Seconds of every flow, by step, and how long all clients together took."""

    steps: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in STEPS})
    seconds: float = 0.0

    @property
    def flows(self) -> list[float]:
        """Whole flows."""
        return [sum(parts) for parts in zip(*self.steps.values(), strict=True)]


def measure(company: Company, url: str, *, clients: int, flows: int) -> Timings:
    """Walk `flows` flows with `clients` at once; raises RuntimeError when one does not end as it must."""
    waiting = deque(range(flows))
    pairs = -(-flows // _FLOWS_A_TOKEN)
    requesters = [headers(company.people[number], f"ERP {clients}.{number}") for number in range(pairs)]
    approvers = [headers(company.cast.ben, f"ERP {clients}.{number}") for number in range(pairs)]
    timings, lock, failures = Timings(), threading.Lock(), list[Exception]()

    def work() -> None:
        with httpx.Client(base_url=f"{url}/api/v1", timeout=30) as client:
            try:
                while not failures:
                    try:
                        number = waiting.popleft()
                    except IndexError:
                        return
                    pair = number // _FLOWS_A_TOKEN
                    taken = _walk(company, client, number, requesters[pair], approvers[pair], f"{clients}-{number}")
                    with lock:
                        for name, seconds in zip(STEPS, taken, strict=True):
                            timings.steps[name].append(seconds)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    timings.seconds = time.perf_counter() - begin
    if failures:
        raise RuntimeError(f"a flow did not end as it must: {failures[0]}") from failures[0]
    return timings


def headers(person: Person, name: str) -> dict[str, str]:
    """Return what a system of somebody's sends with each call: a token of its own."""
    scopes = ["orders:read", "orders:place", "orders:decide"]
    given = actions.give_token(actor=person.actor, name=name, scopes=scopes)
    return {"Authorization": f"Bearer {given.secret}"}


def _walk(
    company: Company, client: httpx.Client, number: int, mine: dict[str, str], bens: dict[str, str], key: str
) -> list[float]:
    taken: list[float] = []

    def step(expected: int, method: str, path: str, **more: Any) -> httpx.Response:
        begin = time.perf_counter()
        answer = client.request(method, path, **more)
        taken.append(time.perf_counter() - begin)
        if answer.status_code != expected:
            raise RuntimeError(f"{method} {path} answered {answer.status_code}: {answer.text[:500]}")
        return answer

    lines = [{"code": code, "quantity": 2} for code in company.codes(number, LINES)]
    order = {"lines": lines, "address_id": company.address, "delivery": COURIER}
    placed = step(201, "POST", "/orders", json=order, headers=mine | {"Idempotency-Key": key}).json()["number"]
    seen = step(200, "GET", f"/orders/{placed}", headers=bens)
    decided = bens | {"If-Match": seen.headers["ETag"], "Idempotency-Key": key}
    step(200, "POST", f"/orders/{placed}/accept", json={}, headers=decided)
    return taken
