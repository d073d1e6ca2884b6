"""Mails about orders: exactly whom they concern, in their language, once, and with everything needed to decide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from akcept.journal.models import Delivery, Entry
from akcept.notices import sending
from akcept.notices.kinds import order_confirmed
from akcept.ordering import actions, topics
from akcept.organizations.models import Member, Organization
from akcept.testing import carts, orders
from akcept.testing.cast import Cast
from akcept.testing.cast import person as new_person
from akcept.testing.relays import deliver


@pytest.fixture(autouse=True)
def _outbox(mailoutbox: list[Any]) -> None:
    """Start every test with an empty outbox."""


def _sent() -> list[tuple[str, str]]:
    """Who got what, by the kind named in the Message-ID."""
    found = []
    for message in mail.outbox:
        kind = message.extra_headers["Message-ID"].split(".")[2]
        found.append((message.to[0].partition("@")[0], kind))
    mail.outbox.clear()
    return sorted(found)


def _html(message: EmailMultiAlternatives) -> str:
    (alternative,) = message.alternatives
    assert alternative[1] == "text/html"
    return str(alternative[0])


@pytest.mark.parametrize(
    ("who", "asked"), [("anna", ["ben", "cora"]), ("piotr", ["ben", "cora"]), ("jan", ["cora"]), ("otto", [])]
)
def test_exactly_those_who_may_accept_are_asked(cast: Cast, who: str, asked: list[str]) -> None:
    placed = orders.place(getattr(cast, who))
    deliver()
    if placed.held:
        assert _sent() == sorted([*((name, "acceptance_asked") for name in asked), (who, "order_received")])
    else:
        assert _sent() == [(who, "order_confirmed")]


@pytest.mark.parametrize("late", [True, False])
def test_who_lost_the_right_meanwhile_is_not_asked_and_who_got_it_before_is(cast: Cast, late: bool) -> None:
    orders.place(cast.anna)
    assert Delivery.objects.filter(state="due").filter(target__startswith="user:").count() == 3
    if late:
        new_person("Late", "Comer", seat=cast.krakow, rights="accept_orders")
    Member.objects.filter(pk=cast.ben.member.pk).update(active=False)
    deliver()
    expected = [("anna", "order_received"), ("cora", "acceptance_asked")]
    assert _sent() == sorted([*expected, *([("late", "acceptance_asked")] if late else [])])


def test_accepting_confirms_once_and_tells_nobody_of_their_own_act(cast: Cast) -> None:
    placed = orders.place(cast.anna)
    deliver()
    mail.outbox.clear()
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1, remark="dobrze")
    deliver()
    (confirmation,) = mail.outbox
    assert "dobrze" in confirmation.body
    assert _sent() == [("anna", "order_confirmed")]
    assert deliver().claimed == 0


def test_buyer_is_told_of_a_release_that_an_earlier_version_wrote_down(cast: Cast) -> None:
    placed = orders.place(cast.anna)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    entry = Entry.objects.get(topic=topics.RELEASED)
    del entry.payload["buyer_id"]
    assert order_confirmed.KIND.targets(entry) == [f"user:{cast.anna.user.pk}"]


def test_rejecting_tells_the_reason(cast: Cast) -> None:
    placed = orders.place(cast.anna)
    deliver()
    mail.outbox.clear()
    actions.reject(placed.order_number, actor=cast.cora.actor, version=1, reason="za drogo <b>")
    deliver()
    (told,) = mail.outbox
    assert "za drogo <b>" in told.body
    assert "za drogo &lt;b&gt;" in _html(told)
    assert "Cora Wiśniewska" in told.subject
    assert _sent() == [("anna", "order_rejected")]


def test_decided_before_the_mail_went_out_nobody_is_asked_any_more(cast: Cast) -> None:
    placed = orders.place(cast.anna)
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    deliver()
    assert _sent() == [("anna", "order_confirmed")]


def test_blocked_organisation_is_not_asked(cast: Cast) -> None:
    orders.place(cast.anna)
    Organization.objects.update(status="blocked")
    deliver()
    assert ("ben", "acceptance_asked") not in _sent()


def test_everybody_reads_their_own_language_whoever_ordered(cast: Cast) -> None:
    orders.place(cast.anna)  # Anna and Ben read Polish, Cora English
    deliver()
    bodies = {message.to[0].partition("@")[0]: message for message in mail.outbox}
    ben, cora, anna = bodies["ben"], bodies["cora"], bodies["anna"]
    assert "Dlaczego czeka" in ben.body
    assert "ale musi je zaakceptować ktoś inny" in ben.body
    assert "Why it is waiting" in cora.body
    assert "but not accept them" in cora.body
    assert "gross" in cora.body
    assert "brutto" not in cora.body
    assert "Zamówienie" in anna.subject
    assert 'lang="pl"' in _html(ben)
    assert 'lang="en"' in _html(cora)


def test_mail_holds_what_is_needed_to_decide(cast: Cast, settings: Any) -> None:
    settings.AKCEPT_BASE_URL = "https://shop.example"
    placed = orders.place(cast.anna, lines=2, note="Na <kwartał> & dalej")
    deliver()
    asked = next(message for message in mail.outbox if message.to == ["ben@customer.example"])
    link = f"https://shop.example/orders/{placed.order_number}/"
    for part, escaped in ((asked.body, False), (_html(asked), True)):
        text = re.sub(r"\s+", " ", part.replace("\u00a0", " ").replace("&nbsp;", " "))
        for needed in ("Acme", "Oddział Kraków", "Anna Kowalska", "Produkt S1", "Produkt S2", "S1", link):
            assert needed in text, (needed, text)
        assert ("Na &lt;kwartał&gt; &amp; dalej" if escaped else "Na <kwartał> & dalej") in text
        order = orders.order(placed)
        for total in (order.total_excl_tax, order.total_incl_tax):
            assert f"{total:.2f}".replace(".", ",") in text, (total, text)
    assert asked.from_email
    assert asked.extra_headers["Auto-Submitted"] == "auto-generated"


def test_plain_text_has_no_gap_where_a_part_has_nothing_to_say(cast: Cast) -> None:
    orders.place(cast.anna)
    deliver()
    assert [message.subject for message in mail.outbox if "\n\n\n" in message.body] == []
    assert sending.plain("Cora\n\n \n\nVAT\n\nRazem\n\n") == "Cora\n\nVAT\n\nRazem\n"


def test_long_order_is_cut_kindly(cast: Cast) -> None:
    orders.place(cast.anna, lines=60)
    deliver()
    body = next(message.body for message in mail.outbox if message.to[0].startswith("cora"))
    assert body.count("\n- ") == 50
    assert "and 10 more items" in body


def test_line_break_in_a_name_cannot_add_a_header(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.acme.pk).update(name="Acme\r\nBcc: otto@customer.example")
    orders.place(cast.anna)
    deliver()
    for message in mail.outbox:
        sent: EmailMessage = message.message()
        assert sent["Bcc"] is None
        assert "\n" not in message.subject


class FailsForCora(EmailBackend):
    """A mail server that does not take mails to one address."""

    def send_messages(self, messages: Any) -> int:
        if any("cora" in message.to[0] for message in messages):
            raise ConnectionRefusedError("no mail today")
        return super().send_messages(messages)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-24T12:00:00+00:00", tick=False) as traveller:
        yield traveller


def test_server_that_is_down_for_one_loses_nothing_and_repeats_nobody(
    cast: Cast, settings: Any, clock: time_machine.Traveller
) -> None:
    orders.place(cast.anna)
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.FailsForCora"
    count = deliver()
    assert (count.failed, sorted(m.to[0][:4] for m in mail.outbox)) == (1, ["anna", "ben@"])
    waiting = Delivery.objects.get(state="due")
    assert (waiting.attempts, "no mail today" in waiting.detail) == (1, True)
    assert deliver().claimed == 0, "not before its time"
    settings.EMAIL_BACKEND = backend
    mail.outbox.clear()
    clock.shift(timedelta(seconds=6))
    deliver()
    assert _sent() == [("cora", "acceptance_asked")]


def test_repeat_can_be_told_by_its_message_id(cast: Cast) -> None:
    orders.place(cast.anna)
    deliver()
    first = {message.extra_headers["Message-ID"] for message in mail.outbox}
    Delivery.objects.exclude(target="").update(state="due", claim="", due_at=timezone.now())
    deliver()
    again = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert len(again) == 2 * len(first)
    assert set(again) == first


def test_order_of_another_organisation_tells_nobody_here(cast: Cast) -> None:
    colleague = new_person("Lena", "Król", seat=cast.terminal, rights="place_orders")
    orders.place(colleague, records=[carts.stock("OTHER")])
    deliver()
    assert _sent() == [("lena", "order_received"), ("otto", "acceptance_asked")]
