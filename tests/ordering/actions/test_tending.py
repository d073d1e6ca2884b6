"""Time passes over orders that wait: reminders, escalation, a warning, expiry; each once, and silence never accepts."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command

from akcept.approvals import routing
from akcept.approvals.deadlines import Due
from akcept.approvals.models import Case, Selector, Terms
from akcept.approvals.routing import Plan, PlannedStep, Reason
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.ordering import actions, queries
from akcept.ordering.actions import Placed
from akcept.ordering.models import MailLink
from akcept.ordering.reactions import ticking
from akcept.ordering.reactions.ticking import tick
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Member, Organization
from akcept.oscar_edge.search import index
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, person
from akcept.testing.relays import deliver
from akcept.ui.history import sentences
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
CLOCK = Actor.system("clock")


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    """Anna's order; it is asked about since a Monday."""
    return _waits(orders.place(cast.anna, records=[carts.stock("T1")], quantity=3))


def _waits(placed: Placed, since: datetime = MONDAY) -> Placed:
    Case.objects.filter(pk=placed.order_id).update(opened_at=since, step_opened_at=since)
    deliver()
    mail.outbox.clear()
    return placed


def _on(day: int) -> datetime:
    return MONDAY.replace(day=day) + timedelta(minutes=1)


def _facts(placed: Placed) -> Counter[str]:
    return Counter(Entry.objects.filter(subject_id=placed.order_number).values_list("topic", flat=True))


def _mails() -> list[tuple[str, str]]:
    deliver()
    found = [(m.to[0].partition("@")[0], m.extra_headers["Message-ID"].split(".")[2]) for m in mail.outbox]
    mail.outbox.clear()
    return sorted(found)


def _case(placed: Placed) -> Case:
    return Case.objects.get(pk=placed.order_id)


def test_an_order_nobody_decides_is_reminded_of_escalated_and_ends(cast: Cast, waiting: Placed) -> None:
    assert [tick(now=_on(day)) for day in (2, 3)] == [Counter(), Counter()]
    assert tick(now=_on(4)) == {Due.REMIND: 1}
    assert _mails() == [("ben", "order_reminder"), ("cora", "order_reminder")]
    assert tick(now=_on(6)) == {Due.ESCALATE: 1}
    assert _mails() == [("cora", "order_escalated"), ("dora", "order_escalated")]
    assert tick(now=_on(20)) == {Due.WARN: 1}
    assert _mails() == [("anna", "order_expiring"), ("ben", "order_expiring"), ("cora", "order_expiring")]
    assert (carts.stock("T1").num_allocated, _case(waiting).state) == (3, "awaiting")
    assert tick(now=_on(23)) == {Due.EXPIRE: 1}
    assert (carts.stock("T1").num_allocated, _case(waiting).state) == (0, "expired")
    assert orders.order(waiting).status == "expired"
    assert tick(now=_on(30)) == Counter()
    facts = _facts(waiting)
    assert [facts[f"order.{topic}"] for topic in ("reminded", "escalated", "expiring", "expired", "released")] == [
        1, 1, 1, 1, 0,
    ]  # fmt: skip
    assert len(sentences(queries.order(cast.anna.actor, waiting.order_number).told)) == 5


def test_doing_it_again_does_nothing_again(cast: Cast, waiting: Placed) -> None:
    for _ in range(3):
        tick(now=_on(4))
    assert _facts(waiting)["order.reminded"] == 1
    assert [actions.tend(waiting.order_number, actor=CLOCK, now=_on(4)) for _ in range(2)] == [frozenset()] * 2


def test_whoever_was_removed_or_has_decided_is_not_reminded(cast: Cast, waiting: Placed) -> None:
    Member.objects.filter(pk=cast.ben.member.pk).update(active=False)
    tick(now=_on(4))
    assert _mails() == [("cora", "order_reminder")]


def test_who_is_removed_between_the_reminder_and_its_mail_gets_none(cast: Cast, waiting: Placed) -> None:
    tick(now=_on(4))
    Member.objects.filter(pk=cast.ben.member.pk).update(active=False)
    assert _mails() == [("cora", "order_reminder")]


