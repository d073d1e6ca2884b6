"""Statements a request, counted in this process with the same requests that are timed."""

from __future__ import annotations

from typing import Any

from django.test import Client

from akcept.testing.orders import COURIER
from bench import api
from bench.company import LINES, Company
from bench.flow import STEPS, address_of_order, decision_form, order_form
from bench.visitors import client_of
from tests.support.statements import statements

#: Flows that counting takes of a company's, through its pages and through the API.
FLOWS = 4


def count(company: Company) -> dict[str, int]:
    """Return the statements of every step of one flow, session and user included, transaction control too.

    The second flow of a process is counted: a process reads the shop's site and a country once, with its first order,
    and an organisation's journal, which in a shop begins when it signs up, begins here with the first flow.
    """
    _walk(company)
    return _walk(company)


def count_api(company: Company) -> dict[str, int]:
    """Return the statements of every step of one flow through the API; of the second one, as `count`."""
    mine, bens = api.headers(company.people[0], "counted"), api.headers(company.cast.ben, "counted")
    _walk_api(company, mine, bens, 0)
    return _walk_api(company, mine, bens, 1)


def _walk_api(company: Company, mine: dict[str, str], bens: dict[str, str], number: int) -> dict[str, int]:
    client, answers = Client(), list[Any]()

    def counted(path: str, headers: dict[str, str], body: dict[str, Any] | None = None) -> int:
        def call() -> None:
            sent = {"headers": headers, "content_type": "application/json"}
            answers.append(client.get(path, headers=headers) if body is None else client.post(path, body, **sent))

        return len(statements(call))

    key = {"Idempotency-Key": f"counted-{number}"}
    lines = [{"code": code, "quantity": 2} for code in company.codes(number, LINES)]
    order = {"lines": lines, "address_id": company.address, "delivery": COURIER}
    taken = [counted("/api/v1/orders", mine | key, order)]
    where = f"/api/v1/orders/{answers[-1].json()['number']}"
    taken.append(counted(where, bens))
    taken.append(counted(f"{where}/accept", bens | key | {"If-Match": answers[-1]["ETag"]}, {}))
    if answers[-1].status_code != 200:
        raise RuntimeError(f"accepting answered {answers[-1].status_code}")
    return dict(zip(api.STEPS, taken, strict=True))


def _walk(company: Company) -> dict[str, int]:
    buyer = company.buyer()
    requester, approver = client_of(buyer.person.user), client_of(company.cast.ben.user)
    answers: list[Any] = []

    def counted(client: Client, path: str, form: dict[str, str] | None = None) -> int:
        return len(statements(lambda: answers.append(client.get(path) if form is None else client.post(path, form))))

    taken = [counted(requester, "/checkout/")]
    taken.append(counted(requester, "/checkout/", order_form(answers[-1].content.decode(), company, buyer)))
    taken.append(counted(requester, answers[-1]["Location"]))
    where = address_of_order(answers[-1].content.decode())
    taken.append(counted(approver, where))
    taken.append(counted(approver, f"{where}accept/", decision_form(answers[-1].content.decode())))
    if answers[-1].status_code != 302:
        raise RuntimeError(f"accepting answered {answers[-1].status_code}")
    return dict(zip(STEPS, taken, strict=True))
