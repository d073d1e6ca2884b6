"""Which mails somebody gets: switches by topic, one mail a day, and what comes in any case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from akcept.journal.models import Delivery
from akcept.journal.relay import run_once
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed
from akcept.notices.digest import next_morning
from akcept.notices.models import DigestItem
from akcept.ordering import actions
from akcept.organizations.actions import choose_mails, forget_member, invite, remove_member
from akcept.organizations.mailing import MailChoices, Topic
from akcept.organizations.models import Profile
from akcept.organizations.queries import language_of, mail_choices_of
from akcept.testing import orders
from akcept.testing.cast import Cast, Person
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _outbox(mailoutbox: list[Any]) -> None:
    """Start every test with an empty outbox."""


def _sent() -> list[tuple[str, str]]:
    deliver()
    found = [(m.to[0].partition("@")[0], m.extra_headers["Message-ID"].split(".")[2]) for m in mail.outbox]
    mail.outbox.clear()
    return sorted(found)


def _choose(who: Person, *muted: Topic, daily: bool = False) -> None:
    choose_mails(who.actor, MailChoices(muted=frozenset(muted), daily=daily))


def test_nothing_chosen_is_everything_at_once(cast: Cast) -> None:
    assert mail_choices_of(cast.ben.user.pk) == MailChoices()
    orders.place(cast.anna)
    assert _sent() == [("anna", "order_received"), ("ben", "acceptance_asked"), ("cora", "acceptance_asked")]


def test_a_topic_switched_off_is_for_that_person_and_topic_only(cast: Cast) -> None:
    _choose(cast.ben, Topic.ASKED)
    _choose(cast.anna, Topic.OWN)
    placed = orders.place(cast.anna)
    assert _sent() == [("cora", "acceptance_asked")]
    orders.place(cast.ben)
    assert ("ben", "order_confirmed") in _sent()
    actions.reject(placed.order_number, actor=cast.ben.actor, version=1, reason="nie")
    assert _sent() == []


def test_invitations_come_whatever_was_chosen(cast: Cast) -> None:
    _choose(cast.ben, *Topic)
    invite(
        actor=cast.dora.actor,
        email="new@customer.example",
        first_name="N",
        last_name="N",
        unit_id=cast.krakow.pk,
        permissions=frozenset(),
        language="pl",
    )
    assert _sent() == [("new", "invitation")]


def _in_the_morning() -> list[tuple[str, str]]:
    deliver()
    assert Delivery.objects.filter(subscriber="mail.daily", state="due").exists()
    with time_machine.travel(next_morning(utc_now()) + timedelta(minutes=1), tick=False):
        return _sent()


def test_one_mail_a_day_holds_all_notices_in_its_reader_s_language(cast: Cast) -> None:
    _choose(cast.cora, daily=True)
    numbers = [orders.place(cast.anna).order_number for _ in range(3)]
    assert {who for who, _kind in _sent()} == {"anna", "ben"}
    deliver()
    with time_machine.travel(next_morning(utc_now()) + timedelta(minutes=1), tick=False):
        deliver()
    (daily,) = mail.outbox
    assert (daily.to, daily.subject) == ([cast.cora.user.email], "3 notices since yesterday")
    assert all(f"/orders/{number}/" in daily.body for number in numbers)
    assert "/notifications/" in daily.body
    assert not DigestItem.objects.exists()


def test_what_was_decided_by_then_is_left_out(cast: Cast) -> None:
    _choose(cast.cora, daily=True)
    first, second = orders.place(cast.anna), orders.place(cast.anna)
    deliver()
    actions.accept(first.order_number, actor=cast.ben.actor, version=1)
    mail.outbox.clear()
    with time_machine.travel(next_morning(utc_now()) + timedelta(minutes=1), tick=False):
        deliver()
    daily = next(message for message in mail.outbox if message.to == [cast.cora.user.email])
    assert second.order_number in daily.body
    assert first.order_number not in daily.body


def test_a_daily_mail_of_nothing_is_not_sent(cast: Cast) -> None:
    _choose(cast.cora, daily=True)
    placed = orders.place(cast.anna)
    deliver()
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    assert "daily" not in {kind for _who, kind in _in_the_morning()}
    assert not DigestItem.objects.exists()


def test_each_person_s_daily_mail_is_their_own(cast: Cast) -> None:
    for who in (cast.ben, cast.cora, cast.otto):
        _choose(who, daily=True)
    orders.place(cast.anna)
    assert _sent() == [("anna", "order_received")]
    assert _in_the_morning() == [("ben", "daily"), ("cora", "daily")]
    with time_machine.travel(utc_now() + timedelta(days=2), tick=False):
        assert _sent() == []


def test_a_relay_that_dies_while_sending_sends_it_later(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _choose(cast.cora, daily=True)
    for _ in range(2):
        orders.place(cast.anna)
    deliver()
    mail.outbox.clear()

    def broken(*_args: Any, **_more: Any) -> None:
        raise OSError("mail server down")

    morning = next_morning(utc_now()) + timedelta(minutes=1)
    with monkeypatch.context() as broken_mail, time_machine.travel(morning, tick=False):
        broken_mail.setattr("django.core.mail.EmailMultiAlternatives.send", broken)
        assert run_once().failed == 1
    with time_machine.travel(morning + timedelta(minutes=1), tick=False):
        assert _sent() == [("cora", "daily")]


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-11-25 05:59", "2026-11-25 06:00"),  # Warsaw is an hour ahead in winter
        ("2026-11-25 06:00", "2026-11-26 06:00"),
        ("2026-11-25 23:30", "2026-11-26 06:00"),
        ("2026-10-24 10:00", "2026-10-25 06:00"),  # the night the clock is put back
        ("2026-03-28 10:00", "2026-03-29 05:00"),
    ],
)
def test_morning_is_seven_o_clock_in_the_shop(now: str, morning: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_morning(at) == datetime.fromisoformat(morning).replace(tzinfo=UTC)


@pytest.mark.parametrize("number", [1, 3])
def test_putting_aside_costs_the_same_for_one_order_and_three(cast: Cast, number: int) -> None:
    _choose(cast.cora, daily=True)
    _choose(cast.ben, Topic.ASKED)
    _choose(cast.anna, Topic.OWN)
    for _ in range(number):
        orders.place(cast.anna)
    # Five deliveries an order: a look at whom it asks, two unwanted mails, one put aside; whether a system listens.
    assert len(statements(run_once)) == 6 + 14 * number
    assert DigestItem.objects.count() == number


# --- the page ---

PAGE = "/notifications/"


def test_the_page_keeps_what_was_chosen(cast: Cast, visit: Visit) -> None:
    browser: Client = visit(cast.ben, language="pl")
    page = browser.get(PAGE).content.decode()
    assert page.count('type="checkbox"') == page.count(" checked") - 1 == len(Topic)
    assert browser.post(PAGE, {"sent": "1", "asked": "on", "own": "on", "daily": "1"}).status_code == 302
    assert mail_choices_of(cast.ben.user.pk) == MailChoices(
        muted=frozenset({Topic.REMINDERS, Topic.COMMENTS, Topic.ADMINISTRATION}), daily=True
    )
    assert mail_choices_of(cast.otto.user.pk) == MailChoices()
    page = browser.get(PAGE).content.decode()
    assert page.count(" checked") == 3
    browser.post(PAGE, {"sent": "1"})
    assert mail_choices_of(cast.ben.user.pk) == MailChoices(muted=frozenset(Topic))


@pytest.mark.parametrize("who", ["paul", "mia", "otto", "jan"])
def test_everybody_has_their_own_page(cast: Cast, visit: Visit, who: str) -> None:
    person: Person = getattr(cast, who)
    Profile.objects.filter(user=person.user).delete()
    browser = visit(person, language="en")
    assert browser.post(PAGE, {"sent": "1", "asked": "on"}).status_code == 302
    assert Topic.OWN in mail_choices_of(person.user.pk).muted
    assert language_of(person.user.pk) in ("pl", "en")


def test_nobody_who_is_not_logged_in_chooses(cast: Cast, client: Client) -> None:
    assert client.get(PAGE).status_code == 302
    with pytest.raises(NotAllowed):
        choose_mails(Actor.anonymous(), MailChoices())


def test_a_nonsense_choice_is_refused(cast: Cast, visit: Visit) -> None:
    browser = visit(cast.ben, language="pl")
    assert browser.post(PAGE, {"sent": "1", "daily": "weekly"}).status_code == 422
    assert mail_choices_of(cast.ben.user.pk) == MailChoices()


def test_an_erased_account_leaves_nothing_to_be_sent(cast: Cast) -> None:
    _choose(cast.ewa, daily=True)
    placed = orders.place(cast.ewa)
    deliver()
    assert DigestItem.objects.count() == 1
    actions.withdraw(placed.order_number, actor=cast.ewa.actor, version=1)
    remove_member(cast.ewa.member.pk, actor=cast.dora.actor, version=1)
    forget_member(cast.ewa.member.pk, actor=cast.dora.actor, reason="odeszła")
    assert not DigestItem.objects.exists()