def test_nobody_is_reminded_of_what_was_decided_meanwhile(cast: Cast, waiting: Placed) -> None:
    tick(now=_on(4))
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    assert [kind for _who, kind in _mails() if kind == "order_reminder"] == []
    assert tick(now=_on(23)) == Counter()


def test_while_the_shop_blocks_the_organisation_nobody_is_reminded(cast: Cast, waiting: Placed) -> None:
    Organization.objects.filter(pk=cast.acme.pk).update(status="blocked")
    tick(now=_on(4))
    assert _mails() == []


def test_while_its_host_withholds_the_module_time_stands_still(waiting: Placed, settings: Any) -> None:
    settings.AKCEPT_B2B_AVAILABLE = False
    assert tick(now=_on(30)) == Counter()


def test_an_order_sent_back_waits_for_its_requester_and_expires_too(cast: Cast, waiting: Placed) -> None:
    actions.send_back(waiting.order_number, actor=cast.ben.actor, version=1, question="Po co?", now=_on(3))
    _waits(waiting, since=_on(3))
    assert tick(now=_on(5)) == {Due.REMIND: 1}
    assert _mails() == [("anna", "order_reminder")]
    assert tick(now=_on(6)) == Counter()
    assert tick(now=_on(12)) == {Due.REMIND: 1}  # D5: again, not once for each time missed
    assert _mails() == [("anna", "order_reminder")]
    assert tick(now=_on(24)) == {Due.WARN: 1}
    assert _mails() == [("anna", "order_expiring")]
    assert tick(now=_on(26)) == {Due.EXPIRE: 1}
    assert carts.stock("T1").num_allocated == 0


def test_a_new_step_starts_the_clock_anew(cast: Cast, waiting: Placed) -> None:
    tick(now=_on(4))
    actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=1, now=_on(5))
    case = _case(waiting)
    assert (case.reminded_at, case.look_at, case.step_opened_at) == (None, None, _on(5))
    assert tick(now=_on(6)) == Counter()
    assert tick(now=_on(9)) == {Due.REMIND: 1}


def test_shorter_terms_count_at_once_but_nothing_expires_unwarned(cast: Cast, waiting: Placed) -> None:
    tick(now=_on(3))
    Terms.objects.create(organization=cast.acme, remind_after_days=None, escalate_after_days=None, expire_after_days=1)
    Case.objects.update(look_at=None)
    assert tick(now=_on(6)) == {Due.WARN: 1}
    assert tick(now=_on(6) + timedelta(hours=5)) == Counter()
    assert tick(now=_on(9) + timedelta(minutes=1)) == {Due.EXPIRE: 1}


