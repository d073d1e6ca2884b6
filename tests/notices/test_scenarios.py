"""What went wrong elsewhere with mails, as people meet it here: docs/concepts/scenarios.md, N."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from akcept.approvals.models import Terms
from akcept.approvals.rules import Rule, RuleStep
from akcept.journal.models import Entry
from akcept.ordering import actions
from akcept.ordering.models import Placement
from akcept.organizations.asking import ANY_ACCEPTOR, Ask, AskKind
from akcept.organizations.models import Member, UnitAddress
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.support.days import passing_days
from tests.support.rules import ask_one_after_the_other, save
from tests.support.visitors import hidden

INTERNAL = "Szef jeszcze nie wie"


@pytest.fixture(autouse=True)
def _outbox(mailoutbox: list[Any]) -> None:
    """Start every test with an empty outbox."""


def _text(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode().replace("\u00a0", " ")


def _sent() -> list[tuple[str, str]]:
    """Deliver what is due; return who got what, and empty the outbox."""
    deliver()
    found = []
    for message in mail.outbox:
        kind = message.extra_headers.get("Message-ID", "..none").split(".")[2]
        found += [(to.partition("@")[0], kind) for to in message.recipients()]
    mail.outbox.clear()
    return sorted(found)


def _by_page(client: Client, who: Person) -> str:
    """Order what is in the basket by the checkout's page; return the number."""
    assert who.member is not None
    page = _text(client.get("/checkout/"))
    form = {
        "cart": hidden(page, "cart"),
        "seen": hidden(page, "seen"),
        "delivery": orders.COURIER,
        "payment": "transfer",
        "po_number": "",
        "note": "",
        "address": str(UnitAddress.objects.get(unit=who.member.unit, is_default=True).pk),
    }
    answer = client.post("/checkout/", form)
    assert answer.status_code == 302, _text(answer)
    return Placement.objects.latest("order_id").number


# --- N3: what people of the organisation write to each other ---


@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_nobody_outside_reads_what_members_write_to_each_other(cast: Cast, visit: Visit, decision: str) -> None:
    placed = orders.place(cast.anna, note=f"note: {INTERNAL}")
    number = placed.order_number
    anna, ben, mia = visit(cast.anna), visit(cast.ben), visit(cast.mia, superuser=True)
    page = f"/orders/{number}/"
    anna.post(f"{page}comment/", {"text": f"comment: {INTERNAL}"})
    ben.post(f"{page}send-back/", {"version": "1", "remark": f"question: {INTERNAL}"})
    change = {"version": "2", "remark": f"answer: {INTERNAL}", "note": f"note: {INTERNAL}", "po_number": ""}
    anna.post(f"{page}change/", change)
    shown = [_text(mia.get(path)) for path in ("/dashboard/acceptance/", "/dashboard/acceptance/export.csv")]
    assert all(number in listed for listed in shown)
    ben.post(f"{page}{decision}/", {"version": "3", "remark": f"remark: {INTERNAL}"})
    anna.post(f"{page}comment/", {"text": f"later: {INTERNAL}"})
    deliver()
    inside = {f"{name}@customer.example" for name in ("anna", "ben", "cora")}
    assert mail.outbox
    assert {to for message in mail.outbox for to in message.recipients()} <= inside
    shown.append(_text(mia.get(f"/dashboard/acceptance/{number}/")))
    if decision == "accept":
        shown += [_text(mia.get(path)) for path in (f"/dashboard/orders/{number}/", "/dashboard/orders/")]
    assert [INTERNAL in page for page in shown] == [False] * len(shown)
    assert INTERNAL in _text(ben.get(page)), "members do read it"


# --- N5: one final mail ---


def test_last_of_two_levels_sends_the_requester_one_final_mail(cast: Cast, visit: Visit) -> None:
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    placed = orders.place(cast.anna, lines=1)
    assert _sent() == [("anna", "order_received"), ("ben", "acceptance_asked")]
    accept = f"/orders/{placed.order_number}/accept/"
    visit(cast.ben).post(accept, {"version": "1"})
    assert _sent() == [("cora", "acceptance_asked")]
    visit(cast.cora).post(accept, {"version": "2"})
    assert _sent() == [("anna", "order_confirmed")]
    assert [told for _day in passing_days(40) for told in _sent()] == []


