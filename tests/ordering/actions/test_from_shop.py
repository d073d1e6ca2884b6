"""What the shop does about an order that waits for its customer: it reminds and writes, and never decides."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from akcept.approvals.models import Case
from akcept.journal.models import Entry
from akcept.kernel.errors import IllegalMove, Invalid, NobodyCanDecide, NotAllowed, NotFound, TooOften
from akcept.ordering import actions, queries
from akcept.ordering.actions import Placed
from akcept.ordering.queries.merchant import order_for_staff
from akcept.ordering.reactions.ticking import tick
from akcept.organizations.models import Member, Organization
from akcept.testing import orders
from akcept.testing.cast import Cast
from akcept.testing.relays import deliver
from akcept.ui.history import sentences
from tests.conftest import Visit

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
NOON = MONDAY + timedelta(hours=4)
TEXT = "The last truck for Kraków leaves at 14:00."


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    """Anna's order; it is asked about since a Monday."""
    placed = orders.place(cast.anna)
    Case.objects.filter(pk=placed.order_id).update(opened_at=MONDAY, step_opened_at=MONDAY)
    deliver()
    mail.outbox.clear()
    return placed


def _mails() -> list[tuple[str, str]]:
    deliver()
    found = [(m.to[0].partition("@")[0], m.extra_headers["Message-ID"].split(".")[2]) for m in mail.outbox]
    return sorted(found)


def test_those_asked_are_reminded_and_both_sides_read_it(cast: Cast, waiting: Placed) -> None:
    names = actions.remind(waiting.order_number, actor=cast.mia.actor, now=NOON)
    assert sorted(names) == ["Ben Nowak", "Cora Wiśniewska"]
    assert _mails() == [("ben", "order_reminder"), ("cora", "order_reminder")]
    said = ("The shop asks you not to forget it.", "Sklep prosi, by o nim nie zapomnieć.")
    assert all(any(text in str(message.body) for text in said) for message in mail.outbox)
    for told, for_staff in (
        (queries.order(cast.anna.actor, waiting.order_number).told, False),
        (order_for_staff(cast.mia.actor, waiting.order_number).told, True),
    ):
        assert "The shop reminded: Ben Nowak, Cora Wiśniewska." in [
            line.what for line in sentences(told, for_staff=for_staff)
        ]
    case = Case.objects.get(pk=waiting.order_id)
    assert (case.state, case.version) == ("awaiting", 1)


def test_the_clocks_own_reminder_comes_that_much_later(cast: Cast, waiting: Placed) -> None:
    tuesday = MONDAY + timedelta(days=1)
    actions.remind(waiting.order_number, actor=cast.mia.actor, now=tuesday)
    deliver()
    assert tick(now=MONDAY + timedelta(days=2, minutes=1)) == {}
    assert sum(tick(now=tuesday + timedelta(days=2, minutes=1)).values()) == 1


def test_nobody_is_pressed(cast: Cast, waiting: Placed) -> None:
    number, mia = waiting.order_number, cast.mia.actor
    with pytest.raises(TooOften, match="less than 4 hours ago"):
        actions.remind(number, actor=mia, now=NOON - timedelta(seconds=1))
    actions.remind(number, actor=mia, now=NOON)
    with pytest.raises(TooOften, match="less than 4 hours ago"):
        actions.remind(number, actor=mia, now=NOON + timedelta(hours=3, minutes=59))
    actions.remind(number, actor=mia, now=NOON + timedelta(hours=4))
    with pytest.raises(TooOften, match="2 times within a day"):
        actions.remind(number, actor=mia, now=NOON + timedelta(hours=8))
    actions.remind(number, actor=mia, now=NOON + timedelta(hours=24, minutes=1))
    assert Entry.objects.filter(topic="order.reminded").count() == 3


def test_who_has_an_order_back_is_reminded_instead(cast: Cast, waiting: Placed) -> None:
    actions.send_back(waiting.order_number, actor=cast.ben.actor, version=1, question="why?", now=MONDAY)
    deliver()
    mail.outbox.clear()
    assert actions.remind(waiting.order_number, actor=cast.mia.actor, now=NOON) == ("Anna Kowalska",)
    assert _mails() == [("anna", "order_reminder")]
    told = queries.order(cast.anna.actor, waiting.order_number).told
    assert "The shop reminded the requester that it was sent back." in [line.what for line in sentences(told)]