def test_what_cannot_be_done_for_one_order_is_done_for_the_others(
    cast: Cast, waiting: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = _waits(orders.place(cast.jan, records=[carts.stock("T2")]))
    tend = actions.tend

    def sometimes(number: str, **more: Any) -> Any:
        if number == waiting.order_number:
            raise ValueError("broken")
        return tend(number, **more)

    monkeypatch.setattr(ticking, "tend", sometimes)
    assert tick(now=_on(4)) == {Due.REMIND: 1}
    assert _facts(other)["order.reminded"] == 1


# --- escalation ---


def _planned(monkeypatch: pytest.MonkeyPatch, cast: Cast, *asks: Ask, quorum: int = 1) -> Placed:
    """Anna's order of a rule that asks for these."""
    step = PlannedStep(asks=asks, quorum=quorum, needs_cover=False, reason=Reason.RULE, rule="Reguła", detail={})
    monkeypatch.setattr(routing, "plan", lambda *_args, **_more: Plan(steps=(step,)))
    return _waits(orders.place(cast.anna, records=[carts.stock("T3")]))


def test_above_a_person_the_next_unit_up_may_decide_too(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    placed = _planned(monkeypatch, cast, Ask(kind=AskKind.MEMBER, id=cast.ben.member.pk, label="Ben Nowak"))
    assert queries.inbox_count(cast.cora.seat) == 0
    assert tick(now=_on(6)) == {Due.ESCALATE: 1}
    assert _mails() == [("cora", "order_escalated"), ("dora", "order_escalated")]
    assert [queries.inbox_count(who.seat) for who in (cast.ben, cast.cora, cast.dora, cast.jan, cast.otto)] == [
        1, 1, 0, 0, 0,
    ]  # fmt: skip
    assert sorted(_case(placed).asked) == sorted([cast.ben.member.pk, cast.cora.member.pk])
    actions.accept(placed.order_number, actor=cast.cora.actor, version=1)
    assert _case(placed).state == "accepted"


def test_a_step_that_wants_everybody_gets_nobody_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    placed = _planned(monkeypatch, cast, Ask(kind=AskKind.MEMBER, id=cast.ben.member.pk, label="Ben"), quorum=0)
    tick(now=_on(6))
    assert _mails() == [("dora", "order_escalated")]
    assert Selector.objects.filter(case_id=placed.order_id).count() == 1


def test_an_order_nobody_may_decide_finds_somebody_above(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    placed = _planned(monkeypatch, cast, Ask(kind=AskKind.MEMBER, id=cast.ben.member.pk, label="Ben"))
    Member.objects.filter(pk=cast.ben.member.pk).update(active=False, accept_orders=False)
    Case.objects.filter(pk=placed.order_id).update(stuck_since=_on(3), asked=[])
    tick(now=_on(6))
    assert _case(placed).stuck_since is None
    assert _case(placed).asked == [cast.cora.member.pk]


def test_with_nobody_above_the_administrators_are_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _planned(monkeypatch, cast, Ask(kind=AskKind.MEMBER, id=cast.cora.member.pk, label="Cora"))
    tick(now=_on(6))
    assert _mails() == [("dora", "order_escalated")]


@pytest.mark.parametrize(("who", "words"), [("cora", "You can decide too"), ("dora", "administrujesz organizacją")])
def test_escalation_says_why_in_its_reader_s_language(cast: Cast, waiting: Placed, who: str, words: str) -> None:
    tick(now=_on(6))
    deliver()
    (found,) = [message for message in mail.outbox if message.to[0].startswith(who)]
    assert words in found.body
    assert waiting.order_number in found.subject


# --- cost ---


@pytest.mark.parametrize("number", [1, 3])
def test_a_quiet_round_is_one_statement_and_a_busy_one_grows_by_order_only(cast: Cast, number: int) -> None:
    """One for orders, one for links, one for each chore (agreements that end, the search), two for kept figures."""
    for _ in range(number):
        _waits(orders.place(cast.anna, records=[carts.stock("T1")], quantity=1))
    index.keep_up()
    assert len(statements(lambda: tick(now=_on(4)))) == 11 + number * PER_REMINDER
    assert len(statements(lambda: tick(now=_on(4)))) == 10


#: BEGIN, case with order, calendar, case, step, who may, journal (4) and COMMIT.
PER_REMINDER = 11


@pytest.mark.parametrize("people", [1, 3])
def test_escalation_costs_the_same_for_one_person_and_three(
    cast: Cast, people: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(people - 1):
        person(f"Nowy{place}", "Kowal", seat=cast.head_office, rights="accept_orders")
    placed = _planned(monkeypatch, cast, Ask(kind=AskKind.MEMBER, id=cast.ben.member.pk, label="Ben"))
    assert len(statements(lambda: actions.tend(placed.order_number, actor=CLOCK, now=_on(6)))) == 17


def test_the_command_says_what_it_did(cast: Cast, waiting: Placed, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("tick", "--language=en")
    said = capsys.readouterr().out
    assert said.startswith("tick: 0 reminded") or "warned" in said


def test_links_in_mails_are_dropped_a_month_after_they_expired_in_one_statement(
    cast: Cast, waiting: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    Case.objects.update(look_at=_on(30))
    MailLink.objects.all().delete()
    for version, days in [(1, 31), (2, 31), (3, 31), (4, 29), (5, -1)]:
        MailLink.objects.create(
            member=cast.ben.member, case_id=waiting.order_id, revision=1, version=version,
            expires_at=_on(4) - timedelta(days=days),
        )  # fmt: skip
    monkeypatch.setattr(ticking, "_DROPPED_LINKS", 2)
    index.keep_up()
    assert len(statements(lambda: tick(now=_on(4)))) == 10
    assert list(MailLink.objects.order_by("version").values_list("version", flat=True)) == [3, 4, 5]
    tick(now=_on(4))
    assert list(MailLink.objects.order_by("version").values_list("version", flat=True)) == [4, 5]
