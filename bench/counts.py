"""Statements a request, counted in this process with the same requests that are timed."""

from __future__ import annotations

from typing import Any

from django.test import Client

from bench.company import Company
from bench.flow import STEPS, address_of_order, decision_form, order_form
from bench.visitors import client_of
from tests.support.statements import statements

#: Flows that counting takes of a company's.
FLOWS = 2


def count(company: Company) -> dict[str, int]:
    """Return the statements of every step of one flow, session and user included, transaction control too.

    The second flow of a process is counted: a process reads the shop's site and a country once, with its first order,
    and an organisation's journal, which in a shop begins when it signs up, begins here with the first flow.
    """
    _walk(company)
    return _walk(company)


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