# --- N7: the order confirmation ---


@pytest.mark.parametrize("by_page", [True, False])
def test_confirmation_comes_once_and_only_with_the_release(cast: Cast, visit: Visit, by_page: bool) -> None:
    """By the page, and by the action that every other way of ordering calls."""
    cart = carts.fill(cast.anna, lines=1)
    anna = visit(cast.anna)
    number = _by_page(anna, cast.anna) if by_page else orders.place_cart(cast.anna, cart).order_number
    asked = [("anna", "order_received"), ("ben", "acceptance_asked"), ("cora", "acceptance_asked")]
    assert _sent() == asked
    visit(cast.ben).post(f"/orders/{number}/accept/", {"version": "1"})
    assert _sent() == [("anna", "order_confirmed")]
    mia = visit(cast.mia, superuser=True)
    mia.post(f"/dashboard/orders/{number}/", {"order_action": "change_order_status", "new_status": "in_progress"})
    assert _sent() == []


# --- N9: an approver who went after having been asked ---


def _removed(dora: Client, member: Member) -> Any:
    return dora.post(f"/organization/members/{member.pk}/remove/", {"version": str(member.version), "seen": "True"})


def _deactivated(dora: Client, member: Member) -> Any:
    return _changed(dora, member, permissions=["place_orders", "accept_orders"])


def _without_the_right(dora: Client, member: Member) -> Any:
    return _changed(dora, member, permissions=["place_orders"], active="on")


def _changed(dora: Client, member: Member, **data: Any) -> Any:
    """Save the member's page; a box that is left out is not ticked."""
    kept = {"version": str(member.version), "unit": str(member.unit_id), "currency": "PLN", "basis": "goods_net"}
    shown = dora.post(f"/organization/members/{member.pk}/", kept | data).content.decode()
    seen = shown.partition('name="seen" value="')[2].partition('"')[0]  # it says first what becomes of open orders
    return dora.post(f"/organization/members/{member.pk}/", kept | data | {"seen": seen})


@pytest.mark.parametrize("goes", [_removed, _deactivated, _without_the_right])
def test_who_went_after_having_been_asked_is_never_reminded(cast: Cast, visit: Visit, goes: Any) -> None:
    orders.place(cast.anna, lines=1)
    assert ("ben", "acceptance_asked") in _sent()
    member = Member.objects.get(pk=cast.ben.member.pk)
    assert goes(visit(cast.dora), member).status_code == 302
    told = [who for _day in passing_days(40) for who in _sent()]
    assert ("cora", "order_reminder") in told
    assert [kind for who, kind in told if who == "ben"] == []


# --- N13: nobody needs to accept ---


def test_order_that_needs_nobody_tells_the_same_in_the_same_order(cast: Cast, visit: Visit) -> None:
    """Placed, then released, and the same confirmation; `order.accepted` only where somebody accepted."""
    seen: list[list[str]] = []
    mails: list[list[tuple[str, str]]] = []
    for who, waits in ((cast.anna, True), (cast.ben, False)):
        carts.fill(who, lines=1)
        number = _by_page(visit(who), who)
        if waits:
            _sent()
            actions.accept(number, actor=cast.cora.actor, version=1)
        found = Entry.objects.filter(subject_id=number).order_by("pk").values_list("topic", flat=True)
        seen.append([topic for topic in found if topic != "order.accepted"])
        mails.append(_sent())
    assert seen == [["order.placed", "order.released"]] * 2
    assert mails == [[("anna", "order_confirmed")], [("ben", "order_confirmed")]]


# --- asked twice ---


