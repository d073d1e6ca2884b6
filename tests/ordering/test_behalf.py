"""The shop in a member's place: what it may do there, what never, and who reads that it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client
from django.urls import reverse

from akcept.api.routes.following import _feed
from akcept.approvals.models import Case, Terms
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor, ActorKind, Behalf
from akcept.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from akcept.ordering import actions, behalf, queries
from akcept.ordering.actions import Placed
from akcept.ordering.models import Revision
from akcept.ordering.ports import WantedLine
from akcept.ordering.queries.merchant import order_for_staff
from akcept.organizations import actions as people
from akcept.organizations.models import Member
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person, person
from akcept.testing.relays import deliver
from akcept.ui.history import sentences
from akcept.webhooks.events import Type
from akcept.webhooks.told import data_of
from tests.conftest import Visit

pytestmark = pytest.mark.django_db

WHY = "asked by phone"


def in_place_of(who: Person, by: Person, because: str = WHY) -> Actor:
    assert who.member is not None
    return behalf.in_place_of(who.member, actor=by.actor, because=because)


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    placed = orders.place(cast.anna, records=[carts.stock("PAP", number=100)], quantity=5)
    deliver()
    mail.outbox.clear()
    return placed


def _line(placed: Placed) -> Any:
    return apps.get_model("order.Line").objects.get(order_id=placed.order_id)


def _told(cast: Cast, number: str) -> list[tuple[str, str]]:
    """What both sides read of the last act; they read the same."""
    found = []
    for told, for_staff in (
        (queries.order(cast.anna.actor, number).told, False),
        (order_for_staff(cast.mia.actor, number).told, True),
    ):
        line = [line for line in sentences(told, for_staff=for_staff) if line.who][-1]
        found.append((line.who, line.what))
    return found


def _mails() -> dict[str, str]:
    deliver()
    return {message.to[0].partition("@")[0]: f"{message.subject}\n{message.body}" for message in mail.outbox}


def test_it_withdraws_and_both_sides_read_for_whom_and_why(cast: Cast, waiting: Placed) -> None:
    actions.withdraw(waiting.order_number, actor=in_place_of(cast.anna, cast.mia), version=1)
    assert orders.order(waiting).status == "withdrawn"
    assert carts.stock("PAP").num_allocated == 0
    entry = Entry.objects.get(topic="order.withdrawn")
    assert (entry.actor_kind, entry.actor_user_id, entry.actor_name) == ("staff", cast.mia.user.pk, cast.mia.name)
    assert (entry.payload["in_place_of"], entry.payload["because"]) == (cast.anna.name, WHY)
    said = (f"{cast.mia.name} (shop)", f"withdrew the order, for {cast.anna.name}, because: {WHY}")
    assert _told(cast, waiting.order_number) == [said, said]
    found = _mails()
    assert set(found) == {"anna", "ben", "cora"}
    assert all(WHY in text for text in found.values())


def test_it_changes_and_everybody_is_asked_anew(cast: Cast, waiting: Placed) -> None:
    line = _line(waiting)
    mia = in_place_of(cast.anna, cast.mia)
    actions.resubmit(waiting.order_number, actor=mia, version=1, quantities={line.pk: 7})
    case = Case.objects.get(pk=waiting.order_id)
    assert (case.state, case.round, _line(waiting).quantity) == ("awaiting", 2, 7)
    assert orders.order(waiting).status == "awaiting_acceptance"
    assert [row.by_name for row in Revision.objects.order_by("number")][-1] == cast.mia.name
    [(who, what), for_shop] = _told(cast, waiting.order_number)
    assert (who, what) == for_shop
    assert who == f"{cast.mia.name} (shop)"
    assert "5 → 7" in what
    assert what.endswith(f", for {cast.anna.name}, because: {WHY}")
    found = _mails()
    assert set(found) == {"anna", "ben", "cora"}
    assert all(WHY in text for text in found.values())


def test_it_places_and_the_order_waits_like_the_members_own(cast: Cast) -> None:
    carts.stock("PAP", price="300.00")
    placed = actions.place_list(
        [WantedLine(code="PAP", quantity=2)],
        actor=in_place_of(cast.anna, cast.mia),
        delivery_code=orders.COURIER,
        delivery_address=orders.address_of(cast.anna),
    )
    own = orders.place(cast.anna, records=[carts.stock("PAP")], quantity=2)
    assert placed.held
    assert placed.approvers == own.approvers
    placement = queries.order(cast.anna.actor, placed.order_number).placement
    assert (placement.buyer_id, placement.requester_id) == (cast.anna.user.pk, cast.anna.member.pk)  # type: ignore[union-attr]
    said = (f"{cast.mia.name} (shop)", f"placed the order, for {cast.anna.name}, because: {WHY}")
    assert _told(cast, placed.order_number) == [said, said]
    _mails()
    assert any(WHY in str(message.body) for message in mail.outbox if message.to[0].startswith("ben@"))
    assert any(WHY in str(message.body) for message in mail.outbox if message.to[0].startswith("anna@"))


DECISIONS: dict[str, Callable[[str, Actor, Cast], Any]] = {
    "accept": lambda number, actor, _cast: actions.accept(number, actor=actor, version=1),
    "reject": lambda number, actor, _cast: actions.reject(number, actor=actor, version=1, reason="No."),
    "send back": lambda number, actor, _cast: actions.send_back(number, actor=actor, version=1, question="Why?"),
    "forward": lambda number, actor, cast: actions.forward(
        number,
        actor=actor,
        version=1,
        to_member_id=cast.cora.member.pk,  # type: ignore[union-attr]
    ),
    "reduce": lambda number, actor, _cast: actions.amend(number, actor=actor, version=1, quantities={}, reason="No."),
    "revoke": lambda number, actor, _cast: actions.revoke(number, actor=actor, version=1, reason="No."),
    "new prices": lambda number, actor, _cast: actions.update_prices(number, actor=actor, version=1),
    "comment": lambda number, actor, _cast: actions.comment(number, actor=actor, text="Hello"),
}


@pytest.mark.parametrize("act", DECISIONS)
def test_it_never_decides_in_anybodys_place(cast: Cast, waiting: Placed, act: str) -> None:
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    before = Entry.objects.count()
    with pytest.raises(NotAllowed, match="Only the customer's own people decide"):
        DECISIONS[act](waiting.order_number, in_place_of(cast.ben, cast.mia), cast)
    assert Case.objects.get(pk=waiting.order_id).version == 1
    assert not Entry.objects.filter(topic__in=["order.accepted", "order.rejected"]).exists()
    assert Entry.objects.count() in (before, before + 1), "a refusal, at most"


def test_only_the_requesters_place_counts(cast: Cast, waiting: Placed) -> None:
    """Isolation: another organisation's member sees no such order, nor does another branch's, nor is a colleague it."""
    for who in (cast.otto, cast.ewa):
        with pytest.raises((NotFound, NotAllowed)):
            actions.withdraw(waiting.order_number, actor=in_place_of(who, cast.mia), version=1)
    with pytest.raises(NotFound):
        actions.withdraw(waiting.order_number, actor=in_place_of(cast.otto, cast.mia), version=1)
    with pytest.raises(NotAllowed, match="who placed this order"):
        actions.withdraw(waiting.order_number, actor=in_place_of(cast.ben, cast.mia), version=1)
    assert orders.order(waiting).status == "awaiting_acceptance"


def test_the_right_is_asked_for_in_the_transaction(cast: Cast, waiting: Placed) -> None:
    packer = person("Wanda", "Paczka", staff=True)
    for who in (packer, cast.dora, cast.otto, cast.anna):
        with pytest.raises(NotAllowed):
            in_place_of(cast.anna, who)
    for who in (packer, cast.dora, cast.otto):
        by = Behalf(user_id=who.user.pk, name="Forged", because=WHY)
        forged = Actor(kind=ActorKind.PERSON, name="Anna", user_id=cast.anna.user.pk, behalf=by)
        with pytest.raises(NotAllowed):
            actions.withdraw(waiting.order_number, actor=forged, version=1)
        with pytest.raises(NotAllowed):
            actions.place_list(
                [WantedLine(code="PAP", quantity=1)],
                actor=forged,
                delivery_code=orders.COURIER,
                delivery_address=orders.address_of(cast.anna),
            )
    mia = in_place_of(cast.anna, cast.mia)
    cast.mia.user.user_permissions.clear()
    with pytest.raises(NotAllowed, match="managing organisations"):
        actions.withdraw(waiting.order_number, actor=mia, version=1)


def test_nobody_is_acted_for_who_may_not_act(cast: Cast, waiting: Placed) -> None:
    mia = in_place_of(cast.anna, cast.mia)
    Member.objects.filter(pk=cast.anna.member.pk).update(active=False)  # type: ignore[union-attr]
    with pytest.raises(Refused):
        actions.withdraw(waiting.order_number, actor=mia, version=1)


@pytest.mark.parametrize("because", ["", " \t\n", "x" * 501])
def test_a_reason_is_given_and_short(cast: Cast, because: str) -> None:
    with pytest.raises(Invalid) as refused:
        in_place_of(cast.anna, cast.mia, because)
    assert refused.value.field == "because"


def test_who_decided_first_counts(cast: Cast, waiting: Placed) -> None:
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    mia, line = in_place_of(cast.anna, cast.mia), _line(waiting)
    for act in (
        lambda: actions.withdraw(waiting.order_number, actor=mia, version=1),
        lambda: actions.resubmit(waiting.order_number, actor=mia, version=1, quantities={line.pk: 9}),
    ):
        with pytest.raises(Stale):
            act()
    assert _line(waiting).quantity == 5
    assert orders.order(waiting).status == "unhandled"


def test_pages_do_it_and_lose_nothing_typed(cast: Cast, visit: Visit, waiting: Placed) -> None:
    mia: Client = visit(cast.mia)
    order = reverse("akcept_panel:order", args=[waiting.order_number])
    change = reverse("akcept_panel:change_in_place", args=[waiting.order_number])
    withdraw = reverse("akcept_panel:withdraw_in_place", args=[waiting.order_number])
    page = mia.get(order).content.decode()
    assert change in page
    assert withdraw in page
    name = f"quantity-{_line(waiting).pk}"
    refused = mia.post(change, {"version": "1", name: "8", "because": ""})
    assert refused.status_code == 422
    assert 'value="8"' in refused.content.decode()
    refused = mia.post(change, {"version": "1", name: "500", "because": WHY})
    assert refused.status_code in (409, 422)
    assert WHY in refused.content.decode()
    assert mia.post(change, {"version": "1", name: "8", "because": WHY})["Location"] == order
    assert _line(waiting).quantity == 8
    stale = mia.post(withdraw, {"version": "1", "because": WHY})
    assert stale.status_code == 409
    assert WHY in stale.content.decode()
    assert mia.post(withdraw, {"version": "2", "because": WHY})["Location"] == order
    assert orders.order(waiting).status == "withdrawn"
    assert mia.get(withdraw).status_code == 404


def test_a_page_orders_again_for_the_requester(cast: Cast, visit: Visit, waiting: Placed) -> None:
    mia: Client = visit(cast.mia)
    carts.stock("TON", price="200.00")
    again = reverse("akcept_panel:order_in_place", args=[waiting.order_number])
    assert again in mia.get(reverse("akcept_panel:order", args=[waiting.order_number])).content.decode()
    name = f"quantity-{_line(waiting).pk}"
    typed = {name: "2", "more": "TON 3\n\n590PAP 1", "po_number": "ZAM/7", "because": WHY}
    for wrong, said in (
        ({"more": "TON"}, "not “TON”"),
        ({"more": "TON many"}, "not “TON many”"),
        ({"more": "NOSUCH 2"}, "NOSUCH"),
        ({"because": ""}, "This field"),
        ({name: "0", "more": ""}, "no lines"),
    ):
        refused = mia.post(again, typed | wrong)
        assert refused.status_code == 422, wrong
        page = refused.content.decode()
        assert said in page
        assert "ZAM/7" in page, "nothing typed is lost"
    led = mia.post(again, typed)
    number = led["Location"].rstrip("/").rpartition("/")[2]
    view = queries.order(cast.anna.actor, number)
    assert {line.sku: line.quantity for line in view.document.lines} == {"PAP": 3, "TON": 3}
    assert (view.status, view.placement.po_number) == ("awaiting_acceptance", "ZAM/7")
    assert view.placement.buyer_id == cast.anna.user.pk
    assert _told(cast, number)[0] == (
        f"{cast.mia.name} (shop)",
        f"placed the order, for {cast.anna.name}, because: {WHY}",
    )


def test_pages_are_for_staff_with_the_right(cast: Cast, visit: Visit, waiting: Placed) -> None:
    packer = visit(person("Wanda", "Paczka", staff=True))
    order = packer.get(reverse("akcept_panel:order", args=[waiting.order_number])).content.decode()
    for name in ("change_in_place", "withdraw_in_place", "order_in_place"):
        url = reverse(f"akcept_panel:{name}", args=[waiting.order_number])
        assert url not in order
        assert packer.post(url, {"version": "1", "because": WHY}).status_code == 403
        for who in (cast.anna, cast.otto):
            assert visit(who).post(url, {"version": "1", "because": WHY}).status_code == 403
    assert orders.order(waiting).status == "awaiting_acceptance"


def test_a_person_who_is_erased_is_named_nowhere(cast: Cast, waiting: Placed) -> None:
    mia = in_place_of(cast.anna, cast.mia, f"{cast.anna.name} asked by phone")
    actions.withdraw(waiting.order_number, actor=mia, version=1)
    assert cast.anna.member is not None
    member = Member.objects.get(pk=cast.anna.member.pk)
    people.remove_member(member.pk, actor=cast.dora.actor, version=member.version)
    people.forget_member(member.pk, actor=cast.dora.actor)
    entry = Entry.objects.get(topic="order.withdrawn")
    assert cast.anna.name not in str(entry.payload)
    assert entry.payload["because"].endswith("asked by phone")
    assert entry.actor_name == cast.mia.name
    [line] = sentences([entry], for_staff=True)
    assert cast.anna.name not in line.what


def test_events_and_the_feed_say_that_the_shop_did_it(cast: Cast, waiting: Placed) -> None:
    actions.withdraw(waiting.order_number, actor=in_place_of(cast.anna, cast.mia), version=1)
    entry = Entry.objects.get(topic="order.withdrawn")
    event = data_of(entry, Type.WITHDRAWN)
    assert event is not None
    assert event["by_shop"] is True
    assert WHY not in str(event), "no words of anybody are sent to be kept elsewhere"
    own = data_of(Entry.objects.get(topic="order.placed"), Type.AWAITING)
    assert own is not None
    assert "by_shop" not in own
    [told] = [row for row in _feed([entry], 1).content.items if row.subject_id == waiting.order_number]
    assert (told.by, told.in_place_of, told.because) == (cast.mia.name, cast.anna.name, WHY)
