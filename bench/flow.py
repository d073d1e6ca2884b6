"""The flow over HTTP: a requester opens the checkout and submits, the approver opens the order and accepts."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from akcept.testing.orders import COURIER
from bench.company import Buyer, Company
from tests.support.visitors import hidden

STEPS = ("checkout page", "place", "thank-you page", "order page", "accept")

_ORDER = re.compile(r"/orders/[\w-]+/")


@dataclass(slots=True)
class Timings:
    """Seconds of every flow, by step, and how long all clients together took."""

    steps: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in STEPS})
    seconds: float = 0.0

    @property
    def flows(self) -> list[float]:
        """Whole flows."""
        return [sum(parts) for parts in zip(*self.steps.values(), strict=True)]


def order_form(page: str, company: Company, buyer: Buyer) -> dict[str, str]:
    """Return what the checkout page submits."""
    return {
        "cart": str(buyer.cart),
        "seen": hidden(page, "seen"),
        "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"),
        "delivery": COURIER,
        "payment": "transfer",
        "address": str(company.address),
    }


def decision_form(page: str) -> dict[str, str]:
    """Return what the accept button of an order's page submits."""
    return {"version": hidden(page, "version"), "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")}


def address_of_order(thank_you: str) -> str:
    """Return where the thank-you page says the order is."""
    found = _ORDER.search(thank_you)
    if found is None:
        raise RuntimeError(f"no order on the page:\n{thank_you[:2000]}")
    return found.group()


def measure(company: Company, url: str, *, clients: int, flows: int) -> Timings:
    """Walk `flows` flows with `clients` at once; raises RuntimeError when one does not end as it must."""
    waiting = deque(company.logged_in(url, flows))
    approvers = [company.approver(url) for _ in range(clients)]
    timings, lock, failures = Timings(), threading.Lock(), list[Exception]()

    def work(approver: httpx.Client) -> None:
        try:
            while not failures:
                try:
                    buyer, requester = waiting.popleft()
                except IndexError:
                    return
                with requester:
                    taken = _walk(company, buyer, requester, approver)
                with lock:
                    for name, seconds in zip(STEPS, taken, strict=True):
                        timings.steps[name].append(seconds)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(approver,)) for approver in approvers]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    timings.seconds = time.perf_counter() - begin
    for approver in approvers:
        approver.close()
    if failures:
        raise RuntimeError(f"a flow did not end as it must: {failures[0]}") from failures[0]
    return timings


def _walk(company: Company, buyer: Buyer, requester: httpx.Client, approver: httpx.Client) -> list[float]:
    taken: list[float] = []

    def step(call: Callable[[], httpx.Response], expected: int) -> httpx.Response:
        begin = time.perf_counter()
        answer = call()
        taken.append(time.perf_counter() - begin)
        if answer.status_code != expected:
            raise RuntimeError(f"{answer.request.method} {answer.url} answered {answer.status_code}")
        return answer

    page = step(lambda: requester.get("/checkout/"), 200).text
    placed = step(lambda: requester.post("/checkout/", data=order_form(page, company, buyer)), 302)
    where = address_of_order(step(lambda: requester.get(placed.headers["Location"]), 200).text)
    shown = step(lambda: approver.get(where), 200).text
    step(lambda: approver.post(f"{where}accept/", data=decision_form(shown)), 302)
    return taken