def _ask_anybody_then_cora(cast: Cast) -> None:
    asks = (ANY_ACCEPTOR, Ask(kind=AskKind.MEMBER, id=cast.cora.member.pk, label=cast.cora.name))
    steps = tuple(RuleStep(asks=(ask,)) for ask in asks)
    save(cast, Rule(id=0, name="Twice", unit_id=cast.head_office.pk, steps=steps))


def test_who_may_answer_two_steps_is_mailed_when_each_is_asked(cast: Cast) -> None:
    _ask_anybody_then_cora(cast)
    number = orders.place(cast.anna, lines=1).order_number
    assert _sent() == [("anna", "order_received"), ("ben", "acceptance_asked"), ("cora", "acceptance_asked")]
    actions.accept(number, actor=cast.ben.actor, version=1)
    assert _sent() == [("cora", "acceptance_asked")]


def test_who_asks_themselves_again_by_their_own_acceptance_is_told_on_that_page(cast: Cast, visit: Visit) -> None:
    Terms.objects.create(organization=cast.acme, skip_already_accepted=False)
    _ask_anybody_then_cora(cast)
    numbers = [orders.place(cast.anna, lines=1).order_number for _each in range(2)]
    deliver()
    mails = [message for message in mail.outbox if message.to == ["cora@customer.example"]]
    links = {number: _link(message.body) for number, message in zip(numbers, mails, strict=True)}
    mail.outbox.clear()
    cora = visit(cast.cora)
    first, second = numbers
    told = _text(cora.post(f"/orders/{first}/accept/", {"version": "1"}, follow=True))
    assert f"You accepted a step of order {first}. The next one is yours too: decide again." in told
    told = _text(Client().post(links[second], {"move": "accept"}, follow=True))
    assert "The next step is yours too: log in and decide again." in told
    assert _sent() == []
    told = _text(cora.post(f"/orders/{first}/accept/", {"version": "2"}, follow=True))
    assert f"You accepted order {first}. Anna Kowalska has been told" in told
    assert _sent() == [("anna", "order_confirmed")]


def _link(body: str) -> str:
    return "/acceptance/by-mail/" + body.partition("/acceptance/by-mail/")[2].split()[0]


# --- what mails say of their reader ---


def _bodies() -> dict[str, str]:
    deliver()
    found = {message.to[0].partition("@")[0]: str(message.body) for message in mail.outbox}
    mail.outbox.clear()
    return found


def test_who_may_decide_their_own_order_is_not_told_of_being_mailed(cast: Cast) -> None:
    Terms.objects.create(organization=cast.acme, self_acceptance=True)
    save(cast, Rule(id=0, name="All", unit_id=cast.head_office.pk, steps=(RuleStep(asks=(ANY_ACCEPTOR,)),)))
    orders.place(cast.ben, lines=1)
    bodies = _bodies()
    assert set(bodies) == {"ben", "cora"}
    assert "Zapytani: Cora Wiśniewska. O decyzji" in bodies["ben"]


def test_what_people_wrote_stands_in_the_quotation_marks_of_the_mail(cast: Cast) -> None:
    number = orders.place(cast.anna, lines=1, note="Na kwartał").order_number
    bodies = _bodies()
    assert "Note by Anna Kowalska: “Na kwartał”" in bodies["cora"]
    assert "Wiadomość: Anna Kowalska: „Na kwartał”" in bodies["ben"]
    actions.reject(number, actor=cast.cora.actor, version=1, reason="Too much")
    assert "„Too much”" in _bodies()["anna"]


def test_last_mail_names_everybody_who_accepted_with_what_they_wrote(cast: Cast) -> None:
    ask_one_after_the_other(cast, cast.ben, cast.cora)
    number = orders.place(cast.anna, lines=1).order_number
    _bodies()
    actions.accept(number, actor=cast.ben.actor, version=1, remark="Potrzebne")
    assert "anna" not in _bodies()
    actions.accept(number, actor=cast.cora.actor, version=2)
    assert "Akceptacja: Ben Nowak. „Potrzebne”\nAkceptacja: Cora Wiśniewska.\n" in _bodies()["anna"]