def test_what_cannot_be_reminded_of_says_why(cast: Cast, waiting: Placed) -> None:
    number, mia = waiting.order_number, cast.mia.actor
    for member in (cast.anna, cast.dora, cast.otto):
        with pytest.raises(NotAllowed):
            actions.remind(number, actor=member.actor, now=NOON)
        with pytest.raises(NotAllowed):
            actions.write_to_customer(number, actor=member.actor, text=TEXT, now=NOON)
    for unknown in ("000", orders.place(cast.paul).order_number):
        with pytest.raises(NotFound):
            actions.remind(unknown, actor=mia, now=NOON)
    Organization.objects.filter(pk=cast.acme.pk).update(status="blocked")
    with pytest.raises(NotAllowed, match="Acme is blocked"):
        actions.remind(number, actor=mia, now=NOON)
    Organization.objects.filter(pk=cast.acme.pk).update(status="active")
    Member.objects.filter(pk__in=[cast.ben.member.pk, cast.cora.member.pk]).update(active=False)  # type: ignore[union-attr]
    with pytest.raises(NobodyCanDecide):
        actions.remind(number, actor=mia, now=NOON)
    actions.withdraw(number, actor=cast.anna.actor, version=1)
    for act in (
        lambda: actions.remind(number, actor=mia, now=NOON),
        lambda: actions.write_to_customer(number, actor=mia, text=TEXT, now=NOON),
    ):
        with pytest.raises(IllegalMove, match="no longer waiting"):
            act()
    assert not Entry.objects.filter(topic__in=("order.reminded", "order.shop_wrote")).exists()


def test_the_shop_writes_to_requester_and_those_asked_and_to_nobody_else(cast: Cast, waiting: Placed) -> None:
    actions.write_to_customer(waiting.order_number, actor=cast.mia.actor, text=f"  {TEXT}\r\n", now=NOON)
    assert _mails() == [(name, "order_shop_wrote") for name in ("anna", "ben", "cora")]
    for message in mail.outbox:
        assert TEXT in str(message.body)
        assert message.subject in {
            f"The shop wrote about order {waiting.order_number}",
            f"Sklep napisał w sprawie zamówienia {waiting.order_number}",
        }
    [line] = [line for line in sentences(queries.order(cast.ben.actor, waiting.order_number).told) if line.said]
    assert (line.what, line.said) == ("The shop wrote to the customer", TEXT)
    assert queries.order(cast.ben.actor, waiting.order_number).case.version == 1  # type: ignore[union-attr]


def test_who_no_longer_sees_the_order_does_not_get_what_the_shop_wrote(cast: Cast, waiting: Placed) -> None:
    actions.write_to_customer(waiting.order_number, actor=cast.mia.actor, text=TEXT, now=NOON)
    Member.objects.filter(pk=cast.ben.member.pk).update(active=False)  # type: ignore[union-attr]
    assert _mails() == [(name, "order_shop_wrote") for name in ("anna", "cora")]


@pytest.mark.parametrize(("text", "said"), [("", "Write something first."), (" \n ", "Write"), ("x" * 1001, "1000")])
def test_what_is_written_is_bounded(cast: Cast, waiting: Placed, text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        actions.write_to_customer(waiting.order_number, actor=cast.mia.actor, text=text, now=NOON)
    assert refused.value.field == "text"


def test_the_shop_writes_ten_times_a_day_at_most(cast: Cast, waiting: Placed) -> None:
    for _ in range(10):
        actions.write_to_customer(waiting.order_number, actor=cast.mia.actor, text=TEXT, now=NOON)
    with pytest.raises(TooOften, match="10 times"):
        actions.write_to_customer(waiting.order_number, actor=cast.mia.actor, text=TEXT, now=NOON)
    actions.write_to_customer(
        waiting.order_number, actor=cast.mia.actor, text=TEXT, now=NOON + timedelta(days=1, seconds=1)
    )


# --- the panel ---


def test_staff_remind_and_write_from_the_orders_page(cast: Cast, waiting: Placed, visit: Visit) -> None:
    mia: Client = visit(cast.mia)
    page = reverse("akcept_panel:order", args=[waiting.order_number])
    shown = mia.get(page).content.decode()
    assert 'href="mailto:ben@customer.example"' in shown
    assert 'href="mailto:anna@customer.example"' in shown
    said = mia.post(reverse("akcept_panel:remind", args=[waiting.order_number]), follow=True)
    assert "Reminded: " in said.content.decode()
    again = mia.post(reverse("akcept_panel:remind", args=[waiting.order_number]), follow=True)
    assert "less than 4 hours ago" in again.content.decode()
    write = reverse("akcept_panel:write_to_customer", args=[waiting.order_number])
    refused = mia.post(write, {"text": "x" * 1001})
    assert refused.status_code == 422
    assert "x" * 1001 in refused.content.decode()
    sent = mia.post(write, {"text": TEXT}, follow=True)
    assert re.search(rf"The shop wrote to the customer.*{re.escape(TEXT)}", sent.content.decode(), re.DOTALL)


@pytest.mark.parametrize("name", ["remind", "write_to_customer"])
def test_members_have_no_such_page(cast: Cast, waiting: Placed, visit: Visit, name: str) -> None:
    url = reverse(f"akcept_panel:{name}", args=[waiting.order_number])
    for who in (cast.dora, cast.otto):
        assert visit(who).post(url, {"text": TEXT}).status_code == 403
    private = orders.place(cast.paul).order_number
    assert visit(cast.mia).post(reverse(f"akcept_panel:{name}", args=[private]), {"text": TEXT}).status_code in (
        404,
        409,
    )
    assert not Entry.objects.filter(topic__in=("order.reminded", "order.shop_wrote")).exists()
