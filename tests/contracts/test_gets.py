"""B7: looking changes nothing. No page writes or locks anything when it is asked for, but sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from akcept.approvals.models import Case
from akcept.budgets.models import Budget
from akcept.kernel.clock import utc_now
from akcept.ordering.reactions.foresight import foreseen
from akcept.organizations.models import Organization, Unit
from akcept.testing.cast import Cast
from tests.journeys.pages import NO_PAGE, PAGES, user
from tests.journeys.test_every_page import company
from tests.support.reading import only_reading

#: Beside sessions: Oscar counts who looks at a product. The counters are nothing anybody waits for.
ALLOWED = frozenset({"django_session", "analytics_productrecord", "analytics_userrecord", "analytics_userproductview"})


class _Visitors:
    """A client for each person, logged in beforehand."""

    def __init__(self) -> None:
        self.clients: dict[str | None, Client] = {None: Client()}

    def written_by(self, who: str | None, path: str) -> tuple[int, list[str]]:
        """Return the status, and what asking for an address wrote or locked."""
        if who not in self.clients:
            self.clients[who] = Client()
            self.clients[who].force_login(user(str(who)))
        with only_reading(but=ALLOWED) as written:
            status = self.clients[who].get(path).status_code
        return status, written


def test_b7_no_page_writes_or_locks_when_it_is_asked_for(cast: Cast) -> None:
    company(cast)
    visitors = _Visitors()
    found: dict[str, Any] = {}
    for page in PAGES:
        path = page.path()  # may make what it shows
        status, written = visitors.written_by(page.who, path)
        if written or status >= 500:
            found[page.name] = (status, written)
    assert found == {}


def _arguments() -> dict[str, Any]:
    return {
        "number": Case.objects.filter(state="awaiting").order_by("pk").values_list("order__number", flat=True)[0],
        "file_format": "csv",
        "kind": "units",
        "budget_id": Budget.objects.values_list("pk", flat=True)[0],
        "unit_id": Unit.objects.exclude(parent=None).values_list("pk", flat=True)[0],
        "organization_id": Organization.objects.values_list("pk", flat=True)[0],
        **dict.fromkeys(("rule_id", "invitation_id", "member_id", "role_id", "address_id", "substitution_id"), 1),
        "list_id": 1,
        "export_id": 1,
    }


def _paths(name: str, given: dict[str, Any]) -> list[str]:
    """Return the address of a name with those of the arguments that it takes."""
    for wanted in ((), ("number",), ("file_format",), ("kind",), ("kind", "file_format"), ("budget_id", "file_format")):
        try:
            return [reverse(name, kwargs={key: given[key] for key in wanted})]
        except NoReverseMatch:
            continue
    for pair in [(key,) for key in given] + [(a, b) for a in given for b in given if a != b]:
        try:
            return [reverse(name, kwargs={key: given[key] for key in pair})]
        except NoReverseMatch:
            continue
    return []


@pytest.mark.parametrize("who", ["Dora", "Ben", "Mia"])
def test_b7_nor_does_what_is_no_page(cast: Cast, who: str) -> None:
    company(cast)
    visitors, found, given = _Visitors(), {}, _arguments()
    for name in NO_PAGE:
        paths = _paths(name, given)
        assert paths, name
        for path in paths:
            status, written = visitors.written_by(who, path)
            if written or status >= 500:
                found[name] = (status, written)
    assert found == {}


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda: Unit.objects.update(cost_centre="x"), "UPDATE"),
        (lambda: Organization.objects.create(name="x", nip="1", created_at=utc_now()), "INSERT"),
        (lambda: list(Unit.objects.select_for_update()), "lock: Unit"),
        (lambda: foreseen(lambda: None, organization_id=Organization.objects.all()[0].pk), "lock: "),
    ],
)
def test_b7_guard_notices_writes_and_locks(cast: Cast, act: Callable[[], object], said: str) -> None:
    with only_reading(but=ALLOWED) as written, transaction.atomic():
        act()
    assert any(each.startswith(said) for each in written)
