"""One link, opened twice at the same moment: one decision. The naive way is the control that must fail."""

from __future__ import annotations

import pytest
from django.utils import timezone

from akcept.approvals.models import Decision
from akcept.kernel.actor import Actor
from akcept.kernel.errors import Stale
from akcept.ordering import actions, mail_links
from akcept.ordering.models import MailLink
from akcept.testing import orders
from akcept.testing.cast import Cast, Person
from tests.support.threads import together

pytestmark = pytest.mark.postgres

ROUNDS = 15
NOBODY = Actor.anonymous()


def _link(cast: Cast, reader: Person) -> tuple[str, str]:
    assert reader.member is not None
    placed = orders.place(cast.anna, lines=1)
    mailed = {"member_ids": [reader.member.pk], "revision": 1, "version": 1}
    tokens = actions.offer_links(placed.order_number, actor=Actor.system("mail"), **mailed)
    return placed.order_number, tokens[reader.member.pk]


def test_same_link_twice_at_once_decides_once(cast: Cast) -> None:
    for _ in range(ROUNDS):
        number, token = _link(cast, cast.ben)
        results = together(
            lambda token=token: actions.accept_by_link(token, actor=NOBODY),
            lambda token=token: actions.reject_by_link(token, actor=NOBODY, reason="no"),
        )
        assert sorted(type(result).__name__ for result in results) == ["Dead", "Decided"], results
        assert Decision.objects.filter(case__order__number=number).count() == 1


def test_link_and_a_colleague_at_once_decide_once_and_the_slower_link_stays_unused(cast: Cast) -> None:
    for _ in range(ROUNDS):
        number, token = _link(cast, cast.ben)
        by_link, by_page = together(
            lambda token=token: actions.accept_by_link(token, actor=NOBODY),
            lambda number=number: actions.reject(number, actor=cast.cora.actor, version=1, reason="no"),
        )
        assert isinstance(by_link, Stale) != isinstance(by_page, Stale), (by_link, by_page)
        assert Decision.objects.filter(case__order__number=number).count() == 1
        used = MailLink.objects.get(case__order__number=number).used_at is not None
        assert used is not isinstance(by_link, Stale)


def _naive(token: str) -> str:
    """Look whether it was used, then use it."""
    link = mail_links.link_named(token)
    if link.used_at is not None:
        return "dead"
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    return "used"


def test_naive_way_uses_it_twice(cast: Cast) -> None:
    """The control: if this ever stops failing, the races above prove nothing."""
    twice = 0
    for _ in range(ROUNDS):
        _number, token = _link(cast, cast.ben)
        twice += together(*[lambda token=token: _naive(token)] * 2) == ["used", "used"]
    assert twice > 0
