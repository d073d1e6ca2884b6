"""Accept is posted twice at one moment (a double click, a resend): one release, one charge, one confirmation."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.core import mail

from akcept.approvals.models import Decision
from akcept.journal.models import Entry
from akcept.testing import budgets, carts, orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.support.threads import together

pytestmark = pytest.mark.postgres

ROUNDS = 10


def test_page_posted_twice_releases_sixteen_lines_once(cast: Cast, visit: Visit, mailoutbox: list[Any]) -> None:
    budget = budgets.make(cast.krakow, "50000.00")
    records = [carts.stock(f"L{number}", price="10.00") for number in range(16)]
    for number in range(ROUNDS):
        placed = orders.place(cast.anna, records=records, quantity=1)
        deliver()
        mail.outbox.clear()
        address = f"/orders/{placed.order_number}/accept/"
        tabs = [visit(cast.ben), visit(cast.ben)]
        answers = together(*[lambda tab=tab, to=address: tab.post(to, {"version": "1"}).status_code for tab in tabs])
        assert sorted(answers) == [302, 409], answers
        deliver()
        assert [message.to for message in mail.outbox] == [["anna@customer.example"]]
        assert Decision.objects.filter(case_id=placed.order_id).count() == 1
        facts = Counter(Entry.objects.filter(subject_id=placed.order_number).values_list("topic", flat=True))
        assert (facts["order.accepted"], facts["order.released"]) == (1, 1)
        lines = apps.get_model("order.Line").objects.filter(order_id=placed.order_id)
        assert (lines.count(), set(lines.values_list("status", flat=True))) == (16, {"unhandled"})
        booked = Counter(budget.rows.filter(order_id=placed.order_id).values_list("kind", flat=True))
        assert booked == {"hold": 1, "release": 1, "spend": 1}
        assert carts.stock("L0").num_allocated == number + 1
